//! The parts of `cargo xtask check`, each also a step of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Outcome, cargo};
use crate::{generated, tidy};

/// The version that continuous integration installs.
const CARGO_DENY: &str = "0.20.2";

type Part = (&'static str, fn(&Path) -> Outcome);

const PARTS: &[Part] = &[
    ("fmt", fmt),
    ("clippy", clippy),
    ("docs", docs),
    ("deny", deny),
    ("drift", generated::drift),
    ("tidy", tidy::tidy),
];

/// Runs every part, even after a failure, and names those that failed.
pub(crate) fn all(root: &Path) -> Outcome {
    let mut failed = Vec::new();
    for (name, part) in PARTS {
        eprintln!("check: {name}");
        if let Err(problem) = part(root) {
            eprintln!("check: {name}: {problem}");
            failed.push(format!("`cargo xtask {name}`"));
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed; see above, then run {}", failed.join(", ")))
    }
}

pub(crate) fn fmt(root: &Path) -> Outcome {
    run::run(&mut cargo(root, &["fmt", "--all", "--check"]))
        .map_err(|problem| format!("{problem}; `cargo fmt --all` formats"))
}

pub(crate) fn clippy(root: &Path) -> Outcome {
    run::run(&mut cargo(
        root,
        &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
    ))
}

pub(crate) fn docs(root: &Path) -> Outcome {
    run::run(cargo(root, &["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Checks bans, licences and sources.
///
/// Advisories are left out: their database lives outside any package registry and cannot be had
/// everywhere. `cargo xtask advisories` looks at them where it can, and says where it cannot.
pub(crate) fn deny(root: &Path) -> Outcome {
    run::run(
        Command::new(cargo_deny(root)?)
            .args(["check", "--deny", "unmatched-skip"])
            .args(["bans", "licenses", "sources"])
            .current_dir(root),
    )
}

/// The program, ours before any other.
pub(crate) fn cargo_deny(root: &Path) -> Outcome<PathBuf> {
    let ours = root.join("target/tools/bin/cargo-deny");
    let program = if ours.exists() { ours } else { "cargo-deny".into() };
    let install = format!(
        "`cargo install cargo-deny --locked --version {CARGO_DENY} --root target/tools` installs it"
    );
    run::require(&program.to_string_lossy(), "--version")
        .map_err(|problem| format!("{problem}; {install}"))?;
    Ok(program)
}
