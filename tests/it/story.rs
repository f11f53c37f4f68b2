//! The story of one person, told over HTTP.

use crate::app::{PASSWORD, TestApp, cookie};
use serde_json::json;
use shared::domain::time::{days, hours, minutes};

#[tokio::test]
async fn c_2_4_a_person_registers_with_a_verified_contact() {
    let app = TestApp::start().await;
    let (verification, code) = app.code("ada@example.org").await;
    let body = TestApp::account_request(&verification, &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    assert_eq!(made.header("location"), Some("/v1/me"));
    let token = made.body["token"].as_str().expect("a token");
    let me = app.me(token).await.expect(200);
    assert_eq!(me.body["email"], "ada@example.org");
    assert_eq!(me.body["state"], "active");
    assert_eq!(me.header("etag"), Some("\"1\""));
    assert_eq!(me.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn c_8_1_a_person_corrects_what_is_held() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let patch = json!({"display_name": "Ada", "language": "zh-CN"});
    let corrected = app.correct(&ada.token, "\"1\"", &patch).await.expect(200);
    assert_eq!(corrected.header("etag"), Some("\"2\""));
    assert_eq!(corrected.body["display_name"], "Ada");
    let removed =
        app.correct(&ada.token, "\"2\"", &json!({"display_name": null})).await.expect(200);
    assert_eq!(removed.body.get("display_name"), None);
    assert_eq!(removed.body["language"], "zh-CN");
    let stale = app.correct(&ada.token, "\"2\"", &json!({"language": "en"})).await.expect(412);
    assert_eq!(stale.problem(), "stale-version");
    let blind = app.patch("/v1/me").bearer(&ada.token).json(&patch).send().await.expect(428);
    assert_eq!(blind.problem(), "version-required");
}

#[tokio::test]
async fn c_4_1_the_cookie_keeps_the_log_in() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let body = json!({"login": "ADA@example.org", "password": PASSWORD, "as": "cookie"});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    assert_eq!(made.body.get("token"), None);
    let set = made.header("set-cookie").expect("a cookie").to_owned();
    for part in ["__Host-pc=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(set.contains(part), "{part}");
    }
    assert!(!set.contains("Max-Age"), "not remembered: it ends with the browser");
    let cookie = cookie(&made).expect("a cookie");
    app.get("/v1/me").header("cookie", &cookie).send().await.expect(200);
    let both = app.get("/v1/me").header("cookie", &cookie).bearer(&ada.token).send().await;
    assert_eq!(both.expect(400).problem(), "credentials-twice");
    let call = app.delete("/v1/sessions/current").header("cookie", &cookie);
    let cross = call.header("sec-fetch-site", "cross-site").send().await.expect(403);
    assert_eq!(cross.problem(), "cross-site");
    let ended =
        app.delete("/v1/sessions/current").header("cookie", &cookie).send().await.expect(204);
    assert!(ended.header("set-cookie").is_some_and(|c| c.contains("Max-Age=0")));
    app.get("/v1/me").header("cookie", &cookie).send().await.expect(401);

    let body = json!({"login": ada.email, "password": PASSWORD, "as": "cookie", "remember": true});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    assert!(made.header("set-cookie").is_some_and(|c| c.contains("Max-Age=2592000")));
}

#[tokio::test]
async fn c_7_3_at_the_session_limit_the_person_chooses() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    for _ in 0..4 {
        app.log_in(&ada).await;
    }
    let body = json!({"login": ada.email, "password": PASSWORD});
    let full = app.post("/v1/sessions").json(&body).send().await.expect(409);
    assert_eq!(full.problem(), "session-limit");
    let ticket = full.body["ticket"].as_str().expect("a ticket").to_owned();
    app.me(&ticket).await.expect(401);
    let listed = app.get("/v1/sessions").bearer(&ticket).send().await.expect(200);
    let sessions = listed.body["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 5);
    let path = format!("/v1/sessions/{}", sessions[4]["id"].as_str().expect("an id"));
    app.delete(&path).bearer(&ticket).send().await.expect(204);
    app.delete(&path).bearer(&ticket).send().await.expect(401);
    let token = app.log_in(&ada).await;
    let full = app.post("/v1/sessions").json(&body).send().await.expect(409);
    // A ticket ends with everything else when the account is cancelled.
    let ticket = full.body["ticket"].as_str().expect("a ticket").to_owned();
    app.get("/v1/sessions").bearer(&ticket).send().await.expect(200);
    app.cancel(&token).await.expect(202);
    app.get("/v1/sessions").bearer(&ticket).send().await.expect(401);
}

#[tokio::test]
async fn c_4_1_sessions_end_when_idle_and_at_the_latest() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    app.clock.advance(hours(11));
    app.me(&ada.token).await.expect(200);
    app.clock.advance(hours(11));
    app.me(&ada.token).await.expect(200);
    app.clock.advance(hours(2));
    app.me(&ada.token).await.expect(401);
    let token = app.log_in(&ada).await;
    app.clock.advance(hours(12));
    app.me(&token).await.expect(401);
}

#[tokio::test]
async fn c_8_4_cancelling_needs_a_fresh_proof_and_can_be_withdrawn() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    app.clock.advance(minutes(10));
    assert_eq!(app.cancel(&ada.token).await.expect(403).problem(), "not-fresh");
    let wrong = json!({"password": "wrong horse battery"});
    let call = app.post("/v1/reauthentications").bearer(&ada.token).json(&wrong);
    assert_eq!(call.send().await.expect(403).problem(), "password-refused");
    let right = json!({"password": PASSWORD});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&right).send().await.expect(204);
    let cancelled = app.cancel(&ada.token).await.expect(202);
    assert_eq!(cancelled.body["erases_at"], "2026-12-01T08:10:00Z");
    app.me(&ada.token).await.expect(401);
    let receipt = format!("/v1/receipts/{}", cancelled.body["receipt"].as_str().expect("an id"));
    let shown = app.get(&receipt).send().await.expect(200);
    assert_eq!(shown.body["state"], "scheduled");

    app.clock.advance(days(6));
    assert_eq!(app.sweep().await.erased, 0);
    let token = app.log_in(&ada).await;
    let me = app.me(&token).await.expect(200);
    assert_eq!(me.body["state"], "closing");
    assert_eq!(me.body["cancellation"]["receipt"], cancelled.body["receipt"]);
    let patch = json!({"display_name": "Ada"});
    let etag = me.header("etag").expect("an etag");
    assert_eq!(app.correct(&token, etag, &patch).await.expect(409).problem(), "wrong-state");
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.get(&receipt).send().await.expect(404);
    app.clock.advance(days(2));
    assert_eq!(app.sweep().await.erased, 0);
    let token = app.log_in(&ada).await;
    assert_eq!(app.me(&token).await.expect(200).body["state"], "active");
}

#[tokio::test]
async fn c_8_4_after_the_cooling_off_the_sweep_erases() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let cancelled = app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    let gone = app.me(&ada.token).await.expect(410);
    assert_eq!(gone.problem(), "erased");
    assert_eq!(gone.body["erased_at"], "2026-12-01T08:00:00Z");
    assert_eq!(gone.body["receipt"], cancelled.body["receipt"]);
    let receipt = format!("/v1/receipts/{}", cancelled.body["receipt"].as_str().expect("an id"));
    let shown = app.get(&receipt).send().await.expect(200);
    assert_eq!(shown.body["state"], "erased");
    assert_eq!(shown.body["verifies"], true);
    let body = json!({"login": ada.email, "password": PASSWORD});
    assert_eq!(
        app.post("/v1/sessions").json(&body).send().await.expect(401).problem(),
        "login-refused"
    );
    // The contact is free again.
    app.clock.advance(days(1));
    app.register(&ada.email).await;
}

#[tokio::test]
async fn c_8_4_without_cooling_off_the_person_is_erased_at_once() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register("ada@example.org").await;
    app.cancel(&ada.token).await.expect(202);
    app.me(&ada.token).await.expect(410);
    assert_eq!(app.sweep().await.taken(), 0);
}

#[tokio::test]
async fn c_9_1_under_18_nothing_is_stored() {
    let app = TestApp::start().await;
    for age in [
        json!({"band": "14_17", "turns_18": "2028-01-01"}),
        json!({"band": "under_14", "turns_14": "2030-01-01"}),
    ] {
        let mut body = TestApp::code_request("kid@example.org");
        body["age"] = age;
        let refused = app.post("/v1/verifications").json(&body).send().await.expect(422);
        assert_eq!(refused.problem(), "guardian-required");
    }
    assert_eq!(app.faults.count("TransactWriteItems"), 0);
    assert_eq!(app.deliver().await, notify::Report::default());
}
