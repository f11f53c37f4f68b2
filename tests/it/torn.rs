//! Reads that say what was: torn batches, stale reads, keys left out, an index that lags.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, hours};
use shared::ids::SubjectId;
use shared::ledger::Actor;
use shared::store::DUE_INDEX;
use shared::testing::faults::{Call, Fault, Key};

const ADA: &str = "ada@example.org";

pub(crate) fn own(person: &Person, sk: &str) -> Key {
    Key::new("Records", format!("subject#{}", person.id)).sk(sk)
}

fn key_of(person: &Person) -> Key {
    Key::new("Keys", format!("person#{}", person.id))
}

/// Everything that one person does, to the end.
async fn story(app: &TestApp) {
    let ada = app.register(ADA).await;
    app.clock.advance(hours(2));
    app.me(&ada.token).await.expect(200);
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let token = app.log_in(&ada).await;
    app.get("/v1/sessions").bearer(&token).send().await.expect(200);
    let proof = json!({"password": PASSWORD});
    app.post("/v1/reauthentications").bearer(&token).json(&proof).send().await.expect(204);
    app.delete("/v1/sessions/current").bearer(&token).send().await.expect(204);
    let call = app.post("/v1/me/cancellation").bearer(&ada.token).json(&proof);
    let receipt = call.send().await.expect(202).body["receipt"].clone();
    app.get(&format!("/v1/receipts/{}", receipt.as_str().expect("an id"))).send().await.expect(200);
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.cancel(&token).await.expect(202);
    app.deliver().await;
    app.clock.advance(days(7));
    app.sweep().await;
    app.me(&token).await.expect(410);
    app.deliver().await;
}

fn of_the_index(call: &Call) -> bool {
    call.index.as_deref() == Some(DUE_INDEX)
}

#[tokio::test]
async fn reads_that_decide_are_consistent() {
    let app = TestApp::start().await;
    story(&app).await;
    let calls = app.faults.take_calls();
    let reads = |call: &&Call| call.operation != "TransactWriteItems";
    for call in calls.iter().filter(reads) {
        assert!(matches!(call.operation.as_str(), "BatchGetItem" | "Query"), "{}", call.operation);
        assert!(call.consistent != of_the_index(call), "{call:?}");
    }
    assert!(calls.iter().any(of_the_index) && calls.iter().any(|call| !of_the_index(call)));
}

#[tokio::test]
async fn stale_reads_strike_nothing_but_the_index_of_due_work() {
    for fault in [Fault::StaleRead, Fault::HideItem] {
        let app = TestApp::start().await;
        let ada = app.register(ADA).await;
        app.faults.always_from(0, fault);
        app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
        let me = app.me(&ada.token).await.expect(200);
        assert_eq!(me.body["display_name"], "Ada");
        app.cancel(&ada.token).await.expect(202);
        app.me(&ada.token).await.expect(401);
        app.deliver().await;
        app.clock.advance(days(7));
        app.sweep().await;
        let struck = |call: &&Call| call.fault.is_some();
        assert!(app.faults.calls().iter().filter(struck).all(of_the_index));
        app.faults.clear();
        app.sweep().await;
        app.deliver().await;
        app.me(&ada.token).await.expect(410);
        Tables::whole(&app).await;
    }
}

/// Everything that a session can ask for.
async fn ask_for_everything(app: &TestApp, token: &str, fault: &Fault) -> Vec<Answer> {
    let proof = json!({"password": PASSWORD});
    let calls = [
        app.get("/v1/me").bearer(token),
        app.get("/v1/sessions").bearer(token),
        app.patch("/v1/me").bearer(token).header("if-match", "*").json(&json!({"language": "en"})),
        app.call(http::Method::PUT, "/v1/me/consents/profile").bearer(token),
        app.delete("/v1/me/consents/profile").bearer(token),
        app.delete("/v1/sessions/current").bearer(token),
        app.post("/v1/reauthentications").bearer(token).json(&proof),
        app.post("/v1/me/exports").bearer(token),
        app.get("/v1/me/exports/exp_aaaaaaaaaaaaaaaaaaaaaaaaaa").bearer(token),
        app.post("/v1/me/cancellation").bearer(token).json(&proof),
        app.delete("/v1/me/cancellation").bearer(token),
    ];
    let mut answers = Vec::new();
    for call in calls {
        app.faults.on_call(0, fault.clone());
        answers.push(call.send().await);
        app.faults.clear();
    }
    answers
}

/// A person whose key is gone and whose rows are still there, with a session that was live.
async fn just_erased(app: &TestApp) -> Person {
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.deliver().await;
    app.clock.advance(days(7));
    let token = app.log_in(&ada).await;
    app.me(&token).await.expect(200);
    let id = SubjectId::parse(&ada.id).expect("an id");
    acting(
        "sweep",
        shared::erasure::erase(&app.world.ports, &id, (Actor::Job("sweep"), "req_test")),
    )
    .await
    .expect("erases");
    Person { token, ..ada }
}

#[tokio::test]
async fn c_8_4_an_account_read_from_before_the_erasure_shows_nothing_and_takes_nothing() {
    let app = TestApp::start().await;
    let ada = just_erased(&app).await;
    app.faults.take_calls();
    let torn = Fault::Torn(Some(own(&ada, "account")));
    for answer in ask_for_everything(&app, &ada.token, &torn).await {
        let answer = answer.expect(410);
        assert_eq!(answer.problem(), "erasing");
        assert!(!answer.text.contains(ADA));
    }
    let calls = app.faults.take_calls();
    assert_eq!(calls.len(), 11, "one read each, and no write");
    assert!(calls.iter().all(|call| call.fault == Some(torn.clone())), "every read was torn");
}

#[tokio::test]
async fn c_8_4_a_key_read_from_before_the_erasure_opens_nothing() {
    let app = TestApp::start().await;
    let ada = just_erased(&app).await;
    for row in [key_of(&ada), own(&ada, "chain")] {
        app.faults.take_calls();
        let torn = Fault::Torn(Some(row.clone()));
        for answer in ask_for_everything(&app, &ada.token, &torn).await {
            assert_eq!(answer.expect(410).problem(), "erased", "{row}");
        }
        let calls = app.faults.take_calls();
        assert_eq!(calls.len(), 11, "one read each, and no write");
        assert!(calls.iter().any(|call| call.fault.is_some()), "{row}");
    }
    app.faults.on_call(0, Fault::Torn(Some(key_of(&ada))));
    let id = SubjectId::parse(&ada.id).expect("an id");
    let again = acting(
        "sweep",
        shared::erasure::erase(&app.world.ports, &id, (Actor::Job("sweep"), "req_test")),
    )
    .await
    .expect("erased");
    assert!(matches!(again, shared::erasure::Outcome::Erased(_)));
}

#[tokio::test]
async fn c_8_4_a_log_in_torn_by_the_erasure_is_refused_like_any_other() {
    let app = TestApp::start().await;
    let ada = just_erased(&app).await;
    let body = json!({"login": ada.email, "password": PASSWORD});
    let claim = Key::new("Keys", claim_of(&app));
    for row in [own(&ada, "account"), key_of(&ada), own(&ada, "chain")] {
        // The claim is read just before the erasure removes it, and then the person torn.
        app.faults.take_calls();
        app.faults.on_operation("BatchGetItem", 0, Fault::Torn(Some(claim.clone())));
        app.faults.on_operation("BatchGetItem", 1, Fault::Torn(Some(row)));
        let refused = app.post("/v1/sessions").json(&body).send().await.expect(401);
        assert_eq!(refused.problem(), "login-refused");
        let calls = app.faults.take_calls();
        let torn = calls.iter().filter(|call| call.fault.is_some()).count();
        assert_eq!((torn, calls.len()), (2, 3), "both reads, and the write that counts the try");
    }
    let sessions = Tables::whole(&app).await.count(Entity::Session);
    assert_eq!(sessions, 2, "the job has not come yet, and nothing was added");
}

/// The claim's key, from the calls on record.
fn claim_of(app: &TestApp) -> String {
    let actions = app.faults.calls().into_iter().flat_map(|call| call.actions);
    let keys = actions.map(|action| action.key.pk);
    keys.into_iter().find(|pk| pk.starts_with("login#")).expect("a claim")
}

#[tokio::test]
async fn a_chain_read_from_before_is_refused_by_the_write_and_read_again() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.log_in(&ada).await;
    let torn = Fault::Torn(Some(own(&ada, "chain")));
    app.faults.take_calls();
    app.faults.on_call(0, torn.clone());
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let calls = app.faults.take_calls();
    assert_eq!(calls[0].fault, Some(torn.clone()));
    assert_eq!(app.faults.count("TransactWriteItems"), 0);
    assert_eq!(calls.len(), 4, "read, refused, read, written");
    app.faults.on_operation("BatchGetItem", 1, torn);
    app.log_in(&ada).await;
    let tables = Tables::whole(&app).await;
    let done = ["account.registered", "session.opened", "account.corrected", "session.opened"];
    assert_eq!(tables.actions(), done);
}

#[tokio::test]
async fn a_chain_that_is_not_there_yet_or_any_more_is_read_again() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let torn = Fault::Torn(Some(own(&ada, "chain")));
    app.faults.on_call(0, torn.clone());
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    assert!(app.faults.calls().iter().any(|call| call.fault == Some(torn.clone())));
    Tables::whole(&app).await;
}
