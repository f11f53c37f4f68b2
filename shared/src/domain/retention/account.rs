//! When an account ends, with which most of what is held ends too.

use super::Until;
use super::table::LAST_NOTICE_DAYS;
use crate::domain::account::State;
use crate::domain::time::{Timestamp, days};
use std::time::Duration;

/// What is known about an account that a row belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Its state.
    pub state: State,
    /// When somebody logged in last.
    pub used_at: Timestamp,
    /// When a notice went out last that it ends unused.
    pub told_at: Option<Timestamp>,
    /// When its cancellation turns into erasure.
    pub erases_at: Option<Timestamp>,
    /// When its person was erased.
    pub erased_at: Option<Timestamp>,
    /// How long it may be unused; `None` where that ends nothing.
    pub unused: Option<Duration>,
}

impl Account {
    /// When the account ends, as things stand.
    pub fn ends(&self) -> Until {
        match (self.erased_at, self.state, self.erases_at) {
            (Some(at), ..) | (None, State::Closing, Some(at)) => Until::At(at),
            (None, State::Active, _) => Until::Used(
                self.unused.map(|unused| unused_end(self.used_at, unused, self.told_at)),
            ),
            _ => Until::Used(None),
        }
    }
}

/// When an account ends that is not used again. No account ends sooner than a week after a notice,
/// however late the notice was (C-5.3).
pub fn unused_end(used_at: Timestamp, unused: Duration, told_at: Option<Timestamp>) -> Timestamp {
    let ends = used_at.plus(unused);
    told_at.map_or(ends, |told| ends.max(told.plus(days(u64::from(LAST_NOTICE_DAYS)))))
}
