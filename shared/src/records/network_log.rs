//! The network log: the IP address of a log-in, sealed under the month's key (C-2.3). It stays
//! until the month's statutory time is over, even if the person is erased earlier.

use super::subject;
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{EntryId, SubjectId};
use crate::store::{Attr, Key, Row};
use crate::vault::DataKey;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is logged. The names are stored; add to them, never change them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An account was registered.
    Registered,
    /// A session was opened.
    LoggedIn,
}

crate::declared! {
    /// What an entry seals.
    pub struct NetworkLog in NetworkLog {
        /// The address that the request came from.
        ip: Personal<IpAddr> => NETWORK_IP,
        /// What happened.
        event: Event => NETWORK_EVENT,
    }
}

/// The row of a new entry.
pub fn row(
    subject: &SubjectId,
    entry: &EntryId,
    log: &NetworkLog,
    (now, month): (Timestamp, &DataKey),
) -> Result<Row> {
    let key = Key::records(subject::partition(subject), format!("network#{entry}"));
    let row = Row::new(key, Entity::NetworkLog)
        .with(Attr::CreatedAt, now)
        .with(Attr::ExpiresAt, Period::logs(now).ends());
    month.seal(row, log)
}
