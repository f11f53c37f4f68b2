//! Runs the benches, and writes their figures to `docs/performance.md`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::budgets;
use crate::run::{Outcome, capture, cargo};

/// Every bench: its name, further words, and what its section is about. Each prints Markdown.
const BENCHES: &[(&str, &[&str], &str)] = &[
    ("load", &[], "Operations a second over TCP, beside plain calls on the same engine"),
    ("seal", &[], "Sealing, beside bare AES-256-GCM"),
    ("sweep", &[], "The sweep, with as much due among few rows and among many"),
    ("load", &["soak", "300"], "An hour in short"),
];

const PAGE: &str = "docs/performance.md";

/// Runs every bench, one after the other, and writes the page. A function beyond a budget is a
/// failure, which the page shows too.
pub(crate) fn bench(root: &Path) -> Outcome {
    let mut page = heading();
    let (table, problems) = budgets::measured(root, &budgets::all(root)?)?;
    let _infallible = write!(page, "\n## {}\n\n{table}", budgets::ABOUT);
    for problem in &problems {
        let _infallible = write!(page, "\nBeyond its budget: {problem}.\n");
    }
    for (name, words, about) in BENCHES {
        eprintln!("bench: {name} {}", words.join(" "));
        let mut command = cargo(root, &["bench", "--quiet", "--package", "end-to-end", "--bench"]);
        let printed = capture(command.arg(name).arg("--").args(*words))?;
        let printed = String::from_utf8_lossy(&printed);
        let _infallible = write!(page, "\n## {about}\n\n{}\n", printed.trim_end());
    }
    fs::write(root.join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))?;
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn heading() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = processor().map(|name| format!(" ({name})")).unwrap_or_default();
    format!(
        "# Performance\n\n<!-- Written by `cargo xtask bench`. -->\n\nMeasured in one run on {cores} \
         cores{processor}, server, engine and clients on the same machine, in the release profile.\n\
         The ratios are what to compare: the machine makes the rates.\n"
    )
}

/// The kind of processor, where the system tells it.
fn processor() -> Option<String> {
    let told = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
