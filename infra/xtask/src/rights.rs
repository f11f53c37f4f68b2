//! The rights that the functions' calls need: what a whole run of the tests recorded, and what is held.
//!
//! A test fails at a call that is not held. That each line is still needed shows only in a whole run,
//! whose tests come in any order and in several processes: each writes what it saw, and the union is
//! compared here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run::{self, Outcome};

/// Where the list is held.
const HELD: &str = "tests/privileges/calls.txt";
/// Where a run of the tests writes what it saw, when this variable names the folder.
const RECORD: (&str, &str) = ("PC_RIGHTS", "target/rights");

const HEAD: &str = "\
# What the functions' own calls to AWS need to be allowed: function, action of IAM, table or key,
# partitions or use of the key, and the operation that it is a part of.
# Recorded by the tests: `cargo xtask rights record` writes it, and template.yaml grants it.

";

/// Compares the record of the last whole run with the list; `record` makes one and writes the list.
pub(crate) fn rights(root: &Path) -> Outcome {
    match std::env::args().nth(2).as_deref() {
        Some("record") => record(root),
        Some(other) => Err(format!("there is no `rights {other}`; try `rights record`")),
        None => compare(&seen(root)?, &lines(&read(root)?)),
    }
}

fn record(root: &Path) -> Outcome {
    let folder = root.join(RECORD.1);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", RECORD.1))?;
    }
    // Those that compare the list with the template come later.
    let args = ["--no-fail-fast", "--", "--skip", "privileges"];
    run::run(run::tests(root, "it").args(args).env(RECORD.0, &folder))?;
    let list: Vec<_> = seen(root)?.into_iter().collect();
    fs::write(root.join(HELD), format!("{HEAD}{}\n", list.join("\n")))
        .map_err(|e| format!("{HELD}: {e}"))?;
    eprintln!("rights: {HELD} is written; `cargo test -p end-to-end privileges` compares it next");
    Ok(())
}

/// What every process of the run saw.
fn seen(root: &Path) -> Outcome<BTreeSet<String>> {
    let none = || format!("{} holds no record; `cargo xtask rights record` makes one", RECORD.1);
    let mut all = BTreeSet::new();
    for file in fs::read_dir(root.join(RECORD.1)).map_err(|_| none())? {
        let file = file.map_err(|_| none())?.path();
        all.extend(lines(&fs::read_to_string(file).map_err(|_| none())?));
    }
    if all.is_empty() { Err(none()) } else { Ok(all) }
}

fn read(root: &Path) -> Outcome<String> {
    fs::read_to_string(root.join(HELD)).map_err(|error| format!("{HELD}: {error}"))
}

fn lines(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn compare(seen: &BTreeSet<String>, held: &BTreeSet<String>) -> Outcome {
    let new = seen.difference(held).map(|line| format!("\n  called, not held: {line}"));
    let gone = held.difference(seen).map(|line| format!("\n  held, never called: {line}"));
    let wrong = new.chain(gone).collect::<Vec<_>>().concat();
    if wrong.is_empty() {
        eprintln!("rights: {} are held, and each is used", held.len());
        return Ok(());
    }
    Err(format!("{HELD} differs from what the tests did; `cargo xtask rights record`{wrong}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_right_that_is_not_held_and_one_that_is_not_used_are_named() {
        let problem = compare(&set(&["a", "b"]), &set(&["b", "c"])).unwrap_err();
        assert!(problem.contains("called, not held: a"), "{problem}");
        assert!(problem.contains("held, never called: c"), "{problem}");
        assert!(!problem.contains(": b"), "{problem}");
        assert_eq!(compare(&set(&["a"]), &set(&["a"])), Ok(()));
    }

    #[test]
    fn comments_are_no_rights() {
        assert_eq!(lines("# a\n\nb c\n"), set(&["b c"]));
    }

    #[test]
    fn no_record_is_a_failure() {
        assert!(seen(Path::new("no/such/folder")).is_err());
    }
}
