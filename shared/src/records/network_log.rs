//! The network log: the IP address of a log-in, sealed under the month's key (C-2.3). It stays
//! until the month's statutory time is over, even if the person is erased earlier.

use super::subject;
use crate::domain::device::Device;
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
        /// The device that it was, coarsely. Version 0.1.0 noted none.
        #[serde(default)]
        device: Option<Device> => NETWORK_DEVICE,
        /// The log-ins with the same name that failed before it, within a day.
        #[serde(default)]
        failed_at: Vec<Timestamp> => NETWORK_FAILED,
    }
}

/// Where the keys of entries begin that have a time in them; version 0.1.0 wrote others.
pub const TIMED: &str = "network#0";

/// The row of a new entry. Its key has the time in it, so that the newest are found without the rest.
pub fn row(
    subject: &SubjectId,
    entry: &EntryId,
    log: &NetworkLog,
    (now, month): (Timestamp, &DataKey),
) -> Result<Row> {
    let key =
        Key::records(subject::partition(subject), format!("network#{:012}-{entry}", now.secs()));
    let row = Row::new(key, Entity::NetworkLog)
        .with(Attr::CreatedAt, now)
        .with(Attr::ExpiresAt, Period::logs(now).ends());
    month.seal(row, log)
}
