//! Work taken up from reads that say what was: mails, verifications, due rows that are due no more.

use crate::app::{PASSWORD, TestApp};
use crate::tables::Tables;
use crate::torn::own;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use shared::ids::SubjectId;
use shared::ledger::Actor;
use shared::store::{DUE_SHARDS, Lane};
use shared::testing::faults::{Fault, Key};

const ADA: &str = "ada@example.org";

/// The key row of what a partition of this prefix holds.
async fn owner_key(app: &TestApp, prefix: &str) -> Key {
    let tables = Tables::read(app).await;
    let keys = tables.data_keys();
    Key::new("Keys", *keys.iter().find(|pk| pk.starts_with(prefix)).expect("a key"))
}

#[tokio::test]
async fn a_mail_whose_key_is_not_seen_yet_is_not_lost() {
    let app = TestApp::start().await;
    app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await.expect(202);
    let torn = Fault::Torn(Some(owner_key(&app, "message#").await));
    app.faults.on_operation("BatchGetItem", 1, torn.clone());
    app.deliver().await;
    assert!(app.faults.calls().iter().any(|call| call.fault == Some(torn.clone())));
    app.faults.clear();
    Tables::whole(&app).await;
    assert_eq!(app.deliver().await.delivered, 1);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Message), 0);
}

#[tokio::test]
async fn a_mail_whose_key_is_gone_for_good_leaves_the_outbox() {
    let app = TestApp::start().await;
    app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await.expect(202);
    let key = owner_key(&app, "message#").await;
    let mut destroyed = shared::store::Transaction::new();
    let key = shared::store::Key::keys(key.pk);
    destroyed.delete("message-key", key, shared::store::When::Present);
    app.world.ports.store.write(destroyed).await.expect("a write");
    assert_eq!(app.deliver().await.dropped, 1);
    assert_eq!(app.deliver().await, notify::Report::default());
    assert_eq!(Tables::whole(&app).await.count(Entity::Message), 0);
}

#[tokio::test]
async fn a_verification_torn_from_its_key_verifies_nothing_and_is_not_used_up() {
    let app = TestApp::start().await;
    let (verification, code) = app.code(ADA).await;
    let body = TestApp::account_request(&verification, &code);
    let key = owner_key(&app, "flow#").await;
    let row = Key::new("Records", key.pk.clone()).sk("verification");
    for part in [key, row] {
        app.faults.on_operation("BatchGetItem", 0, Fault::Torn(Some(part)));
        let refused = app.post("/v1/accounts").json(&body).send().await.expect(422);
        assert_eq!(refused.problem(), "verification-failed");
        app.faults.clear();
    }
    app.post("/v1/accounts").json(&body).send().await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn batches_that_leave_keys_out_are_completed() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.faults.take_calls();
    for call in 0..40 {
        // Every second read is whole, so that each can end.
        app.faults.on_operation("BatchGetItem", 2 * call, Fault::Unprocessed);
    }
    app.me(&ada.token).await.expect(200);
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let body = json!({"login": ADA, "password": PASSWORD});
    app.post("/v1/sessions").json(&body).send().await.expect(201);
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    app.deliver().await;
    let struck = app.faults.calls().iter().filter(|c| c.fault == Some(Fault::Unprocessed)).count();
    assert!(struck >= 6, "{struck}");
    app.faults.clear();
    app.me(&ada.token).await.expect(410);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn a_throttled_call_is_refused_with_a_time_to_wait() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    for fault in [Fault::Throttle, Fault::ServerError, Fault::RefuseBefore, Fault::CutConnection] {
        app.faults.always_from(0, fault);
        let refused = app.me(&ada.token).await.expect(503);
        assert_eq!(refused.problem(), "unavailable");
        assert!(refused.header("retry-after").is_some(), "{}", refused.text);
        app.faults.clear();
    }
    app.me(&ada.token).await.expect(200);
}

/// Lets the index show everything that is due by and by, and be behind from now on.
async fn show_and_lag(app: &TestApp, lane: Lane) {
    let (store, then) = (&app.world.ports.store, app.world.ports.clock.now().plus(days(100)));
    let mut shown = 0;
    for shard in 0..DUE_SHARDS {
        shown += store.due(lane, shard, then, 100).await.expect("reads").len();
    }
    assert_eq!(shown, 1);
    app.faults.lag_index(true);
}

#[tokio::test]
async fn c_8_4_a_lagging_index_erases_nobody_who_changed_their_mind() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.sweep().await;
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&ada).await;
    show_and_lag(&app, Lane::Sweep).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.clock.advance(days(7));
    let report = app.sweep().await;
    assert_eq!((report.stale, report.done()), (1, report.messages));
    let token = app.log_in(&ada).await;
    assert_eq!(app.me(&token).await.expect(200).body["state"], "active");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_a_lagging_index_erases_twice_to_the_same_end() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    show_and_lag(&app, Lane::Sweep).await;
    app.clock.advance(days(7));
    for (erased, stale) in [(1, 0), (0, 1)] {
        let report = app.sweep().await;
        let came = (report.erased, report.stale);
        assert_eq!(came, (erased, stale), "the index shows the account as due still");
        let tables = Tables::whole(&app).await;
        assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
        let erased = tables.actions().iter().filter(|a| **a == "account.erased").count();
        assert_eq!(erased, 1);
    }
    app.faults.clear();
    assert_eq!(app.sweep().await.taken(), 0);
}

#[tokio::test]
async fn a_lagging_index_expires_a_verification_that_was_used_as_nothing() {
    let app = TestApp::start().await;
    let (verification, code) = app.code(ADA).await;
    show_and_lag(&app, Lane::Sweep).await;
    let body = TestApp::account_request(&verification, &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    app.clock.advance(minutes(10));
    let report = app.sweep().await;
    assert_eq!((report.stale, report.taken()), (1, 1));
    app.me(made.body["token"].as_str().expect("a token")).await.expect(200);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn a_lagging_index_delivers_a_mail_once() {
    let app = TestApp::start().await;
    app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await.expect(202);
    show_and_lag(&app, Lane::Outbox).await;
    assert_eq!(app.deliver().await.delivered, 1);
    assert_eq!(app.deliver().await, notify::Report::default());
    assert_eq!(app.world.mailbox.mails().expect("mails").len(), 1);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn an_account_read_from_before_a_withdrawal_is_not_written_over() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    // The account reads as cancelled still: the write does not fit, and the next try sees better.
    app.faults.on_call(0, Fault::Torn(Some(own(&ada, "account"))));
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    let id = SubjectId::parse(&ada.id).expect("an id");
    app.clock.advance(days(7));
    app.faults.on_call(0, Fault::Torn(Some(own(&ada, "account"))));
    let erased = acting(
        "sweep",
        shared::erasure::erase(&app.world.ports, &id, (Actor::Job("sweep"), "req_test")),
    )
    .await;
    assert_eq!(erased.expect("decides"), shared::erasure::Outcome::NotDue);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Receipt), 0);
    let withdrawn = tables.actions().iter().filter(|a| **a == "cancellation.withdrawn").count();
    assert_eq!(withdrawn, 1);
}
