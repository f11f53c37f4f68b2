//! Validates the template as SAM and CloudFormation will read it, without an account, and holds it
//! against a rule set (C-7.8). SAM's own code says too what it hears of a deployment's settings, and
//! what it adds to the functions' roles.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::contract::MOTO;
use crate::deploy;
use crate::python;
use crate::run::{self, Outcome};

/// Runs the rule set `CKV_AWS`; it pins many packages that SAM wants in other versions.
const RULES: &[&str] = &["checkov==3.3.30"];

/// The regions that the bundle is made for; resource schemas differ between them.
const REGIONS: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// What SAM adds to the roles; the tests hold the reviewed list against it.
const ADDED: &str = "tests/privileges/added.txt";
const HEAD: &str = "\
# What SAM adds to the functions' roles beside the policies of template.yaml: function, action, and the
# resource that the policy names. `cargo xtask sam record` writes it, from SAM's own translator.

";

/// Runs `sam validate --lint` for each region, where a warning fails as an error does, and checkov;
/// compares what SAM hears and adds. `record` writes the latter down and does nothing else.
pub(crate) fn sam(root: &Path) -> Outcome {
    let bin = python::environment(root, &[python::SAM, MOTO].concat())?;
    let list = added(root, &bin)?;
    match std::env::args().nth(2).as_deref() {
        None => {}
        Some("record") => {
            return fs::write(root.join(ADDED), list).map_err(|error| format!("{ADDED}: {error}"));
        }
        Some(other) => return Err(format!("there is no `sam {other}`; try `sam record`")),
    }
    if fs::read_to_string(root.join(ADDED)).unwrap_or_default() != list {
        return Err(format!(
            "SAM adds other rights than {ADDED} has; look at `cargo xtask sam record`, then review \
             tests/privileges/services.txt"
        ));
    }
    told(root, &bin)?;
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

/// The rights that SAM adds, as its translator makes roles of the template.
fn added(root: &Path, bin: &Path) -> Outcome<String> {
    let lines = run::capture(
        Command::new(bin.join("python"))
            .args(["infra/xtask/sam/added.py", "template.yaml"])
            .current_dir(root),
    )?;
    let lines = String::from_utf8_lossy(&lines).into_owned();
    let mut lines: Vec<_> = lines.lines().collect();
    lines.sort_unstable();
    Ok(format!("{HEAD}{}\n", lines.join("\n")))
}

/// Every parameter reaches CloudFormation with the value that the deployment means, an empty one too:
/// what it does not hear it would leave as it was.
fn told(root: &Path, bin: &Path) -> Outcome {
    let (overrides, meant) = deploy::example(root)?;
    let heard = run::capture(
        Command::new(bin.join("python"))
            .args(["infra/xtask/sam/told.py", "template.yaml"])
            .args(overrides)
            .current_dir(root),
    )?;
    let heard: BTreeMap<String, Option<String>> =
        serde_json::from_slice::<serde_json::Value>(&heard)
            .map_err(|error| format!("told.py: {error}"))?
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned)))
            .collect();
    for (name, value) in &heard {
        if value.as_ref() != meant.get(name) || value.is_none() {
            return Err(format!("`{name}`: sam hears {value:?}, meant is {:?}", meant.get(name)));
        }
    }
    eprintln!("sam: a deployment says all {} parameters", heard.len());
    if heard.len() == meant.len() { Ok(()) } else { Err(format!("{heard:?} is not all")) }
}
