//! An authenticator app and recovery codes: set up, shown, made anew, removed (C-7.3).

use crate::app::TestApp;
use crate::factor_calls::{TOTP, code, codes};
use crate::tables::Tables;
use http::Method;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, hours, minutes};
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";
const PHONE: &str = "+8613800138000";
const RECOVERY: &str = "/v1/me/factors/recovery-codes";

#[tokio::test]
async fn c_7_3_an_app_is_set_up_and_counts_once_it_is_confirmed() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let before = app.factors(&ada.token).await;
    let bare = json!({"password": true, "contacts": ["email", "phone"], "third_parties": [],
        "recovery_codes": 0});
    assert_eq!(before, bare);
    let begun = app.post(TOTP).bearer(&ada.token).send().await.expect(201);
    let secret = begun.body["secret"].as_str().expect("a secret");
    let uri = begun.body["uri"].as_str().expect("an address");
    assert!(uri.starts_with("otpauth://totp/OpenDataLab:") && uri.contains(secret), "{uri}");
    assert!(!uri.contains("ada") && begun.body["expires_at"] == "2026-11-24T09:00:00Z");
    assert_eq!(app.factors(&ada.token).await["pending_since"], "2026-11-24T08:00:00Z");
    app.log_in(&ada).await;
    let confirmed = app.confirm_totp(&ada.token, &code(secret, app.clock.now())).await.expect(200);
    let shown: BTreeSet<_> = codes(&confirmed).into_iter().collect();
    assert_eq!(shown.len(), 10);
    let after = app.factors(&ada.token).await;
    assert_eq!(after["totp"], json!({"confirmed_at": "2026-11-24T08:00:00Z"}));
    assert_eq!((&after["recovery_codes"], &after["pending_since"]), (&json!(10), &Value::Null));
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told = mails.iter().filter(|mail| mail.contains("An authenticator app was confirmed"));
    assert_eq!(told.count(), 2, "every contact");
    let tables = Tables::whole(&app).await;
    for action in ["totp.begun", "totp.confirmed"] {
        assert!(tables.actions().contains(&action), "{action}");
    }
    assert!(!tables.show(secret) && !shown.iter().any(|code| tables.show(code)));
    // It holds its own time only as long as it waits.
    app.clock.advance(days(400));
    assert_eq!(Tables::read(&app).await.count(Entity::Factors), 1);
}

#[tokio::test]
async fn c_7_3_setting_up_and_removing_needs_a_fresh_session_of_an_account_in_use() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let secret = app.begin_totp(&ada.token).await;
    app.clock.advance(minutes(10));
    let calls = || {
        let code = json!({"code": code(&secret, app.clock.now())});
        [
            app.post(TOTP),
            app.call(Method::PUT, TOTP).json(&code),
            app.delete(TOTP),
            app.post(RECOVERY),
        ]
    };
    for call in calls() {
        call.send().await.expect(401);
    }
    for call in calls() {
        assert_eq!(call.bearer(&ada.token).send().await.expect(403).problem(), "not-fresh");
    }
    app.get("/v1/me/factors").send().await.expect(401);
    app.freshen(&ada.token).await;
    app.cancel(&ada.token).await.expect(202);
    let closing = app.log_in(&ada).await;
    for call in calls() {
        assert_eq!(call.bearer(&closing).send().await.expect(409).problem(), "wrong-state");
    }
    assert_eq!(app.factors(&closing).await["password"], true, "what is held can be seen");
}

#[tokio::test]
async fn c_7_3_a_secret_waits_for_an_hour_and_then_goes() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let first = app.begin_totp(&ada.token).await;
    let second = app.begin_totp(&ada.token).await;
    assert_ne!(first, second);
    let confirm =
        async |secret: &str| app.confirm_totp(&ada.token, &code(secret, app.clock.now())).await;
    assert_eq!(confirm(&first).await.expect(403).problem(), "proof-refused", "it was replaced");
    app.clock.advance(hours(1));
    app.freshen(&ada.token).await;
    confirm(&second).await.expect(404);
    assert_eq!(app.factors(&ada.token).await["pending_since"], Value::Null);
    assert_eq!(Tables::read(&app).await.count(Entity::Factors), 1);
    // The broom takes it, and where it has not come yet, another one begins all the same.
    let third = app.begin_totp(&ada.token).await;
    confirm(&third).await.expect(200);
    confirm(&third).await.expect(404);
}

#[tokio::test]
async fn c_7_3_another_app_replaces_one_and_its_recovery_codes() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let old = app.set_up_totp(&ada.token).await;
    let pending = app.begin_totp(&ada.token).await;
    // Until the new one is confirmed, the old one counts.
    app.log_in_with(ADA, "totp", &old.next(&app)).await.expect(201);
    app.log_in_with(ADA, "totp", &code(&pending, app.clock.now())).await.expect(401);
    let confirmed =
        app.confirm_totp(&ada.token, &code(&pending, app.clock.now())).await.expect(200);
    app.log_in_with(ADA, "totp", &old.next(&app)).await.expect(401);
    app.log_in_with(ADA, "recovery_code", &old.recovery[0]).await.expect(401);
    app.log_in_with(ADA, "totp", &code(&pending, app.clock.now())).await.expect(201);
    app.log_in_with(ADA, "recovery_code", &codes(&confirmed)[0]).await.expect(201);
}

#[tokio::test]
async fn c_7_3_recovery_codes_are_made_anew_and_everything_is_removed() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.post(RECOVERY).bearer(&ada.token).send().await.expect(404);
    app.delete(TOTP).bearer(&ada.token).send().await.expect(404);
    let own = app.set_up_totp(&ada.token).await;
    let made = app.post(RECOVERY).bearer(&ada.token).send().await.expect(201);
    app.log_in_with(ADA, "recovery_code", &own.recovery[0]).await.expect(401);
    app.log_in_with(ADA, "recovery_code", &codes(&made)[0]).await.expect(201);
    app.delete(TOTP).bearer(&ada.token).send().await.expect(204);
    app.delete(TOTP).bearer(&ada.token).send().await.expect(404);
    app.log_in(&ada).await;
    assert_eq!(app.factors(&ada.token).await["recovery_codes"], 0);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    for words in
        ["were made anew", "A recovery code of your account was used. 9 are left", "were removed"]
    {
        assert_eq!(mails.iter().filter(|mail| mail.contains(words)).count(), 1, "{words}");
    }
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Factors), 0);
    for action in ["recovery_codes.made", "totp.removed"] {
        assert!(tables.actions().contains(&action), "{action}");
    }
    // One that is not confirmed goes too, and nobody has to be told.
    app.begin_totp(&ada.token).await;
    app.delete(TOTP).bearer(&ada.token).send().await.expect(204);
    assert_eq!(Tables::whole(&app).await.count(Entity::Factors), 0);
}

#[tokio::test]
async fn c_7_3_nobody_floods_contacts_by_changing_factors() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_up_totp(&ada.token).await;
    for _ in 0..9 {
        app.post(RECOVERY).bearer(&ada.token).send().await.expect(201);
    }
    app.post(RECOVERY).bearer(&ada.token).send().await.expect(429);
    app.delete(TOTP).bearer(&ada.token).send().await.expect(429);
    app.clock.advance(days(1));
    app.prove(&ada.token, &json!({"password": crate::app::PASSWORD})).await;
}

#[tokio::test]
async fn c_8_2_erasure_takes_the_factors_along() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register(ADA).await;
    app.set_up_totp(&ada.token).await;
    app.cancel(&ada.token).await.expect(202);
    app.sweep().await;
    assert_eq!(Tables::whole(&app).await.count(Entity::Factors), 0);
    // Whoever registers the address anew has none.
    let again = app.register(ADA).await;
    assert_eq!(app.factors(&again.token).await["totp"], Value::Null);
}
