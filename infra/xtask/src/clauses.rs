//! Where each clause of the policy is kept and tested, found in the sources: `docs/clauses.json`.
//!
//! A test says which clause it shows by its name, `c_<section>_<number>_…`; code says which clause
//! it keeps by naming it in a comment or text, `C-<section>.<number>`. A test that is not run, or that
//! asserts nothing, shows nothing. Whether an id exists, and whether the table of clauses fits, is
//! checked where the table is.

mod shows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::files::{self, File};
use crate::run::Outcome;
use shows::{asserting, asserts, body};

/// Where sources are.
const MEMBERS: &[&str] = &["functions", "shared", "infra", "tests"];
/// Where the names of clauses are no sign of code that keeps them: their table and its page, the
/// tests, and this program.
const NO_CODE: &[&str] = &[
    "shared/src/domain/clauses/",
    "infra/local/src/clauses.rs",
    "shared/tests/",
    "infra/local/tests/",
    "infra/xtask/",
    "tests/",
];
/// Suites whose functions are turned into tests by a macro, without an attribute of their own.
const SUITES: &str = "shared/tests/";

/// The step of CI that runs tests which are ignored elsewhere.
const STEP: &str = "`cargo xtask contract`";

/// Section and number.
type Id = (u32, u32);

/// Where one clause is found.
#[derive(Debug, Default, Eq, PartialEq)]
struct Found {
    code: BTreeSet<String>,
    /// File and name.
    tests: BTreeSet<(String, String)>,
}

/// The file, as the sources are now.
pub(crate) fn generate(root: &Path) -> Outcome<Vec<u8>> {
    let mut sources = vec![File::read(root, "template.yaml")?];
    for member in MEMBERS {
        sources.extend(files::below(root, member, ".rs")?);
    }
    Ok(written(&scan(&sources)).into_bytes())
}

fn scan(sources: &[File]) -> BTreeMap<Id, Found> {
    let mut found: BTreeMap<Id, Found> = BTreeMap::new();
    for File { path, text } in sources {
        let raw: Vec<&str> = text.lines().collect();
        let lines: Vec<&str> = raw.iter().map(|line| line.trim()).collect();
        let helpers = asserting(&raw);
        for (at, line) in lines.iter().enumerate() {
            if let Some((id, name)) = test(line)
                && (path.starts_with(SUITES) || is_marked(&lines[..at]))
                && (panics(&lines[..at]) || asserts(body(&raw, at), &helpers))
            {
                found.entry(id).or_default().tests.insert((path.clone(), name.to_owned()));
            }
            if !NO_CODE.iter().any(|folder| path.starts_with(folder)) {
                for id in mentions(line) {
                    found.entry(id).or_default().code.insert(path.clone());
                }
            }
        }
    }
    found
}

/// The clause and the name of a function that is named as a test of a clause.
fn test(line: &str) -> Option<(Id, &str)> {
    let words = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let words = words.strip_prefix("async ").unwrap_or(words);
    let name = words.strip_prefix("fn ")?.split(['(', '<']).next()?;
    let mut parts = name.strip_prefix("c_")?.splitn(3, '_');
    let id = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().map(|_| (id, name))
}

/// Whether the attributes that end these lines make the next function a test that runs: one that
/// is left out by default counts only where a step of CI runs it, and its reason says which.
fn is_marked(before: &[&str]) -> bool {
    let marked = attributes(before).any(|line| {
        let name = line.trim_start_matches("#[").split([']', '(']).next();
        name.is_some_and(|name| matches!(name, "test" | "tokio::test"))
    });
    let left_out = |line: &str| line.starts_with("#[ignore") && !line.contains(STEP);
    marked && !attributes(before).any(left_out)
}

/// Whether a test is one that has to panic.
fn panics(before: &[&str]) -> bool {
    attributes(before).any(|line| line.starts_with("#[should_panic"))
}

/// The attributes that end these lines.
fn attributes<'a>(before: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    before.iter().rev().take_while(|line| line.starts_with("#[")).copied()
}

/// The clauses that a line names.
fn mentions(line: &str) -> Vec<Id> {
    let id = |(at, _): (usize, &str)| {
        let within = line[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let (section, rest) = number(&line[at + 2..])?;
        let (number, _) = number(rest.strip_prefix('.')?)?;
        (!within).then_some((section, number))
    };
    line.match_indices("C-").filter_map(id).collect()
}

/// The number that a text begins with, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// JSON, a path or a test a line, so that changes meet as rarely as can be.
fn written(found: &BTreeMap<Id, Found>) -> String {
    let mut clauses = Vec::new();
    for ((section, number), Found { code, tests }) in found {
        let code: Vec<_> = code.iter().map(|path| format!("      \"{path}\"")).collect();
        let tests: Vec<_> = tests
            .iter()
            .map(|(file, name)| format!("      {{ \"name\": \"{name}\", \"file\": \"{file}\" }}"))
            .collect();
        let mut clause = format!("  \"C-{section}.{number}\": {{\n");
        let _infallible =
            write!(clause, "    \"code\": {},\n    \"tests\": {}\n  }}", list(&code), list(&tests));
        clauses.push(clause);
    }
    format!("{{\n{}\n}}\n", clauses.join(",\n"))
}

fn list(entries: &[String]) -> String {
    if entries.is_empty() { "[]".to_owned() } else { format!("[\n{}\n    ]", entries.join(",\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> BTreeMap<Id, Found> {
        scan(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn a_test_is_found_by_its_name() {
        let text = "    #[tokio::test]\n    async fn c_8_4_it_ends() {\n        assert!(true);\n    }\n\
            #[test]\nfn c_10_2_x() { assert!(true) }";
        let tests: Vec<_> = found("tests/it/a.rs", text).into_iter().collect();
        assert_eq!(tests.len(), 2);
        let (id, Found { tests, .. }) = &tests[0];
        assert_eq!(*id, (8, 4));
        assert!(tests.contains(&("tests/it/a.rs".to_owned(), "c_8_4_it_ends".to_owned())));
        assert_eq!(tests.len(), 1);
    }

    #[test]
    fn a_function_without_the_attribute_is_a_test_in_a_suite_only() {
        let text = "fn other() {}\npub(crate) async fn c_5_2_a_row_ends(world: &World) {\n    assert!(true)\n}";
        assert!(found("functions/a/src/lib.rs", text).is_empty());
        assert_eq!(found("shared/tests/promises/reads.rs", text).len(), 1);
    }

    #[test]
    fn a_test_that_nothing_runs_is_none() {
        let test = "fn c_8_4_it_ends() { assert!(true) }";
        let count =
            |attributes: &str| found("tests/it/a.rs", &format!("{attributes}\n{test}")).len();
        for runs in [
            "#[test]",
            "#[tokio::test(flavor = \"multi_thread\")]",
            "#[test]\n#[ignore = \"needs a server: `cargo xtask contract` starts it\"]",
        ] {
            assert_eq!(count(runs), 1, "{runs}");
        }
        for none in [
            "#[cfg(test)]",
            "#[expect(dead_code, reason = \"for a test\")]",
            "#[test]\n#[ignore]",
            "#[ignore = \"a server of another test\"]\n#[tokio::test]",
        ] {
            assert_eq!(count(none), 0, "{none}");
        }
    }

    #[test]
    fn a_name_that_only_looks_alike_is_none() {
        let text =
            "#[test]\nfn c_8_it_ends() {}\n#[test]\nfn c_8_4() {}\n#[test]\nfn ac_8_4_x() {}";
        assert!(found("tests/it/a.rs", text).is_empty());
    }

    #[test]
    fn code_is_found_by_what_it_names() {
        let text = "//! It ends (C-8.4, C-10.2). See ABC-1.1, C-8 and C-x.1.";
        let named: Vec<_> = found("functions/a/src/lib.rs", text).into_keys().collect();
        assert_eq!(named, [(8, 4), (10, 2)]);
        for folder in NO_CODE {
            assert!(found(&format!("{folder}a.rs"), text).is_empty(), "{folder}");
        }
    }

    #[test]
    fn what_is_written_is_the_same_in_any_order() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let a = || file("functions/a/src/lib.rs", "// C-10.2\n#[test]\nfn c_2_1_b() {}");
        let b = || file("functions/b/src/lib.rs", "// C-2.1\n#[test]\nfn c_2_1_a() {}");
        let [one, other] = [[a(), b()], [b(), a()]].map(|files| written(&scan(&files)));
        assert_eq!(one, other);
        assert!(one.find("C-2.1") < one.find("C-10.2"), "{one}");
    }
}
