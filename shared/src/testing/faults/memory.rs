//! What is known of rows: as they are, and as they were before their latest change.

use super::{
    answer::Answer,
    record::{Key, Verb},
    request::Request,
};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    mem,
};

/// What is known of a row at one time.
#[derive(Clone, Default, PartialEq)]
pub(super) enum Seen {
    /// It was not seen; after an update, whose outcome the request does not tell.
    #[default]
    Unknown,
    Absent,
    Item(Value),
}

#[derive(Default)]
pub(super) struct Memory {
    rows: HashMap<Key, Row>,
    /// Tokens of transactions that landed: sent again, they change nothing.
    tokens: HashSet<String>,
    changes: u64,
}

#[derive(Default)]
struct Row {
    now: Seen,
    before: Seen,
    /// When it changed, in changes; rows of one transaction change together.
    changed: u64,
}

impl Memory {
    /// Learns from a write that succeeded.
    pub(super) fn learn_write(&mut self, request: &Request, answer: &Value) {
        if let Some(token) = request.body["ClientRequestToken"].as_str()
            && !self.tokens.insert(token.to_owned())
        {
            return;
        }
        self.changes += 1;
        for part in request.parts() {
            let Some(key) = part.key() else { continue };
            let row = self.rows.entry(key).or_default();
            if part.creates() {
                row.now = Seen::Absent;
            }
            match part.verb {
                Verb::Put => row.change(Seen::item(part.row), self.changes),
                Verb::Delete => row.change(Seen::Absent, self.changes),
                Verb::Update if request.body["ReturnValues"] == "ALL_NEW" => {
                    row.change(Seen::item(&answer["Attributes"]), self.changes);
                }
                Verb::Update => row.change(Seen::Unknown, self.changes),
                Verb::Get | Verb::ConditionCheck => {}
            }
        }
    }

    /// Learns from what a read found.
    pub(super) fn learn_read(&mut self, answer: &Answer<'_>) {
        if !answer.is_whole() {
            return;
        }
        self.changes += 1;
        for key in answer.keys() {
            let seen = answer.get(&key).map_or(Seen::Absent, Seen::item);
            let row = self.rows.entry(key).or_default();
            if row.now == Seen::Unknown {
                row.now = seen;
            } else {
                row.change(seen, self.changes);
            }
        }
    }

    /// The row before its latest change.
    pub(super) fn before(&self, key: &Key) -> &Seen {
        self.rows.get(key).map_or(&Seen::Unknown, |row| &row.before)
    }

    /// When the row changed; the greater, the later.
    pub(super) fn changed(&self, key: &Key) -> u64 {
        self.rows.get(key).map_or(0, |row| row.changed)
    }
}

impl Row {
    fn change(&mut self, seen: Seen, at: u64) {
        if seen == Seen::Unknown || seen != self.now {
            self.before = mem::replace(&mut self.now, seen);
            self.changed = at;
        }
    }
}

impl Seen {
    fn item(item: &Value) -> Self {
        let mut item = item.clone();
        sort_sets(&mut item);
        Self::Item(item)
    }
}

/// Orders the elements of sets, which come back in any order, so that equal items compare equal.
fn sort_sets(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                match inner {
                    Value::Array(set) if matches!(name.as_str(), "SS" | "NS" | "BS") => {
                        set.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                    }
                    inner => sort_sets(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(sort_sets),
        _ => {}
    }
}
