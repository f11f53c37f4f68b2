//! `cargo xtask sbom`: what each function is made of, as `CycloneDX` 1.6 documents.
//!
//! One document a function, since a function is built by package and links only what it needs: one
//! for the bundle would say that each links everything. The same commit gives the same bytes.

mod document;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{self, Outcome, cargo};
use crate::{files, python};
use document::Bundle;
use tree::Tree;

/// What the functions are built for, unless the step is told otherwise.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// Where the documents go.
const FOLDER: &str = "target/sbom";
/// Checks the documents against the standard's own schema.
const PACKAGES: &[&str] = &["cyclonedx-python-lib[json-validation]==11.12.0"];
const VALIDATE: &str = "\
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
check = JsonStrictValidator(SchemaVersion.V1_6)
wrong = {p: check.validate_str(pathlib.Path(p).read_text()) for p in sys.argv[1:]}
sys.exit('\\n'.join(f'{p}: {error}' for p, error in wrong.items() if error) or None)
";

/// Writes the documents and has them checked.
pub(crate) fn sbom(root: &Path) -> Outcome {
    let target = std::env::args().nth(2).unwrap_or_else(|| TARGET.to_owned());
    let written = write(root, &target)?;
    let bin = python::environment(root, PACKAGES)?;
    let mut check = Command::new(bin.join("python"));
    run::run(check.args(["-c", VALIDATE]).args(&written).current_dir(root))?;
    eprintln!("sbom: {} documents in {FOLDER}, each valid CycloneDX 1.6", written.len());
    Ok(())
}

/// Writes a document for each function; gives their paths.
fn write(root: &Path, target: &str) -> Outcome<Vec<String>> {
    let lock = files::File::read(root, "Cargo.lock")?.text;
    let bundle = Bundle {
        checksums: checksums(&lock),
        at: commit(root, "%cI")?,
        commit: commit(root, "%H")?,
    };
    fs::create_dir_all(root.join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))?;
    let mut written = Vec::new();
    for function in files::folders(root, "functions")? {
        // What runs, and what took part in building it.
        let linked = tree(root, &function, target, "normal,no-proc-macro")?;
        let built = tree(root, &function, target, "normal,build")?;
        let document = bundle.document(&function, &linked, &built);
        let path = format!("{FOLDER}/{function}.cdx.json");
        fs::write(root.join(&path), document).map_err(|error| format!("{path}: {error}"))?;
        written.push(path);
    }
    Ok(written)
}

fn tree(root: &Path, function: &str, target: &str, edges: &str) -> Outcome<Tree> {
    let mut command =
        cargo(root, &["tree", "--locked", "--prefix", "depth", "--format", "\t{p}\t{l}"]);
    command.args(["--package", function, "--target", target, "--edges", edges]);
    Tree::read(&String::from_utf8_lossy(&run::capture(&mut command)?))
}

/// A fact about the commit that is described.
fn commit(root: &Path, format: &str) -> Outcome<String> {
    let mut git = Command::new("git");
    git.args(["log", "-1", &format!("--format={format}")]).current_dir(root);
    Ok(String::from_utf8_lossy(&run::capture(&mut git)?).trim().to_owned())
}

/// SHA-256 of each package's archive, by `name version`, out of the lock file.
fn checksums(lock: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let member = |name: &str| {
            let start = format!("{name} = \"");
            package.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'))
        };
        if let (Some(name), Some(version), Some(sum)) =
            (member("name"), member("version"), member("checksum"))
        {
            found.insert(format!("{name} {version}"), sum.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_gives_a_checksum_for_each_package_of_a_registry() {
        let sums = checksums(include_str!("../../../../Cargo.lock"));
        assert!(sums.len() > 100);
        assert!(sums.values().all(|sum| sum.len() == 64));
        assert!(sums.keys().any(|name| name.starts_with("serde_json ")));
        assert!(!sums.keys().any(|name| name.starts_with("shared ")), "ours has none");
    }
}
