//! Every route, in every case that makes other calls.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use serde_json::{Value, json};
use shared::domain::time::{days, hours};

const ADA: &str = "ada@example.org";

/// A route in one of its cases.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Case {
    Policy,
    Inventory,
    Keys,
    Document,
    Code,
    Registration,
    WrongCode,
    LogIn,
    WrongPassword,
    LogInAtTheLimit,
    SessionList,
    SessionEnd,
    Proof,
    Profile,
    ProfileAfterAnHour,
    Retention,
    Correction,
    Cancellation,
    CancellationByPassword,
    ErasureAtOnce,
    ChangeOfMind,
    CancellationLink,
    CancellationLinkUse,
    ScheduledReceipt,
    SignedReceipt,
}

use Case as C;

/// Every case: route, and what is particular about it.
pub(super) const CASES: &[(Case, &str, &str)] = &[
    (C::Policy, "GET /v1/policy", ""),
    (C::Inventory, "GET /v1/policy/inventory", ""),
    (C::Keys, "GET /v1/keys", ""),
    (C::Document, "GET /openapi.json", ""),
    (C::Code, "POST /v1/verifications", "address known or not"),
    (C::Registration, "POST /v1/accounts", ""),
    (C::WrongCode, "POST /v1/accounts", "wrong code"),
    (C::LogIn, "POST /v1/sessions", ""),
    (C::WrongPassword, "POST /v1/sessions", "wrong password, address known or not"),
    (C::LogInAtTheLimit, "POST /v1/sessions", "at the session limit"),
    (C::SessionList, "GET /v1/sessions", ""),
    (C::SessionEnd, "DELETE /v1/sessions/{id}", ""),
    (C::Proof, "POST /v1/reauthentications", ""),
    (C::Profile, "GET /v1/me", ""),
    (C::ProfileAfterAnHour, "GET /v1/me", "the last use is due to be noted"),
    (C::Retention, "GET /v1/me/retention", ""),
    (C::Correction, "PATCH /v1/me", ""),
    (C::Cancellation, "POST /v1/me/cancellation", "fresh session"),
    (C::CancellationByPassword, "POST /v1/me/cancellation", "with the password"),
    (C::ErasureAtOnce, "POST /v1/me/cancellation", "without cooling-off: erases at once"),
    (C::ChangeOfMind, "DELETE /v1/me/cancellation", ""),
    (C::CancellationLink, "GET /v1/cancellation-links/{token}", ""),
    (C::CancellationLinkUse, "POST /v1/cancellation-links/{token}", ""),
    (C::ScheduledReceipt, "GET /v1/receipts/{id}", "scheduled"),
    (C::SignedReceipt, "GET /v1/receipts/{id}", "signed"),
];

/// What a case needs first.
pub(super) struct Ready {
    person: Person,
    code: (Value, String),
    receipt: String,
    link: String,
}

impl Case {
    /// A world in which the case is next.
    pub(super) async fn prepare(self, app: &TestApp) -> Ready {
        let person = app.register(ADA).await;
        let code = (Value::Null, String::new());
        let mut ready = Ready { person, code, receipt: String::new(), link: String::new() };
        let token = ready.person.token.clone();
        match self {
            C::Registration | C::WrongCode => ready.code = app.code("bob@example.org").await,
            C::LogInAtTheLimit => {
                for _ in 0..4 {
                    app.log_in(&ready.person).await;
                }
            }
            C::ProfileAfterAnHour => app.clock.advance(hours(2)),
            C::ChangeOfMind | C::ScheduledReceipt | C::SignedReceipt => {
                let cancelled = app.cancel(&token).await.expect(202);
                ready.receipt = cancelled.body["receipt"].as_str().expect("an id").to_owned();
                ready.person.token = app.log_in(&ready.person).await;
            }
            C::CancellationLink | C::CancellationLinkUse => {
                app.cancel(&token).await.expect(202);
                ready.link = app.mailed_link(ADA).await;
            }
            _ => {}
        }
        if self == C::SignedReceipt {
            app.clock.advance(days(7));
            app.sweep().await;
        }
        ready
    }

    /// Makes the one call.
    pub(super) async fn run(self, app: &TestApp, ready: &Ready) -> Answer {
        let token = &ready.person.token;
        let log_in = |password| json!({"login": ADA, "password": password});
        let proof = json!({"password": PASSWORD});
        let (verification, code) = &ready.code;
        let receipt = format!("/v1/receipts/{}", ready.receipt);
        let (call, status) = match self {
            C::Policy => (app.get("/v1/policy"), 200),
            C::Inventory => (app.get("/v1/policy/inventory"), 200),
            C::Keys => (app.get("/v1/keys"), 200),
            C::Document => (app.get("/openapi.json"), 200),
            C::Code => {
                let body = TestApp::code_request("carol@example.org");
                (app.post("/v1/verifications").json(&body), 202)
            }
            C::Registration => {
                let body = TestApp::account_request(verification, code);
                (app.post("/v1/accounts").json(&body), 201)
            }
            C::WrongCode => {
                let body = TestApp::account_request(verification, "wrong");
                (app.post("/v1/accounts").json(&body), 422)
            }
            C::LogIn => (app.post("/v1/sessions").json(&log_in(PASSWORD)), 201),
            C::WrongPassword => (app.post("/v1/sessions").json(&log_in("wrong horse")), 401),
            C::LogInAtTheLimit => (app.post("/v1/sessions").json(&log_in(PASSWORD)), 409),
            C::SessionList => (app.get("/v1/sessions").bearer(token), 200),
            C::SessionEnd => (app.delete("/v1/sessions/current").bearer(token), 204),
            C::Proof => (app.post("/v1/reauthentications").bearer(token).json(&proof), 204),
            C::Profile | C::ProfileAfterAnHour => (app.get("/v1/me").bearer(token), 200),
            C::Retention => (app.get("/v1/me/retention").bearer(token), 200),
            C::Correction => {
                let call = app.patch("/v1/me").bearer(token).header("if-match", "\"1\"");
                (call.json(&json!({"display_name": "Ada"})), 200)
            }
            C::Cancellation => (app.post("/v1/me/cancellation").bearer(token), 202),
            C::CancellationByPassword | C::ErasureAtOnce => {
                (app.post("/v1/me/cancellation").bearer(token).json(&proof), 202)
            }
            C::ChangeOfMind => (app.delete("/v1/me/cancellation").bearer(token), 204),
            C::CancellationLink => (app.get(&ready.link), 200),
            C::CancellationLinkUse => (app.post(&ready.link), 200),
            C::ScheduledReceipt | C::SignedReceipt => (app.get(&receipt), 200),
        };
        call.send().await.expect(status)
    }
}
