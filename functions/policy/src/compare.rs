//! The paragraphs in which two texts differ.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use utoipa::ToSchema;

/// Paragraphs that others took the place of; either side may be empty.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = PolicyChange)]
pub(crate) struct Passage {
    /// What happened: `added`, `removed` or `replaced`.
    change: &'static str,
    /// The number of the first paragraph concerned in the text before, from 1.
    before_at: usize,
    /// The paragraphs that are gone.
    before: Vec<String>,
    /// The number of the first paragraph concerned in the text after, from 1.
    after_at: usize,
    /// The paragraphs that are new.
    after: Vec<String>,
}

/// What changed from one text to another.
pub(crate) fn changes(before: &str, after: &str) -> Vec<Passage> {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let ops = capture_diff_slices(Algorithm::Myers, &before, &after);
    let paragraphs = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let change = |op: DiffOp| {
        let (change, (old, new)) = match op {
            DiffOp::Equal { .. } => return None,
            DiffOp::Delete { .. } => ("removed", (op.old_range(), op.new_range())),
            DiffOp::Insert { .. } => ("added", (op.old_range(), op.new_range())),
            DiffOp::Replace { .. } => ("replaced", (op.old_range(), op.new_range())),
        };
        Some(Passage {
            change,
            before_at: old.start + 1,
            before: paragraphs(&before[old]),
            after_at: new.start + 1,
            after: paragraphs(&after[new]),
        })
    };
    ops.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::locale::Locale;
    use shared::domain::policy;

    /// The text that the changes make of another.
    fn applied(before: &str, changes: &[Passage]) -> String {
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        for change in changes.iter().rev() {
            let at = change.before_at - 1;
            let gone: Vec<_> =
                lines.splice(at..at + change.before.len(), change.after.clone()).collect();
            assert_eq!(gone, change.before);
        }
        lines.join("\n")
    }

    #[test]
    fn c_10_3_the_changes_make_the_one_text_of_the_other() {
        for language in Locale::ALL {
            let texts = policy::ALL.iter().filter_map(|version| version.held(language));
            let texts: Vec<String> = texts.map(|held| held.text().into_owned()).collect();
            assert!(texts.len() > 1);
            for (before, after) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
                let found = changes(before, after);
                assert_eq!(found.is_empty(), before == after);
                assert_eq!(applied(before, &found), after.trim_end());
            }
        }
    }

    #[test]
    fn c_10_3_a_change_names_its_paragraphs_and_leaves_the_others_out() {
        let found = changes("a\nb\nc\nd", "a\nB\nc\nd\ne");
        let change = |change, before_at, before: &[&str], after_at, after: &[&str]| Passage {
            change,
            before_at,
            before: before.iter().map(|p| (*p).to_owned()).collect(),
            after_at,
            after: after.iter().map(|p| (*p).to_owned()).collect(),
        };
        let expected =
            [change("replaced", 2, &["b"], 2, &["B"]), change("added", 5, &[], 5, &["e"])];
        assert_eq!(found, expected);
        assert_eq!(changes("a\nb", "b"), [change("removed", 1, &["a"], 1, &[])]);
    }
}
