//! `cargo xtask deploy STAGE`: checks a stage's settings, and calls `sam build` and `sam deploy`.

mod commands;
mod settings;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::glibc::{self, ARCHITECTURE};
use crate::python;
use crate::run::{self, Outcome};
use commands::Plan;
use settings::{COMMIT, Settings};

/// Where the settings of stages are; nothing in them is secret.
const FOLDER: &str = "infra/stages";
/// The settings that a new stage starts from.
const EXAMPLE: &str = "example";
/// How it is used, for whoever mistypes.
const USAGE: &str = "`cargo xtask deploy STAGE [--dry-run] [--yes]`";

/// Deploys a stage: what is committed, with settings that are committed.
pub(crate) fn deploy(root: &Path) -> Outcome {
    let (mut stage, mut dry_run, mut confirmed) = (None, false, false);
    for word in std::env::args().skip(2) {
        match word.as_str() {
            "--dry-run" => dry_run = true,
            "--yes" => confirmed = true,
            word if stage.is_none() && !word.starts_with('-') => stage = Some(word.to_owned()),
            _ => return Err(format!("`{word}` is not understood; type {USAGE}")),
        }
    }
    let stage = stage.ok_or_else(|| {
        let known = settings_files(root).join(", ");
        format!("name a stage: {USAGE}; there are settings of: {known}")
    })?;
    let settings = read(root, &stage)?;
    let architecture = settings.parameters.get("Architecture").map_or(glibc::USUAL, String::as_str);
    builds(architecture, glibc::own(), is_told_how())?;
    let plan = Plan { commit: commit(root)?, confirmed };
    let commands = plan.commands(&settings);
    if dry_run {
        eprintln!("deploy: these would run, in the repository's folder; nothing was changed");
        for command in &commands {
            eprintln!("  sam {}", commands::shown(command));
        }
        return clean(root).or_else(|problem| {
            eprintln!("deploy: refused as it is now: {problem}");
            Ok(())
        });
    }
    clean(root)?;
    let bin = python::environment(root, python::SAM)?;
    for command in &commands {
        run::run(
            Command::new(bin.join("sam"))
                .args(command)
                .current_dir(root)
                .env(ARCHITECTURE, architecture)
                .env("SAM_CLI_TELEMETRY", "0"),
        )?;
    }
    eprintln!("deploy: done; {}", settings.what_next());
    Ok(())
}

/// What `sam deploy` is told of the parameters by the example's settings, and what is meant.
pub(crate) fn example(root: &Path) -> Outcome<(Vec<String>, BTreeMap<String, String>)> {
    let settings = read(root, EXAMPLE)?;
    let plan = Plan { commit: "0123456789ab".to_owned(), confirmed: true };
    let deploy = plan.commands(&settings).pop().unwrap_or_default();
    let told = deploy.into_iter().skip_while(|word| word != commands::OVERRIDES).skip(1);
    let mut meant = settings.parameters;
    meant.insert(COMMIT.to_owned(), plan.commit);
    Ok((told.collect(), meant))
}

/// The stages that have settings.
pub(crate) fn settings_files(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.strip_suffix(".settings").map(str::to_owned)
    });
    let mut names: Vec<_> = names.filter(|name| name != EXAMPLE).collect();
    names.sort();
    names
}

fn read(root: &Path, stage: &str) -> Outcome<Settings> {
    let path = format!("{FOLDER}/{stage}.settings");
    let text = fs::read_to_string(root.join(&path)).map_err(|error| {
        format!("{path}: {error}; copy {FOLDER}/{EXAMPLE}.settings and fill it in")
    })?;
    let template = fs::read_to_string(root.join("template.yaml"))
        .map_err(|error| format!("template.yaml: {error}"))?;
    Settings::read(&text, &template).map_err(|problems| format!("{path}:\n{}", problems.join("\n")))
}

/// Whether the Makefile is told to build by another command than usual.
#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the Makefile, which is called from here"
)]
fn is_told_how() -> bool {
    std::env::var_os("PC_BUILD").is_some()
}

/// Refuses a processor that this machine does not have, unless it is told how to build for it.
fn builds(wanted: &str, own: &str, across: bool) -> Outcome {
    if wanted == own || across {
        return Ok(());
    }
    Err(format!(
        "Architecture is {wanted}, and this machine builds for {own}: deploy from a machine of \
         that kind, or set PC_BUILD, PC_OUT and PC_STRIP as the Makefile says"
    ))
}

/// The commit that is deployed; it becomes an output of the stack.
fn commit(root: &Path) -> Outcome<String> {
    let mut git = Command::new("git");
    git.args(["rev-parse", "--short=12", "HEAD"]).current_dir(root);
    let printed = run::capture(&mut git)?;
    Ok(String::from_utf8_lossy(&printed).trim().to_owned())
}

/// Refuses what is in no commit: nobody could say later what ran, and with which settings.
fn clean(root: &Path) -> Outcome {
    let mut git = Command::new("git");
    git.args(["status", "--porcelain"]).current_dir(root);
    let printed = run::capture(&mut git)?;
    unchanged(&String::from_utf8_lossy(&printed))
}

fn unchanged(status: &str) -> Outcome {
    if status.trim().is_empty() {
        return Ok(());
    }
    Err(format!("commit this first, or put it away:\n{}", status.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_committed_is_not_deployed() {
        assert!(unchanged("").is_ok());
        let problem = unchanged(" M infra/stages/prod.settings\n?? x\n").unwrap_err();
        assert!(problem.contains("infra/stages/prod.settings"), "{problem}");
    }

    #[test]
    fn what_this_machine_would_build_for_another_processor_is_not_deployed() {
        assert!(builds("arm64", "arm64", false).is_ok());
        assert!(builds("arm64", "x86_64", true).is_ok(), "the build is told how");
        let problem = builds("arm64", "x86_64", false).unwrap_err();
        assert!(problem.contains("arm64") && problem.contains("PC_BUILD"), "{problem}");
    }

    #[test]
    fn the_example_is_complete_but_for_what_only_the_operator_knows() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        assert!(read(root, EXAMPLE).is_ok(), "{:?}", read(root, EXAMPLE));
        assert!(!settings_files(root).contains(&EXAMPLE.to_owned()));
        assert!(read(root, "no-such-stage").unwrap_err().contains("example.settings"));
    }
}
