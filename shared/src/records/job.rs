//! The state of a job, one row for each of its parts: nothing personal, only times and counts.

use crate::domain::inventory::Entity;
use crate::store::{Key, Row};

/// The part of the sweep that an operator steers.
pub const CONTROL: &str = "control";

/// Where the state of a part of the sweep is.
pub fn sweep(part: &str) -> Key {
    Key::records(format!("job#sweep#{part}"), "job")
}

/// Where the head of that part's ledger chain is.
pub fn sweep_chain(part: &str) -> Key {
    Key::records(format!("job#sweep#{part}"), "chain")
}

/// Where the head is of a chain whose person or job is lost: its last entry says so.
pub fn lost_chain(chain: &str) -> Key {
    Key::records(format!("job#lost#{chain}"), "chain")
}

/// The row after the one that was there, or the first.
pub fn after(before: Option<&Row>, key: Key) -> Row {
    before.map_or_else(
        || {
            let mut row = Row::new(key, Entity::Job);
            row.version = 0;
            row.next()
        },
        |row| row.clone().next(),
    )
}
