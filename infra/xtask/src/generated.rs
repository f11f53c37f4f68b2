//! Files in the repository that the code generates.

use std::fs;
use std::path::Path;

use crate::clauses;
use crate::run::{Outcome, capture, personal_center};

/// What a generated file comes from.
enum Origin {
    /// The sources as text.
    Sources(fn(&Path) -> Outcome<Vec<u8>>),
    /// What the local runner prints when it is called with these arguments.
    Runner(&'static [&'static str]),
}

/// Every generated file; the runner is built with those before it.
const GENERATED: &[(&str, Origin)] = &[
    ("docs/clauses.json", Origin::Sources(clauses::generate)),
    ("docs/openapi.json", Origin::Runner(&["openapi"])),
    ("docs/inventory.md", Origin::Runner(&["table", "inventory"])),
    ("docs/retention.md", Origin::Runner(&["table", "retention"])),
    ("docs/errors.md", Origin::Runner(&["table", "problems"])),
    ("docs/clauses.md", Origin::Runner(&["table", "clauses"])),
];

/// Writes every generated file.
pub(crate) fn regen(root: &Path) -> Outcome {
    for (path, origin) in GENERATED {
        let text = generate(root, origin)?;
        fs::write(root.join(path), text).map_err(|error| format!("{path}: {error}"))?;
        eprintln!("regen: {path}");
    }
    Ok(())
}

/// Fails, naming the files, if one differs from what the code generates now.
pub(crate) fn drift(root: &Path) -> Outcome {
    let mut drifted = Vec::new();
    for (path, origin) in GENERATED {
        let now = generate(root, origin)?;
        if differs(&root.join(path), &now) {
            drifted.push(*path);
        }
    }
    if drifted.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "not what the code generates now: {}; run `cargo xtask regen` and commit the result",
            drifted.join(", ")
        ))
    }
}

fn generate(root: &Path, origin: &Origin) -> Outcome<Vec<u8>> {
    let args = match origin {
        Origin::Sources(generate) => return generate(root),
        Origin::Runner(args) => *args,
    };
    let text = capture(personal_center(root)?.args(args).current_dir(root))?;
    if text.is_empty() {
        return Err(format!(
            "`personal-center {}` printed nothing; a generated file is never empty",
            args.join(" ")
        ));
    }
    Ok(text)
}

/// A file that cannot be read differs too.
fn differs(file: &Path, now: &[u8]) -> bool {
    fs::read(file).map_or(true, |committed| committed != now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_missing_file_differ() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let text = fs::read(&here).unwrap();
        assert!(!differs(&here, &text));
        assert!(differs(&here, b"something else"));
        assert!(differs(Path::new("no/such/file"), b""));
    }
}
