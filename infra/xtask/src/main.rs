//! The repository's chores: `cargo xtask <step>`.
//!
//! Continuous integration calls the same steps as people do, so a step that passes here passes there.
//! Nothing but the standard library is used: `cargo xtask` has to be ready in a second on a new machine.

mod bench;
mod check;
mod clauses;
mod contract;
mod cost;
mod files;
mod generated;
mod python;
mod rights;
mod run;
mod sam;
mod size;
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
        about: "the store's promises on DynamoDB Local, the vault's on moto, mails to aiosmtpd",
        run: contract::contract,
    },
    Step {
        name: "rights",
        about: "the calls that the tests recorded are those held; `rights record` makes a record",
        run: rights::rights,
    },
    Step {
        name: "sam",
        about: "template.yaml passes `sam validate --lint` for both regions",
        run: sam::sam,
    },
    Step {
        name: "bench",
        about: "runs the benches and writes docs/performance.md (about fifteen minutes)",
        run: bench::bench,
    },
    Step {
        name: "cost",
        about: "what a month costs by the counted calls; parameters as name=value",
        run: cost::cost,
    },
    Step {
        name: "size",
        about: "`size FUNCTION`: its release binary and archive against their budgets",
        run: size::size,
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
    let lines = STEPS.iter().map(|step| format!("  {:<10}{}", step.name, step.about));
    let text = lines.collect::<Vec<_>>().join("\n");
    writeln!(io::stdout(), "cargo xtask <step>\n\n{text}")
        .map_err(|error| format!("cannot print: {error}"))
}
