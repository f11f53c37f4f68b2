//! Rules about what a function's binary links, however far down its dependencies.

use std::path::Path;

use super::manifest::LOCAL_ONLY;
use crate::run::{self, Outcome, cargo};

/// The feature of `shared` that only tests turn on.
const TEST_FEATURE: (&str, &str) = ("shared", "testing");

/// Every rule that the binaries of `functions` break, each resolved as it is built: on its own.
pub(super) fn problems(root: &Path, functions: &[String]) -> Outcome<Vec<String>> {
    let mut problems = Vec::new();
    for function in functions {
        let mut tree = cargo(root, &["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
        tree.args(["--format", "{p}\t{f}", "--package", function]);
        let printed = run::capture(&mut tree)?;
        problems.extend(links(function, &String::from_utf8_lossy(&printed)));
    }
    Ok(problems)
}

/// The rules that a printed tree breaks; each line is `name version …`, a tab, and the features.
fn links(function: &str, tree: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut linked = false;
    for line in tree.lines() {
        let (package, features) = line.split_once('\t').unwrap_or((line, ""));
        let name = package.split(' ').next().unwrap_or_default();
        linked |= name == TEST_FEATURE.0;
        if LOCAL_ONLY.contains(&name) {
            problems.push(format!(
                "functions/{function}: it links `{name}`, which is never deployed; \
                 `cargo tree --package {function} --edges normal --invert {name}` tells through what"
            ));
        }
        // A package that was shown before ends with a mark.
        let mut features = features.split([',', ' ']);
        if name == TEST_FEATURE.0 && features.any(|feature| feature == TEST_FEATURE.1) {
            problems.push(format!(
                "functions/{function}: it links `{name}` with the feature `{}`, which is for tests",
                TEST_FEATURE.1
            ));
        }
    }
    if !linked {
        problems.push(format!("functions/{function}: no `{}` in its tree", TEST_FEATURE.0));
    }
    problems.sort();
    problems.dedup();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "access v0.1.0 (/x/functions/access)\t\naxum v0.8.9\tjson,query\n\
        shared v0.1.0 (/x/shared)\t\nshared v0.1.0 (/x/shared)\t (*)\n";

    #[test]
    fn a_tree_without_local_parts_passes() {
        assert_eq!(links("access", SOUND), Vec::<String>::new());
    }

    #[test]
    fn a_local_part_is_found_however_deep() {
        for name in LOCAL_ONLY {
            let tree = format!("{SOUND}{name} v1.0.0\tdefault\n{name} v1.0.0\tdefault (*)\n");
            let problems = links("access", &tree);
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert!(problems[0].contains(&format!("links `{name}`")), "{problems:?}");
        }
        let tree = format!("{SOUND}personal-centerpiece v1.0.0\tdefault\n");
        assert_eq!(links("access", &tree), Vec::<String>::new());
    }

    #[test]
    fn the_feature_for_tests_is_found() {
        for features in ["testing", "a,testing", "testing (*)"] {
            let tree = format!("{SOUND}shared v0.1.0 (/x/shared)\t{features}\n");
            assert_eq!(links("access", &tree).len(), 1, "{features}");
        }
    }

    #[test]
    fn a_tree_that_was_not_read_is_no_proof() {
        assert_eq!(links("access", "").len(), 1);
    }
}
