//! Planted personal values never come out where they do not belong: logs, problems, headers, keys.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::log::{Guard, Log};
use crate::needles::Needles;
use crate::rows;
use axum::http::Method;
use serde_json::{Value as Json, json};
use shared::ids::SubjectId;
use shared::records::subject;
use shared::store::{Attr, Row, Transaction, Value};
use shared::testing::faults::Fault;
use std::collections::BTreeSet;

const EMAIL: &str = "canary.yellowfeather@example.org";
const NAME: &str = "Canary Yellowfeather";
const SOURCE: &str = "2001:db8:c0ff:ee:dead:beef:cafe:f00d";
const MISTYPED: &str = "canary horse battery";

/// The canaries, and whatever was answered that is no one else's business.
struct Cage {
    app: TestApp,
    log: Log,
    _guard: Guard,
    needles: Needles,
    token: String,
    id: SubjectId,
}

/// A person whose every value is a canary.
async fn cage() -> Cage {
    let log = Log::default();
    let guard = log.capture();
    let mut app = TestApp::start().await;
    app.source = SOURCE.parse().expect("an address");
    let (verification, code) = app.code(EMAIL).await;
    let mut body = TestApp::account_request(&verification, &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    app.correct(&token, "\"1\"", &json!({"display_name": NAME})).await.expect(200);
    let me = app.me(&token).await.expect(200);
    let id = SubjectId::parse(me.body["id"].as_str().expect("an id")).expect("an id");
    let mut needles = Needles::of(&[
        ("address", EMAIL),
        ("part of the address or name", "ellowfeather"),
        ("name", NAME),
        ("source", SOURCE),
        ("password", PASSWORD),
        ("mistyped password", MISTYPED),
        ("code", &code),
        ("secret of the token", &token[token.len() - 52..]),
    ]);
    let source: std::net::Ipv6Addr = SOURCE.parse().expect("an address");
    needles.plant("source as bytes", &source.octets());
    // A code that was used is refused.
    body["password"] = json!(MISTYPED);
    let cage = Cage { app, log, _guard: guard, needles, token, id };
    cage.check(&cage.app.post("/v1/accounts").json(&body).send().await.expect(422));
    cage
}

impl Cage {
    /// Asserts that an answer shows no canary: neither in its headers nor, where it is a problem, in its body.
    #[track_caller]
    fn check(&self, answer: &Answer) {
        let headers = format!("{:?}", answer.headers);
        assert_eq!(self.needles.found_in(headers.as_bytes()), BTreeSet::new(), "headers");
        if !answer.status.is_success() {
            let found = self.needles.found_in(answer.text.as_bytes());
            assert_eq!(found, BTreeSet::new(), "{}", answer.text);
        }
    }

    /// Asserts that something was logged since the last time, and no canary. Metrics are lines too.
    #[track_caller]
    fn check_log(&self, expected: &[&str]) {
        let log = self.log.taken();
        let text = String::from_utf8_lossy(&log);
        for expected in expected {
            assert!(text.contains(expected), "nothing about {expected} was logged");
        }
        assert_eq!(self.needles.found_in(&log), BTreeSet::new());
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Json>) -> Answer {
        let call = self.app.call(method, path).bearer(&self.token).header("if-match", "\"2\"");
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }
}

/// Requests that carry canaries where they do not fit.
fn misplaced() -> Vec<(Method, &'static str, Json)> {
    let log_in = |login: &str, password: &str| json!({"login": login, "password": password});
    vec![
        (Method::POST, "/v1/sessions", log_in(EMAIL, MISTYPED)),
        (Method::POST, "/v1/sessions", log_in(NAME, PASSWORD)),
        (Method::POST, "/v1/sessions", json!({"login": EMAIL, "password": PASSWORD, "as": NAME})),
        (Method::POST, "/v1/sessions", json!({"login": EMAIL, "password": [PASSWORD]})),
        (Method::POST, "/v1/sessions", json!({EMAIL: 1, "login": EMAIL})),
        (Method::POST, "/v1/sessions", json!([EMAIL])),
        (Method::POST, "/v1/verifications", TestApp::code_request(NAME)),
        (Method::POST, "/v1/verifications", json!({"purpose": EMAIL})),
        (Method::POST, "/v1/verifications", json!({"age": {"band": NAME}})),
        (Method::POST, "/v1/accounts", TestApp::account_request(&json!(EMAIL), NAME)),
        (Method::POST, "/v1/reauthentications", json!({"password": MISTYPED})),
        (Method::POST, "/v1/reauthentications", json!({"totp": MISTYPED})),
        (Method::POST, "/v1/reauthentications", json!({"recovery_code": NAME})),
        (Method::POST, "/v1/reauthentications", json!({"verification": EMAIL, "code": NAME})),
        (Method::PUT, "/v1/me/factors/totp", json!({"code": NAME})),
        (Method::PUT, "/v1/me/factors/totp", json!({"code": [EMAIL]})),
        (Method::POST, "/v1/verifications", TestApp::contact_request(NAME)),
        (Method::PUT, "/v1/me/contacts/email", json!({"verification": EMAIL, "code": NAME})),
        (
            Method::PUT,
            "/v1/me/contacts/canary.yellowfeather",
            json!({"verification": "x", "code": "x"}),
        ),
        (Method::PUT, "/v1/me/password", json!({"current": MISTYPED, "new": NAME})),
        (Method::PUT, "/v1/me/password", json!({"current": PASSWORD, "new": [MISTYPED]})),
        (Method::PATCH, "/v1/me", json!({"language": NAME})),
        (Method::PATCH, "/v1/me", json!({"display_name": NAME.repeat(9)})),
        (Method::PATCH, "/v1/me", json!({"display_name": {NAME: EMAIL}})),
        (Method::POST, "/v1/me/cancellation", json!({"password": MISTYPED})),
        (Method::POST, "/v1/me/cancellation", json!({"password": MISTYPED, EMAIL: NAME})),
    ]
}

#[tokio::test]
async fn c_7_2_problems_and_logs_hold_no_personal_value() {
    let cage = cage().await;
    cage.check_log(&["answered", "messages_delivered"]);
    for (method, path, body) in misplaced() {
        let answer = cage.send(method, path, Some(&body)).await;
        assert!(answer.status.is_client_error(), "{path} {body}: {}", answer.text);
        cage.check(&answer);
    }
    for path in [
        format!("/v1/receipts/{EMAIL}"),
        format!("/v1/sessions/{EMAIL}"),
        format!("/v1/me/exports/{EMAIL}"),
        format!("/{EMAIL}?{EMAIL}"),
        format!("/v1/policy?login={EMAIL}"),
        format!("/v1/me?token={}", cage.token),
    ] {
        cage.check(&cage.send(Method::GET, &path, None).await);
    }
    for header in
        ["if-match", "idempotency-key", "accept-language", "cookie", "user-agent", "x-request-id"]
    {
        let call = cage.app.patch("/v1/me").bearer(&cage.token).header(header, EMAIL);
        let body = json!({"display_name": NAME});
        let answer = call.json(&body).send().await;
        assert!(answer.status.is_client_error(), "{header}: {}", answer.text);
        cage.check(&answer);
    }
    let cut = format!("{{\"login\": \"{EMAIL}\", \"password\": \"{PASSWORD}");
    let call = cage.app.post("/v1/sessions").header("content-type", "application/json");
    cage.check(&call.bytes(cut).send().await.expect(400));
    cage.check_log(&["answered"]);
}

#[tokio::test]
async fn c_7_2_failures_of_the_store_hold_no_personal_value() {
    let cage = cage().await;
    cage.check_log(&["answered", "messages_delivered"]);
    let log_in = json!({"login": EMAIL, "password": PASSWORD});
    // The last one lets a write land, so that the version moves.
    for fault in [Fault::RefuseBefore, Fault::ServerError, Fault::Throttle, Fault::CutConnection] {
        for (method, path, body) in [
            (Method::POST, "/v1/sessions", log_in.clone()),
            (Method::PATCH, "/v1/me", json!({"display_name": "Yellowfeather Canary"})),
            (Method::POST, "/v1/verifications", TestApp::code_request(EMAIL)),
        ] {
            for operation in ["BatchGetItem", "TransactWriteItems"] {
                for attempt in 0..10 {
                    cage.app.faults.on_operation(operation, attempt, fault.clone());
                }
                let answer = cage.send(method.clone(), path, Some(&body)).await;
                cage.app.faults.clear();
                assert!(answer.status.is_server_error(), "{fault:?} {path}: {}", answer.text);
                cage.check(&answer);
            }
        }
        cage.check_log(&["failed", "requests_failed"]);
    }
    // A row that was changed behind our back is named, not quoted.
    let store = &cage.app.world.ports.store;
    let [account] = store.get(&[subject::account(&cage.id)]).await.expect("a read");
    let account = account.expect("an account").next().with(Attr::Sealed, EMAIL.as_bytes().to_vec());
    let mut transaction = Transaction::new();
    transaction.replace("account", account);
    store.write(transaction).await.expect("a write");
    cage.log.taken();
    cage.check(&cage.send(Method::GET, "/v1/me", None).await.expect(500));
    let log = String::from_utf8(cage.log.taken()).expect("text");
    let of_ours = |line: &&str| line.contains(" shared::") || line.contains("personal_center");
    let ours: Vec<_> = log.lines().filter(of_ours).collect();
    assert!(ours.iter().any(|line| line.contains("account")), "{ours:?}");
    assert_eq!(cage.needles.found_in(ours.join("\n").as_bytes()), BTreeSet::new());
}

#[tokio::test]
async fn c_7_2_keys_and_indexes_hold_no_personal_value() {
    let cage = cage().await;
    cage.app
        .log_in(&crate::app::Person {
            email: EMAIL.to_owned(),
            token: String::new(),
            id: String::new(),
        })
        .await;
    let call = cage.app.post("/v1/verifications").header("idempotency-key", "once");
    let body = TestApp::code_request("other.yellowfeather@example.org");
    call.json(&body).send().await.expect(202);
    cage.app.cancel(&cage.token).await.expect(202);
    let rows = rows::all(&cage.app).await;
    let kinds: BTreeSet<_> = rows.iter().map(|row| row.entity.name()).collect();
    assert!(kinds.len() >= 13, "{kinds:?}");
    for row in &rows {
        for part in parts(row) {
            assert_eq!(cage.needles.found_in(&part), BTreeSet::new(), "{:?}", row.key);
        }
    }
    // The id is not derived from a value, and stands there: the comparison sees keys.
    let id = Needles::of(&[("id", cage.id.as_str())]);
    assert!(rows.iter().any(|row| parts(row).iter().any(|part| !id.found_in(part).is_empty())));
}

/// Everything in a row: keys, attributes in clear, sealed bytes.
fn parts(row: &Row) -> Vec<Vec<u8>> {
    let value = |value: &Value| match value {
        Value::Text(text) => text.clone().into_bytes(),
        Value::Bytes(bytes) => bytes.clone(),
        Value::Number(number) => number.to_string().into_bytes(),
        Value::Numbers(numbers) => format!("{numbers:?}").into_bytes(),
    };
    let keys = [row.key.pk.clone().into_bytes(), row.key.sk.clone().into_bytes()];
    keys.into_iter().chain(row.attributes.values().map(value)).collect()
}
