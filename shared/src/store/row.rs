//! Rows: a key, a kind, a version, and a closed set of attributes.

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

macro_rules! attributes {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)*) => {
        /// An attribute in clear, or the sealed one. The set is closed: what is not here cannot be
        /// stored, and anything personal goes into `Sealed`.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Attr {
            $($(#[$meta])* $variant,)*
        }

        impl Attr {
            /// Every attribute.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stored name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Reads a stored name back.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

attributes! {
    /// State of an account, a receipt or a message.
    State = "state",
    /// Moves on withdrawal, restriction, change of state and erasure.
    GateEpoch = "gate_epoch",
    /// When the row was made.
    CreatedAt = "created_at",
    /// When a session was last used.
    SeenAt = "seen_at",
    /// When a person was erased.
    ErasedAt = "erased_at",
    /// When a cancellation turns into erasure.
    ErasesAt = "erases_at",
    /// When the row no longer counts; DynamoDB's TTL is only its broom.
    ExpiresAt = "expires_at",
    /// Partition of the due index.
    DueShard = "due_shard",
    /// When work on the row is due.
    DueAt = "due_at",
    /// Random id of the person that a row is about.
    Subject = "subject",
    /// Random id of a receipt.
    Receipt = "receipt",
    /// Random id that the outcome of an idempotent call can be found by.
    Outcome = "outcome",
    /// Keyed hash of an idempotent request.
    Fingerprint = "fingerprint",
    /// Wrong tries of a code.
    Tries = "tries",
    /// Failed deliveries of a message.
    Attempts = "attempts",
    /// Times of the events that a limit counts.
    Events = "events",
    /// Random id of a data key.
    KeyId = "key_id",
    /// A wrapped key.
    Wrapped = "wrapped",
    /// A public key.
    PublicKey = "public_key",
    /// The current root key of a use.
    Current = "current",
    /// The act that a ledger entry is about.
    Action = "action",
    /// Staff member, service or job that acted; absent for the person.
    Actor = "actor",
    /// When it was done.
    At = "at",
    /// Place in a chain, from 1.
    Sequence = "sequence",
    /// Hash of the entry before.
    Previous = "previous",
    /// Hash of the entry.
    Hash = "hash",
    /// All that is personal.
    Sealed = "sealed",
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
        match self.attributes.get(&Attr::Events) {
            Some(Value::Numbers(n)) => n.iter().map(|n| Timestamp::from_secs(*n)).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the row no longer counts at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.time(Attr::ExpiresAt).is_ok_and(|end| end <= now)
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
