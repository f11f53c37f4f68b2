//! The memory of idempotent calls: a keyed fingerprint and a reference to the outcome, never a
//! body; written in the transaction of the effect.

use crate::domain::inventory::Entity;
use crate::domain::retention::table::REPEAT_HOURS;
use crate::domain::time::{Timestamp, hours};
use crate::error::Result;
use crate::store::{Attr, Key, Row};
use data_encoding::HEXLOWER;

/// An idempotent call: where its memory is, and what it asked.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where the memory is.
    pub key: Key,
    fingerprint: Vec<u8>,
}

/// What the memory says about a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Memory {
    /// It is new.
    New,
    /// It was made before, with this outcome, at this time.
    Done(String, Timestamp),
    /// The key was used for another request.
    Reused,
}

impl Call {
    /// A call, named by a keyed hash of its route and key.
    pub fn new(name: &[u8], fingerprint: Vec<u8>) -> Self {
        let pk = format!("idempotency#{}", HEXLOWER.encode(name));
        Self { key: Key::records(pk, "idempotency"), fingerprint }
    }

    /// What the memory says.
    pub fn recall(&self, row: Option<&Row>, now: Timestamp) -> Result<Memory> {
        match row.filter(|row| !row.is_expired(now)) {
            None => Ok(Memory::New),
            Some(row) if row.bytes(Attr::Fingerprint)? == self.fingerprint => {
                Ok(Memory::Done(row.text(Attr::Outcome)?.to_owned(), row.time(Attr::CreatedAt)?))
            }
            Some(_) => Ok(Memory::Reused),
        }
    }

    /// The row that remembers the outcome for a day, after the one that was there.
    pub fn row(&self, before: Option<&Row>, outcome: &str, now: Timestamp) -> Row {
        let base = before.map_or_else(
            || Row::new(self.key.clone(), Entity::Idempotency),
            |row| row.clone().next(),
        );
        base.with(Attr::Fingerprint, self.fingerprint.clone())
            .with(Attr::Outcome, outcome)
            .with(Attr::CreatedAt, now)
            .with(Attr::ExpiresAt, now.plus(hours(u64::from(REPEAT_HOURS))))
    }
}
