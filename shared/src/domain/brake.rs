//! The brake on mass erasure: how many erasures an hour lets pass, and when it may be released.
//! After a day nothing brings a destroyed key back, so a mistake has to stop early.

use super::time::{Timestamp, hours, minutes};
use std::time::Duration;

/// Seconds of one count.
const SPAN_SECS: i64 = 600;
/// Counts that make up an hour, with the one that is running.
pub const SPANS: usize = 7;
/// How long a count matters.
pub const COUNTED_FOR: Duration = hours(2);
/// The least time between the two releases that let erasures go on.
pub const BETWEEN_RELEASES: Duration = minutes(10);
/// The most time between them: an earlier release does not count.
pub const RELEASE_VALID: Duration = hours(24);

/// One count of ten minutes, by its number since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span(i64);

impl Span {
    /// The counts of the hour up to `now`, the running one first. They reach back 60 to 70 minutes.
    pub fn hour(now: Timestamp) -> [Self; SPANS] {
        let running = now.secs().div_euclid(SPAN_SECS);
        let mut spans = [Self(running); SPANS];
        for (back, span) in (0..).zip(&mut spans) {
            span.0 -= back;
        }
        spans
    }

    /// Its number.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// How many erasures the running count may reach, given the counts before it. `None` where the
/// hour is full.
pub fn room(limit: u32, running: i64, before: i64) -> Option<i64> {
    let most = i64::from(limit) - before;
    (running < most).then_some(most)
}

/// What one more release does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Release {
    /// It is the first of two.
    First,
    /// The first one is too recent.
    TooSoon(Timestamp),
    /// It is the second: erasures go on.
    Done,
}

/// Decides what a release does, given when the first one was.
pub fn release(first: Option<Timestamp>, now: Timestamp) -> Release {
    match first {
        Some(at) if now < at.plus(BETWEEN_RELEASES) => Release::TooSoon(at.plus(BETWEEN_RELEASES)),
        Some(at) if now < at.plus(RELEASE_VALID) => Release::Done,
        _ => Release::First,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_507_200);

    #[test]
    fn c_8_2_an_hour_is_never_cut_short() {
        let [running, .., oldest] = Span::hour(NOW.plus(minutes(9)));
        assert_eq!(running.number() - oldest.number(), 6);
        let within = Span::hour(NOW.minus(minutes(51)))[0].number();
        assert!(within >= oldest.number(), "an erasure of an hour ago counts");
    }

    #[test]
    fn c_8_2_the_limit_lets_pass_exactly_so_many() {
        assert_eq!(room(3, 0, 0), Some(3));
        assert_eq!(room(3, 1, 1), Some(2));
        assert_eq!(room(3, 2, 1), None);
        assert_eq!(room(3, 0, 5), None);
    }

    #[test]
    fn c_8_2_it_takes_two_releases_with_time_to_think_between() {
        assert_eq!(release(None, NOW), Release::First);
        let first = Some(NOW);
        let soon = Release::TooSoon(NOW.plus(minutes(10)));
        assert_eq!(release(first, NOW.plus(minutes(9))), soon);
        assert_eq!(release(first, NOW.plus(minutes(10))), Release::Done);
        assert_eq!(release(first, NOW.plus(hours(24))), Release::First);
    }
}
