//! That the blocks of the module show what they say.

use std::collections::BTreeSet;

/// The blocks of this file: what is behind the fence, and the lines.
fn blocks() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut blocks = Vec::new();
    let mut open = None;
    for line in include_str!("../whole.rs").lines().filter_map(|line| line.strip_prefix("//!")) {
        match (line.trim().strip_prefix("```"), &mut open) {
            (Some(tag), None) => open = Some((tag, Vec::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn c_2_1_a_declaration_without_any_one_member_is_shown_not_to_compile() {
    let (whole, lacking): (Vec<_>, Vec<_>) =
        blocks().into_iter().partition(|(tag, _)| tag.is_empty());
    let lacking: BTreeSet<_> = lacking.into_iter().collect();
    let mut expected = BTreeSet::new();
    for (_, lines) in &whole {
        for member in 2..lines.len() - 1 {
            let mut lines = lines.clone();
            lines.remove(member);
            expected.insert(("compile_fail,E0063", lines));
        }
    }
    assert_eq!(whole.len(), 2, "an item and a kind of row");
    assert_eq!(expected.len(), 9 + 6, "their members");
    assert_eq!(lacking, expected);
}
