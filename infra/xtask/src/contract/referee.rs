//! The whole end-to-end suite on DynamoDB Local and moto's KMS.
//!
//! It is the same test binary. The tests that cannot run there are listed, each with its reason, in
//! a table of `docs/referee.md`: those are left out, and every other one has to run.

use std::collections::BTreeSet;
use std::path::Path;

use super::dynamodb_local::{self, Tables};
use super::moto;
use super::promises::{self, Counts};
use crate::files::File;
use crate::run::{Outcome, cargo};

const PAGE: &str = "docs/referee.md";
/// Where the table of tests begins.
const HEADING: &str = "## Tests that run on the embedded engine alone";
/// What tells the tests where the engines are; `tests/it/referee.rs` reads them.
const DYNAMODB: &str = "PC_TEST_DYNAMODB";
const KMS: &str = "PC_TEST_KMS";

/// Starts both servers, and runs the suite on them.
pub(crate) fn referee(root: &Path) -> Outcome {
    let page = File::read(root, PAGE)?;
    let excepted = excepted(&page.text)?;
    let database = dynamodb_local::start(root, Tables::OfTheCaller)?;
    let keys = moto::start(root)?;
    let mut command = cargo(root, &["test", "--package", "end-to-end", "--test", "it", "--"]);
    command.args(["--exact", "--include-ignored"]);
    for name in &excepted {
        command.args(["--skip", name]);
    }
    command.env(DYNAMODB, database.url()).env(KMS, keys.url());
    let counts = promises::count(&mut command, &mut std::io::stdout())?;
    judge(&counts, excepted.len())?;
    eprintln!("referee: {} tests passed, {} are excepted", counts.passed, excepted.len());
    Ok(())
}

/// Fails unless exactly the excepted tests were left out.
fn judge(counts: &Counts, excepted: usize) -> Outcome {
    if counts.passed == 0 {
        return Err("no test ran; a suite that runs nothing proves nothing".to_owned());
    }
    if (counts.left_out, counts.ignored) != (excepted, 0) {
        return Err(format!(
            "{excepted} tests are listed in {PAGE}, and {} were left out, {} ignored; a listed \
             test may be gone or have another name",
            counts.left_out, counts.ignored
        ));
    }
    Ok(())
}

/// The names in the first column of the page's table, each with a reason.
fn excepted(page: &str) -> Outcome<BTreeSet<&str>> {
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
        format!(
            "# A\n\n| `no::test` | is above |\n\n{HEADING}\n\n| test | why |\n{rows}\n## Next\n| `x` | y |\n"
        )
    }

    #[test]
    fn the_rows_below_the_heading_are_the_excepted_tests() {
        let page = page("| --- | --- |\n| `a::b` | It reads files. |\n| `c::d` | It, too. |\n");
        assert_eq!(excepted(&page), Ok(BTreeSet::from(["a::b", "c::d"])));
    }

    #[test]
    fn a_test_without_a_reason_or_twice_or_a_page_without_the_table_is_refused() {
        assert!(excepted(&page("| `a::b` | |")).is_err());
        assert!(excepted(&page("| `a::b` | Files. |\n| `a::b` | Files. |")).is_err());
        assert!(excepted("# Nothing").is_err());
    }

    #[test]
    fn every_test_that_is_not_excepted_has_to_run() {
        let counts = |passed, ignored, left_out| Counts { passed, ignored, left_out };
        assert!(judge(&counts(300, 0, 2), 2).is_ok());
        assert!(judge(&counts(300, 0, 1), 2).is_err(), "a listed one is not there");
        assert!(judge(&counts(300, 1, 2), 2).is_err(), "one was ignored");
        assert!(judge(&counts(0, 0, 2), 2).is_err(), "none ran");
    }
}
