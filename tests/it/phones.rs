//! Registration and log-in by phone: as by e-mail, in whatever way the number is written.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::stops::one_of;
use crate::tables::Tables;
use axum::http::StatusCode;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use std::sync::Arc;
use tokio::task::JoinSet;

const PHONE: &str = "+8613800138000";
const SPELLINGS: [&str; 5] =
    [PHONE, "138 0013 8000", "0086 138-0013-8000", "(+86) 138.0013.8000", "１３８００１３８０００"];

#[tokio::test]
async fn c_2_4_a_person_registers_lives_and_is_erased_by_phone() {
    let app = TestApp::start().await;
    let body = TestApp::code_request("138 0013 8000");
    let asked = app.post("/v1/verifications").json(&body).send().await.expect(202);
    let code = app.mailed_code(PHONE).await;
    let mail = app.world.mailbox.mails().expect("mails").pop().expect("a text message");
    assert!(mail.contains("To: +8613800138000@sms.invalid\n"), "{mail}");
    let body = TestApp::account_request(&asked.body["verification"], &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token");
    let me = app.me(token).await.expect(200);
    assert_eq!((&me.body["phone"], me.body.get("email")), (&json!(PHONE), None));
    for spelling in &SPELLINGS[1..] {
        app.try_log_in(spelling, PASSWORD).await.expect(201);
    }
    app.try_log_in("13800138001", PASSWORD).await.expect(401);
    let cancelled = app.cancel(token).await.expect(202);
    app.post(&app.mailed_link(PHONE).await).send().await.expect(200);
    let again = app.try_log_in(PHONE, PASSWORD).await.expect(201);
    let token = again.body["token"].as_str().expect("a token");
    app.cancel(token).await.expect(202);
    assert!(cancelled.body["receipt"].is_string());
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    app.me(token).await.expect(410);
    app.deliver().await;
    let last = app.world.mailbox.mails().expect("mails").pop().expect("a text message");
    assert!(last.contains("@sms.invalid") && last.contains("was erased"), "{last}");
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_fifty_registrations_at_once_of_one_number_make_one_account() {
    let app = Arc::new(TestApp::start().await);
    let mut codes = Vec::new();
    for spelling in &SPELLINGS[..3] {
        let call = app.post("/v1/verifications").json(&TestApp::code_request(spelling));
        let asked = call.send().await.expect(202).body["verification"].clone();
        app.clock.advance(minutes(1));
        codes.push((asked, app.mailed_code(PHONE).await));
    }
    let mut tasks = JoinSet::new();
    for n in 0..50 {
        let app = app.clone();
        let (verification, code) = codes[n % 3].clone();
        tasks.spawn(async move {
            let body = TestApp::account_request(&verification, &code);
            app.post("/v1/accounts").json(&body).send().await
        });
    }
    let answers = tasks.join_all().await;
    for answer in &answers {
        one_of(answer, &[201, 409, 422]);
    }
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 1);
    let tables = Tables::whole(&app).await;
    for entity in [Entity::Account, Entity::Claim, Entity::Session] {
        assert_eq!(tables.count(entity), 1, "{}", entity.name());
    }
}

/// What is limited, whatever the spelling.
#[tokio::test]
async fn c_7_3_one_number_has_one_limit() {
    let app = TestApp::start().await;
    let ask = async |spelling: &str| -> Answer {
        app.post("/v1/verifications").json(&TestApp::code_request(spelling)).send().await
    };
    for spelling in &SPELLINGS[..3] {
        ask(spelling).await.expect(202);
    }
    for spelling in SPELLINGS {
        ask(spelling).await.expect(429);
    }
    for spelling in SPELLINGS {
        app.try_log_in(spelling, "wrong horse battery").await.expect(401);
    }
    for spelling in SPELLINGS {
        app.try_log_in(spelling, PASSWORD).await.expect(429);
    }
}

#[tokio::test]
async fn c_2_4_an_address_and_a_number_are_two_accounts() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let bob: Person = app.register(PHONE).await;
    assert_ne!(ada.id, bob.id);
    app.log_in(&bob).await;
    let wrong = json!({"purpose": "register", "channel": "email", "address": PHONE, "age": {"band": "adult"}});
    let refused = app.post("/v1/verifications").json(&wrong).send().await.expect(422);
    assert_eq!(refused.body["errors"][0]["at"], "/address");
}
