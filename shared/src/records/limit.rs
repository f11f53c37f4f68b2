//! Counters behind limits: the times of events, under a keyed hash or in the person's partition.

use crate::domain::inventory::Entity;
use crate::domain::limit::Window;
use crate::domain::time::Timestamp;
use crate::store::{Attr, Key, Row, Transaction, When};
use std::time::Duration;

/// Adds one event to a counter, if every window admits it; gives the counter as it will be. The
/// longest window decides how long events are kept.
///
/// # Errors
///
/// How long to wait, where a window does not admit it.
pub fn admit(
    transaction: &mut Transaction,
    label: &'static str,
    (key, row): (Key, Option<&Row>),
    windows: &[Window],
    now: Timestamp,
) -> Result<Row, Duration> {
    let events = row.map(Row::events).unwrap_or_default();
    check(&events, windows, now)?;
    let longest = windows.iter().max_by_key(|w| w.within).copied();
    let mut events = longest.map(|w| w.live(&events, now)).unwrap_or_default();
    events.push(now);
    let ends = now.plus(longest.map(|w| w.within).unwrap_or_default());
    let (base, when) = match row {
        Some(row) => (row.clone().next(), When::Version(row.version)),
        None => (Row::new(key, Entity::Limit), When::Absent),
    };
    let row = base.with(Attr::Events, events).with(Attr::ExpiresAt, ends);
    transaction.put(label, row.clone(), when);
    Ok(row)
}

/// Takes one event of a counter away again, which turned out not to count. The row stays until it
/// expires: a counter that began anew would have a version that someone read before.
pub fn take_back(transaction: &mut Transaction, label: &'static str, row: &Row, at: Timestamp) {
    let mut events = row.events();
    let Some(place) = events.iter().rposition(|event| *event == at) else { return };
    events.remove(place);
    transaction.replace(label, row.clone().next().with(Attr::Events, events));
}

/// Decides whether one more event fits, without adding it.
///
/// # Errors
///
/// How long to wait, where a window does not admit it.
pub fn check(events: &[Timestamp], windows: &[Window], now: Timestamp) -> Result<(), Duration> {
    windows.iter().filter_map(|w| w.admit(events, now).err()).max().map_or(Ok(()), Err)
}
