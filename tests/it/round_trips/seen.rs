//! Runs every route where it needs the most: cold, and as the first of a year.

use super::cases::{CASES, Case};
use crate::app::{BEGIN, TestApp};
use crate::environments::{begin, next_stage};
use shared::domain::time::{Timestamp, hours, minutes};
use shared::testing::faults::{Action, Verb};
use shared::vault::RootUse;
use std::time::Duration;

/// The first second of 2027.
const YEAR: Timestamp = Timestamp::from_secs(1_798_761_600);

fn puts(actions: &[Action], table: &str, start: &str) -> bool {
    let mut puts = actions.iter().filter(|action| action.verb == Verb::Put);
    puts.any(|put| put.key.table == table && put.key.pk.starts_with(start))
}

/// What root keys and periods need is asked for by one request in many, so other tests may not see
/// it in the name of the function that made it.
#[tokio::test]
async fn the_first_act_of_a_year_makes_its_key_whichever_it_is() {
    for (case, ..) in CASES {
        let app = TestApp::with(|options| {
            if *case == Case::ErasureAtOnce {
                options.config.cooling_off = Duration::ZERO;
            }
        })
        .await;
        let before = u64::try_from(YEAR.secs() - BEGIN.secs()).expect("a time to come");
        app.clock.advance(Duration::from_secs(before - 330));
        let prepared = case.prepare(&app).await;
        app.clock.advance(minutes(6));
        app.faults.take_calls();
        let answer = case.run(&app, &prepared).await;
        assert!(!answer.status.is_server_error(), "{case:?}: {}", answer.text);
        let made: Vec<_> = app.faults.take_calls().into_iter().flat_map(|c| c.actions).collect();
        if puts(&made, "Ledger", "chain#") {
            assert!(puts(&made, "Keys", "period#evidence"), "{case:?}: the key of the year");
            assert!(puts(&made, "Records", "period#evidence"), "{case:?}: what reminds of its end");
        }
    }
}

#[tokio::test]
async fn whichever_function_a_session_is_used_at_notes_the_use() {
    for case in [
        Case::ContactCode,
        Case::SessionList,
        Case::Profile,
        Case::Correction,
        Case::ConsentList,
        Case::ChangeOfMind,
    ] {
        let app = TestApp::start().await;
        let prepared = case.prepare(&app).await;
        app.clock.advance(hours(2));
        app.faults.take_calls();
        case.run(&app, &prepared).await;
        assert!(notes_the_use(&app), "{case:?}");
    }
    // A copy needs a proof that is younger: it is refused, and a use all the same.
    let app = TestApp::start().await;
    let person = app.register("ada@example.org").await;
    app.clock.advance(hours(2));
    app.faults.take_calls();
    app.post("/v1/me/exports").bearer(&person.token).send().await.expect(403);
    assert!(notes_the_use(&app), "a copy");
}

/// Whether the calls since the last look noted the use of a session.
fn notes_the_use(app: &TestApp) -> bool {
    let mut made = app.faults.take_calls().into_iter().flat_map(|call| call.actions);
    let of_session = |sk: &String| sk.starts_with("session#");
    made.any(|act| act.verb == Verb::Update && act.key.sk.as_ref().is_some_and(of_session))
}

#[tokio::test]
async fn a_contact_is_claimed_under_either_key_while_the_index_key_is_rotated() {
    for case in [Case::Addition, Case::Change, Case::Removal] {
        let app = TestApp::start().await;
        begin(&app, RootUse::Index).await;
        next_stage(&app, RootUse::Index).await;
        let prepared = case.prepare(&app).await;
        app.faults.take_calls();
        let answer = case.run(&app, &prepared).await;
        assert!(answer.status.is_success(), "{case:?}: {}", answer.text);
        let made = app.faults.take_calls().into_iter().flat_map(|call| call.actions);
        let checks = made.filter(|action| action.verb == Verb::ConditionCheck);
        let claims = checks.filter(|action| action.key.pk.starts_with("login#")).count();
        assert_eq!(claims, usize::from(case != Case::Removal), "{case:?}");
    }
}
