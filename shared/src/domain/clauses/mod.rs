//! The policy clause by clause: what the service does about each, by which routes and limits, and
//! how far it has come.

mod changes;
mod children;
mod limits;
mod principles;
mod protection;
mod rights;
mod scope;
mod sharing;
mod storage;

pub use limits::Limit;
pub use principles::Principle;

use super::inventory::Item;
use super::locale::{Text, text};

/// A clause of the policy.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Its id, `C-<section>.<number>`; tests and comments name it.
    pub id: &'static str,
    /// What it is about.
    pub title: Text,
    /// What the service does about it when it is kept whole.
    pub service: Text,
    /// The principles of C-1.3 that it keeps.
    pub principles: &'static [Principle],
    /// How far the service has come.
    pub standing: Standing,
    /// The routes that keep it: method and path.
    pub routes: &'static [&'static str],
    /// The items of the inventory that it is about.
    pub items: &'static [&'static Item],
    /// The limits that keep it, with values of the running service.
    pub limits: &'static [Limit],
}

/// How far the service has come with a clause.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The whole of it holds, and tests show it.
    Served,
    /// Some of it holds, and tests show that; the text says what is missing.
    Partly(Text),
    /// Nothing of it holds yet that a test could show.
    NotYet,
}

impl Standing {
    /// Some of it holds; what is missing, in both languages.
    const fn partly(en: &'static str, zh: &'static str) -> Self {
        Self::Partly(text(en, zh))
    }

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Partly(_) => "partly",
            Self::NotYet => "not_yet",
        }
    }

    /// What is missing, where only some of it holds.
    pub const fn missing(self) -> Option<Text> {
        match self {
            Self::Partly(missing) => Some(missing),
            Self::Served | Self::NotYet => None,
        }
    }
}

/// What the rows of the table have in common.
const fn row(id: &'static str, title: Text, service: Text) -> Clause {
    Clause {
        id,
        title,
        service,
        principles: &[],
        standing: Standing::NotYet,
        routes: &[],
        items: &[],
        limits: &[],
    }
}

/// The table, a part for each few sections of the policy.
const PARTS: [&[Clause]; 7] = [
    scope::CLAUSES,
    storage::CLAUSES,
    sharing::CLAUSES,
    protection::CLAUSES,
    rights::CLAUSES,
    children::CLAUSES,
    changes::CLAUSES,
];

/// Every clause, in the order of the policy.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    PARTS.into_iter().flatten()
}

/// The clause with an id, in large letters or small.
pub fn find(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Section and number of an id.
    fn place(id: &str) -> Option<(u32, u32)> {
        let (section, number) = id.strip_prefix("C-")?.split_once('.')?;
        Some((section.parse().ok()?, number.parse().ok()?))
    }

    #[test]
    fn c_1_3_every_principle_is_kept_by_a_clause_and_every_clause_keeps_one() {
        let kept: HashSet<_> = all().flat_map(|clause| clause.principles).collect();
        assert_eq!(kept.len(), Principle::ALL.len());
        for clause in all() {
            assert!(!clause.principles.is_empty(), "{}", clause.id);
        }
    }

    #[test]
    fn c_1_3_every_limit_keeps_a_clause() {
        let named: HashSet<_> = all().flat_map(|clause| clause.limits).copied().collect();
        assert_eq!(named, Limit::ALL.iter().copied().collect());
    }

    #[test]
    fn the_table_is_complete_and_in_order() {
        let places: Vec<_> = all().map(|clause| place(clause.id).expect("an id")).collect();
        assert!(places.is_sorted());
        // The last clause of each section.
        let last = [3, 5, 1, 2, 5, 3, 8, 6, 4, 4, 2, 1];
        let expected: Vec<_> =
            (1..).zip(last).flat_map(|(s, last)| (1..=last).map(move |n| (s, n))).collect();
        assert_eq!(places, expected);
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        for clause in all() {
            let texts = [Some(clause.title), Some(clause.service), clause.standing.missing()];
            for words in texts.into_iter().flatten() {
                assert!(words.en.is_ascii() && !words.en.is_empty(), "{}", clause.id);
                assert!(!words.zh.is_ascii(), "{}", clause.id);
            }
        }
    }
}
