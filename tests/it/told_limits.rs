//! Acts are limited for each account, and no right is lost by it.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::tables::Tables;
use shared::domain::time::{days, minutes};

const PHONE: &str = "+8613800138000";

/// A person with two contacts, which is one act that was counted.
async fn ada(app: &TestApp) -> Person {
    let ada = app.register("ada@example.org").await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    ada
}

#[track_caller]
fn limited(answer: Answer) {
    let answer = answer.expect(429);
    assert!(answer.header("retry-after").is_some_and(|wait| wait == "86400"), "{answer:?}");
}

async fn messages(app: &TestApp) -> usize {
    app.deliver().await;
    app.world.mailbox.mails().expect("mails").len()
}

#[tokio::test]
async fn c_8_1_nobody_floods_contacts_by_removing_them_and_taking_it_back() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for _ in 1..10 {
        app.remove_contact(&ada.token, "phone").await.expect(204);
        app.take_back(&ada.token, "phone").await.expect(204);
    }
    let sent = messages(&app).await;
    limited(app.remove_contact(&ada.token, "phone").await);
    assert_eq!(messages(&app).await, sent, "nothing was sent and nothing changed");
    // No other right waits for it.
    app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    app.clock.advance(days(1));
    let token = app.log_in(&ada).await;
    app.remove_contact(&token, "phone").await.expect(204);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_whoever_changes_the_password_has_every_limit_anew() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let thief = app.log_in(&ada).await;
    for _ in 1..10 {
        app.remove_contact(&thief, "phone").await.expect(204);
        app.take_back(&thief, "phone").await.expect(204);
    }
    for _ in 0..10 {
        app.post("/v1/me/exports").bearer(&thief).send().await.expect(201);
    }
    limited(app.remove_contact(&ada.token, "phone").await);
    limited(app.post("/v1/me/exports").bearer(&ada.token).send().await);
    app.put_password(&ada.token, PASSWORD, "another correct battery").await.expect(204);
    app.me(&thief).await.expect(401);
    app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    app.remove_contact(&ada.token, "phone").await.expect(204);
    app.cancel(&ada.token).await.expect(202);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_a_cancellation_has_its_limit_anew_after_a_change_of_the_password() {
    let app = TestApp::start().await;
    let mut ada = app.register("ada@example.org").await;
    for _ in 0..10 {
        app.cancel(&ada.token).await.expect(202);
        ada.token = app.log_in(&ada).await;
        app.delete("/v1/me/cancellation").bearer(&ada.token).send().await.expect(204);
    }
    limited(app.cancel(&ada.token).await);
    app.put_password(&ada.token, PASSWORD, "another correct battery").await.expect(204);
    app.cancel(&ada.token).await.expect(202);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_the_password_is_changed_ten_times_a_day_and_then_after_a_wait() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    for _ in 0..10 {
        app.put_password(&ada.token, PASSWORD, PASSWORD).await.expect(204);
        app.clock.advance(minutes(2));
    }
    let answer = app.put_password(&ada.token, PASSWORD, PASSWORD).await.expect(429);
    let wait = minutes(24 * 60 - 10 * 2);
    let told = answer.header("retry-after").and_then(|told| told.parse().ok());
    assert_eq!(told, Some(wait.as_secs()), "{answer:?}");
    app.clock.advance(wait);
    let token = app.log_in(&ada).await;
    app.put_password(&token, PASSWORD, PASSWORD).await.expect(204);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_a_change_is_frozen_and_taken_back_at_the_limit() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for _ in 2..10 {
        app.remove_contact(&ada.token, "phone").await.expect(204);
        app.take_back(&ada.token, "phone").await.expect(204);
    }
    app.set_contact(&ada.token, "eve@example.net").await.expect(200);
    let link = app.mailed_link("ada@example.org").await;
    app.post(&link).send().await.expect(200);
    app.take_back(&ada.token, "email").await.expect(204);
    limited(app.remove_contact(&ada.token, "phone").await);
    app.cancel(&ada.token).await.expect(202);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_an_account_is_cancelled_ten_times_a_day_and_then_after_a_wait() {
    let app = TestApp::start().await;
    let mut ada = app.register("ada@example.org").await;
    for _ in 0..10 {
        app.cancel(&ada.token).await.expect(202);
        ada.token = app.log_in(&ada).await;
        app.delete("/v1/me/cancellation").bearer(&ada.token).send().await.expect(204);
    }
    limited(app.cancel(&ada.token).await);
    let proof = serde_json::json!({"password": PASSWORD});
    let by_password = app.post("/v1/me/cancellation").bearer(&ada.token).json(&proof);
    limited(by_password.send().await);
    app.me(&ada.token).await.expect(200);
    app.clock.advance(days(1));
    let token = app.log_in(&ada).await;
    app.cancel(&token).await.expect(202);
    Tables::whole(&app).await;
}
