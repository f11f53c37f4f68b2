//! One thing of each kind that a worker ends, in one slice, and a worker that is killed after each
//! of its writes. What lies between two writes are reads, which leave nothing: whoever is killed
//! there leaves what the write before left.

use super::{Kill, due_months, killed_at, run};
use crate::app::TestApp;
use crate::referee;
use crate::rights::TRANSACTION;
use crate::sweep::invoke;
use crate::tables::Tables;
use crate::{raw, rows};
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, days, minutes};
use shared::erasure;
use shared::ids::SubjectId;
use shared::ledger::Actor;
use shared::store::{Attr, Row, Table};
use std::collections::BTreeMap;
use std::time::Duration;

/// The slice that everything is due in.
const SLICE: u8 = 3;

/// Kinds that are due besides accounts.
const KINDS: [Entity; 5] =
    [Entity::Erasure, Entity::Job, Entity::Period, Entity::Verification, Entity::Message];

/// What there is when all is done: how many rows of each kind, and how often each act was done.
type Done = BTreeMap<String, usize>;

/// Six people at the same time: one unused at the end, one to be told that it comes, one who
/// cancelled, one whose erasure was not finished, one whose change of contact is final, and one who
/// asked for a code in vain; the messages that nobody took; a month; and a rotation.
async fn one_of_each(app: &TestApp) {
    let on_day = |day| advance_to(app, crate::app::BEGIN.plus(days(day)));
    app.register("unused@example.org").await;
    on_day(30);
    app.register("to-be-told@example.org").await;
    on_day(700);
    assert_eq!(app.sweep().await.told, 1);
    on_day(723);
    assert_eq!(app.sweep().await.told, 1);
    app.deliver().await;
    let cancelled = app.register("cancelled@example.org").await;
    let half = app.register("half@example.org").await;
    for person in [&cancelled, &half] {
        app.cancel(&person.token).await.expect(202);
    }
    app.deliver().await;
    on_day(727);
    let changing = app.register("before@example.org").await;
    app.set_contact(&changing.token, "after@example.org").await.expect(200);
    advance_to(app, crate::app::BEGIN.plus(days(730)).minus(minutes(20)));
    invoke(app, json!({"rotate": "branch"})).await;
    advance_to(app, crate::app::BEGIN.plus(days(730)).minus(minutes(10)));
    let body = TestApp::code_request("nobody@example.org");
    app.post("/v1/verifications").json(&body).send().await.expect(202);
    on_day(730);
    let id = SubjectId::parse(&half.id).expect("an id");
    let by = (Actor::Job("sweep"), "req_half");
    let erased = acting("sweep", erasure::erase(&app.world.ports, &id, by)).await;
    erased.expect("erases");
    due_months(app, 1).await;
    gather(app).await;
}

/// Moves on to a time.
fn advance_to(app: &TestApp, then: Timestamp) {
    let secs = then.secs() - app.world.ports.clock.now().secs();
    app.clock.advance(Duration::from_secs(secs.try_into().expect("not back")));
}

/// Moves what is due into one slice, in an order that is always the same.
async fn gather(app: &TestApp) {
    let now = app.world.ports.clock.now();
    let due = |row: &Row| row.time(Attr::DueAt).is_ok_and(|at| at <= now);
    let mut found: Vec<_> = rows::of(app, Table::Records).await.into_iter().filter(due).collect();
    found.sort_by_key(|row| {
        (row.entity.name(), row.time(Attr::CreatedAt).ok(), row.time(Attr::DueAt).ok())
    });
    let many = |kind| found.iter().filter(|row| row.entity == kind).count();
    assert_eq!(many(Entity::Account), 4);
    for kind in KINDS {
        assert!(many(kind) > 0, "a {} is due", kind.name());
    }
    for (at, row) in (0..).zip(&found) {
        let lane = if row.entity == Entity::Message { "outbox" } else { "sweep" };
        let due = now.minus(minutes(240 - at));
        raw::due_in(app, &row.key, (&format!("{lane}#{SLICE}"), due)).await;
    }
}

/// Sweeps every slice until nothing is due any more, a while apart: what was put off has its turn.
async fn until_done(app: &TestApp) {
    let (mut idle, mut runs) = (0, 0);
    while idle < 3 {
        idle = if app.sweep().await.taken() == 0 { idle + 1 } else { 0 };
        runs += 1;
        assert!(runs < 20, "something stays due");
        app.clock.advance(minutes(6));
    }
}

/// What there is now. How the work was spread over runs and slices is left out.
async fn done(app: &TestApp) -> Done {
    let tables = Tables::whole(app).await;
    let of_work = [Entity::Job, Entity::Chain, Entity::LedgerEntry, Entity::Brake];
    let kinds = Entity::ALL.into_iter().filter(|kind| !of_work.contains(kind));
    let mut done: Done = kinds.map(|kind| (kind.name().to_owned(), tables.count(kind))).collect();
    for act in tables.actions() {
        *done.entry(act.to_owned()).or_default() += 1;
    }
    done
}

#[tokio::test]
async fn c_5_3_a_worker_killed_between_any_two_calls_is_followed_by_one_that_ends_each_thing_once()
{
    let app = TestApp::start().await;
    one_of_each(&app).await;
    app.faults.take_calls();
    let report = run(&app, SLICE).await;
    let calls = app.faults.take_calls();
    assert_eq!((report.erased, report.told, report.settled, report.expired), (3, 1, 1, 1));
    assert_eq!((report.periods, report.rotated, report.failed), (1, 1, 0));
    assert!(report.messages > 0);
    until_done(&app).await;
    let whole = done(&app).await;
    assert_eq!([whole["account.erased"], whole["account.end_announced"]], [3, 3]);
    let writes = (0..).zip(&calls).filter(|(_, call)| call.operation == TRANSACTION);
    let writes: Vec<usize> = writes.map(|(at, _)| at).collect();
    assert!(writes.len() > 12, "{writes:?}");
    // A world takes its time at the referee's.
    for at in writes.iter().copied().step_by(if referee::is_on() { 5 } else { 1 }) {
        let app = TestApp::start().await;
        one_of_each(&app).await;
        killed_at(&app, SLICE, Kill::After(at)).await;
        app.clock.advance(minutes(6));
        until_done(&app).await;
        assert_eq!(done(&app).await, whole, "killed after call {at} of {}", calls.len());
    }
}
