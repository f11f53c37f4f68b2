//! The figures of a function, their budgets, and the table of all.

use std::fmt::Write;

use super::size::Size;
use crate::run::Outcome;

/// The most bytes of a binary: reading it is part of every cold start.
const MOST_BINARY: u64 = 8_000_000;
/// The most bytes of its archive.
const MOST_ZIP: u64 = 3_500_000;
/// The most times of a bare function's start to the first poll of the Runtime API.
const MOST_START: f64 = 2.0;
/// The most KB resident (of 1,024 bytes, as Linux counts) after a thousand warm requests: 24 MB.
const MOST_RESIDENT: f64 = 24_000_000.0 / 1024.0;

/// What was measured of a function.
pub(super) struct Figures {
    name: String,
    size: Size,
    /// µs to the first poll.
    start: f64,
    /// µs of the bare function to its first poll.
    bare: f64,
    /// KB after a thousand requests.
    resident: f64,
    /// µs of the first request, with Init's read and without; 0 where nobody waits for an answer.
    first: [f64; 2],
}

impl Figures {
    /// Reads a line of the bench `functions`.
    pub(super) fn read((line, size): (&str, Size)) -> Outcome<Self> {
        let unknown = || format!("not a line of figures: {line}");
        let (name, numbers) = line.split_once(' ').ok_or_else(unknown)?;
        let numbers: Result<Vec<f64>, _> = numbers.split(' ').map(str::parse).collect();
        match numbers.map_err(|_| unknown())?[..] {
            [start, bare, resident, with, without] => {
                let first = [with, without];
                Ok(Self { name: name.to_owned(), size, start, bare, resident, first })
            }
            _ => Err(unknown()),
        }
    }

    /// What is beyond its budget.
    pub(super) fn problems(&self) -> Vec<String> {
        let Self { name, size: Size { binary, zip }, start, bare, resident, .. } = self;
        let mut problems = Vec::new();
        if *binary > MOST_BINARY || *zip > MOST_ZIP {
            problems.push(format!(
                "`{name}` has {binary} of {MOST_BINARY} bytes, {zip} of {MOST_ZIP} zipped; \
                 `cargo tree --package {name} --edges normal` lists why"
            ));
        }
        let times = start / bare;
        if times > MOST_START {
            problems.push(format!("`{name}` starts in {times:.2} times of a bare function"));
        }
        if *resident > MOST_RESIDENT {
            problems.push(format!("`{name}` has {resident} of {MOST_RESIDENT:.0} KB resident"));
        }
        problems
    }
}

/// A line for each function, and the budgets.
pub(super) fn table(all: &[Figures]) -> String {
    let mut table =
        "| function | binary, bytes | zip, bytes | first poll, ms | times a bare one's \
        | resident, MB | first request, ms | without Init's read, ms |\n\
        | --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for Figures { name, size, start, bare, resident, first } in all {
        let first = first.map(|us| if us > 0.0 { format!("{:.1}", us / 1e3) } else { "–".into() });
        let _infallible = writeln!(
            table,
            "| `{name}` | {} | {} | {:.1} | {:.2} | {:.1} | {} | {} |",
            size.binary,
            size.zip,
            start / 1e3,
            start / bare,
            resident * 1024.0 / 1e6,
            first[0],
            first[1]
        );
    }
    let _infallible = writeln!(
        table,
        "| budget | {MOST_BINARY} | {MOST_ZIP} | | {MOST_START:.2} | {:.1} | | |",
        MOST_RESIDENT * 1024.0 / 1e6
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(binary: u64, zip: u64, line: &str) -> Figures {
        Figures::read((line, Size { binary, zip })).expect("figures")
    }

    #[test]
    fn what_is_within_every_budget_is_no_problem() {
        let line = "access 2000 1000 23437 900 1400";
        assert_eq!(figures(MOST_BINARY, MOST_ZIP, line).problems(), Vec::<String>::new());
    }

    #[test]
    fn a_little_beyond_any_budget_is_too_much() {
        let line = "access 2000 1000 23437 900 1400";
        assert_eq!(figures(MOST_BINARY + 1, MOST_ZIP, line).problems().len(), 1);
        assert_eq!(figures(MOST_BINARY, MOST_ZIP + 1, line).problems().len(), 1);
        for line in ["access 2001 1000 23437 0 0", "access 2000 1000 23438 0 0"] {
            assert_eq!(figures(1, 1, line).problems().len(), 1, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_refused() {
        for line in ["", "access", "access 1 2 3 4", "access 1 2 3 4 x", "access 1 2 3 4 5 6"] {
            assert!(Figures::read((line, Size { binary: 1, zip: 1 })).is_err(), "{line}");
        }
    }
}
