//! Runs the benches, and writes their figures to `docs/performance.md`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::run::{Outcome, capture, cargo};

/// Every bench: its name, further words, and what its section is about.
const BENCHES: &[(&str, &[&str], &str)] = &[
    ("load", &[], "Operations a second over TCP, beside plain calls on the same engine"),
    ("seal", &[], "Sealing, beside bare AES-256-GCM"),
    ("load", &["soak", "300"], "An hour in short"),
];

const PAGE: &str = "docs/performance.md";

/// Runs every bench, one after the other, and writes the page.
pub(crate) fn bench(root: &Path) -> Outcome {
    let mut page = heading();
    for (name, words, about) in BENCHES {
        eprintln!("bench: {name} {}", words.join(" "));
        let mut command = cargo(root, &["bench", "--quiet", "--package", "end-to-end", "--bench"]);
        let printed = capture(command.arg(name).arg("--").args(*words))?;
        let printed = String::from_utf8_lossy(&printed);
        // Markdown goes in as it is, a drawing of lines as a block.
        let drawn = printed.contains('│');
        let fence = if drawn { "```text\n" } else { "" };
        let end = if drawn { "```\n" } else { "" };
        let printed = printed.trim_end();
        let _infallible = write!(page, "\n## {about}\n\n{fence}{printed}\n{end}");
    }
    fs::write(root.join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))
}

fn heading() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "# Performance\n\n<!-- Written by `cargo xtask bench`. -->\n\nMeasured in one run on {cores} \
         cores, server, engine and clients on the same machine, in the release profile.\nThe ratios \
         are what to compare: the machine makes the rates.\n"
    )
}
