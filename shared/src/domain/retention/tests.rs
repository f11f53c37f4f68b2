//! Which ground wins, and when things end.

use super::*;
use crate::domain::time::days;

const MADE: Timestamp = Timestamp::from_secs(1_795_507_200);

fn account(state: State) -> Account {
    let unused = Some(days(730));
    Account { state, used_at: MADE, erases_at: None, erased_at: None, unused }
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
