//! `Idempotency-Key`: a repeated call runs once, and tells its earlier outcome without a secret.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::halt::Halt;
use crate::stored::{changed, rows};
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::{hours, minutes};
use std::time::Duration;

const KEY: &str = "9a1c-d2";

async fn post(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    app.post(path).header("idempotency-key", key).json(body).send().await
}

async fn count(app: &TestApp, entity: Entity) -> usize {
    rows(app).await.values().filter(|row| row.entity == entity).count()
}

fn log_in_request(password: &str) -> Value {
    json!({"login": "ada@example.org", "password": password})
}

#[tokio::test]
async fn a_repeated_verification_sends_one_mail() {
    let app = TestApp::start().await;
    let body = TestApp::code_request("ada@example.org");
    let first = post(&app, "/v1/verifications", KEY, &body).await.expect(202);
    app.clock.advance(minutes(5));
    let again = post(&app, "/v1/verifications", KEY, &body).await.expect(202);
    let quoted = post(&app, "/v1/verifications", &format!("\"{KEY}\""), &body).await.expect(202);
    assert_eq!(first.body, again.body, "the same id and the same end");
    assert_eq!(first.body, quoted.body, "quotes are not part of a key");
    assert_eq!(count(&app, Entity::Verification).await, 1);
    assert_eq!(app.deliver().await.delivered, 1);
    // Repeats are not counted: two more fit the three live codes of an address.
    for key in ["b", "c"] {
        post(&app, "/v1/verifications", key, &body).await.expect(202);
    }
    post(&app, "/v1/verifications", "d", &body).await.expect(429);
    assert_eq!(post(&app, "/v1/verifications", KEY, &body).await.expect(202).body, first.body);
}

#[tokio::test]
async fn a_repeated_registration_makes_one_account_and_gives_no_second_token() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    let body = TestApp::account_request(&id, &code);
    let first = post(&app, "/v1/accounts", KEY, &body).await.expect(201);
    assert!(first.body["token"].is_string());
    app.clock.advance(hours(1));
    let again = post(&app, "/v1/accounts", KEY, &body).await.expect(201);
    assert_eq!(again.body, json!({"expires_at": first.body["expires_at"]}));
    assert_eq!(again.header("location"), Some("/v1/me"));
    assert_eq!((count(&app, Entity::Account).await, count(&app, Entity::Session).await), (1, 1));
    assert_eq!(count(&app, Entity::Evidence).await, 1);
    // Without the key it is what it is: the code is used up.
    app.post("/v1/accounts").json(&body).send().await.expect(422);
}

#[tokio::test]
async fn a_registration_that_its_repeat_overtakes_has_the_same_outcome() {
    let (app, halt) = Halt::start(|_| {}).await;
    let (id, code) = app.code("ada@example.org").await;
    let body = TestApp::account_request(&id, &code);
    let both = || post(&app, "/v1/accounts", KEY, &body);
    let (late, first) = halt.overtake(("TransactWriteItems", 0), both(), both()).await;
    let (late, first) = (late.expect(201), first.expect(201));
    assert_eq!(late.body, json!({"expires_at": first.body["expires_at"]}));
    assert_eq!(count(&app, Entity::Account).await, 1);
}

#[tokio::test]
async fn a_repeated_log_in_opens_one_session_and_gives_no_second_token() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    let body = log_in_request(PASSWORD);
    let first = post(&app, "/v1/sessions", KEY, &body).await.expect(201);
    assert!(first.body["token"].is_string());
    app.clock.advance(hours(1));
    let again = post(&app, "/v1/sessions", KEY, &body).await.expect(201);
    assert_eq!(again.body, json!({"expires_at": first.body["expires_at"]}));
    assert_eq!(count(&app, Entity::Session).await, 2, "that of the registration, and one");
    let mut cookie = body.clone();
    cookie["as"] = json!("cookie");
    cookie["remember"] = json!(true);
    let first = post(&app, "/v1/sessions", "cookie", &cookie).await.expect(201);
    let again = post(&app, "/v1/sessions", "cookie", &cookie).await.expect(201);
    assert!(first.header("set-cookie").is_some() && again.header("set-cookie").is_none());
    assert_eq!(first.body, again.body);
    assert_eq!(count(&app, Entity::Session).await, 3);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused_and_by_another_route_is_another() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    let account = TestApp::account_request(&id, &code);
    let calls = [
        ("/v1/verifications", TestApp::code_request("bob@example.org"), 202),
        ("/v1/accounts", account, 201),
        ("/v1/sessions", log_in_request(PASSWORD), 201),
    ];
    for (path, body, status) in &calls {
        post(&app, path, KEY, body).await.expect(*status);
    }
    let mut before = rows(&app).await;
    for (path, body, _) in &calls {
        // The same members in another order are another body: its bytes count.
        let call = app.post(path).header("idempotency-key", KEY);
        let call = call.header("content-type", "application/json").bytes(format!(" {body}"));
        let refused = call.send().await.expect(422);
        assert_eq!(refused.problem(), "idempotency-key-reused", "{path}");
    }
    // A log-in is a try of the password first, whatever key it carries: it is counted.
    let mut after = rows(&app).await;
    for rows in [&mut before, &mut after] {
        rows.retain(|key, _| {
            !key.pk.starts_with("limit#login#") && !key.pk.starts_with("limit#tries#")
        });
    }
    assert!(before == after, "{:?}", changed(&before, &after));
}

#[tokio::test]
async fn a_key_is_remembered_for_24_hours() {
    let app = TestApp::start().await;
    let body = TestApp::code_request("ada@example.org");
    let first = post(&app, "/v1/verifications", KEY, &body).await.expect(202);
    app.clock.advance(Duration::from_secs(86_399));
    let again = post(&app, "/v1/verifications", KEY, &body).await.expect(202);
    assert_eq!(first.body, again.body);
    app.clock.advance(Duration::from_secs(1));
    let other = TestApp::code_request("bob@example.org");
    let new = post(&app, "/v1/verifications", KEY, &other).await.expect(202);
    assert_ne!(first.body["verification"], new.body["verification"]);
    let again = post(&app, "/v1/verifications", KEY, &other).await.expect(202);
    assert_eq!(new.body, again.body);
    post(&app, "/v1/verifications", KEY, &body).await.expect(422);
}

#[tokio::test]
async fn identical_calls_at_once_run_once() {
    let app = TestApp::start().await;
    let body = TestApp::code_request("ada@example.org");
    let asked = at_once(&app, "/v1/verifications", &body, 202).await;
    assert!(asked.windows(2).all(|pair| pair[0].body == pair[1].body));
    let code = app.mailed_code("ada@example.org").await;
    assert_eq!(count(&app, Entity::Verification).await, 1);

    let body = TestApp::account_request(&asked[0].body["verification"], &code);
    let made = at_once(&app, "/v1/accounts", &body, 201).await;
    assert_eq!(made.iter().filter(|answer| answer.body["token"].is_string()).count(), 1);
    assert_eq!(count(&app, Entity::Account).await, 1);

    let made = at_once(&app, "/v1/sessions", &log_in_request(PASSWORD), 201).await;
    assert_eq!(made.iter().filter(|answer| answer.body["token"].is_string()).count(), 1);
    assert_eq!(count(&app, Entity::Session).await, 2);
}

/// Sends the same call four times at once.
async fn at_once(app: &TestApp, path: &str, body: &Value, status: u16) -> [Answer; 4] {
    let call = || post(app, path, KEY, body);
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    [a, b, c, d].map(|answer| answer.expect(status))
}

#[tokio::test]
async fn a_failure_is_no_outcome() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    let wrong = TestApp::account_request(&id, "wrong");
    for _ in 0..2 {
        let refused = post(&app, "/v1/accounts", KEY, &wrong).await.expect(422);
        assert_eq!(refused.problem(), "verification-failed");
    }
    let right = TestApp::account_request(&id, &code);
    assert!(post(&app, "/v1/accounts", KEY, &right).await.expect(201).body["token"].is_string());

    let wrong = log_in_request("wrong horse battery");
    post(&app, "/v1/sessions", KEY, &wrong).await.expect(401);
    let right = log_in_request(PASSWORD);
    assert!(post(&app, "/v1/sessions", KEY, &right).await.expect(201).body["token"].is_string());
    // Whoever has the key and not the password learns nothing.
    let refused = post(&app, "/v1/sessions", KEY, &wrong).await.expect(401);
    assert_eq!(refused.problem(), "login-refused");
}
