//! Writes: several rows that must agree change in one transaction, each under a precondition.

use super::attr::Attr;
use super::row::{Key, Row};
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result};
use std::collections::HashSet;

/// The most actions of one transaction (an AWS limit).
const MAX_ACTIONS: usize = 100;
/// The most bytes of one item (an AWS limit: 400 KB, names included).
const MAX_ROW_BYTES: usize = 400 * 1024;
/// The most bytes of one transaction (an AWS limit: 4 MB).
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The precondition of an action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// There is no such row.
    Absent,
    /// There is such a row.
    Present,
    /// The row has this version.
    Version(u64),
    /// The account's gate has not moved since.
    GateEpoch(i64),
    /// The row's number is below this.
    Below(Attr, i64),
}

/// A transaction in the making. Each action has a label that a conflict names.
#[derive(Debug, Default)]
pub struct Transaction {
    pub(super) actions: Vec<(&'static str, Action)>,
}

#[derive(Debug)]
pub(super) enum Action {
    Put(Row, When),
    Delete(Key, When),
    Check(Key, When),
    Update(Key, Attr, Change, When),
}

/// What an update does with its attribute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    AddOne,
    Set(Timestamp),
    PutOff(Timestamp),
    DueAgain(Timestamp),
}

impl Transaction {
    /// An empty transaction.
    pub const fn new() -> Self {
        Self { actions: Vec::new() }
    }

    /// Whether it does nothing.
    pub const fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Writes a row.
    pub fn put(&mut self, label: &'static str, row: Row, when: When) -> &mut Self {
        self.push(label, Action::Put(row, when))
    }

    /// Writes the next version of a row that was read: its version is the precondition.
    pub fn replace(&mut self, label: &'static str, row: Row) -> &mut Self {
        let when = When::Version(row.version.saturating_sub(1));
        self.put(label, row, when)
    }

    /// Deletes a row.
    pub fn delete(&mut self, label: &'static str, key: Key, when: When) -> &mut Self {
        self.push(label, Action::Delete(key, when))
    }

    /// Checks a row that is not written.
    pub fn check(&mut self, label: &'static str, key: Key, when: When) -> &mut Self {
        self.push(label, Action::Check(key, when))
    }

    /// Adds one to a number of a row, without a new version.
    pub fn count(&mut self, label: &'static str, key: Key, attr: Attr, when: When) -> &mut Self {
        self.push(label, Action::Update(key, attr, Change::AddOne, when))
    }

    /// Sets a time of a row, without a new version.
    pub fn touch(
        &mut self,
        label: &'static str,
        key: Key,
        (attr, at): (Attr, Timestamp),
        when: When,
    ) -> &mut Self {
        self.push(label, Action::Update(key, attr, Change::Set(at), when))
    }

    /// Makes a row due later, and counts one more failed attempt, without a new version.
    pub fn put_off(
        &mut self,
        label: &'static str,
        key: Key,
        at: Timestamp,
        when: When,
    ) -> &mut Self {
        self.push(label, Action::Update(key, Attr::DueAt, Change::PutOff(at), when))
    }

    /// Makes a row due again, with no failed attempt, without a new version.
    pub fn due_again(
        &mut self,
        label: &'static str,
        key: Key,
        at: Timestamp,
        when: When,
    ) -> &mut Self {
        self.push(label, Action::Update(key, Attr::DueAt, Change::DueAgain(at), when))
    }

    fn push(&mut self, label: &'static str, action: Action) -> &mut Self {
        self.actions.push((label, action));
        self
    }

    /// Refuses what the service would refuse, on engines too that would not.
    pub(super) fn check_limits(&self) -> Result<()> {
        let limit = |what: &str| Error::new(Kind::Limit, "write rows").at(what.to_owned());
        if self.actions.is_empty() || self.actions.len() > MAX_ACTIONS {
            return Err(limit("actions of a transaction"));
        }
        let mut keys = HashSet::new();
        let mut total = 0;
        for (label, action) in &self.actions {
            if !keys.insert(action.key()) {
                return Err(limit(&format!("two actions on one row, {label}")));
            }
            let bytes = if let Action::Put(row, _) = action { row.bytes_stored() } else { 0 };
            if bytes > MAX_ROW_BYTES {
                return Err(limit(&format!("bytes of a row, {label}")));
            }
            total += bytes;
        }
        if total > MAX_BYTES { Err(limit("bytes of a transaction")) } else { Ok(()) }
    }
}

impl Action {
    pub(super) const fn key(&self) -> &Key {
        match self {
            Self::Put(row, _) => &row.key,
            Self::Delete(key, _) | Self::Check(key, _) | Self::Update(key, ..) => key,
        }
    }
}
