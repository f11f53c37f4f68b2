//! Runs one promise suite against a server and counts what ran.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::server::Server;
use crate::run::{Outcome, cannot_start, cargo};

/// A test target and how it learns where the engine is.
pub(crate) struct Suite {
    pub(crate) package: &'static str,
    pub(crate) test: &'static str,
    /// The tests that need the engine; only they are counted.
    pub(crate) filter: &'static str,
    pub(crate) variable: &'static str,
    pub(crate) value: String,
}

/// Runs `suite` on `server`. A suite of which nothing ran is a failure.
pub(crate) fn run(root: &Path, suite: &Suite, server: &Server) -> Outcome {
    let mut command = cargo(root, &["test", "--package", suite.package, "--test", suite.test]);
    command.arg("--").args([suite.filter, "--include-ignored"]);
    let passed = count(command.env(suite.variable, &suite.value), &mut io::stdout())
        .map_err(|problem| format!("{}: {problem}", server.name()))?;
    if passed == 0 {
        return Err(format!(
            "{}: no test of `{}` ran; a suite that runs nothing proves nothing",
            server.name(),
            suite.test
        ));
    }
    eprintln!("contract: {} kept {passed} promises", server.name());
    Ok(())
}

/// Passes the output on to `echo` as it comes and adds up how many tests passed.
fn count(command: &mut Command, echo: &mut impl Write) -> Outcome<usize> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    let mut total = 0;
    let output = child.stdout.take().map(BufReader::new);
    for line in output.into_iter().flat_map(BufRead::lines) {
        let Ok(line) = line else { break };
        total += passed(&line).unwrap_or(0);
        // A closed output loses the line, not the result.
        let _ = writeln!(echo, "{line}");
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(total),
        Ok(status) => Err(format!("the promises are not kept ({status})")),
        Err(error) => Err(format!("cannot wait for the tests: {error}")),
    }
}

/// The number in `test result: ok. 12 passed; 0 failed; …`.
fn passed(line: &str) -> Option<usize> {
    let (before, _) = line.strip_prefix("test result:")?.split_once(" passed;")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_line_gives_the_number_and_no_other_line_does() {
        let line = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out";
        assert_eq!(passed(line), Some(12));
        assert_eq!(passed("test c_1_passed ... ok"), None);
        assert_eq!(passed("running 12 tests"), None);
    }

    fn counted(script: &str) -> Outcome<usize> {
        count(Command::new("sh").args(["-c", script]), &mut Vec::new())
    }

    #[test]
    fn results_of_several_targets_add_up() {
        let two = "test result: ok. 2 passed; 0 failed";
        let three = "test result: ok. 3 passed; 0 failed";
        assert_eq!(counted(&format!("echo '{two}'; echo '{three}'")), Ok(5));
    }

    #[test]
    fn output_is_passed_on() {
        let mut echo = Vec::new();
        let counted = count(Command::new("echo").arg("running 0 tests"), &mut echo);
        assert_eq!(counted, Ok(0));
        assert_eq!(echo, b"running 0 tests\n");
    }

    #[test]
    fn a_failing_suite_fails_whatever_passed() {
        let line = "test result: FAILED. 2 passed; 1 failed";
        assert!(counted(&format!("echo '{line}'; exit 101")).is_err());
    }
}
