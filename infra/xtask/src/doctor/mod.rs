//! `cargo xtask doctor`: what is missing on this machine, or on a stage, and what to type.

mod answers;
mod deployed;
mod finding;
mod machine;
mod options;

use std::io::{self, Write as _};
use std::path::Path;

use crate::run::Outcome;
use finding::{Finding, Weight};
use options::{Mode, Options};

/// Prints what was found; one finding that is wrong makes it a failure.
pub(crate) fn doctor(root: &Path) -> Outcome {
    let options = Options::parse(std::env::args().skip(2))?;
    let findings = match &options.mode {
        Mode::Machine => machine::examine(root),
        Mode::Deployed(stage) => deployed::examine(root, stage)?,
    };
    io::stdout()
        .write_all(report(&findings).as_bytes())
        .map_err(|error| format!("cannot print: {error}"))?;
    match findings.iter().filter(|finding| finding.weight == Weight::Wrong).count() {
        0 => Ok(()),
        wrong => Err(format!("{wrong} of these have to be put right")),
    }
}

/// The findings as people read them, what is wrong last: there it is seen.
fn report(findings: &[Finding]) -> String {
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.weight);
    sorted.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_stands_last_with_what_to_do() {
        let found = [Finding::wrong("no key", "make one"), Finding::fine("a table")];
        assert_eq!(report(&found), "  ok     a table\n  WRONG  no key\n         make one\n");
    }
}
