//! Codes, tokens and ids that are wrong, used, expired, tampered with or another person's open nothing.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Person, TestApp};
use crate::headers::NOBODYS;
use crate::input::{CANARY, Refusal, refuses};
use crate::stored::{changed, rows};
use http::Method;
use serde_json::json;
use shared::domain::time::{hours, minutes};

#[tokio::test]
async fn c_2_4_only_a_live_code_of_ones_own_registers() {
    let app = TestApp::start().await;
    let (bob, bobs_code) = app.code("bob@example.org").await;
    let (ada, code) = app.code("ada@example.org").await;
    let refusal: Refusal = (422, "verification-failed", None);
    let register = |id: &serde_json::Value, code: &str| {
        app.post("/v1/accounts").json(&TestApp::account_request(id, code))
    };
    for id in ["", "canary", "ver_canary", "rcp_aaaaaaaaaaaaaaaaaaaaaaaaaa", NOBODYS] {
        refuses(&app, id, || register(&json!(id), &code), refusal).await;
    }
    // A wrong code is counted, and nothing else is changed.
    let before = rows(&app).await;
    for wrong in [bobs_code.as_str(), "", CANARY, &code[1..]] {
        let answer = register(&ada, wrong).send().await.expect(422);
        assert_eq!(answer.problem(), "verification-failed");
        assert!(!answer.text.contains(CANARY) && !answer.text.contains(&code), "{}", answer.text);
    }
    let flow = format!("flow#{}", ada.as_str().expect("an id"));
    assert_eq!(changed(&before, &rows(&app).await), [flow]);
    register(&ada, &code).send().await.expect(201);
    refuses(&app, "used", || register(&ada, &code), refusal).await;
    app.clock.advance(minutes(10));
    refuses(&app, "expired", || register(&bob, &bobs_code), refusal).await;
}

#[tokio::test]
async fn c_7_3_a_token_that_is_not_live_opens_nothing() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.register("ada@example.org").await, app.register("bob@example.org").await);
    for (name, token) in wrong_tokens(&ada, &bob) {
        for (method, path) in [
            (Method::GET, "/v1/me"),
            (Method::GET, "/v1/sessions"),
            (Method::DELETE, "/v1/sessions/current"),
            (Method::POST, "/v1/me/cancellation"),
            (Method::DELETE, "/v1/me/cancellation"),
        ] {
            let call = || app.call(method.clone(), path).bearer(&token);
            refuses(&app, name, call, (401, "unauthenticated", None)).await;
            let cookie =
                || app.call(method.clone(), path).header("cookie", format!("__Host-pc={token}"));
            refuses(&app, name, cookie, (401, "unauthenticated", None)).await;
        }
    }
    let told = app.get("/v1/me").send().await.expect(401);
    assert_eq!(told.header("www-authenticate"), Some("Bearer realm=\"personal-center\""));
    app.clock.advance(hours(24));
    refuses(
        &app,
        "expired",
        || app.get("/v1/me").bearer(&ada.token),
        (401, "unauthenticated", None),
    )
    .await;
}

/// Tokens that nobody may get in with.
fn wrong_tokens(ada: &Person, bob: &Person) -> Vec<(&'static str, String)> {
    let parts =
        |person: &Person| -> Vec<String> { person.token.split('_').map(str::to_owned).collect() };
    let (a, b) = (parts(ada), parts(bob));
    let mut tampered = ada.token.clone();
    let last = tampered.pop().expect("a character");
    tampered.push(if last == 'a' { 'b' } else { 'a' });
    vec![
        ("empty", String::new()),
        ("another form", CANARY.to_owned()),
        ("tampered", tampered),
        ("cut", ada.token[..ada.token.len() - 1].to_owned()),
        ("longer", format!("{}a", ada.token)),
        ("upper case", ada.token.to_uppercase()),
        ("her secret in his session", format!("pct_{}_{}_{}", b[1], b[2], a[3])),
        ("his session in her account", format!("pct_{}_{}_{}", a[1], b[2], b[3])),
        ("an unknown person", format!("pct_{}_{}_{}", "a".repeat(26), a[2], a[3])),
        ("an id", ada.id.clone()),
    ]
}

#[tokio::test]
async fn c_7_3_the_session_of_another_person_is_not_found() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.register("ada@example.org").await, app.register("bob@example.org").await);
    let listed = app.get("/v1/sessions").bearer(&bob.token).send().await.expect(200);
    let his = listed.body["sessions"][0]["id"].as_str().expect("an id");
    for id in
        [his, "canary", "ses_canary", "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa", "Current", "%FF", &bob.id]
    {
        let path = format!("/v1/sessions/{id}");
        let call = || app.delete(&path).bearer(&ada.token);
        refuses(&app, id, call, (404, "not-found", None)).await;
    }
    app.me(&bob.token).await.expect(200);
}
