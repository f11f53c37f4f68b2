//! The whole end-to-end suite on DynamoDB Local and moto's KMS.
//!
//! It is the same test binary. The tests that cannot run there are listed, each with its reason, in
//! a table of `docs/referee.md`: those are left out, and every other one has to run.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::dynamodb_local::{self, Tables};
use super::promises::{self, Counts};
use super::{moto, server::Server};
use crate::files::File;
use crate::run::{self, Outcome};

const PAGE: &str = "docs/referee.md";
/// Where the table of tests begins.
const HEADING: &str = "## Tests that run on the embedded engine alone";

/// Starts both servers, and runs the suite on them.
pub(crate) fn referee(root: &Path) -> Outcome {
    let page = File::read(root, PAGE)?;
    let listed = listed(&page.text)?;
    let servers = (dynamodb_local::start(root, Tables::OfTheCaller)?, moto::start(root)?);

    let mut others = suite(root, &servers);
    for name in &listed {
        others.args(["--skip", name]);
    }
    let counts = promises::count(&mut others, &mut io::stdout())?;
    judge(&counts, listed.len())?;

    if listed.is_empty() {
        return Ok(());
    }
    // They fail where they would open their world, so this takes no time.
    let mut excepted = suite(root, &servers);
    excepted.args(&listed).stderr(Stdio::null());
    let (excepted, _) = promises::tally(&mut excepted, &mut io::sink())?;
    judge_excepted(&excepted, listed.len())?;
    eprintln!("referee: {} tests passed, {} are excepted", counts.passed, listed.len());
    Ok(())
}

/// The suite, told where the servers are; `tests/it/referee.rs` reads the variables.
fn suite(root: &Path, (database, keys): &(Server, Server)) -> Command {
    let mut command = run::tests(root, "it");
    command.args(["--", "--exact", "--include-ignored"]);
    command.env("PC_TEST_DYNAMODB", database.url()).env("PC_TEST_KMS", keys.url());
    command
}

/// Fails unless the listed tests were left out and no others.
fn judge(counts: &Counts, listed: usize) -> Outcome {
    if counts.passed == 0 {
        return Err("no test ran; a suite that runs nothing proves nothing".to_owned());
    }
    if (counts.left_out, counts.ignored) != (listed, 0) {
        return Err(format!(
            "{listed} tests are listed in {PAGE}, and {} were left out, {} ignored: a listed test \
             is gone or has another name",
            counts.left_out, counts.ignored
        ));
    }
    Ok(())
}

/// Fails where a listed test passes all the same: the list only has what has to be there.
fn judge_excepted(counts: &Counts, listed: usize) -> Outcome {
    if counts.failed == listed && counts.passed == 0 {
        return Ok(());
    }
    Err(format!(
        "of {listed} tests that are listed in {PAGE}, {} can run at the referee: take them off the list",
        counts.passed
    ))
}

/// The names in the first column of the page's table, each with a reason.
fn listed(page: &str) -> Outcome<BTreeSet<&str>> {
    let (_, table) =
        page.split_once(HEADING).ok_or_else(|| format!("{PAGE}: no heading `{HEADING}`"))?;
    let rows = table.lines().take_while(|line| !line.starts_with("##"));
    let mut names = BTreeSet::new();
    for row in rows.filter_map(|line| line.strip_prefix("| `")) {
        let (name, reason) = row.split_once("` |").unwrap_or((row, ""));
        if reason.trim_matches(['|', ' ']).is_empty() {
            return Err(format!("{PAGE}: `{name}` has no reason"));
        }
        if !names.insert(name) {
            return Err(format!("{PAGE}: `{name}` stands there twice"));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &str) -> String {
        format!("# A\n| `no::test` | above |\n{HEADING}\n\n{rows}\n## Next\n| `x` | below |\n")
    }

    #[test]
    fn the_rows_below_the_heading_are_the_excepted_tests() {
        let page = page("| test | why |\n| --- | --- |\n| `a::b` | Files. |\n| `c::d` | Files. |");
        assert_eq!(listed(&page), Ok(BTreeSet::from(["a::b", "c::d"])));
    }

    #[test]
    fn a_test_without_a_reason_or_twice_or_a_page_without_the_table_is_refused() {
        assert!(listed(&page("| `a::b` | |")).is_err());
        assert!(listed(&page("| `a::b` | Files. |\n| `a::b` | Files. |")).is_err());
        assert!(listed("# Nothing").is_err());
    }

    #[test]
    fn every_test_that_is_not_listed_has_to_run() {
        let run = |passed, ignored, left_out| Counts { passed, failed: 0, ignored, left_out };
        assert!(judge(&run(300, 0, 2), 2).is_ok());
        assert!(judge(&run(300, 0, 1), 2).is_err(), "a listed one is not there");
        assert!(judge(&run(300, 1, 2), 2).is_err(), "one was ignored");
        assert!(judge(&run(0, 0, 2), 2).is_err(), "none ran");
    }

    #[test]
    fn a_listed_test_that_could_run_is_found() {
        let run = |passed, failed| Counts { passed, failed, ignored: 0, left_out: 300 };
        assert!(judge_excepted(&run(0, 2), 2).is_ok());
        assert!(judge_excepted(&run(1, 1), 2).is_err());
        assert!(judge_excepted(&run(0, 0), 2).is_err(), "nothing ran");
    }
}
