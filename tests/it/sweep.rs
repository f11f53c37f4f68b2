//! The sweep as an operator and its queue see it: slices, stop and go on, dry run, failing rows.

use crate::app::TestApp;
use crate::halt::Halt;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::{days, hours, minutes};
use shared::store::{Attr, Key, Lane, Row, Transaction, When};
use shared::vault::Owner;
use sweep::{Bounds, Report};

const ADA: &str = "ada@example.org";

/// Invokes the function with an event.
pub(crate) async fn invoke(app: &TestApp, event: Value) -> Value {
    acting("sweep", sweep::respond(&app.world.ports, event, Bounds::default()))
        .await
        .expect("an answer")
}

/// The rows of the sweep's slices that ran.
async fn jobs(app: &TestApp) -> Vec<Row> {
    let tables = Tables::whole(app).await;
    tables.of_kind(Entity::Job).cloned().collect()
}

#[tokio::test]
async fn the_queue_names_slices_and_hears_of_those_that_fail() {
    let app = TestApp::start().await;
    app.code(ADA).await;
    app.clock.advance(minutes(10));
    let record = |id: &str, body: &str| json!({"messageId": id, "body": body, "attributes": {}});
    let mut records: Vec<_> =
        (0..8).map(|n| record(&format!("m{n}"), &json!({"slice": n}).to_string())).collect();
    records.push(record("beyond", r#"{"slice":8}"#));
    records.push(record("garbage", "slice three"));
    let answer = invoke(&app, json!({"Records": records})).await;
    let failures = json!([{"itemIdentifier": "beyond"}, {"itemIdentifier": "garbage"}]);
    assert_eq!(answer["batchItemFailures"], failures);
    assert_eq!(Tables::whole(&app).await.count(Entity::Verification), 0);

    // A slice that cannot be read is delivered again, and only that one.
    app.faults.on_operation("Query", 0, shared::testing::faults::Fault::RefuseBefore);
    app.faults.always_from(0, shared::testing::faults::Fault::RefuseBefore);
    let answer = invoke(&app, json!({"Records": [record("m1", r#"{"slice":1}"#)]})).await;
    assert_eq!(answer["batchItemFailures"], json!([{"itemIdentifier": "m1"}]));
}

#[tokio::test]
async fn a_mistyped_event_does_nothing_and_names_what_is_understood() {
    let app = TestApp::start().await;
    app.code(ADA).await;
    app.clock.advance(minutes(10));
    for event in [
        json!({"do": "sweep_it"}),
        json!({"do": "stop", "now": true}),
        json!({"do": 1}),
        json!({"Do": "stop"}),
        json!({"stop": true}),
        json!({"rotate": "branches"}),
        json!({"restore": "begin"}),
        json!({"Records": "x"}),
        json!({"Records": [], "do": "stop"}),
        json!({"version": "0"}),
        json!("x"),
        json!([]),
        json!(null),
    ] {
        let answer = sweep::respond(&app.world.ports, event.clone(), Bounds::default());
        let error = acting("sweep", answer).await.expect_err("refused").chain();
        assert!(error.contains(r#"{"do": "stop"}"#), "{event}: {error}");
    }
    assert_eq!(Tables::whole(&app).await.count(Entity::Verification), 1);
    let all = invoke(&app, json!({})).await;
    assert_eq!(all["expired"], 1, "a bare invoke takes up everything");
}

#[tokio::test]
async fn c_5_3_a_slice_that_did_something_says_so_once_in_its_own_chain() {
    let app = TestApp::start().await;
    app.code(ADA).await;
    app.sweep().await;
    assert_eq!(jobs(&app).await.len(), 0, "nothing was due, and nothing is written");
    app.clock.advance(minutes(10));
    for _ in 0..3 {
        app.sweep().await;
    }
    let jobs = jobs(&app).await;
    let [job] = &jobs[..] else { panic!("one slice had work: {jobs:?}") };
    assert_eq!(job.text(Attr::State).expect("a state"), "done");
    assert_eq!(job.numbers(Attr::Counts), [0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.all_actions(), ["sweep.ended"]);
    let entry = tables.of_kind(Entity::LedgerEntry).next().expect("an entry");
    assert_eq!(entry.text(Attr::Actor).expect("an actor"), "sweep");
}

#[tokio::test]
async fn a_job_that_is_stopped_does_nothing_until_it_is_started() {
    let app = TestApp::start().await;
    app.code(ADA).await;
    app.clock.advance(minutes(10));
    for _ in 0..2 {
        assert_eq!(invoke(&app, json!({"do": "stop"})).await["stopped"], true);
    }
    assert_eq!(app.sweep().await, Report::default());
    assert_eq!(invoke(&app, json!({"do": "status"})).await["stopped"], true);
    assert_eq!(invoke(&app, json!({"do": "start"})).await["stopped"], false);
    assert_eq!(app.sweep().await.expired, 1);
    let status = invoke(&app, json!({"do": "status"})).await;
    let slices = status["slices"].as_array().expect("slices");
    assert_eq!(slices.len(), 8);
    let did = |slice: &&Value| slice["did"]["expired"] == 1 && slice["state"] == "done";
    assert_eq!(slices.iter().filter(did).count(), 1, "{status}");
    let tables = Tables::whole(&app).await;
    let mut actions = tables.all_actions();
    actions.sort_unstable();
    assert_eq!(actions, ["sweep.ended", "sweep.started", "sweep.stopped"], "each once");
}

/// Rows in one slice that are due: reminders of months that are over, with their keys.
pub(crate) async fn due_months(app: &TestApp, many: i32) {
    let store = &app.world.ports.store;
    for n in 0..many {
        let period =
            Period::Logs { year: 2000 + n / 12, month: u8::try_from(n % 12 + 1).expect("a month") };
        let (_, key) = app.world.ports.vault.mint(Owner::Period(period)).await.expect("a key");
        let row = Row::new(shared::vault::period::key(period), Entity::Period)
            .with(Attr::DueShard, Lane::Sweep.shard(3))
            .with(Attr::DueAt, period.ends());
        let mut transaction = Transaction::new();
        transaction.put("key", key, When::Absent).put("row", row, When::Absent);
        store.write(transaction).await.expect("a write");
    }
}

#[tokio::test]
async fn a_worker_stops_at_its_bounds_and_goes_on_at_its_cursor() {
    let app = TestApp::start().await;
    due_months(&app, 130).await;
    let bounds = Bounds { rows: 60, ..Bounds::default() };
    let ports = &app.world.ports;
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended.push(
            acting("sweep", sweep::sweep_slice(ports, 3, bounds)).await.expect("sweeps").periods,
        );
        let job = jobs(&app).await.remove(0);
        let state = job.text(Attr::State).expect("a state").to_owned();
        assert_eq!(state, if ended.len() < 3 { "running" } else { "done" });
    }
    assert_eq!(ended, [60, 60, 10]);
    let job = jobs(&app).await.remove(0);
    assert_eq!(job.numbers(Attr::Counts)[4], 130, "the three runs are one job");
    assert_eq!(Tables::whole(&app).await.all_actions(), ["sweep.ended"]);
}

#[tokio::test]
async fn a_stop_reaches_a_worker_that_is_under_way() {
    let (app, halt) = Halt::start(|_| {}).await;
    due_months(&app, 130).await;
    let ports = app.world.ports.clone();
    // The operator's stop lands while the worker is at its twentieth row.
    let worker = acting("sweep", sweep::sweep_slice(&ports, 3, Bounds::default()));
    let stop = invoke(&app, json!({"do": "stop"}));
    let (report, _) = halt.overtake(("TransactWriteItems", 20), worker, stop).await;
    assert_eq!(report.expect("sweeps").periods, 50, "it looks every fifty rows");
    let report =
        acting("sweep", sweep::sweep_slice(&ports, 3, Bounds::default())).await.expect("sweeps");
    assert_eq!(report.taken(), 0);
    invoke(&app, json!({"do": "start"})).await;
    let report =
        acting("sweep", sweep::sweep_slice(&ports, 3, Bounds::default())).await.expect("sweeps");
    assert_eq!(report.periods, 80);
}

#[tokio::test]
async fn a_row_that_fails_is_put_off_and_keeps_nothing_waiting() {
    let app = TestApp::start().await;
    let store = &app.world.ports.store;
    // More failing rows than a page: their names are those of no period.
    let now = app.world.ports.clock.now();
    for n in 0..120 {
        let key = Key::records(format!("period#broken-{n:03}"), "period");
        let row = Row::new(key, Entity::Period)
            .with(Attr::DueShard, Lane::Sweep.shard(3))
            .with(Attr::DueAt, now.minus(days(400)));
        let mut transaction = Transaction::new();
        transaction.put("row", row, When::Absent);
        store.write(transaction).await.expect("a write");
    }
    due_months(&app, 1).await;
    let mut transaction = Transaction::new();
    let reminder = shared::vault::period::key(Period::Logs { year: 2000, month: 1 });
    transaction.touch("row", reminder, (Attr::DueAt, now), When::Present);
    store.write(transaction).await.expect("a write");
    let report = acting("sweep", sweep::sweep_slice(&app.world.ports, 3, Bounds::default()))
        .await
        .expect("sweeps");
    assert_eq!((report.failed, report.periods), (120, 1), "the last in line has its turn");
    // They wait longer each time, and are never forgotten.
    let mut waits = Vec::new();
    for _ in 0..3 {
        let before = app.world.ports.clock.now();
        let due = loop {
            let report = app.sweep().await;
            if report.failed > 0 {
                assert_eq!(report.failed, 120);
                break app.world.ports.clock.now();
            }
            app.clock.advance(minutes(1));
        };
        waits.push((due.secs() - before.secs()) / 60);
    }
    assert_eq!(waits, [5, 10, 20]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_keeps_nothing_waiting() {
    let app = TestApp::start().await;
    app.code(ADA).await;
    app.code("bob@example.org").await;
    // A stranger's hand wrote an attribute that nobody knows.
    let tables = Tables::whole(&app).await;
    let broken = tables.of_kind(Entity::Verification).next().expect("a row").key.clone();
    crate::raw::spoil(&app, &broken).await;
    app.clock.advance(minutes(10));
    let report = app.sweep().await;
    assert_eq!((report.failed, report.expired), (1, 1));
    assert_eq!(app.sweep().await.taken(), 0, "it waits");
    app.clock.advance(hours(6));
    assert_eq!(app.sweep().await.failed, 1, "and is tried again");
}
