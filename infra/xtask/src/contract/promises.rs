//! Runs one promise suite against a server and counts what ran.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use super::server::Server;
use crate::run::{self, Outcome, cannot_start};

/// A test target and how it learns where the engine is.
pub(crate) struct Suite {
    pub(crate) test: &'static str,
    /// The tests that need the engine; only they are counted.
    pub(crate) filter: &'static str,
    pub(crate) variable: &'static str,
    pub(crate) value: String,
}

/// Runs `suite` on `server`. A suite of which nothing ran is a failure.
pub(crate) fn run(root: &Path, suite: &Suite, server: &Server) -> Outcome {
    let mut command = run::tests(root, suite.test);
    command.arg("--").args([suite.filter, "--include-ignored"]);
    let counts = count(command.env(suite.variable, &suite.value), &mut io::stdout())
        .map_err(|problem| format!("{}: {problem}", server.name()))?;
    let passed = counts.passed;
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

/// How many tests passed, failed, were ignored, and were left out by filters.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
    pub(crate) left_out: usize,
}

/// Runs tests, of which none may fail, passes their output on to `echo` and adds up their counts.
pub(crate) fn count(command: &mut Command, echo: &mut impl Write) -> Outcome<Counts> {
    match tally(command, echo)? {
        (counts, status) if status.success() => Ok(counts),
        (_, status) => Err(format!("the promises are not kept ({status})")),
    }
}

/// Runs tests, passes their output on to `echo` as it comes and adds up what they came to.
pub(crate) fn tally(command: &mut Command, echo: &mut impl Write) -> Outcome<(Counts, ExitStatus)> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    let mut total = Counts::default();
    let output = child.stdout.take().map(BufReader::new);
    for line in output.into_iter().flat_map(BufRead::lines) {
        let Ok(line) = line else { break };
        for (sum, of) in [
            (&mut total.passed, "passed"),
            (&mut total.failed, "failed"),
            (&mut total.ignored, "ignored"),
            (&mut total.left_out, "filtered out"),
        ] {
            *sum += number(&line, of).unwrap_or(0);
        }
        // A closed output loses the line, not the result.
        let _ = writeln!(echo, "{line}");
    }
    let status = child.wait().map_err(|error| format!("cannot wait for the tests: {error}"))?;
    Ok((total, status))
}

/// The number before a word in `test result: ok. 12 passed; 0 failed; …`.
fn number(line: &str, of: &str) -> Option<usize> {
    let (before, _) = line.strip_prefix("test result:")?.split_once(&format!(" {of}"))?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_line_gives_the_number_and_no_other_line_does() {
        let line = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out";
        assert_eq!(number(line, "passed"), Some(12));
        assert_eq!(number(line, "filtered out"), Some(3));
        assert_eq!(number("test c_1 passed ... ok", "passed"), None);
        assert_eq!(number("running 12 tests", "passed"), None);
    }

    fn counted(script: &str) -> Outcome<Counts> {
        count(Command::new("sh").args(["-c", script]), &mut Vec::new())
    }

    #[test]
    fn results_of_several_targets_add_up() {
        let one = "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; in";
        let other =
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; in";
        let sum = Counts { passed: 5, failed: 0, ignored: 1, left_out: 4 };
        assert_eq!(counted(&format!("echo '{one}'; echo '{other}'")), Ok(sum));
    }

    #[test]
    fn output_is_passed_on() {
        let mut echo = Vec::new();
        let counted = count(Command::new("echo").arg("running 0 tests"), &mut echo);
        assert_eq!(counted, Ok(Counts::default()));
        assert_eq!(echo, b"running 0 tests\n");
    }

    #[test]
    fn a_failing_suite_fails_whatever_passed() {
        let line = "test result: FAILED. 2 passed; 1 failed";
        assert!(counted(&format!("echo '{line}'; exit 101")).is_err());
    }
}
