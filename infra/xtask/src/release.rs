//! `cargo xtask release`: what has to hold before a version is tagged, each part by its name.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::check;
use crate::files::File;
use crate::run::{self, Outcome};
use crate::sbom;

/// What lets a release go on whose advisories nobody could look at.
const WITHOUT: &str = "--without-advisories";

/// What became of a part.
#[derive(Debug)]
enum Part {
    Passed,
    /// It could not be done here; whether that stops the release is the operator's to say.
    NotDone(String),
    Failed(String),
}

impl From<Outcome> for Part {
    fn from(outcome: Outcome) -> Self {
        outcome.map_or_else(Self::Failed, |()| Self::Passed)
    }
}

/// Runs every part, and says of each what became of it.
pub(crate) fn release(root: &Path) -> Outcome {
    let accepted = std::env::args().skip(2).any(|word| word == WITHOUT);
    let parts = [
        ("version", Part::from(version(root))),
        ("bans, licences, sources", Part::from(check::deny(root))),
        ("advisories", advisories(root)),
        ("sbom", Part::from(sbom::sbom(root))),
    ];
    let (lines, passed) = verdict(&parts, accepted);
    eprint!("{lines}");
    if passed {
        return Ok(());
    }
    Err("not to be released as it is; docs/releasing.md says how to go on".to_owned())
}

/// A line for each part, and whether the version may be released.
fn verdict(parts: &[(&str, Part)], accepted: bool) -> (String, bool) {
    let (mut lines, mut passed) = (String::new(), true);
    for (name, part) in parts {
        let said = match part {
            Part::Passed => "passed".to_owned(),
            Part::NotDone(why) => {
                passed &= accepted;
                let then = if accepted { "accepted" } else { WITHOUT };
                format!("NOT CHECKED: {why} ({then})")
            }
            Part::Failed(why) => {
                passed = false;
                format!("FAILED: {why}")
            }
        };
        let _infallible = writeln!(lines, "release: {name}: {said}");
    }
    (lines, passed)
}

/// The version is new, and the changelog has it.
fn version(root: &Path) -> Outcome {
    let manifest = File::read(root, "Cargo.toml")?.text;
    let version =
        manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    let version = version.ok_or("Cargo.toml: no version")?;
    let changelog = File::read(root, "CHANGELOG.md")?.text;
    in_changelog(&changelog, version)?;
    let mut git = Command::new("git");
    git.args(["tag", "--list", &format!("v{version}")]).current_dir(root);
    if run::capture(&mut git)?.is_empty() {
        Ok(())
    } else {
        Err(format!("v{version} is tagged already; raise the version in Cargo.toml"))
    }
}

fn in_changelog(changelog: &str, version: &str) -> Outcome {
    let heading = format!("## {version}");
    let has = changelog.lines().any(|line| line.split(',').next() == Some(&heading));
    if has { Ok(()) } else { Err(format!("CHANGELOG.md has no part `{heading}`")) }
}

/// Advisories of the `RustSec` database against the lock file. The database is a Git repository,
/// and no package: where it cannot be had, that is said, and nothing is claimed.
fn advisories(root: &Path) -> Part {
    let deny = match check::cargo_deny(root) {
        Ok(program) => program,
        Err(problem) => return Part::Failed(problem),
    };
    let mut fetch = Command::new(&deny);
    fetch.args(["fetch", "db"]).current_dir(root).stdin(Stdio::null());
    match fetch.output() {
        Ok(output) if output.status.success() => {}
        Ok(_) => return Part::NotDone("the database of advisories cannot be had here".to_owned()),
        Err(error) => return Part::Failed(error.to_string()),
    }
    let mut check = Command::new(&deny);
    Part::from(run::run(check.args(["check", "--disable-fetch", "advisories"]).current_dir(root)))
}

/// The advisories alone, for a daily run between releases.
pub(crate) fn advisories_alone(root: &Path) -> Outcome {
    match advisories(root) {
        Part::Passed => Ok(()),
        Part::NotDone(why) => Err(format!("not checked: {why}")),
        Part::Failed(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(advisories: Part) -> [(&'static str, Part); 2] {
        [("sbom", Part::Passed), ("advisories", advisories)]
    }

    #[test]
    fn advisories_that_nobody_could_look_at_are_never_called_passed() {
        let unread = || Part::NotDone("no database".to_owned());
        let (lines, passed) = verdict(&parts(unread()), false);
        assert!(!passed);
        assert!(lines.contains("advisories: NOT CHECKED: no database (--without-advisories)"));
        let (lines, passed) = verdict(&parts(unread()), true);
        assert!(passed && lines.contains("NOT CHECKED: no database (accepted)"), "{lines}");
    }

    #[test]
    fn a_failure_stops_the_release_whatever_was_accepted() {
        let (lines, passed) = verdict(&parts(Part::Failed("RUSTSEC".to_owned())), true);
        assert!(!passed && lines.contains("advisories: FAILED: RUSTSEC"), "{lines}");
        assert!(verdict(&parts(Part::Passed), false).1);
    }

    #[test]
    fn a_version_needs_its_part_of_the_changelog() {
        assert!(in_changelog("# Changelog\n\n## 0.1.0, 2026-12-01\n", "0.1.0").is_ok());
        assert!(in_changelog("## 0.1.0\n", "0.1.0").is_ok());
        assert!(in_changelog("## Open\n\n## 0.1.01\n", "0.1.0").is_err());
    }
}
