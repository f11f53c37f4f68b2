//! One person's way through every operation, with what was sent and what was answered.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, TestApp};
use serde_json::{Value, json};
use shared::domain::time::days;

/// A call that was made.
pub(crate) struct Seen {
    pub(crate) method: &'static str,
    /// The path as the document has it.
    pub(crate) route: &'static str,
    pub(crate) request: Option<Value>,
    pub(crate) answer: Answer,
}

/// Makes calls and keeps them.
struct Tour<'a> {
    app: &'a TestApp,
    token: String,
    seen: Vec<Seen>,
}

impl Tour<'_> {
    /// Calls an operation; `id` stands for the one in its path.
    async fn call(&mut self, operation: &'static str, id: &str, body: Option<Value>) -> &Answer {
        let (method, route) = operation.split_once(' ').expect("method and path");
        let path = route.replace("{id}", id).replace("{token}", id);
        let mut call = self.app.call(method.parse().expect("a method"), &path);
        if !self.token.is_empty() {
            call = call.bearer(&self.token);
        }
        if method == "PATCH" {
            call = call.header("if-match", "\"1\"");
        }
        if ["/v1/verifications", "/v1/accounts"].contains(&route) {
            call = call.header("idempotency-key", "tour");
        }
        if let Some(body) = &body {
            call = call.json(body);
        }
        let answer = call.send().await;
        self.seen.push(Seen { method, route, request: body, answer });
        &self.seen.last().expect("just pushed").answer
    }

    /// Calls an operation that succeeds; gives a text of the answer.
    async fn take(&mut self, operation: &'static str, body: Value, member: &str) -> String {
        let answer = self.call(operation, "", Some(body)).await;
        assert!(answer.status.is_success(), "{operation}: {}", answer.text);
        answer.body[member].as_str().unwrap_or_default().to_owned()
    }

    async fn public(&mut self) {
        for operation in
            ["GET /v1/policy", "GET /v1/policy/inventory", "GET /v1/keys", "GET /openapi.json"]
        {
            self.call(operation, "", None).await;
        }
    }

    async fn register(&mut self, email: &str) {
        let body = TestApp::code_request(email);
        let id = self.take("POST /v1/verifications", body, "verification").await;
        let code = self.app.mailed_code(email).await;
        let mut body = TestApp::account_request(&json!(id), &code);
        body["consents"] = json!(["profile"]);
        self.call("POST /v1/accounts", "", Some(TestApp::account_request(&json!(id), "1"))).await;
        self.token = self.take("POST /v1/accounts", body, "token").await;
    }

    async fn live(&mut self, email: &str) {
        let patch = json!({"display_name": "Ada", "language": "zh-CN"});
        self.call("PATCH /v1/me", "", Some(patch.clone())).await;
        self.call("PATCH /v1/me", "", Some(patch)).await;
        self.call("GET /v1/me", "", None).await;
        self.call("GET /v1/me/retention", "", None).await;
        let body = json!({"password": "wrong horse battery"});
        self.call("POST /v1/reauthentications", "", Some(body)).await;
        let body = json!({"password": PASSWORD});
        self.call("POST /v1/reauthentications", "", Some(body)).await;
        let body = json!({"login": email, "password": "wrong horse battery"});
        self.call("POST /v1/sessions", "", Some(body)).await;
        for form in ["token", "cookie", "token", "token", "token"] {
            let body = json!({"login": email, "password": PASSWORD, "as": form, "remember": true});
            self.call("POST /v1/sessions", "", Some(body)).await;
        }
        let listed = self.call("GET /v1/sessions", "", None).await;
        let other = listed.body["sessions"].as_array().expect("sessions").iter();
        let mut other = other.filter(|session| session["current"] == false);
        let id = other.next().expect("another session")["id"].as_str().expect("an id").to_owned();
        for _ in 0..2 {
            self.call("DELETE /v1/sessions/{id}", &id, None).await;
        }
    }

    /// Cancels; gives the receipt.
    async fn cancel(&mut self) -> String {
        let operation = "POST /v1/me/cancellation";
        let receipt = self.take(operation, json!({"password": PASSWORD}), "receipt").await;
        self.call("GET /v1/receipts/{id}", &receipt, None).await;
        receipt
    }

    async fn log_in(&mut self, email: &str) {
        let body = json!({"login": email, "password": PASSWORD});
        self.token = self.take("POST /v1/sessions", body, "token").await;
        self.call("GET /v1/me", "", None).await;
    }
}

/// Registers, lives, cancels, changes one's mind, cancels again.
async fn until_cancelled<'a>(app: &'a TestApp, email: &str) -> (Tour<'a>, String) {
    let mut tour = Tour { app, token: String::new(), seen: Vec::new() };
    tour.public().await;
    tour.call("GET /v1/me", "", None).await;
    tour.register(email).await;
    tour.live(email).await;
    let withdrawn = tour.cancel().await;
    tour.log_in(email).await;
    tour.call("DELETE /v1/me/cancellation", "", None).await;
    tour.call("GET /v1/receipts/{id}", &withdrawn, None).await;
    app.deliver().await;
    tour.cancel().await;
    let link = app.mailed_link(email).await;
    let token = link.rsplit('/').next().expect("a token").to_owned();
    for _ in 0..2 {
        tour.call("GET /v1/cancellation-links/{token}", &token, None).await;
        tour.call("POST /v1/cancellation-links/{token}", &token, None).await;
    }
    tour.log_in(email).await;
    let receipt = tour.cancel().await;
    (tour, receipt)
}

/// The whole way, to the erasure and what is read after it.
pub(crate) async fn to_the_end(app: &TestApp, email: &str) -> Vec<Seen> {
    let (mut tour, receipt) = until_cancelled(app, email).await;
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    tour.call("GET /v1/receipts/{id}", &receipt, None).await;
    tour.call("GET /v1/me", "", None).await;
    tour.seen
}

/// The way until the account is cooling off, with a message in the outbox.
pub(crate) async fn to_the_cancellation(app: &TestApp, email: &str) -> Vec<Seen> {
    until_cancelled(app, email).await.0.seen
}
