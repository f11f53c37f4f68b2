//! The size of a binary as it is deployed, alone and zipped.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::BUILT;
use crate::run::{self, Outcome};

/// Bytes of a binary, and of its archive.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) binary: u64,
    pub(super) zip: u64,
}

/// Zips a function's binary under the name that Lambda looks for, and measures both.
pub(super) fn of(root: &Path, name: &str) -> Outcome<Size> {
    run::require("python3", "--version")?;
    let folder = root.join("target/size");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    let (binary, zip) = (folder.join("bootstrap"), folder.join("bootstrap.zip"));
    fs::copy(root.join(BUILT).join(name), &binary).map_err(failed)?;
    let pack = ["-m", "zipfile", "-c", "bootstrap.zip", "bootstrap"];
    run::run(Command::new("python3").args(pack).current_dir(&folder))?;
    let bytes = |file: &Path| fs::metadata(file).map(|about| about.len()).map_err(failed);
    Ok(Size { binary: bytes(&binary)?, zip: bytes(&zip)? })
}
