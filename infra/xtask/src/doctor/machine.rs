//! What this machine lacks to build, to check and to deploy the bundle.

use std::path::Path;
use std::process::{Command, Stdio};

use super::finding::Finding;
use crate::python::{AWS_CLI, SAM_CLI};

/// How much a program is needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Need {
    /// Nothing goes without it.
    Always,
    /// Only these steps need it.
    For(&'static str),
}

/// A program: how it is called without effect, what it is needed for, and what brings it.
struct Tool {
    program: &'static str,
    harmless: &'static [&'static str],
    need: Need,
    install: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "cargo",
        harmless: &["--version"],
        need: Need::Always,
        install: "install Rust by rustup, https://rustup.rs",
    },
    Tool {
        program: "cc",
        harmless: &["--version"],
        need: Need::Always,
        install: "apt-get install gcc libc6-dev",
    },
    Tool {
        program: "git",
        harmless: &["--version"],
        need: Need::For("cargo xtask deploy"),
        install: "apt-get install git",
    },
    Tool {
        program: "make",
        harmless: &["--version"],
        need: Need::For("cargo xtask deploy"),
        install: "apt-get install make",
    },
    Tool {
        program: "python3",
        harmless: &["-c", "import venv, ensurepip"],
        need: Need::For("cargo xtask sam, contract, deploy"),
        install: "apt-get install python3 python3-venv",
    },
    Tool {
        program: "java",
        harmless: &["-version"],
        need: Need::For("cargo xtask contract"),
        install: "apt-get install openjdk-17-jre-headless",
    },
    Tool {
        program: "mvn",
        harmless: &["--version"],
        need: Need::For("cargo xtask contract"),
        install: "apt-get install maven",
    },
    Tool {
        program: "npm",
        harmless: &["--version"],
        need: Need::For("cargo xtask contract"),
        install: "apt-get install nodejs npm",
    },
    Tool {
        program: "target/tools/bin/cargo-deny",
        harmless: &["--version"],
        need: Need::For("cargo xtask check, release"),
        install: "cargo install cargo-deny --locked --version 0.20.2 --root target/tools",
    },
    Tool {
        program: "openssl",
        harmless: &["version"],
        need: Need::For("cargo xtask doctor --deployed"),
        install: "apt-get install openssl",
    },
    Tool {
        program: "curl",
        harmless: &["--version"],
        need: Need::For("cargo xtask doctor --deployed"),
        install: "apt-get install curl",
    },
];

/// Looks for each program, and for the settings of a deployment.
pub(super) fn examine(root: &Path) -> Vec<Finding> {
    let mut findings: Vec<_> = TOOLS.iter().map(|tool| tool.look(root)).collect();
    findings.push(aws(root));
    findings.push(sam(root));
    findings.push(settings(root));
    findings
}

impl Tool {
    fn look(&self, root: &Path) -> Finding {
        // One of our own is named by its place in the repository.
        let own = root.join(self.program);
        let there = if self.program.contains('/') {
            starts(&own.to_string_lossy(), self.harmless) || starts("cargo-deny", self.harmless)
        } else {
            starts(self.program, self.harmless)
        };
        match (there, self.need) {
            (true, _) => Finding::fine(self.program),
            (false, Need::Always) => {
                Finding::wrong(format!("`{}` is missing", self.program), self.install)
            }
            (false, Need::For(steps)) => Finding::note(
                format!("`{}` is missing; needed by {steps}", self.program),
                self.install,
            ),
        }
    }
}

/// The AWS command line, in any version that is there.
fn aws(root: &Path) -> Finding {
    let ours = root.join("target/venv/bin/aws");
    if starts("aws", &["--version"]) || starts(&ours.to_string_lossy(), &["--version"]) {
        return Finding::fine("aws");
    }
    Finding::note(
        "`aws` is missing; needed by cargo xtask doctor --deployed and by the runbook",
        format!("python3 -m venv target/venv && target/venv/bin/pip install {AWS_CLI}"),
    )
}

fn sam(root: &Path) -> Finding {
    if root.join("target/venv/bin/sam").exists() {
        return Finding::fine("sam");
    }
    Finding::note(
        format!("`sam` is not installed yet ({SAM_CLI})"),
        "cargo xtask sam installs it below target/, as cargo xtask deploy does",
    )
}

fn settings(root: &Path) -> Finding {
    let found = crate::deploy::settings_files(root);
    if found.is_empty() {
        let advice = "copy infra/stages/example.settings to infra/stages/STAGE.settings and fill \
            it in; infra/README.md says what each setting means";
        return Finding::note("no stage has settings; needed by cargo xtask deploy", advice);
    }
    Finding::fine(format!("settings of {}", found.join(", ")))
}

/// Whether a program is there and does what does no harm.
fn starts(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::super::finding::Weight;
    use super::*;

    fn tool(program: &'static str, need: Need) -> Finding {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Tool { program, harmless: &["--version"], need, install: "install it" }.look(root)
    }

    #[test]
    fn a_missing_program_is_found_with_what_to_type() {
        assert_eq!(tool("cargo", Need::Always).weight, Weight::Fine);
        let missing = tool("no-such-program", Need::Always);
        assert_eq!((missing.weight, &*missing.advice), (Weight::Wrong, "install it"));
        let missing = tool("no-such-program", Need::For("cargo xtask contract"));
        assert_eq!(missing.weight, Weight::Note);
        assert!(missing.what.contains("cargo xtask contract"), "{missing}");
    }

    #[test]
    fn every_step_that_a_program_is_needed_for_exists() {
        for tool in TOOLS {
            let Need::For(steps) = tool.need else { continue };
            let steps = steps.strip_prefix("cargo xtask ").expect("a step");
            for step in steps.split(", ") {
                let name = step.split(' ').next().unwrap_or_default();
                assert!(crate::STEPS.iter().any(|known| known.name == name), "{name}");
            }
        }
    }
}
