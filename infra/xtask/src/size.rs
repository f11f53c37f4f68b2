//! Measures a function's binary as it is deployed, alone and zipped, against the budget.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{self, Outcome, cargo};

/// The most bytes of a binary: reading it is part of every cold start.
const MOST_BINARY: u64 = 8_000_000;
/// The most bytes of its archive.
const MOST_ZIP: u64 = 3_500_000;

/// Builds one function for release, by package, and measures it. The function is named behind the
/// step: `cargo xtask size register`.
pub(crate) fn size(root: &Path) -> Outcome {
    let name = std::env::args().nth(2).unwrap_or_default();
    if name.is_empty() || !root.join("functions").join(&name).is_dir() {
        return Err("name a folder of `functions`: `cargo xtask size register`".to_owned());
    }
    run::require("python3", "--version")?;
    let build = ["build", "--release", "--locked", "--target-dir", "target", "--package", &name];
    run::run(&mut cargo(root, &build))?;

    let folder = root.join("target/size");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    // The name that Lambda looks for.
    let (binary, zip) = (folder.join("bootstrap"), folder.join("bootstrap.zip"));
    fs::copy(root.join("target/release").join(&name), &binary).map_err(failed)?;
    let pack = ["-m", "zipfile", "-c", "bootstrap.zip", "bootstrap"];
    run::run(Command::new("python3").args(pack).current_dir(&folder))?;

    let bytes = |file: &Path| fs::metadata(file).map(|about| about.len()).map_err(failed);
    judge(&name, (bytes(&binary)?, bytes(&zip)?))
}

/// Prints both sizes beside their budgets; one that is beyond its own is a failure.
fn judge(name: &str, (binary, zip): (u64, u64)) -> Outcome {
    eprintln!(
        "size: {name}: binary {binary} of {MOST_BINARY} bytes, zip {zip} of {MOST_ZIP} bytes"
    );
    if binary <= MOST_BINARY && zip <= MOST_ZIP {
        Ok(())
    } else {
        Err(format!(
            "`{name}` is too large; `cargo tree --package {name} --edges normal` lists why"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_beyond_either_budget_is_too_much() {
        assert!(judge("register", (MOST_BINARY, MOST_ZIP)).is_ok());
        assert!(judge("register", (MOST_BINARY + 1, MOST_ZIP)).is_err());
        assert!(judge("register", (MOST_BINARY, MOST_ZIP + 1)).is_err());
    }
}
