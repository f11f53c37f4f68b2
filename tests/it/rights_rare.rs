//! Rare branches, whose calls no other test makes in the name of their function.

use crate::app::TestApp;
use crate::delivery::{assert_nothing_left, invoke, post};
use crate::environments::{advance, begin, current, next_stage, to_the_rest, under};
use notify::Office;
use serde_json::json;
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};

use shared::store::{Attr, Key, Lane, Row, Table, Transaction, When};
use shared::testing::faults::Verb;
use shared::vault::RootUse;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_rotation_wraps_the_keys_of_flows_messages_and_settings_too() {
    let app = TestApp::start().await;
    let mail = json!({
        "host": "mail.example", "port": 465, "tls": "implicit",
        "login": {"user": "center", "password": "open sesame"},
        "from": "Center <no-reply@center.example>",
    });
    let settings = json!({"do": "configure", "mail": mail});
    invoke(&app, &Office::default(), &settings).await.expect("configures");
    app.register("ada@example.org").await;
    let asked = TestApp::code_request("bob@example.org");
    app.post("/v1/verifications").json(&asked).send().await.expect(202);
    let before = current(&app, RootUse::Branch).await;
    begin(&app, RootUse::Branch).await;
    next_stage(&app, RootUse::Branch).await;
    app.clock.advance(minutes(10));
    app.faults.take_calls();
    advance(&app, RootUse::Branch).await;
    let calls = app.faults.take_calls();
    let puts = calls.iter().flat_map(|call| &call.actions).filter(|a| a.verb == Verb::Put);
    let keys = puts.filter(|put| put.key.table == "Keys");
    let kinds: BTreeSet<_> = keys.filter_map(|put| put.key.pk.split('#').next()).collect();
    assert_eq!(kinds, BTreeSet::from(["config", "flow", "message", "period", "person"]));
    to_the_rest(&app, RootUse::Branch).await;
    assert_eq!(under(&app, &before).await, 0);
}

/// A row that is due and about nothing, so that taking it up fails.
fn broken(pk: &str, (sk, entity): (&str, Entity), lane: Lane, app: &TestApp) -> Row {
    let past = app.world.ports.clock.now().minus(days(400));
    Row::new(Key::records(pk, sk), entity)
        .with(Attr::DueShard, lane.shard(3))
        .with(Attr::DueAt, past)
        .with(Attr::CreatedAt, past)
        .with(Attr::EndsAt, past)
}

#[tokio::test]
async fn a_row_of_any_kind_that_fails_is_put_off() {
    let app = TestApp::start().await;
    let rows = [
        broken("subject#broken", ("account", Entity::Account), Lane::Sweep, &app),
        broken("flow#broken", ("verification", Entity::Verification), Lane::Sweep, &app),
        broken("period#broken", ("period", Entity::Period), Lane::Sweep, &app),
        broken("outbox#broken", ("message", Entity::Message), Lane::Outbox, &app),
    ];
    let names: BTreeSet<_> = rows.iter().map(|row| row.key.pk.clone()).collect();
    for row in rows {
        let mut transaction = Transaction::new();
        transaction.put("row", row, When::Absent);
        app.world.ports.store.write(transaction).await.expect("a write");
    }
    app.faults.take_calls();
    app.sweep().await;
    let calls = app.faults.take_calls();
    let updates = calls.iter().flat_map(|call| &call.actions).filter(|a| a.verb == Verb::Update);
    let put_off: BTreeSet<_> = updates.map(|action| action.key.pk.clone()).collect();
    assert_eq!(put_off, names);
}

#[tokio::test]
async fn a_message_without_its_key_is_dropped_once_the_key_is_seen_to_be_gone() {
    let app = TestApp::start().await;
    post(&app, Channel::Email, "ada@example.org").await;
    let store = &app.world.ports.store;
    let rows = store.scan(Table::Keys, None).await.expect("reads").items;
    let key = rows.into_iter().find(|row| row.key.pk.starts_with("message#")).expect("its key");
    let mut transaction = Transaction::new();
    transaction.delete("key", key.key, When::Present);
    store.write(transaction).await.expect("a write");
    assert_eq!(app.deliver().await.dropped, 1);
    assert_nothing_left(&app).await;
}
