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
        ("fixtures", Part::from(fixtures(root))),
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
    let version = current(root)?;
    let changelog = File::read(root, "CHANGELOG.md")?.text;
    in_changelog(&changelog, &version)?;
    if is_tagged(root, &version)? {
        return Err(format!("v{version} is tagged already; raise the version in Cargo.toml"));
    }
    Ok(())
}

/// The version that the workspace has.
fn current(root: &Path) -> Outcome<String> {
    let manifest = File::read(root, "Cargo.toml")?.text;
    let version =
        manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.ok_or("Cargo.toml: no version")?.to_owned())
}

fn is_tagged(root: &Path, version: &str) -> Outcome<bool> {
    git(root, &["tag", "--list", &format!("v{version}")]).map(|tags| !tags.is_empty())
}

fn git(root: &Path, args: &[&str]) -> Outcome<String> {
    let printed = run::capture(Command::new("git").args(args).current_dir(root))?;
    Ok(String::from_utf8_lossy(&printed).trim().to_owned())
}

fn in_changelog(changelog: &str, version: &str) -> Outcome {
    let has = versions(changelog).any(|known| known == version);
    if has { Ok(()) } else { Err(format!("CHANGELOG.md has no part `## {version}`")) }
}

/// The versions that the changelog has parts of.
fn versions(changelog: &str) -> impl Iterator<Item = &str> {
    let headings = changelog.lines().filter_map(|line| line.strip_prefix("## "));
    let names = headings.filter_map(|heading| heading.split(',').next());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
}

/// Where the data are that each version wrote.
const FIXTURES: &str = "tests/fixtures";
/// What decides how data are written.
const WRITERS: [&str; 3] = ["shared/src", ":(glob)functions/*/src/**", "Cargo.lock"];

/// Every version has left the data that later ones are upgraded from, and this one's were written by
/// the code that is released.
fn fixtures(root: &Path) -> Outcome {
    let changelog = File::read(root, "CHANGELOG.md")?.text;
    let there = |version: &str| root.join(FIXTURES).join(format!("{version}.zip")).exists();
    all_have(versions(&changelog), there)?;
    let version = current(root)?;
    let file = format!("{FIXTURES}/{version}.zip");
    let written = git(root, &["log", "-1", "--format=%H", "--", &file])?;
    let changed = if written.is_empty() {
        None
    } else {
        let since = ["diff", "--name-only", &written, "HEAD", "--"];
        Some(git(root, &[&since[..], &WRITERS[..]].concat())?)
    };
    is_of_this_code(&file, changed.as_deref())
}

fn all_have<'a>(versions: impl Iterator<Item = &'a str>, there: impl Fn(&str) -> bool) -> Outcome {
    let lacking: Vec<_> = versions.filter(|version| !there(version)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(format!("no {FIXTURES}/VERSION.zip of {}: cargo xtask fixture", lacking.join(", ")))
}

/// `changed` is what writes data and was changed since the file was committed.
fn is_of_this_code(file: &str, changed: Option<&str>) -> Outcome {
    match changed {
        None => Err(format!("{file} is in no commit: cargo xtask fixture, and commit it")),
        Some("") => Ok(()),
        Some(changed) => Err(format!(
            "{file} is older than what writes data: cargo xtask fixture, and commit it\n{changed}"
        )),
    }
}

/// Writes what this version leaves to later ones. Once it is tagged that never changes.
pub(crate) fn fixture(root: &Path) -> Outcome {
    let version = current(root)?;
    if is_tagged(root, &version)? {
        return Err(format!("v{version} is tagged, and {FIXTURES}/{version}.zip stays as it is"));
    }
    let test = "upgrade::the_fixture_of_this_version_is_written_where_it_is_asked_for";
    run::run(run::tests(root, "it").args(["--", "--exact", test]).env("PC_FIXTURE", "1"))
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
    fn every_version_of_the_changelog_needs_its_data() {
        let changelog = "# Changelog\n\n## Open\n\n## 0.2.0, 2027-01-01\n\n## 0.1.0, 2026-12-01\n";
        assert_eq!(versions(changelog).collect::<Vec<_>>(), ["0.2.0", "0.1.0"]);
        assert!(all_have(versions(changelog), |_| true).is_ok());
        let problem = all_have(versions(changelog), |version| version == "0.1.0").unwrap_err();
        assert!(problem.contains("of 0.2.0: cargo xtask fixture"), "{problem}");
    }

    #[test]
    fn data_of_other_code_than_is_released_are_refused() {
        assert!(is_of_this_code("f", Some("")).is_ok());
        assert!(is_of_this_code("f", None).unwrap_err().contains("in no commit"));
        let problem = is_of_this_code("f", Some("shared/src/outbox.rs")).unwrap_err();
        assert!(problem.contains("older") && problem.contains("outbox"), "{problem}");
    }

    #[test]
    fn a_version_needs_its_part_of_the_changelog() {
        assert!(in_changelog("# Changelog\n\n## 0.1.0, 2026-12-01\n", "0.1.0").is_ok());
        assert!(in_changelog("## 0.1.0\n", "0.1.0").is_ok());
        assert!(in_changelog("## Open\n\n## 0.1.01\n", "0.1.0").is_err());
    }
}
