//! The repository's chores: `cargo xtask <step>`.
//!
//! Continuous integration calls the same steps as people do, so a step that passes here passes there.
//! Nothing but the standard library and a reader of JSON is used: `cargo xtask` has to be ready in
//! seconds on a new machine.

mod bench;
mod budgets;
mod check;
mod clauses;
mod contract;
mod cost;
mod deploy;
mod doctor;
mod files;
mod generated;
mod glibc;
mod python;
mod release;
mod restore;
mod rights;
mod run;
mod sam;
mod sam_local;
mod sbom;
mod schemathesis;
mod tidy;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run::Outcome;

/// One thing that `cargo xtask` can do.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Path) -> Outcome,
}

const STEPS: &[Step] = &[
    Step { name: "check", about: "everything below down to tidy, in this order", run: check::all },
    Step { name: "fmt", about: "the sources are formatted", run: check::fmt },
    Step {
        name: "clippy",
        about: "no lint speaks up, in any target, with every feature",
        run: check::clippy,
    },
    Step { name: "docs", about: "the documentation builds without a warning", run: check::docs },
    Step {
        name: "deny",
        about: "dependencies: bans, licences and sources (without advisories)",
        run: check::deny,
    },
    Step {
        name: "drift",
        about: "generated files are what the code generates now",
        run: generated::drift,
    },
    Step { name: "tidy", about: "the repository's own rules", run: tidy::tidy },
    Step { name: "regen", about: "writes the generated files", run: generated::regen },
    Step {
        name: "contract",
        about: "the store's promises on DynamoDB Local, the vault's on moto, mails to aiosmtpd, log-ins by oidc-provider",
        run: contract::contract,
    },
    Step {
        name: "referee",
        about: "the whole end-to-end suite on DynamoDB Local and moto's KMS",
        run: contract::referee,
    },
    Step {
        name: "schemathesis",
        about: "Schemathesis on the API document: no fault, no answer that is not documented",
        run: schemathesis::schemathesis,
    },
    Step {
        name: "rights",
        about: "the calls that the tests recorded are those held; `rights record` makes a record",
        run: rights::rights,
    },
    Step {
        name: "sam",
        about: "template.yaml passes `sam validate --lint` and checkov; what SAM hears, and adds to roles",
        run: sam::sam,
    },
    Step {
        name: "bench",
        about: "runs the benches and writes docs/performance.md (half an hour, and the builds)",
        run: bench::bench,
    },
    Step {
        name: "cost",
        about: "what a month costs by the counted calls; parameters as name=value",
        run: cost::cost,
    },
    Step {
        name: "budgets",
        about: "size, start and memory of three functions built for release; `--all`, or names",
        run: budgets::budgets,
    },
    Step {
        name: "doctor",
        about: "what is missing on this machine; `--deployed STACK --region REGION` looks at a stage",
        run: doctor::doctor,
    },
    Step {
        name: "deploy",
        about: "`deploy STAGE [--dry-run]`: builds and deploys a stage by its settings",
        run: deploy::deploy,
    },
    Step {
        name: "sbom",
        about: "writes target/sbom/: what each function is made of (CycloneDX), and checks it",
        run: sbom::sbom,
    },
    Step {
        name: "release",
        about: "what has to hold before a version is tagged, advisories among it",
        run: release::release,
    },
    Step {
        name: "advisories",
        about: "known weaknesses of dependencies; fails where their database cannot be had",
        run: release::advisories_alone,
    },
    Step {
        name: "sam-local",
        about: "every function in a container of `sam local`; `sam-local serve` leaves it running",
        run: sam_local::step,
    },
    Step {
        name: "glibc",
        about: "`glibc [--for ARCHITECTURE] BINARY…`: each asks for what Lambda has, C library and processor",
        run: glibc::step,
    },
    Step {
        name: "restore",
        about: "`restore records|keys TABLE MOMENT TABLE_KEY [-ENDING]`: prints the aws commands",
        run: restore::restore,
    },
    Step {
        name: "fixture",
        about: "writes the data that later versions are upgraded from, until the version is tagged",
        run: release::fixture,
    },
    Step { name: "help", about: "this list", run: |_| help() },
];

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_else(|| "help".to_owned());
    let outcome = match STEPS.iter().find(|step| step.name == name) {
        Some(step) => (step.run)(&root()),
        None => Err(format!("there is no step `{name}`; `cargo xtask help` lists them")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask {name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root, two folders above this crate.
///
/// Cargo tells at run time: a binary that was built in another checkout and copied with its target
/// folder would work on that one.
#[expect(clippy::disallowed_methods, reason = "cargo's own variable, not a setting")]
fn root() -> PathBuf {
    let built = || env!("CARGO_MANIFEST_DIR").into();
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(built));
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}

fn help() -> Outcome {
    let lines = STEPS.iter().map(|step| format!("  {:<14}{}", step.name, step.about));
    let text = lines.collect::<Vec<_>>().join("\n");
    writeln!(io::stdout(), "cargo xtask <step>\n\n{text}")
        .map_err(|error| format!("cannot print: {error}"))
}
