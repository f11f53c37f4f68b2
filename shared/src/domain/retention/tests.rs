//! Which ground wins, and when things end.

use super::*;
use crate::domain::account::State;
use crate::domain::deadline::{self, Task};
use crate::domain::time::days;
use proptest::prelude::*;
use std::time::Duration;

const MADE: Timestamp = Timestamp::from_secs(1_795_507_200);

fn account(state: State) -> Account {
    let unused = Some(days(730));
    Account { state, used_at: MADE, told_at: None, erases_at: None, erased_at: None, unused }
}

fn of(rule: Retention, account: Option<Account>) -> Facts {
    Facts { account, ..Facts::of(rule, MADE) }
}

#[test]
fn c_5_2_an_account_ends_when_it_is_no_longer_used() {
    let used = end(&of(Retention::Account, Some(account(State::Active))));
    let ends = Until::Used(Some(MADE.plus(days(730))));
    assert_eq!(used, End { ground: Ground::Function, until: ends });
    let never = Account { unused: None, ..account(State::Active) };
    assert_eq!(end(&of(Retention::Account, Some(never))).until, Until::Used(None));
    let closing = Account { erases_at: Some(MADE.plus(days(7))), ..account(State::Closing) };
    let closes = end(&of(Retention::Account, Some(closing))).until;
    assert_eq!(closes, Until::At(MADE.plus(days(7))));
    let erased = Account { erased_at: Some(MADE.plus(days(1))), ..closing };
    assert!(end(&of(Retention::Account, Some(erased))).until.is_over(MADE.plus(days(1))));
    // Nobody can log in to these, so silence says nothing.
    for state in [State::Suspended, State::Restricted, State::PendingGuardian] {
        assert_eq!(end(&of(Retention::Account, Some(account(state)))).until, Until::Used(None));
    }
}

#[test]
fn c_5_2_what_the_law_demands_outlives_the_account() {
    let erased = Account { erased_at: Some(MADE), ..account(State::Erased) };
    for (rule, until) in
        [(Retention::Logs, "2027-06-01T00:00:00Z"), (Retention::Evidence, "2030-01-01T00:00:00Z")]
    {
        let end = end(&of(rule, Some(erased)));
        assert_eq!(end.ground, Ground::Law);
        assert_eq!(end.until.date().map(Timestamp::rfc3339).as_deref(), Some(until));
    }
}

#[test]
fn c_5_2_the_longest_ground_wins_whichever_it_is() {
    let (short, long) = (MADE.plus(days(1)), MADE.plus(days(4_000)));
    let beyond = |agreed, special, hold| Beyond { agreed, special, hold };
    for (beyond, ground) in [
        (beyond(Some(long), Some(short), Some(short)), Ground::LongerAgreed),
        (beyond(Some(short), Some(long), Some(short)), Ground::SpecialAgreement),
        (beyond(Some(short), Some(short), Some(long)), Ground::Hold),
        (beyond(Some(short), Some(short), Some(short)), Ground::Law),
        (beyond(None, None, None), Ground::Law),
    ] {
        let facts = Facts { beyond, ..of(Retention::Evidence, None) };
        assert_eq!(end(&facts).ground, ground, "{beyond:?}");
    }
    // A hold that is shorter than the account changes nothing for it.
    let facts = of(Retention::Account, Some(account(State::Active)));
    let facts = Facts { beyond: beyond(None, None, Some(short)), ..facts };
    assert_eq!(end(&facts).ground, Ground::Function);
    // One that is longer than the erasure keeps it.
    let erased = Account { erased_at: Some(short), ..account(State::Erased) };
    let facts = of(Retention::Account, Some(erased));
    let facts = Facts { beyond: beyond(None, None, Some(long)), ..facts };
    assert_eq!(end(&facts), End { ground: Ground::Hold, until: Until::At(long) });
}

#[test]
fn c_5_2_what_ends_by_itself_ends_with_the_account_at_the_latest() {
    let ends = |own_end, account| {
        let facts = Facts { own_end: Some(own_end), ..of(Retention::OwnEnd, account) };
        end(&facts).until.date()
    };
    let (soon, late) = (MADE.plus(days(1)), MADE.plus(days(900)));
    let lives = Some(account(State::Active));
    assert_eq!(ends(soon, lives), Some(soon));
    assert_eq!(ends(late, lives), Some(MADE.plus(days(730))));
    assert_eq!(ends(late, None), Some(late));
}

#[test]
fn c_5_2_a_row_that_nothing_keeps_has_ended() {
    assert!(end(&of(Retention::Account, None)).until.is_over(MADE));
    assert!(!end(&of(Retention::Permanent, None)).until.is_over(MADE.plus(days(100_000))));
}

#[test]
fn c_5_3_a_late_notice_leaves_a_week() {
    let told = |day| unused_end(MADE, days(730), Some(MADE.plus(days(day))));
    assert_eq!((told(700), told(723)), (MADE.plus(days(730)), MADE.plus(days(730))));
    assert_eq!((told(728), told(900)), (MADE.plus(days(735)), MADE.plus(days(907))));
    let late = Some(MADE.plus(days(728)));
    let account = Account { told_at: late, ..account(State::Active) };
    assert_eq!(account.ends(), Until::Used(Some(MADE.plus(days(735)))));
}

/// A time up to four years after the beginning, in hours, and often none.
fn sometimes() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((0..4_u64 * 365 * 24).prop_map(|n| MADE.plus(hours(n))))
}

fn accounts() -> impl Strategy<Value = (deadline::Facts, Option<Duration>)> {
    const STATES: &[State] = &[
        State::Active,
        State::Closing,
        State::Suspended,
        State::Restricted,
        State::PendingGuardian,
    ];
    let unused = proptest::option::of((31..1_000_u64).prop_map(days));
    let times = (sometimes(), sometimes(), sometimes(), sometimes(), sometimes());
    (proptest::sample::select(STATES), times, 0..5_u32, unused).prop_map(
        |(state, (used, told_at, heard_at, erases_at, contact_final_at), notices, unused)| {
            let new = deadline::Facts::of_new(state, used.unwrap_or(MADE));
            let told = deadline::Facts { told_at, heard_at, notices, ..new };
            (deadline::Facts { erases_at, contact_final_at, ..told }, unused)
        },
    )
}

proptest! {
    #[test]
    fn c_5_3_an_erasure_is_due_when_retention_says_that_the_account_ends(
        (facts, unused) in accounts(),
        late in 0..60_u64 * 24,
    ) {
        let deadline::Facts { state, used_at, told_at, erases_at, .. } = facts;
        let account = Account { state, used_at, told_at, erases_at, erased_at: None, unused };
        let alone = deadline::Facts { contact_final_at: None, ..facts };
        let (task, at) = deadline::next(&alone, unused);
        let ends = account.ends().date();
        match task {
            Task::EraseUnused | Task::EraseCancelled => {
                prop_assert_eq!(ends, Some(at));
                let before = at.minus(Duration::from_secs(1));
                prop_assert_eq!(deadline::erasure(&facts, unused, before), None);
                prop_assert!(deadline::erasure(&facts, unused, at).is_some());
            }
            // A notice comes first, however late it is; then there is a week at least.
            Task::Notice(_) => {
                prop_assert!(ends.is_some_and(|ends| ends >= at));
                let now = at.plus(hours(late));
                prop_assert_eq!(deadline::erasure(&facts, unused, now), None);
                let told = Account { told_at: Some(now), ..account };
                let ends = told.ends().date();
                prop_assert!(ends.is_some_and(|ends| ends >= now.plus(days(7))));
                let told = deadline::told(&alone, unused.unwrap_or_default(), now);
                if let (Task::EraseUnused, at) = deadline::next(&told, unused) {
                    prop_assert_eq!(ends, Some(at));
                }
            }
            _ => prop_assert_eq!(ends, None),
        }
    }

    /// From the last log-in on, with a sweep that comes at least once a week.
    #[test]
    fn c_5_3_a_person_reads_the_very_second_at_which_the_sweep_erases(
        (facts, unused) in accounts(),
        rhythm in 6 * 60 * 60..=7 * 24 * 60 * 60_u64,
    ) {
        let deadline::Facts { state, used_at, erases_at, .. } = facts;
        let mut facts = deadline::Facts { erases_at, ..deadline::Facts::of_new(state, used_at) };
        let mut now = used_at;
        while now < used_at.plus(days(5 * 365)) {
            let told_at = facts.told_at;
            let account = Account { state, used_at, told_at, erases_at, erased_at: None, unused };
            let read = end(&of(Retention::Account, Some(account))).until;
            let erases = |at| deadline::erasure(&facts, unused, at).is_some();
            prop_assert_eq!(erases(now), read.is_over(now), "{:?} at {}", read, now);
            if erases(now) {
                let ends = read.date().unwrap_or(now);
                prop_assert!(erases(ends) && !erases(ends.minus(Duration::from_secs(1))));
                break;
            }
            if let (Task::Notice(_), at) = deadline::next(&facts, unused) && at <= now {
                facts = deadline::told(&facts, unused.unwrap_or_default(), now);
                facts.heard_at = Some(now);
            }
            now = now.plus(Duration::from_secs(rhythm));
        }
    }
}
