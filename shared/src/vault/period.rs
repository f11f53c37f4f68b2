//! What reminds of a period's end: `Keys` has no index, so a row in `Records` is due instead.

use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::store::{Key, Lane, Row};

/// Where the reminder of a period is.
pub fn key(period: Period) -> Key {
    Key::records(format!("period#{period}"), "period")
}

/// The period of a partition.
pub fn of_partition(pk: &str) -> Option<Period> {
    Period::parse(pk.strip_prefix("period#")?)
}

/// The reminder of a period, due when its key goes.
pub(crate) fn row(period: Period) -> Row {
    Row::new(key(period), Entity::Period).due(Lane::Sweep, period.ends())
}
