//! Validates the template as SAM and CloudFormation will read it, without an account.

use std::path::Path;
use std::process::Command;

use crate::python;
use crate::run::{self, Outcome};

/// The regions that the bundle is made for; resource schemas differ between them.
const REGIONS: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// Runs `sam validate --lint` for each region; a warning fails as an error does.
pub(crate) fn sam(root: &Path) -> Outcome {
    let bin = python::environment(root, python::SAM)?;
    for region in REGIONS {
        eprintln!("sam: validating for {region}");
        run::run(
            Command::new(bin.join("sam"))
                .args(["validate", "--lint", "-t", "template.yaml", "--region"])
                .arg(region)
                .current_dir(root)
                .env("SAM_CLI_TELEMETRY", "0")
                // Validation asks no service, yet the command wants credentials to exist.
                .env("AWS_ACCESS_KEY_ID", "unused")
                .env("AWS_SECRET_ACCESS_KEY", "unused"),
        )?;
    }
    Ok(())
}
