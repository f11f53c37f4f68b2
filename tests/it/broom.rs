//! The broom of local mode: what is past its end goes, as it does by DynamoDB's TTL when deployed.

use crate::app::{BEGIN, TestApp};
use crate::rows::{all, mentions};
use personal_center::broom::{sweep_out, take};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::{Timestamp, days, hours, minutes};
use shared::store::{Attr, Key, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What the receipt says stays: the kinds of rows, each with when the last of it goes.
fn stays(receipt: &Value) -> BTreeMap<String, String> {
    let stays = receipt["statement"]["stays"].as_array().expect("what stays");
    let kinds = |stay: &Value| {
        let until = stay["until"].as_str().expect("a time").to_owned();
        let items = stay["items"].as_array().expect("items").clone();
        let kind =
            |item: &Value| item.as_str().and_then(|item| item.split('.').next().map(str::to_owned));
        items.into_iter().map(move |item| (kind(&item).expect("a kind"), until.clone()))
    };
    stays.iter().flat_map(kinds).collect()
}

/// Whether a row is about nobody: a root key, the key of everyone's month or year with its reminder,
/// a job with its chain, the brake.
fn is_everyones(row: &Row) -> bool {
    match row.entity {
        Entity::Root | Entity::Period | Entity::Job | Entity::Brake => true,
        Entity::DataKey => row.key.pk.starts_with("period#"),
        Entity::Chain => row.key.pk.starts_with("job#"),
        Entity::LedgerEntry => row.text(Attr::Action).is_ok_and(|act| act == "sweep.ended"),
        _ => false,
    }
}

/// A person who did what leaves rows behind, cancelled, and was erased; the receipt's path.
async fn erased(app: &TestApp) -> String {
    let ada = app.register("ada@example.org").await;
    let log_in = json!({"login": ada.email, "password": crate::app::PASSWORD});
    let log_in = app.post("/v1/sessions").header("idempotency-key", "one").json(&log_in);
    log_in.send().await.expect(201);
    let wrong = json!({"login": ada.email, "password": "wrong horse battery"});
    app.post("/v1/sessions").json(&wrong).send().await.expect(401);
    let wrong = json!({"password": "wrong horse battery"});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&wrong).send().await.expect(403);
    let cancelled = app.cancel(&ada.token).await.expect(202);
    app.world.work().await.expect("works");
    format!("/v1/receipts/{}", cancelled.body["receipt"].as_str().expect("an id"))
}

/// Moves the clock on to a time.
fn move_to(app: &TestApp, time: Timestamp) {
    let secs = time.secs() - app.clock.now().secs();
    app.clock.advance(Duration::from_secs(u64::try_from(secs).expect("a later time")));
}

/// The kinds of rows that are left and are not everyone's.
async fn left(app: &TestApp) -> Vec<Entity> {
    let mut kinds: Vec<_> =
        all(app).await.iter().filter(|r| !is_everyones(r)).map(|r| r.entity).collect();
    kinds.dedup();
    kinds
}

#[tokio::test]
async fn c_5_2_nothing_outlives_an_erasure_longer_than_the_receipt_says() {
    let app = TestApp::without_cooling_off().await;
    let path = erased(&app).await;
    let before = left(&app).await;
    assert!(before.contains(&Entity::Limit) && before.contains(&Entity::Idempotency), "{before:?}");

    app.clock.advance(hours(24));
    app.world.work().await.expect("works");
    let receipt = app.get(&path).send().await.expect(200).body;
    let stays = stays(&receipt);
    let now = BEGIN.plus(hours(24)).rfc3339();
    for kind in left(&app).await {
        let until = stays.get(kind.name());
        assert!(until.is_some_and(|until| *until > now), "{}: {until:?}", kind.name());
    }
    for gone in [Entity::Limit, Entity::Idempotency, Entity::Session, Entity::Message] {
        assert!(!left(&app).await.contains(&gone), "{}", gone.name());
    }
    for kept in [Entity::Evidence, Entity::NetworkLog, Entity::Receipt, Entity::LedgerEntry] {
        assert!(left(&app).await.contains(&kept), "{}", kept.name());
    }
}

#[tokio::test]
async fn c_5_2_each_kind_goes_at_the_end_that_the_receipt_names() {
    let app = TestApp::without_cooling_off().await;
    let path = erased(&app).await;
    let receipt = app.get(&path).send().await.expect(200).body;
    assert_eq!(stays(&receipt)["network_log"], Period::logs(BEGIN).ends().rfc3339());

    let logs = Period::logs(BEGIN).ends();
    move_to(&app, logs.minus(minutes(1)));
    app.world.work().await.expect("works");
    assert!(left(&app).await.contains(&Entity::NetworkLog));
    app.clock.advance(minutes(1));
    app.world.work().await.expect("works");
    let kept = left(&app).await;
    assert!(!kept.contains(&Entity::NetworkLog) && kept.contains(&Entity::Account), "{kept:?}");

    move_to(&app, Period::evidence(BEGIN).ends());
    app.world.work().await.expect("works");
    assert_eq!(left(&app).await, [], "all that is left is everyone's");
    app.get(&path).send().await.expect(404);
}

#[tokio::test]
async fn c_5_2_what_was_renewed_meanwhile_stays() {
    let app = TestApp::start().await;
    app.post("/v1/verifications").json(&TestApp::code_request("ada@example.org")).send().await;
    let limits = || async {
        let rows = all(&app).await.into_iter().filter(|row| row.entity == Entity::Limit);
        rows.map(|row| row.key).collect::<Vec<Key>>()
    };
    let (ports, before) = (&app.world.ports, limits().await);
    assert_eq!(before.len(), 2, "one of the address, one of the source");
    app.clock.advance(hours(24));
    let now = BEGIN.plus(hours(24));
    // As if this request came between the broom's look and its grip.
    app.post("/v1/verifications").json(&TestApp::code_request("ada@example.org")).send().await;
    for key in &before {
        assert!(!take(ports, key, now).await.expect("an answer"));
    }
    assert_eq!(limits().await, before);
    assert_eq!(sweep_out(ports, now).await.expect("sweeps"), 0);
    let later = now.plus(hours(24));
    assert_eq!(sweep_out(ports, later).await.expect("sweeps"), 2);
    assert!(!take(ports, &before[0], later).await.expect("an answer"), "gone already");
    assert_eq!(limits().await, []);
}

#[tokio::test]
async fn c_5_3_the_broom_leaves_what_has_a_key_of_its_own() {
    let app = TestApp::start().await;
    app.post("/v1/verifications").json(&TestApp::code_request("ada@example.org")).send().await;
    let with = |rows: Vec<Row>| {
        let with = rows.into_iter().filter(|row| row.time(Attr::EndsAt).is_ok());
        with.map(|row| row.entity.name()).collect::<BTreeSet<_>>()
    };
    let before = with(all(&app).await);
    assert_eq!(before, [Entity::Verification.name(), Entity::Message.name()].into());
    let late = BEGIN.plus(days(4_000));
    assert!(sweep_out(&app.world.ports, late).await.expect("sweeps") > 0);
    let rows = all(&app).await;
    assert!(rows.iter().all(|row| row.time(Attr::ExpiresAt).is_err()), "all that is past is gone");
    assert_eq!(with(rows), before);
}

#[tokio::test]
async fn the_broom_goes_round_at_start_up_and_once_a_minute() {
    let app = TestApp::start().await;
    let rounds = async || {
        app.faults.take_calls();
        app.world.work().await.expect("works");
        app.faults.count("Scan")
    };
    let tables = rounds().await;
    assert_eq!(tables, 2, "the tables that have a broom when deployed");
    assert_eq!(rounds().await, 0);
    app.clock.advance(minutes(1));
    assert_eq!(rounds().await, tables);
}

#[tokio::test]
async fn c_5_2_what_the_broom_took_stands_in_no_file() {
    let app = TestApp::on_file().await;
    app.post("/v1/verifications").json(&TestApp::code_request("ada@example.org")).send().await;
    app.world.work().await.expect("works");
    let limit = all(&app).await.into_iter().find(|row| row.entity == Entity::Limit);
    let limit = limit.expect("a limit").key.pk;
    let needles = crate::needles::Needles::of(&[("limit", &limit)]);
    let folder = app.folder.path().join("db");
    assert!(!needles.found_under(&folder).is_empty());
    app.clock.advance(hours(24));
    app.world.work().await.expect("works");
    assert!(!all(&app).await.iter().any(|row| mentions(row, &limit)));
    assert_eq!(needles.found_under(&folder), [].into());
}
