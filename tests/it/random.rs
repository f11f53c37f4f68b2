//! Whatever is sent to any route, in whatever form: no panic, no fault of ours, nothing stored.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Person, TestApp};
use crate::stored::{changed, rows};
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request};
use http_body_util::BodyExt;
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use shared::domain::time::minutes;
use shared::store::{Key, Row};
use std::collections::BTreeMap;
use tower::ServiceExt;

/// How many requests each test makes.
const CASES: usize = 2_000;

/// A request in the making: method, path, headers, body.
#[derive(Clone, Debug)]
struct Sent {
    method: Method,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// Draws the same requests in every run: a failure shows the request, and comes again.
fn draw(strategy: &impl Strategy<Value = Sent>) -> Vec<Sent> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut one = || strategy.new_tree(&mut runner).expect("a request").current();
    (0..CASES).map(|_| one()).collect()
}

/// Sends requests and asserts what every answer is; counts the answers by status.
async fn send(app: &TestApp, requests: Vec<Sent>) -> BTreeMap<u16, usize> {
    let mut seen = BTreeMap::new();
    for sent in requests {
        let mut request = Request::builder().method(&sent.method).uri(&sent.path);
        for (name, value) in &sent.headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                request = request.header(name, value);
            }
        }
        let Ok(request) = request.body(Body::from(sent.body.clone())) else { continue };
        let answer = app.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = answer.into_parts();
        let text = body.collect().await.expect("a body").to_bytes();
        let status = parts.status.as_u16();
        *seen.entry(status).or_default() += 1;
        assert!(status < 500, "{sent:?}: {status}");
        if status >= 400 {
            let kind = parts.headers.get("content-type").and_then(|v| v.to_str().ok());
            assert_eq!(kind, Some("application/problem+json"), "{sent:?}");
            let problem: Value = serde_json::from_slice(&text).unwrap_or_default();
            let head = sent.method == Method::HEAD;
            assert!(head || problem["status"] == status, "{sent:?}: {problem}");
        }
    }
    seen
}

/// The routes that take a body, with a valid one that would change nothing: its code, password and
/// token are not right.
fn bodies() -> Vec<(Method, &'static str, Value)> {
    let code = TestApp::code_request("ada@example");
    let account = TestApp::account_request(&json!("ver_aaaaaaaaaaaaaaaaaaaaaaaaaa"), "12345678");
    let contact = json!({"verification": account["verification"], "code": "12345678"});
    let password = json!({"current": "wrong horse battery", "new": "other horse battery"});
    vec![
        (Method::POST, "/v1/verifications", code),
        (Method::POST, "/v1/accounts", account),
        (Method::POST, "/v1/reauthentications", json!({"password": "wrong horse battery"})),
        (Method::PUT, "/v1/me/contacts/email", contact),
        (Method::PUT, "/v1/me/password", password),
        (Method::PATCH, "/v1/me", json!({"display_name": "Ada", "language": "en"})),
        (Method::PUT, "/v1/me/consents/account", json!({"policy_version": "general-2022-08-16"})),
        (Method::POST, "/v1/me/cancellation", json!({"password": "wrong horse battery"})),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[ -~]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let names = prop_oneof!["[a-z_]{0,12}".boxed(), ".{0,6}".boxed(), member().boxed()];
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            hash_map(names, inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

/// A name that some body declares.
fn member() -> impl Strategy<Value = String> {
    let names = "purpose channel address age band turns_18 verification code password policy_version \
                 consents login as remember language display_name current new";
    proptest::sample::select(names.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
}

/// A valid body with one member changed, taken away, added, or its text broken.
fn mutated(body: Value) -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    let text = body.to_string();
    let changed = (proptest::sample::select(names), any_json(), any::<bool>()).prop_map(
        move |(name, value, removed)| {
            let mut body = body.clone();
            let members = body.as_object_mut().expect("an object");
            if removed {
                members.remove(&name);
                members.insert(format!("{name}_"), value);
            } else {
                members.insert(name, value);
            }
            body.to_string().into_bytes()
        },
    );
    let broken = (0..text.len(), any::<u8>(), 0..3_u8).prop_map(move |(at, byte, how)| {
        let mut bytes = text.clone().into_bytes();
        match how {
            0 => bytes[at] = byte,
            1 => bytes.truncate(at),
            _ => bytes.insert(at, byte),
        }
        bytes
    });
    prop_oneof![changed, broken]
}

fn any_body(valid: Value) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        any_json().prop_map(|value| value.to_string().into_bytes()),
        mutated(valid),
    ]
}

fn credentials(token: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let tampered = token.to_owned();
    let tampered = (0..token.len(), "[a-z2-7_]").prop_map(move |(at, other)| {
        let mut text = tampered.clone();
        text.replace_range(at..=at, &other);
        text
    });
    let token = prop_oneof![tampered, "pct_[a-z2-7]{26}_[a-z2-7]{26}_[a-z2-7]{52}", ".{0,80}"];
    let form = prop_oneof![Just("Bearer "), Just("__Host-pc="), Just("Basic "), Just("")];
    (form, token).prop_map(|(form, token)| format!("{form}{token}").into_bytes())
}

fn any_headers(token: &str) -> impl Strategy<Value = Vec<(String, Vec<u8>)>> + use<> {
    let name = proptest::sample::select(vec![
        "authorization",
        "cookie",
        "if-match",
        "idempotency-key",
        "content-type",
        "accept-language",
        "origin",
        "sec-fetch-site",
        "host",
        "x-forwarded-for",
        "content-length",
        "expect",
    ]);
    let value = prop_oneof![
        credentials(token).boxed(),
        vec(any::<u8>(), 0..60).boxed(),
        "[ -~]{0,60}".prop_map(String::into_bytes).boxed(),
        "[\"W/*,0-9 ]{0,12}".prop_map(String::into_bytes).boxed(),
        "(zh|en|\\*)[-;q=0-9., a-z]{0,20}".prop_map(String::into_bytes).boxed(),
    ];
    vec((name.prop_map(str::to_owned), value), 0..5)
}

fn any_request(token: &str) -> impl Strategy<Value = Sent> + use<> {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"];
    let method =
        proptest::sample::select(methods.map(|m| m.parse::<Method>().expect("a method")).to_vec());
    let routes = personal_center::openapi::routes();
    let routes: Vec<_> = routes.list().iter().map(|(_, path)| path.to_string()).collect();
    let id = prop_oneof!["[a-z]{3}_[a-z2-7]{26}", "[!-.0-~]{0,30}", "(%[0-9A-F]{2}){0,6}"];
    let known =
        (proptest::sample::select(routes), id).prop_map(|(route, id)| route.replace("{id}", &id));
    let path = prop_oneof![known, "/[!-~]{0,40}", "(/[a-z0-9.%]{0,8}){0,5}"];
    (method, path, any_headers(token), vec(any::<u8>(), 0..50))
        .prop_map(|(method, path, headers, body)| Sent { method, path, headers, body })
}

async fn world() -> (TestApp, Person) {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    // Her session is not fresh any more: no empty body cancels.
    app.clock.advance(minutes(10));
    (app, ada)
}

#[tokio::test]
async fn no_body_is_a_fault_and_none_that_is_wrong_is_stored() {
    let (app, ada) = world().await;
    let before = rows(&app).await;
    let routes = bodies().into_iter().map(|(method, path, valid)| {
        let token = ada.token.clone();
        // The version is never the current one, so that a patch that is right stores nothing too.
        any_body(valid).prop_map(move |body| {
            let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
            let bearer = format!("Bearer {token}");
            let headers = vec![
                header("authorization", &bearer),
                header("content-type", "application/json"),
                header("if-match", "\"7\""),
            ];
            Sent { method: method.clone(), path: path.to_owned(), headers, body }
        })
    });
    let routes: Vec<_> = routes.map(Strategy::boxed).collect();
    let any_route = proptest::sample::select(routes).prop_flat_map(|route| route);
    let seen = send(&app, draw(&any_route)).await;
    assert!(seen[&400] > 100 && seen[&422] > 100, "{seen:?}");
    assert_unchanged(&app, &before).await;
}

#[tokio::test]
async fn no_headers_paths_and_methods_are_a_fault() {
    let (app, ada) = world().await;
    let before = rows(&app).await;
    let seen = send(&app, draw(&any_request(&ada.token))).await;
    for status in [200, 401, 404, 405] {
        assert!(seen.get(&status).is_some_and(|n| *n > 10), "{seen:?}");
    }
    assert_unchanged(&app, &before).await;
}

/// Asserts that nothing is stored but counters of wrong passwords.
async fn assert_unchanged(app: &TestApp, before: &BTreeMap<Key, Row>) {
    let mut after = rows(app).await;
    after.retain(|key, _| key.sk != "limit#password");
    let stored = changed(before, &after);
    assert!(stored.is_empty(), "{stored:?}");
}
