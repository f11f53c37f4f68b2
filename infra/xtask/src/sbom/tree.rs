//! The tree that `cargo tree` prints, as packages and who depends on whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::Outcome;

/// A package of the tree.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// Its licence as an SPDX expression; empty where it names none.
    pub(super) licence: String,
    /// Whether it is one of ours: it has a folder, and no archive.
    pub(super) ours: bool,
}

/// Packages, and what each depends on.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) packages: BTreeSet<Package>,
    pub(super) edges: BTreeMap<Package, BTreeSet<Package>>,
}

impl Tree {
    /// Reads lines of a depth, a tab, `name vVERSION …`, a tab, and a licence.
    pub(super) fn read(printed: &str) -> Outcome<Self> {
        let mut tree = Self::default();
        let mut above: Vec<Package> = Vec::new();
        for line in printed.lines().filter(|line| !line.trim().is_empty()) {
            let wrong = || format!("`cargo tree` printed a line that is none: {line}");
            let mut parts = line.split('\t');
            let (Some(depth), Some(package), Some(licence)) =
                (parts.next(), parts.next(), parts.next())
            else {
                return Err(wrong());
            };
            let depth: usize = depth.parse().map_err(|_| wrong())?;
            let package = Package::read(package, licence).ok_or_else(wrong)?;
            above.truncate(depth);
            if let Some(dependent) = above.last() {
                let edges = tree.edges.entry(dependent.clone()).or_default();
                edges.insert(package.clone());
            }
            tree.packages.insert(package.clone());
            above.push(package);
        }
        if tree.packages.is_empty() {
            Err("`cargo tree` printed nothing".to_owned())
        } else {
            Ok(tree)
        }
    }
}

impl Package {
    fn read(text: &str, licence: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (name, version) =
            (words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned());
        // What was shown before ends with a mark.
        let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
        Some(Self { name, version, licence, ours: words.any(|word| word.starts_with("(/")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "0\taccess v0.1.0 (/x/functions/access)\tApache-2.0\n\
        1\taxum v0.8.9\tMIT\n2\tbytes v1.12.2\tMIT\n1\tbytes v1.12.2\tMIT (*)\n\
        1\tserde_derive v1.0.1 (proc-macro)\tMIT/Apache-2.0\n";

    #[test]
    fn a_tree_is_read_with_who_depends_on_whom() {
        let tree = Tree::read(PRINTED).unwrap();
        let of = |name: &str| tree.packages.iter().find(|p| p.name == name).unwrap();
        assert_eq!(tree.packages.len(), 4);
        assert!(of("access").ours && !of("axum").ours);
        assert_eq!(of("serde_derive").licence, "MIT OR Apache-2.0");
        assert_eq!(tree.edges[of("access")].len(), 3);
        assert_eq!(tree.edges[of("axum")], BTreeSet::from([of("bytes").clone()]));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        for wrong in ["", "axum v1", "x\taxum v1.0.0\tMIT", "0\taxum 1.0.0\tMIT"] {
            assert!(Tree::read(wrong).is_err(), "{wrong}");
        }
    }
}
