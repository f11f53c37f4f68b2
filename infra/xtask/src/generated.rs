//! Files in the repository that the code generates.

use std::fs;
use std::path::Path;

use crate::run::{Outcome, capture, cargo};

/// Every generated file, with the arguments that make the local runner print it.
const GENERATED: &[(&str, &[&str])] = &[
    ("docs/openapi.json", &["openapi"]),
    ("docs/inventory.md", &["table", "inventory"]),
    ("docs/retention.md", &["table", "retention"]),
    ("docs/errors.md", &["table", "problems"]),
];

/// Writes every generated file.
pub(crate) fn regen(root: &Path) -> Outcome {
    for (path, args) in GENERATED {
        let text = generate(root, args)?;
        fs::write(root.join(path), text).map_err(|error| format!("{path}: {error}"))?;
        eprintln!("regen: {path}");
    }
    Ok(())
}

/// Fails, naming the files, if one differs from what the code generates now.
pub(crate) fn drift(root: &Path) -> Outcome {
    let mut drifted = Vec::new();
    for (path, args) in GENERATED {
        let now = generate(root, args)?;
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

fn generate(root: &Path, args: &[&str]) -> Outcome<Vec<u8>> {
    let mut command = cargo(root, &["run", "--quiet", "--package", "personal-center", "--"]);
    let text = capture(command.args(args))?;
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
