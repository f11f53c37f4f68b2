//! Answers that hold a secret have a buffer with an owner, which overwrites it when it is dropped.

use crate::app::{PASSWORD, TestApp};
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Posts, and gives the body's bytes as the handler made them.
async fn post(app: &TestApp, path: &str, body: &Value) -> (StatusCode, Bytes) {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let answer = app.router.clone().oneshot(request).await.expect("infallible");
    (answer.status(), answer.into_body().collect().await.expect("a body").to_bytes())
}

/// Bytes with an owner are never anybody's alone, a plain buffer's are.
fn has_owner(body: &Bytes) -> bool {
    !body.is_unique()
}

#[tokio::test]
async fn c_7_2_tokens_and_tickets_leave_in_buffers_that_are_zeroed() {
    let app = TestApp::with(|options| options.config.max_sessions = 2).await;
    let (verification, code) = app.code("ada@example.org").await;
    let register = TestApp::account_request(&verification, &code);
    let log_in = json!({"login": "ada@example.org", "password": PASSWORD});
    for (path, body, status, secret) in [
        ("/v1/accounts", &register, 201, "token"),
        ("/v1/sessions", &log_in, 201, "token"),
        ("/v1/sessions", &log_in, 409, "ticket"),
    ] {
        let (answered, bytes) = post(&app, path, body).await;
        let shown: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(answered.as_u16(), status, "{path}");
        assert!(shown[secret].is_string() && has_owner(&bytes), "{path} {secret}");
    }
    let (_, plain) = post(&app, "/v1/verifications", &TestApp::code_request("b@example.org")).await;
    assert!(!has_owner(&plain), "an answer without a secret needs no owner");
}
