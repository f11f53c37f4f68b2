//! Counters behind limits: the times of events, under a keyed hash or in the person's partition.

use crate::domain::inventory::Entity;
use crate::domain::limit::Window;
use crate::domain::time::Timestamp;
use crate::store::{Attr, Key, Row, Transaction, When};
use std::time::Duration;

/// Adds one event to a counter, if every window admits it. The longest window decides how long
/// events are kept.
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
) -> Result<(), Duration> {
    let when = row.map_or(When::Absent, |row| When::Version(row.version));
    transaction.put(label, counted((key, row), windows, now)?, when);
    Ok(())
}

/// A counter with one event more, if every window admits it.
///
/// # Errors
///
/// How long to wait, where a window does not admit it.
pub fn counted(
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
    let row = row.cloned().map_or_else(|| Row::new(key, Entity::Limit), Row::next);
    Ok(row.with(Attr::Events, events).with(Attr::ExpiresAt, ends))
}

/// Decides whether one more event fits, without adding it.
///
/// # Errors
///
/// How long to wait, where a window does not admit it.
pub fn check(events: &[Timestamp], windows: &[Window], now: Timestamp) -> Result<(), Duration> {
    windows.iter().filter_map(|w| w.admit(events, now).err()).max().map_or(Ok(()), Err)
}
