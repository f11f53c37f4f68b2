//! Reads that say what was, or not all that is.

use super::{
    answer::Answer,
    memory::{Memory, Seen},
    record::Key,
    script::Fault,
};
use std::cmp::Reverse;

/// Changes what a read says, and tells whether it could.
pub(super) fn distort(fault: &Fault, answer: &mut Answer<'_>, memory: &Memory) -> bool {
    match fault {
        Fault::Unprocessed => leave_half(answer),
        Fault::Torn(row) => tear(answer, memory, row.as_ref()),
        Fault::HideItem => hide_newest(answer, memory),
        // Stale answers of an index are the index's own matter.
        Fault::StaleRead if answer.request.index().is_none() => set_all_back(answer, memory),
        _ => false,
    }
}

fn set_all_back(answer: &mut Answer<'_>, memory: &Memory) -> bool {
    let mut changed = false;
    for key in inconsistent(answer) {
        changed |= set_back(answer, memory, &key);
    }
    changed
}

fn leave_half(answer: &mut Answer<'_>) -> bool {
    let keys = answer.keys();
    let later_half = &keys[keys.len().div_ceil(2)..];
    for key in later_half {
        answer.leave_unprocessed(key);
    }
    !later_half.is_empty()
}

fn tear(answer: &mut Answer<'_>, memory: &Memory, row: Option<&Key>) -> bool {
    let keys = answer.keys();
    let mut known = keys.iter().filter(|key| *memory.before(key) != Seen::Unknown);
    let chosen = match row {
        Some(row) => known.find(|key| *key == row),
        None => known.min_by_key(|key| Reverse(memory.changed(key))),
    };
    chosen.is_some_and(|key| set_back(answer, memory, key))
}

fn hide_newest(answer: &mut Answer<'_>, memory: &Memory) -> bool {
    let keys = inconsistent(answer);
    let made = |key: &&Key| answer.get(key).is_some() && *memory.before(key) == Seen::Absent;
    let newest = keys.iter().filter(made).max_by_key(|key| memory.changed(key));
    newest.is_some_and(|key| answer.set(key, None))
}

fn inconsistent(answer: &Answer<'_>) -> Vec<Key> {
    let mut keys = answer.keys();
    keys.retain(|key| !answer.request.consistent(&key.table));
    keys
}

/// Shows a row as it was before its latest change.
fn set_back(answer: &mut Answer<'_>, memory: &Memory, key: &Key) -> bool {
    match memory.before(key) {
        Seen::Unknown => false,
        Seen::Absent => answer.set(key, None),
        Seen::Item(item) => answer.set(key, Some(item)),
    }
}
