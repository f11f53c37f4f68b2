//! Each function's routes behind the HTTP API's event (payload format 2.0), in the form that the
//! gateway sends it: what arrives deployed is what arrives locally.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, TestApp};
use crate::stored::rows;
use http_body_util::BodyExt;
use lambda_http::request::LambdaRequest;
use personal_center::openapi::functions;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::lambda;
use shared::testing::events::{self, BodyForm};
use tower::ServiceExt;

/// The event with a body, as text or in base 64.
fn with_body(event: Value, body: &Value, form: BodyForm) -> Value {
    events::with_body(event, &body.to_string(), form)
}

/// Sends an event to one function, as the runtime does.
async fn invoke(app: &TestApp, function: &str, event: &Value) -> Answer {
    let of_function =
        functions().into_iter().find(|(name, _)| *name == function).expect("a function").1;
    let router = lambda::app(of_function, app.world.ports.clone());
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).expect("an event");
    let request = http::Request::from(lambda::readable(event));
    let answer = router.oneshot(request.map(axum::body::Body::new)).await.expect("infallible");
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_str(&text).unwrap_or_default();
    let (status, headers, bytes) = (parts.status, parts.headers, bytes.to_vec());
    Answer { status, headers, text, bytes, body }
}

#[tokio::test]
async fn every_function_answers_its_own_routes_and_no_others() {
    let app = TestApp::start().await;
    for (name, routes) in functions() {
        for (other, its) in functions() {
            for (method, path) in its.list() {
                let called = path.replace("/versions/{id}", "/versions/general-2022-08-16");
                let called = called.replace("/clauses/{id}", "/clauses/C-2.5");
                let called = called.replace("{channel}", "email");
                let answer = invoke(&app, name, &events::http(method.as_str(), &called)).await;
                let paths: Vec<_> = routes.list().iter().map(|(_, path)| *path).collect();
                let unknown = matches!(answer.problem(), "not-found" | "method-not-allowed");
                // A receipt that nobody has is not found either, nor is a third party.
                if other != name {
                    let expected = if paths.contains(path) { 405 } else { 404 };
                    assert_eq!(answer.status.as_u16(), expected, "{name} {method} {path}");
                } else if !["/v1/receipts/{id}", "/v1/third-party-returns/{provider}"]
                    .contains(path)
                {
                    assert!(!unknown, "{name} {method} {path}: {}", answer.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn bodies_arrive_alike_as_text_and_in_base_64() {
    let app = TestApp::start().await;
    for (form, email) in
        [(BodyForm::Text, "ada@example.org"), (BodyForm::Base64, "\u{e9}ve@example.org")]
    {
        let asked = events::http("POST", "/v1/verifications");
        let asked = with_body(asked, &TestApp::code_request(email), form);
        let asked = invoke(&app, "register", &asked).await.expect(202);
        let code = app.mailed_code(email).await;
        let body = TestApp::account_request(&asked.body["verification"], &code);
        let made = with_body(events::http("POST", "/v1/accounts"), &body, form);
        let made = invoke(&app, "register", &made).await.expect(201);
        let me = app.me(made.body["token"].as_str().expect("a token")).await.expect(200);
        assert_eq!(me.body["email"], email);
        assert_eq!(me.body["language"], "zh-CN", "the event's language");
    }
}

#[tokio::test]
async fn headers_and_cookies_arrive_alike() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let patch = json!({"display_name": "Ada"});
    let mut correct = with_body(events::http("PATCH", "/v1/me"), &patch, BodyForm::Text);
    correct["headers"]["authorization"] = json!(format!("Bearer {}", ada.token));
    let blind = invoke(&app, "correct", &correct).await.expect(428);
    assert_eq!(blind.header("content-language"), Some("zh-CN"));
    correct["headers"]["if-match"] = json!("\"1\"");
    let done = invoke(&app, "correct", &correct).await.expect(200);
    assert_eq!(done.header("etag"), Some("\"2\""));

    let body = json!({"login": ada.email, "password": PASSWORD, "as": "cookie"});
    let log_in = with_body(events::http("POST", "/v1/sessions"), &body, BodyForm::Text);
    let made = invoke(&app, "session", &log_in).await.expect(201);
    let cookie = crate::app::cookie(&made).expect("a cookie");
    let mut read = events::http("GET", "/v1/me?canary=1&canary=2");
    read["cookies"] = json!(["theme=dark", cookie, "other=1"]);
    let me = invoke(&app, "access", &read).await.expect(200);
    assert_eq!(me.body["display_name"], "Ada");
    read["headers"]["authorization"] = json!(format!("Bearer {}", ada.token));
    invoke(&app, "access", &read).await.expect(400);

    let mut end = events::http("DELETE", "/v1/sessions/current");
    end["cookies"] = json!([cookie]);
    end["headers"]["origin"] = json!("https://elsewhere.example");
    invoke(&app, "session", &end).await.expect(403);
    let host = end["headers"]["host"].as_str().expect("a host").to_owned();
    end["headers"]["origin"] = json!(format!("https://{host}"));
    invoke(&app, "session", &end).await.expect(204);
}

#[tokio::test]
async fn the_source_is_the_gateways_and_no_header_is_believed() {
    let one = shared::domain::limit::Window { most: 1, within: shared::domain::time::hours(1) };
    let app = TestApp::with(|options| options.config.sends_per_source = one).await;
    let ask = async |email: &str, source: &str, forwarded: &str| {
        let asked = events::http("POST", "/v1/verifications");
        let mut asked = with_body(asked, &TestApp::code_request(email), BodyForm::Text);
        asked["requestContext"]["http"]["sourceIp"] = json!(source);
        asked["headers"]["x-forwarded-for"] = json!(forwarded);
        asked["headers"]["forwarded"] = json!(format!("for={forwarded}"));
        invoke(&app, "register", &asked).await
    };
    ask("a@example.org", "198.51.100.9", "192.0.2.1").await.expect(202);
    ask("b@example.org", "198.51.100.9", "192.0.2.2").await.expect(429);
    ask("b@example.org", "198.51.100.10", "192.0.2.1").await.expect(202);
    ask("c@example.org", "2001:db8::1", "192.0.2.1").await.expect(202);
    ask("d@example.org", "2001:db8::2", "192.0.2.1").await.expect(429);
}

#[tokio::test]
async fn an_id_in_the_path_arrives_and_the_stage_does_not() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register("ada@example.org").await;
    let mut cancel = events::http("POST", "/v1/me/cancellation");
    cancel["headers"]["authorization"] = json!(format!("Bearer {}", ada.token));
    cancel["headers"].as_object_mut().expect("headers").remove("content-type");
    let cancelled = invoke(&app, "delete", &cancel).await.expect(202);
    let receipt = cancelled.body["receipt"].as_str().expect("an id");
    let read = events::http("GET", &format!("/v1/receipts/{receipt}"));
    let shown = invoke(&app, "delete", &read).await.expect(200);
    assert_eq!(shown.body["verifies"], true);
    assert!(rows(&app).await.values().any(|row| row.entity == Entity::Tombstone));
}

#[tokio::test]
async fn odd_events_are_answered_too() {
    let app = TestApp::start().await;
    for path in
        ["", "/", "//", "/v1/../v1/me", "/v1/receipts/a b", "/v1/receipts/\u{e9}", "/%", "/%00"]
    {
        invoke(&app, "delete", &events::http("GET", path)).await.expect(404);
    }
    for query in ["a=\"b\"", "a={b}", "a=b#c", "a=%", "a=[b]|c", "a=<b>", "a=\\`^", "\u{e9}"] {
        invoke(&app, "policy", &events::http("GET", &format!("/v1/policy?{query}")))
            .await
            .expect(200);
    }
    let mut large = events::http("POST", "/v1/verifications");
    large["body"] = json!("x".repeat(65_537));
    invoke(&app, "register", &large).await.expect(413);
    let mut filled = events::http("GET", "/v1/policy");
    filled["headers"]["x-filler"] = json!("x".repeat(10_240));
    invoke(&app, "policy", &filled).await.expect(431);
}
