//! What is due of an account, and when.

use super::*;

const USED: Timestamp = Timestamp::from_secs(1_795_507_200);
const UNUSED: Option<Duration> = Some(days(730));

fn facts() -> Facts {
    Facts::of_new(State::Active, USED)
}

fn day(n: u64) -> Timestamp {
    USED.plus(days(n))
}

#[test]
fn c_5_3_an_unused_account_is_told_twice_and_then_erased() {
    assert_eq!(next(&facts(), UNUSED), (Task::Notice(Stage::First), day(700)));
    let told = |n| Facts { told_at: Some(day(n)), heard_at: Some(day(n)), ..facts() };
    assert_eq!(next(&told(700), UNUSED), (Task::Notice(Stage::Last), day(723)));
    assert_eq!(next(&told(723), UNUSED), (Task::EraseUnused, day(730)));
}

#[test]
fn c_5_3_a_late_notice_leaves_a_week() {
    let told = |n| Facts { told_at: Some(day(n)), heard_at: Some(day(n)), ..facts() };
    assert_eq!(next(&told(728), UNUSED), (Task::EraseUnused, day(735)));
    assert_eq!(next(&told(900), UNUSED), (Task::EraseUnused, day(907)));
}

#[test]
fn c_5_3_who_heard_of_nothing_is_told_again_up_to_three_times() {
    let unused = days(730);
    let mut facts = told(&facts(), unused, day(700));
    for n in [723, 730, 737] {
        assert_eq!(next(&facts, UNUSED), (Task::Notice(Stage::Last), day(n)));
        facts = told(&facts, unused, day(n));
        let heard = Facts { heard_at: Some(day(n)), ..facts };
        assert_eq!(next(&heard, UNUSED), (Task::EraseUnused, day(n + 7)));
        assert_eq!(erasure(&heard, UNUSED, day(n + 7)), Some(Ground::Unused));
    }
    assert_eq!(next(&facts, UNUSED), (Task::EraseUnused, day(744)));
    assert_eq!(erasure(&facts, UNUSED, day(744)), Some(Ground::Unheard));
    // The sweep stood still over all of it: it counts from when it came.
    let late = told(&Facts { told_at: None, ..facts }, unused, day(900));
    assert_eq!((late.notices, next(&late, UNUSED)), (1, (Task::Notice(Stage::Last), day(907))));
}

#[test]
fn c_5_3_a_log_in_begins_anew() {
    let used = Facts { used_at: day(725), told_at: Some(day(723)), ..facts() };
    assert_eq!(next(&used, UNUSED), (Task::Notice(Stage::First), day(725 + 700)));
}

#[test]
fn c_8_4_a_cancelled_account_is_erased_at_its_time_used_or_not() {
    let closing = Facts { state: State::Closing, erases_at: Some(day(7)), ..facts() };
    assert_eq!(next(&closing, UNUSED), (Task::EraseCancelled, day(7)));
    assert_eq!(next(&closing, None), (Task::EraseCancelled, day(7)));
}

#[test]
fn c_8_1_a_change_of_contact_is_finished_when_it_is_the_earliest() {
    let changing = Facts { contact_final_at: Some(day(3)), ..facts() };
    assert_eq!(next(&changing, UNUSED), (Task::FinishContactChange, day(3)));
    let closing = Facts { state: State::Closing, erases_at: Some(day(1)), ..changing };
    assert_eq!(next(&closing, UNUSED), (Task::EraseCancelled, day(1)));
}

#[test]
fn c_5_3_an_account_that_silence_does_not_end_is_only_looked_at_again() {
    assert_eq!(next(&facts(), None), (Task::Nothing, day(365)));
    assert_eq!(after(&facts(), None, day(400)), (Task::Nothing, day(765)));
    for state in [State::Suspended, State::Restricted, State::PendingGuardian] {
        let (task, _) = next(&Facts { state, ..facts() }, UNUSED);
        assert_eq!(task, Task::Nothing, "{state:?}");
    }
}
