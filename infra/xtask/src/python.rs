//! A Python environment of our own for the tools that come as Python packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Outcome};

/// What validates, builds and deploys the template.
pub(crate) const SAM: &[&str] = &[SAM_CLI, "cfn-lint==1.58.0"];
pub(crate) const SAM_CLI: &str = "aws-sam-cli==1.170.0";
/// The AWS command line, for whoever has none.
pub(crate) const AWS_CLI: &str = "awscli";

/// Makes `target/venv` with `packages` in it and gives the folder of its programs.
///
/// Versions are pinned, so a second run finds everything there and asks no registry.
pub(crate) fn environment(root: &Path, packages: &[&str]) -> Outcome<PathBuf> {
    separate(root, "venv", packages)
}

/// The same in a folder of its own under `target`, for packages that want other versions of what
/// they need than the rest.
pub(crate) fn separate(root: &Path, folder: &str, packages: &[&str]) -> Outcome<PathBuf> {
    run::require("python3", "--version")?;
    let venv = root.join("target").join(folder);
    let bin = venv.join("bin");
    if !bin.join("pip").exists() {
        run::run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).map_err(|problem| {
            format!("{problem}; on Debian `apt-get install python3-venv` brings what is missing")
        })?;
    }
    run::run(
        Command::new(bin.join("pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(packages),
    )
    .map_err(|problem| format!("{problem}; if the folder is broken, remove `target/{folder}`"))?;
    Ok(bin)
}
