//! Validates the template as SAM and CloudFormation will read it, without an account, and holds it
//! against a rule set (C-7.8).

use std::path::Path;
use std::process::Command;

use crate::python;
use crate::run::{self, Outcome};

/// Runs the rule set `CKV_AWS`; it pins many packages that SAM wants in other versions.
const RULES: &[&str] = &["checkov==3.3.30"];

/// The regions that the bundle is made for; resource schemas differ between them.
const REGIONS: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// Runs `sam validate --lint` for each region, where a warning fails as an error does, and checkov.
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
    rules(root)
}

/// Runs checkov as `infra/checkov.yaml` says; what is left out is told there, with its reason.
fn rules(root: &Path) -> Outcome {
    eprintln!("sam: the rule set CKV_AWS");
    let bin = python::separate(root, "venv-checkov", RULES)?;
    run::run(
        Command::new(bin.join("checkov"))
            .args(["--config-file", "infra/checkov.yaml", "-f", "template.yaml"])
            .current_dir(root),
    )
}
