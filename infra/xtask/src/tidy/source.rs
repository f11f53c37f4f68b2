//! Rules about one `.rs` file: its first line, its length, and what `domain` may know.

use crate::files::File;

/// From here on a file is noted.
const LONG: usize = 250;
/// Beyond this a file is refused.
const TOO_LONG: usize = 500;

/// The folder of the pure rules.
const DOMAIN: &str = "shared/src/domain/";

/// What would make a rule of the domain depend on the world or on the rest of the crate.
const IMPURE: &[&str] = &[
    "aws_",
    "axum",
    "http::",
    "tokio",
    "std::env",
    "env::",
    "SystemTime",
    "async",
    "crate::http",
    "crate::store",
    "crate::vault",
];

/// Every rule that `file` breaks.
pub(super) fn problems(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    if !opens_with_purpose(&file.text) {
        problems.push(format!(
            "{}: the first line has to say what the module is for, after `//!`",
            file.path
        ));
    }
    let lines = file.text.lines().count();
    if lines > TOO_LONG {
        problems.push(format!("{}: {lines} lines; split it, the limit is {TOO_LONG}", file.path));
    }
    if file.path.starts_with(DOMAIN) {
        problems.extend(impurities(file));
    }
    problems
}

/// A word about a file that is long, though not too long.
pub(super) fn note(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > LONG && lines <= TOO_LONG).then(|| format!("{}: {lines} lines", file.path))
}

/// Whether the first line that is not empty is module documentation.
fn opens_with_purpose(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(|line| line.starts_with("//! ") || line.starts_with("#![doc"))
}

fn impurities(file: &File) -> impl Iterator<Item = String> {
    file.text.lines().zip(1..).flat_map(move |(line, number)| {
        let code = line.split("//").next().unwrap_or_default();
        let found = IMPURE.iter().filter(move |word| mentions(code, word));
        found.map(move |word| {
            format!(
                "{}:{number}: `{word}` has no place in the domain; pass what it gives as a value",
                file.path
            )
        })
    })
}

/// Whether `code` holds `word`, not as the middle of a longer name.
///
/// A word that ends in `_` or `:` may go on; any other has to end where it ends.
fn mentions(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(start, _)| {
        let before = code[..start].chars().next_back();
        let after = code[start + word.len()..].chars().next();
        !before.is_some_and(is_name) && (word.ends_with(['_', ':']) || !after.is_some_and(is_name))
    })
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn domain(code: &str) -> Vec<String> {
        problems(&file("shared/src/domain/age.rs", &format!("//! Ages.\n{code}\n")))
    }

    #[test]
    fn a_module_without_purpose_is_refused() {
        assert_eq!(problems(&file("shared/src/ids.rs", "use std::fmt;\n")).len(), 1);
        assert_eq!(problems(&file("shared/src/ids.rs", "")).len(), 1);
        assert_eq!(problems(&file("shared/src/ids.rs", "//!\n")).len(), 1);
        assert!(problems(&file("shared/src/ids.rs", "//! Ids.\n")).is_empty());
        assert!(problems(&file("shared/src/lib.rs", "#![doc = \"x\"]\n")).is_empty());
    }

    #[test]
    fn a_file_of_501_lines_is_refused_and_one_of_251_is_noted() {
        let of = |lines| file("shared/src/ids.rs", &"//! Ids.\n".repeat(lines));
        assert_eq!(problems(&of(501)).len(), 1);
        assert!(problems(&of(500)).is_empty());
        assert!(note(&of(251)).is_some());
        assert!(note(&of(250)).is_none());
        assert!(note(&of(501)).is_none());
    }

    #[test]
    fn the_domain_knows_no_world() {
        for code in [
            "use aws_sdk_dynamodb::Client;",
            "use axum::Json;",
            "use http::StatusCode;",
            "let r = crate::http::Problem;",
            "use crate::store;",
            "tokio::spawn(x);",
            "let v = std::env::var(\"X\");",
            "use std::time::{Duration, SystemTime};",
            "pub async fn decide() {}",
        ] {
            assert!(!domain(code).is_empty(), "{code}");
        }
    }

    #[test]
    fn the_domain_may_use_words_that_only_look_alike() {
        for code in [
            "let laws_read = 3;",
            "// SystemTime is passed in by the caller.",
            "fn asynchronous_copy() {}",
            "/// See <https://example.org/http::x>.",
        ] {
            assert_eq!(domain(code), Vec::<String>::new(), "{code}");
        }
    }

    #[test]
    fn other_folders_may_know_the_world() {
        let text = "//! Tables.\nuse aws_sdk_dynamodb::Client;\n";
        assert!(problems(&file("shared/src/store/mod.rs", text)).is_empty());
    }

    #[test]
    fn a_breach_is_found_with_its_line() {
        assert!(domain("\nuse axum::Json;")[0].starts_with("shared/src/domain/age.rs:3:"));
    }
}
