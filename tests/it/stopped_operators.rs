//! A stop at each call of what operators tell the sweep, and of the brake itself.

use crate::app::TestApp;
use crate::raw;
use crate::stops::at_every_stop;
use crate::sweep::invoke;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::{days, hours, minutes};
use shared::erasure::{self, Outcome};
use shared::ids::SubjectId;
use shared::ledger::Actor;
use sweep::Bounds;

/// Tells the sweep something; a stop may keep the answer back.
async fn tell(app: &TestApp, event: Value) {
    let _answer = acting("sweep", sweep::respond(&app.world.ports, event, Bounds::default())).await;
}

/// What was entered of these acts.
fn acts(tables: &Tables, prefix: &str) -> Vec<String> {
    let of = |act: &&str| act.starts_with(prefix);
    tables.all_actions().into_iter().filter(of).map(str::to_owned).collect()
}

#[tokio::test]
async fn stopping_and_starting_the_sweep_is_entered_once() {
    for (event, stopped, entered) in [
        ("stop", true, &["sweep.stopped"][..]),
        ("start", false, &["sweep.started", "sweep.stopped"]),
    ] {
        at_every_stop(
            |_| {},
            async |app: &TestApp| {
                if !stopped {
                    invoke(app, json!({"do": "stop"})).await;
                }
            },
            async |app: &TestApp, &()| tell(app, json!({"do": event})).await,
            async |app: &TestApp, &(), (), tables: Tables| {
                let mut acts = acts(&tables, "sweep.");
                acts.sort_unstable();
                assert_eq!(acts, entered);
                assert_eq!(invoke(app, json!({"do": "status"})).await["stopped"], stopped);
            },
        )
        .await;
    }
}

/// Two people whose erasure is due, in a world that lets one pass in an hour.
async fn two_are_due(app: &TestApp) -> [SubjectId; 2] {
    let mut ids = Vec::new();
    for name in ["ada@example.org", "bob@example.org"] {
        let person = app.register(name).await;
        app.cancel(&person.token).await.expect(202);
        ids.push(SubjectId::parse(&person.id).expect("an id"));
    }
    app.clock.advance(days(7));
    ids.try_into().expect("two")
}

async fn erase(app: &TestApp, id: &SubjectId) -> shared::Result<Outcome> {
    let by = (Actor::Job("sweep"), "req_test");
    acting("sweep", erasure::erase(&app.world.ports, id, by)).await
}

#[tokio::test]
async fn c_8_2_the_brake_is_pulled_once_and_lets_no_more_pass() {
    at_every_stop(
        |options| options.config.erasures_per_hour = 1,
        async |app| {
            let [ada, bob] = two_are_due(app).await;
            assert!(matches!(erase(app, &ada).await, Ok(Outcome::Erased(_))));
            bob
        },
        async |app, bob| erase(app, bob).await,
        async |app, bob, done, tables| {
            assert_eq!(done.expect("answers"), Outcome::Braked);
            assert_eq!((tables.count(Entity::Tombstone), tables.count(Entity::Claim)), (1, 1));
            assert_eq!(acts(&tables, "brake."), ["brake.pulled"]);
            assert_eq!(erase(app, bob).await.expect("answers"), Outcome::Braked);
        },
    )
    .await;
}

async fn release(app: &TestApp) {
    tell(app, json!({"do": "release_brake"})).await;
}

#[tokio::test]
async fn c_8_2_the_first_release_is_entered_once_and_lets_nothing_pass() {
    at_every_stop(
        |options| options.config.erasures_per_hour = 1,
        async |app| {
            two_are_due(app).await;
            app.sweep().await;
        },
        async |app, ()| release(app).await,
        async |app, (), (), tables| {
            assert_eq!(acts(&tables, "brake."), ["brake.pulled", "brake.release_asked"]);
            assert_eq!(app.sweep().await.erased, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_2_the_second_release_is_entered_once_and_begins_a_new_count() {
    at_every_stop(
        |options| options.config.erasures_per_hour = 1,
        async |app| {
            two_are_due(app).await;
            app.sweep().await;
            release(app).await;
            app.clock.advance(minutes(10));
        },
        async |app, ()| release(app).await,
        async |app, (), (), tables| {
            let expected = ["brake.pulled", "brake.release_asked", "brake.released"];
            assert_eq!(acts(&tables, "brake."), expected);
            assert_eq!(app.sweep().await.erased, 1);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_2_a_count_that_goes_by_itself_meanwhile_keeps_no_release_back() {
    let (app, halt) = crate::halt::Halt::start(|o| o.config.erasures_per_hour = 1).await;
    two_are_due(&app).await;
    app.sweep().await;
    release(&app).await;
    app.clock.advance(minutes(10));
    // The table's time to live takes the count between the release's read and its write.
    let second = invoke(&app, json!({"do": "release_brake"}));
    let broom = raw::broom(&app, app.world.ports.clock.now().plus(hours(3)));
    let both = halt.overtake(("TransactWriteItems", 0), second, broom);
    let (answer, ()) = Box::pin(both).await;
    assert_eq!(answer, json!({"brake": "off"}));
}
