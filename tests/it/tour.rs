//! One person's way through every operation, with what was sent and what was answered.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, TestApp};
use crate::contact_calls::channel;
use crate::factor_calls::code as code_of;
use crate::idp::{Idp, begun, configure};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::contact::change::HELD;
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
        let path = path.replace("{channel}", id).replace("{purpose}", id);
        let path = path.replace("{provider}", id);
        let mut call = self.app.call(method.parse().expect("a method"), &path);
        if !self.token.is_empty() {
            call = call.bearer(&self.token);
        }
        if method == "PATCH" {
            let versions = ["\"1\"", "\"4\""];
            call = call.header("if-match", versions.join(", "));
        }
        let keyed = ["/v1/verifications", "/v1/accounts"].contains(&route);
        if self.token.is_empty() && keyed || route == "/v1/me/exports" {
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
        for operation in [
            "GET /v1/policy",
            "GET /v1/policy/versions",
            "GET /v1/policy/clauses",
            "GET /v1/policy/inventory",
            "GET /v1/keys",
            "GET /openapi.json",
        ] {
            self.call(operation, "", None).await;
        }
        for version in ["general-2022-08-16", "general-2022-03-11", "personal-center-draft-1"] {
            self.call("GET /v1/policy/versions/{id}", version, None).await;
        }
        self.changes().await;
        for clause in ["C-2.4", "C-6.1", "C-13.1"] {
            self.call("GET /v1/policy/clauses/{id}", clause, None).await;
        }
    }

    /// Asks what changed between two versions, and forgets to say between which.
    async fn changes(&mut self) {
        let route = "GET /v1/policy/versions/{id}/changes";
        self.call(route, "general-2022-08-16", None).await;
        let path = "/v1/policy/versions/personal-center-draft-1/changes?from=general-2022-08-16";
        let answer = self.app.get(path).send().await;
        let (method, route) = route.split_once(' ').expect("method and path");
        self.seen.push(Seen { method, route, request: None, answer });
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
        self.consent().await;
        self.call("GET /v1/me/retention", "", None).await;
        self.call("GET /v1/me/security", "", None).await;
        let body = json!({"password": "wrong horse battery"});
        self.call("POST /v1/reauthentications", "", Some(body)).await;
        let body = json!({"password": PASSWORD});
        self.call("POST /v1/reauthentications", "", Some(body)).await;
        self.export().await;
        self.prove(email).await;
        self.third_parties(email).await;
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

    /// Proves identity by a code, replaces the token, and has an app for a while.
    async fn prove(&mut self, email: &str) {
        let body = TestApp::own_code_request("email");
        let id = self.take("POST /v1/verifications", body, "verification").await;
        let code = self.app.mailed_code(email).await;
        let body = json!({"verification": id, "code": code});
        self.call("POST /v1/reauthentications", "", Some(body)).await;
        let body = json!({"password": PASSWORD, "rotate": true});
        self.token = self.take("POST /v1/reauthentications", body, "token").await;
        self.call("GET /v1/me/factors", "", None).await;
        let begun = self.call("POST /v1/me/factors/totp", "", None).await;
        let secret = begun.body["secret"].as_str().expect("a secret").to_owned();
        for code in ["000000", &code_of(&secret, self.app.clock.now())] {
            self.call("PUT /v1/me/factors/totp", "", Some(json!({"code": code}))).await;
        }
        self.call("POST /v1/me/factors/recovery-codes", "", None).await;
        self.call("GET /v1/me/factors", "", None).await;
        let body = json!({"login": email, "password": PASSWORD});
        self.call("POST /v1/sessions", "", Some(body)).await;
        for _ in 0..2 {
            self.call("DELETE /v1/me/factors/totp", "", None).await;
        }
    }

    /// Calls an operation on a contact, and asserts the status.
    async fn contact(&mut self, operation: &'static str, channel: &str, status: u16) {
        assert_eq!(self.call(operation, channel, None).await.status, status, "{operation}");
    }

    /// Verifies a contact and sets it; then again, with the code used up.
    async fn set_contact(&mut self, address: &str) {
        let body = TestApp::contact_request(address);
        let id = self.take("POST /v1/verifications", body, "verification").await;
        let code = self.app.mailed_code(address).await;
        let body = json!({"verification": id, "code": code});
        for status in [200, 422] {
            let operation = "PUT /v1/me/contacts/{channel}";
            let answer = self.call(operation, channel(address), Some(body.clone())).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
    }

    /// Adds a contact, changes one, takes back; changes the password.
    async fn correct_contacts(&mut self, email: &str) {
        let phone = format!("+86139{:08}", email.bytes().map(u32::from).sum::<u32>());
        self.contact("DELETE /v1/me/contacts/{channel}", "email", 409).await;
        self.set_contact(&phone).await;
        self.contact("DELETE /v1/me/contacts/{channel}", "phone", 204).await;
        self.call("GET /v1/me", "", None).await;
        self.contact("DELETE /v1/me/contacts/{channel}", "email", 409).await;
        self.contact("DELETE /v1/me/contacts/{channel}/change", "phone", 204).await;
        self.contact("DELETE /v1/me/contacts/{channel}/change", "phone", 404).await;
        self.set_contact(&format!("new-{email}")).await;
        let link = self.app.mailed_link(email).await;
        let token = link.rsplit('/').next().expect("a token").to_owned();
        for _ in 0..2 {
            self.call("GET /v1/contact-change-links/{token}", &token, None).await;
            self.call("POST /v1/contact-change-links/{token}", &token, None).await;
        }
        self.call("GET /v1/me", "", None).await;
        self.contact("DELETE /v1/me/contacts/{channel}/change", "email", 204).await;
        self.contact("DELETE /v1/me/contacts/{channel}", "phone", 204).await;
        for current in ["wrong horse battery", PASSWORD] {
            let body = json!({"current": current, "new": PASSWORD});
            self.call("PUT /v1/me/password", "", Some(body)).await;
        }
        self.by_code("POST /v1/password-resets", email).await;
        self.by_code("POST /v1/contact-detachments", &format!("other-{email}")).await;
        self.app.clock.advance(HELD);
        self.app.sweep().await;
        self.log_in(email).await;
    }

    /// Does what a code alone does, and once more with the code used up.
    async fn by_code(&mut self, operation: &'static str, address: &str) {
        let resets = operation.ends_with("resets");
        let purpose = if resets { "reset" } else { "detach" };
        let body = TestApp::holder_request(purpose, address);
        let id = self.take("POST /v1/verifications", body, "verification").await;
        let code = self.app.mailed_code(address).await;
        let mut body = json!({"verification": id, "code": code});
        if resets {
            body["new"] = json!(PASSWORD);
        }
        for status in [204, 422] {
            assert_eq!(self.call(operation, "", Some(body.clone())).await.status, status);
        }
    }

    async fn consent(&mut self) {
        self.call("GET /v1/me/consents", "", None).await;
        self.call("DELETE /v1/me/consents/{purpose}", "account", None).await;
        self.call("DELETE /v1/me/consents/{purpose}", "profile", None).await;
        for version in ["general-2022-08-16", "general-2022-03-11"] {
            let body = json!({"policy_version": version});
            self.call("PUT /v1/me/consents/{purpose}", "profile", Some(body)).await;
        }
        let body = json!({"display_name": "Ada"});
        self.call("PATCH /v1/me", "", Some(body)).await;
    }

    /// Links an account with a third party and unlinks it; leaves a log-in under way.
    async fn third_parties(&mut self, email: &str) {
        // A name stands for one third party for good.
        let name: String = email.bytes().map(|b| char::from(b'a' + b % 26)).take(20).collect();
        let idp = Idp::start(self.app).await;
        configure(self.app, &[idp.settings(&name)]).await.expect("taken");
        self.call("GET /v1/third-parties", "", None).await;
        let operation = "POST /v1/third-parties/{provider}/authorizations";
        self.call(operation, "nobody", Some(json!({"intent": "log_in"}))).await;
        self.call(operation, &name, Some(json!({"intent": "log_in"}))).await;
        let answer = self.call(operation, &name, Some(json!({"intent": "link"}))).await;
        let begun = begun(&name, answer);
        let (code, state) = idp.consent(&begun.url, "canary-at-example");
        let path = format!("/v1/third-party-returns/{name}?code={code}&state={state}");
        let answer = self.app.get(&path).send().await;
        let route = "/v1/third-party-returns/{provider}";
        self.seen.push(Seen { method: "GET", route, request: None, answer });
        let body = json!({"code": code, "state": state});
        for _ in 0..2 {
            let answer = self.app.return_with(&begun, &body).await;
            self.seen.push(Seen { method: "POST", route, request: Some(body.clone()), answer });
        }
        self.call("GET /v1/me/third-parties", "", None).await;
        for _ in 0..2 {
            self.call("DELETE /v1/me/third-parties/{provider}", &name, None).await;
        }
    }

    async fn export(&mut self) {
        let made = self.call("POST /v1/me/exports", "", None).await;
        let href = made.body["parts"][0]["href"].as_str().expect("a link").to_owned();
        let id = href.rsplit('/').next().expect("an id");
        self.call("GET /v1/me/exports/{id}", id, None).await;
        self.call("GET /v1/me/exports/{id}", &format!("{id}-2"), None).await;
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
    tour.correct_contacts(email).await;
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
