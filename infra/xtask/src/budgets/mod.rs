//! Holds functions' release binaries to their budgets: size, start, memory.
//!
//! `cargo xtask budgets` looks at one function of each kind, `… --all` at all of them, `… NAME…` at
//! those named. Each is built on its own, as it is deployed.

mod figures;
mod size;

use std::io::{self, Write as _};
use std::path::Path;

use crate::files;
use crate::run::{self, Outcome, capture, cargo};
use figures::Figures;

/// The largest function that hashes, the largest that does not, and the one with another client.
const NAMED: [&str; 3] = ["register", "export", "notify"];
/// What the table is about.
pub(crate) const ABOUT: &str = "Functions as they are deployed, against their budgets";
/// What every start is compared with.
const BARE: &str = "bare";
/// Where cargo puts what it builds for release.
const BUILT: &str = "target/release";

/// Measures the functions that the command line asks for, and prints a table. Beyond a budget is a
/// failure.
pub(crate) fn budgets(root: &Path) -> Outcome {
    let asked: Vec<String> = std::env::args().skip(2).collect();
    let names = match asked.first().map(String::as_str) {
        None => NAMED.map(str::to_owned).to_vec(),
        Some("--all") => all(root)?,
        Some(_) => asked,
    };
    let (mut table, mut problems) = measured(root, &names)?;
    if !problems.is_empty() {
        // Whatever else the machine does makes a start slower and never faster.
        eprintln!("budgets: measured once more, since {}", problems.join("; "));
        (table, problems) = measured(root, &names)?;
    }
    io::stdout().write_all(table.as_bytes()).map_err(|error| format!("cannot print: {error}"))?;
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Every function.
pub(crate) fn all(root: &Path) -> Outcome<Vec<String>> {
    files::folders(root, "functions")
}

/// Builds and measures; gives a table, and what is beyond its budget.
pub(crate) fn measured(root: &Path, names: &[String]) -> Outcome<(String, Vec<String>)> {
    let known = all(root)?;
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("`{unknown}` is no folder of `functions`"));
    }
    // As the tests are built, so that nothing is built twice: what is measured is in the binaries.
    let mut measure = cargo(root, &["test", "--quiet", "--locked", "--workspace", "--bench"]);
    measure.args(["functions", "--", &built(root, BARE)?]);
    let mut sizes = Vec::new();
    for name in names {
        measure.arg(built(root, name)?);
        sizes.push(size::of(root, name)?);
    }
    let printed = capture(&mut measure)?;
    let figures: Outcome<Vec<_>> =
        String::from_utf8_lossy(&printed).lines().zip(sizes).map(Figures::read).collect();
    let figures = figures?;
    if figures.len() != names.len() {
        return Err("not every function was measured".to_owned());
    }
    let problems = figures.iter().flat_map(Figures::problems).collect();
    Ok((figures::table(&figures), problems))
}

/// Builds a binary for release, by package, so that no other one's features are in it; gives its
/// name and where it is.
fn built(root: &Path, package: &str) -> Outcome<String> {
    eprintln!("budgets: building {package}");
    let build =
        ["build", "--quiet", "--release", "--locked", "--target-dir", "target", "--package"];
    run::run(cargo(root, &build).arg(package))?;
    Ok(format!("{package}={}", root.join(BUILT).join(package).display()))
}
