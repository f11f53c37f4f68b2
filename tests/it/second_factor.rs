//! Logging in with a second factor: asked for, used once, never in the way of who has none (C-7.3).

use crate::app::{PASSWORD, TestApp};
use crate::halt::Halt;
use crate::tables::Tables;
use serde_json::json;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;
use std::sync::Arc;
use std::time::Duration;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn c_7_3_a_right_password_alone_opens_nothing_and_only_wrong_codes_count() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    let sessions = Tables::whole(&app).await.count(Entity::Session);
    let refused = app.try_log_in(ADA, PASSWORD).await.expect(401);
    assert_eq!(refused.problem(), "second-factor-needed");
    assert_eq!(refused.body["errors"], serde_json::Value::Null);
    for (member, value) in [("totp", "000000"), ("totp", "x"), ("recovery_code", "aaaa-bbbb")] {
        let wrong = app.log_in_with(ADA, member, value).await.expect(401);
        assert_eq!(wrong.problem(), "second-factor-needed");
        assert_eq!(wrong.body["errors"][0]["at"], format!("/{member}"));
    }
    // With a wrong password a right code tells nothing.
    let body = json!({"login": ADA, "password": "wrong horse battery", "totp": own.next(&app)});
    let blind = app.post("/v1/sessions").json(&body).send().await.expect(401);
    assert_eq!(blind.problem(), "login-refused");
    assert_eq!(Tables::whole(&app).await.count(Entity::Session), sessions);
    let both = json!({"login": ADA, "password": PASSWORD, "totp": "1", "recovery_code": "2"});
    let both = app.post("/v1/sessions").json(&both).send().await.expect(422);
    assert_eq!(both.body["errors"][0]["at"], "/recovery_code");
    // Asking for the code is no failure; four were counted so far, and a fifth is.
    for _ in 0..7 {
        let asked = app.try_log_in(ADA, PASSWORD).await.expect(401);
        assert_eq!(asked.problem(), "second-factor-needed");
    }
    app.log_in_with(ADA, "totp", "000000").await.expect(401);
    app.log_in_with(ADA, "totp", &own.next(&app)).await.expect(429);
    app.clock.advance(minutes(16));
    app.log_in_with(ADA, "totp", &own.code(&app)).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_code_opens_one_session_and_no_older_one_another() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    // The code that confirmed the app is used.
    app.log_in_with(ADA, "totp", &own.code(&app)).await.expect(401);
    let older = own.next(&app);
    let newer = own.next(&app);
    app.log_in_with(ADA, "totp", &newer).await.expect(201);
    for used in [&newer, &older] {
        assert_eq!(
            app.log_in_with(ADA, "totp", used).await.expect(401).problem(),
            "second-factor-needed"
        );
    }
    // A clock that is half a minute off is no harm.
    let early = {
        let secs = u64::try_from(shared::clock::Clock::now(&*app.clock).secs()).expect("a time");
        crate::factor_calls::code(
            &own.secret,
            shared::domain::time::Timestamp::from_secs(i64::try_from(secs + 30).expect("a time")),
        )
    };
    app.log_in_with(ADA, "totp", &early).await.expect(201);
    let late = own.next(&app);
    app.log_in_with(ADA, "totp", &late).await.expect(401);
    let late = own.next(&app);
    app.clock.advance(Duration::from_secs(30));
    app.log_in_with(ADA, "totp", &late).await.expect(201);
}

#[tokio::test]
async fn c_7_3_a_recovery_code_opens_one_session_and_every_contact_is_told() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    let code = own.recovery[3].to_uppercase().replace('-', "");
    app.log_in_with(ADA, "recovery_code", &code).await.expect(201);
    app.log_in_with(ADA, "recovery_code", &own.recovery[3]).await.expect(401);
    assert_eq!(app.factors(&ada.token).await["recovery_codes"], 9);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    assert!(mails.iter().any(|mail| mail.contains("9 are left")));
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_at_the_session_limit_a_code_is_used_and_a_recovery_code_is_not() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    for _ in 0..4 {
        app.log_in(&ada).await;
    }
    let own = app.set_up_totp(&ada.token).await;
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    let code = own.next(&app);
    app.log_in_with(ADA, "totp", &code).await.expect(409);
    app.log_in_with(ADA, "totp", &code).await.expect(401);
    let full = app.log_in_with(ADA, "recovery_code", &own.recovery[0]).await.expect(409);
    assert_eq!(full.problem(), "session-limit");
    assert_eq!(app.factors(&ada.token).await["recovery_codes"], 10);
    app.delete("/v1/sessions/current").bearer(&ada.token).send().await.expect(204);
    app.log_in_with(ADA, "recovery_code", &own.recovery[0]).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c_7_3_of_many_log_ins_at_once_with_one_code_one_succeeds() {
    let app = Arc::new(TestApp::start().await);
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    for (member, value) in [("totp", own.next(&app)), ("recovery_code", own.recovery[0].clone())] {
        let mut tasks = Vec::new();
        for _ in 0..5 {
            let (app, value) = (app.clone(), value.clone());
            tasks.push(tokio::spawn(async move { app.log_in_with(ADA, member, &value).await }));
        }
        let mut opened = 0;
        for task in tasks {
            opened += usize::from(task.await.expect("no panic").status == 201);
        }
        assert_eq!(opened, 1, "{member}");
        app.clock.advance(minutes(16));
    }
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_log_in_overtaken_by_an_app_that_is_confirmed_is_asked_for_its_code() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    let secret = app.begin_totp(&ada.token).await;
    let code = crate::factor_calls::code(&secret, shared::clock::Clock::now(&*app.clock));
    let slow = app.try_log_in(ADA, PASSWORD);
    let confirm = app.confirm_totp(&ada.token, &code);
    let (slow, confirmed) = halt.overtake(("TransactWriteItems", 1), slow, confirm).await;
    confirmed.expect(200);
    assert_eq!(slow.expect(401).problem(), "second-factor-needed");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_code_without_an_app_is_no_hindrance() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    app.log_in_with(ADA, "totp", "123456").await.expect(201);
    app.log_in_with(ADA, "recovery_code", "aaaa").await.expect(201);
    let unknown = app.log_in_with("eve@example.org", "totp", "123456").await.expect(401);
    assert_eq!(unknown.problem(), "login-refused");
}

#[tokio::test]
async fn c_7_3_a_reset_is_no_way_around_a_second_factor() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    // A newer one falls with it.
    app.clock.advance(HELD);
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, PASSWORD).await.expect(204);
    let refused = app.try_log_in(ADA, PASSWORD).await.expect(401);
    assert_eq!(refused.problem(), "second-factor-needed");
    let opened = app.log_in_with(ADA, "totp", &own.next(&app)).await.expect(201);
    let token = opened.body["token"].as_str().expect("a token");
    assert_eq!(app.factors(token).await["recovery_codes"], 10);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_log_in_with_a_key_and_a_code_runs_once() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    let body = json!({"login": ADA, "password": PASSWORD, "totp": own.next(&app)});
    let log_in = || app.post("/v1/sessions").header("idempotency-key", "k").json(&body).send();
    assert!(log_in().await.expect(201).body["token"].is_string());
    assert!(log_in().await.expect(201).body.get("token").is_none());
    assert_eq!(Tables::whole(&app).await.count(Entity::Session), 2);
}
