//! Rows: a key, a kind, a version, and a closed set of attributes.

use super::attr::Attr;
use super::table::{Lane, Table};
use crate::domain::inventory::Entity;
use crate::domain::time::Timestamp;
use crate::error::{Result, corrupt};
use std::collections::BTreeMap;

/// Where a row is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key {
    /// The table.
    pub table: Table,
    /// The partition key.
    pub pk: String,
    /// The sort key; empty in tables that have none.
    pub sk: String,
}

impl Key {
    /// A key in `Records`.
    pub fn records(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { table: Table::Records, pk: pk.into(), sk: sk.into() }
    }

    /// A key in `Ledger`.
    pub fn ledger(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { table: Table::Ledger, pk: pk.into(), sk: sk.into() }
    }

    /// A key in `Keys`.
    pub fn keys(pk: impl Into<String>) -> Self {
        Self { table: Table::Keys, pk: pk.into(), sk: String::new() }
    }

    /// A key in `Roots`.
    pub fn roots(pk: impl Into<String>) -> Self {
        Self { table: Table::Roots, pk: pk.into(), sk: String::new() }
    }
}

/// The value of an attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Whole numbers in order.
    Numbers(Vec<i64>),
}

/// A row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// Where it is.
    pub key: Key,
    /// Its kind.
    pub entity: Entity,
    /// Counts the writes to it, from 1.
    pub version: u64,
    /// Its attributes.
    pub attributes: BTreeMap<Attr, Value>,
}

impl Row {
    /// A new row, of version 1.
    pub const fn new(key: Key, entity: Entity) -> Self {
        Self { key, entity, version: 1, attributes: BTreeMap::new() }
    }

    /// Sets an attribute.
    #[must_use]
    pub fn with(mut self, attr: Attr, value: impl Into<Value>) -> Self {
        self.attributes.insert(attr, value.into());
        self
    }

    /// Removes an attribute.
    #[must_use]
    pub fn without(mut self, attr: Attr) -> Self {
        self.attributes.remove(&attr);
        self
    }

    /// Makes work on the row due.
    #[must_use]
    pub fn due(self, lane: Lane, at: Timestamp) -> Self {
        let shard = lane.shard_of(&self.key.pk);
        self.with(Attr::DueShard, shard).with(Attr::DueAt, at)
    }

    /// The row as its next version.
    #[must_use]
    pub fn next(mut self) -> Self {
        self.version += 1;
        self
    }

    /// A text attribute.
    ///
    /// # Errors
    ///
    /// `Corrupt` where it is missing or of another type; so for the others below.
    pub fn text(&self, attr: Attr) -> Result<&str> {
        match self.attributes.get(&attr) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.corrupt(attr)),
        }
    }

    /// A number attribute.
    pub fn number(&self, attr: Attr) -> Result<i64> {
        match self.attributes.get(&attr) {
            Some(Value::Number(number)) => Ok(*number),
            _ => Err(self.corrupt(attr)),
        }
    }

    /// A time attribute.
    pub fn time(&self, attr: Attr) -> Result<Timestamp> {
        self.number(attr).map(Timestamp::from_secs)
    }

    /// A bytes attribute.
    pub fn bytes(&self, attr: Attr) -> Result<&[u8]> {
        match self.attributes.get(&attr) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(self.corrupt(attr)),
        }
    }

    /// The times that a limit counts; none where the attribute is missing.
    pub fn events(&self) -> Vec<Timestamp> {
        self.numbers(Attr::Events).into_iter().map(Timestamp::from_secs).collect()
    }

    /// Whole numbers in order; none where the attribute is missing.
    pub fn numbers(&self, attr: Attr) -> Vec<i64> {
        match self.attributes.get(&attr) {
            Some(Value::Numbers(numbers)) => numbers.clone(),
            _ => Vec::new(),
        }
    }

    /// The row without work: not in the due index, and with no failed attempt.
    #[must_use]
    pub fn done(self) -> Self {
        self.without(Attr::DueShard).without(Attr::DueAt).without(Attr::Attempts)
    }

    /// Whether the row no longer counts at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let ends = |attr| self.time(attr).is_ok_and(|end| end <= now);
        ends(Attr::ExpiresAt) || ends(Attr::EndsAt)
    }

    /// The bytes that the service counts: names and values.
    pub fn bytes_stored(&self) -> usize {
        let value = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Number(_) => 21,
            Value::Numbers(numbers) => 3 + 22 * numbers.len(),
        };
        let named = |(attr, v): (&Attr, &Value)| attr.name().len() + value(v);
        let attributes: usize = self.attributes.iter().map(named).sum();
        self.key.pk.len() + self.key.sk.len() + 64 + attributes
    }

    /// The error that this row's attribute cannot be read.
    pub fn corrupt(&self, attr: Attr) -> crate::Error {
        corrupt(self.entity.name(), attr.name())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Number(time.secs())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<Timestamp>> for Value {
    fn from(times: Vec<Timestamp>) -> Self {
        Self::Numbers(times.into_iter().map(Timestamp::secs).collect())
    }
}
