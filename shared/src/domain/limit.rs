//! Limits on how often something may happen, as a sliding window of times.

use super::retention::table::{AUTHORIZATION_MINUTES, CODE_MINUTES, LIMIT_HOURS};
use super::time::{Timestamp, days, hours, minutes};
use std::time::Duration;

/// How long a code is valid (NIST SP 800-63B-4: at most ten minutes).
pub const CODE_VALID: Duration = minutes(CODE_MINUTES as u64);
/// How long a log-in by a third party may be under way.
pub const AUTHORIZATION_VALID: Duration = minutes(AUTHORIZATION_MINUTES as u64);
/// How many tries one code has.
pub const CODE_TRIES: i64 = 5;
/// Codes that one address can have at a time.
pub const LIVE_CODES: Window = Window { most: 3, within: CODE_VALID };
/// Codes sent to one address.
pub const SENDS_PER_ADDRESS: Window = Window { most: 10, within: hours(LIMIT_HOURS as u64) };
/// Tries of a log-in with one name, known or not, that did not succeed: the first rung.
pub const LOGIN_TRIES: Window = Window { most: 5, within: minutes(5) };
/// The same in an hour.
pub const LOGIN_TRIES_HOUR: Window = Window { most: 10, within: hours(1) };
/// The same in a day.
pub const LOGIN_TRIES_DAY: Window = Window { most: 20, within: hours(LIMIT_HOURS as u64) };
/// The rungs of a name's ladder: all have to admit a try.
pub const LOGIN_LADDER: [Window; 3] = [LOGIN_TRIES, LOGIN_TRIES_HOUR, LOGIN_TRIES_DAY];
/// Re-checks of a password by one account, right or wrong.
pub const PASSWORD_TRIES: Window = Window { most: 10, within: minutes(15) };

/// How long after the last log-in a code to one contact is enough to reset the password. A number
/// that nobody pays for is given to somebody else, in mainland China after 90 days at the earliest.
pub const SECOND_PROOF_AFTER: Duration = days(90);
/// Wrong codes of second factors by one account with a live session. Of a million codes three fit
/// at a time: in a day one in 16,000 who guess so often hits one.
pub const FACTOR_TRIES: [Window; 2] =
    [Window { most: 10, within: minutes(15) }, Window { most: 20, within: hours(24) }];
/// How long the secret of an authenticator app waits for its first code.
pub const TOTP_PENDING: Duration = hours(1);

/// Copies that one person asks for.
pub const EXPORTS: Window = Window { most: 10, within: hours(24) };
/// Reads of one copy, whichever part: each builds the part anew. A copy of many parts has more.
pub const COPY_READS: Window = Window { most: 60, within: hours(1) };

/// Changes of contact and of second factors by one account, each of which tells every contact.
pub const TOLD: Window = Window { most: 10, within: hours(24) };
/// Changes of the password of one account. Each starts the counts of copies, of changes of contact
/// and of cancellations anew: whoever was in the account before cannot have used them up.
pub const PASSWORD_CHANGES: Window = Window { most: 10, within: hours(24) };
/// Cancellations of one account that were withdrawn again, counted apart: nothing else may stand in
/// the way of one.
pub const CANCELLATIONS: Window = Window { most: 10, within: hours(24) };

/// At most so many events within a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    /// The most events.
    pub most: usize,
    /// The time they count for.
    pub within: Duration,
}

impl Window {
    /// Decides whether one more event fits at `now`, given the earlier ones.
    ///
    /// # Errors
    ///
    /// When it does not, tells for how long.
    pub fn admit(self, events: &[Timestamp], now: Timestamp) -> Result<(), Duration> {
        let mut live: Vec<_> = events.iter().filter(|t| t.plus(self.within) > now).collect();
        live.sort_unstable();
        let Some(blocking) = live.len().checked_sub(self.most).and_then(|i| live.get(i)) else {
            return Ok(());
        };
        let wait = blocking.plus(self.within).secs() - now.secs();
        Err(Duration::from_secs(u64::try_from(wait.max(1)).unwrap_or(1)))
    }

    /// The events that still count at `now`, oldest first.
    pub fn live(self, events: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
        events.iter().copied().filter(|t| t.plus(self.within) > now).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    #[test]
    fn the_window_slides() {
        let window = Window { most: 2, within: minutes(10) };
        let old = NOW.minus(minutes(10));
        let recent = NOW.minus(minutes(4));
        assert_eq!(window.admit(&[old, recent], NOW), Ok(()));
        assert_eq!(window.admit(&[recent, NOW], NOW), Err(minutes(6)));
        assert_eq!(window.live(&[old, recent], NOW), vec![recent]);
    }

    #[test]
    fn more_events_than_allowed_wait_for_the_one_that_frees_a_place() {
        let window = Window { most: 1, within: minutes(10) };
        let events = [NOW.minus(minutes(9)), NOW.minus(minutes(2))];
        assert_eq!(window.admit(&events, NOW), Err(minutes(8)));
    }
}
