//! Known and unknown addresses: the same calls, the same status, the same words.

use crate::app::{Answer, TestApp};
use serde_json::{Value, json};
use shared::domain::time::{days, minutes};
use shared::testing::faults::{Action, Call};

pub(crate) const KNOWN: &str = "ada@example.org";
pub(crate) const UNKNOWN: &str = "eve@example.org";
pub(crate) const KNOWN_NUMBER: &str = "+8613800138000";
pub(crate) const UNKNOWN_NUMBER: &str = "+8613900139000";

/// Operation, actions, consistency.
pub(crate) type Shape = (String, Vec<String>, bool);
/// Status, headers, body.
pub(crate) type Seen = (u16, Vec<(String, String)>, Value);

/// What a call is, without whom it is about: operation, and what it does to which kinds of rows.
pub(crate) fn shape(call: &Call) -> Shape {
    let kind = |pk: &str| pk.rsplit_once('#').map_or(pk, |(kind, _)| kind).to_owned();
    let action = |Action { verb, key }: &Action| {
        let sort = key.sk.as_deref().map(kind).unwrap_or_default();
        format!("{verb:?} {} {} {sort}", key.table, kind(&key.pk))
    };
    let mut actions: Vec<_> = call.actions.iter().map(action).collect();
    // A batch read has no order.
    actions.sort();
    (call.operation.clone(), actions, call.consistent)
}

/// Everything that the asker sees, without what is random by design.
pub(crate) fn seen(answer: &Answer) -> Seen {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().expect("text").to_owned())
    };
    let mut body = answer.body.clone();
    for random in ["instance", "verification"] {
        if let Some(value) = body.get_mut(random) {
            *value = Value::Null;
        }
    }
    (answer.status.as_u16(), headers.map(header).collect(), body)
}

/// Asks for an address again and again, first with no root key in memory: what was seen and done.
async fn asked(address: &str, path: &str, body: &Value, times: usize) -> Vec<(Seen, Vec<Shape>)> {
    let app = TestApp::start().await;
    app.register(KNOWN).await;
    app.register(KNOWN_NUMBER).await;
    // The codes that the registrations asked for do not count any more.
    app.clock.advance(days(2));
    let asker = app.register("mallory@example.org").await;
    app.clock.advance(minutes(5));
    app.faults.take_calls();
    let mut each = Vec::new();
    for _ in 0..times {
        let call = app.post(path).json(body);
        let call = if body["purpose"] == "contact" { call.bearer(&asker.token) } else { call };
        let answer = call.send().await;
        assert!(!answer.text.contains(address), "{}", answer.text);
        let calls: Vec<_> = app.faults.take_calls().iter().map(shape).collect();
        each.push((seen(&answer), calls));
    }
    each
}

/// Compares what a known and an unknown address meet, and gives the statuses.
async fn alike(path: &str, body: impl Fn(&str) -> Value, times: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (known, unknown) in [(KNOWN, UNKNOWN), (KNOWN_NUMBER, UNKNOWN_NUMBER)] {
        let known = asked(known, path, &body(known), times).await;
        let unknown = asked(unknown, path, &body(unknown), times).await;
        for (known, unknown) in known.iter().zip(&unknown) {
            assert_eq!(known, unknown);
        }
        statuses.push(known.iter().map(|((status, ..), _)| *status).collect::<Vec<_>>());
    }
    assert_eq!(statuses[0], statuses[1], "by e-mail and by phone");
    statuses.remove(0)
}

#[tokio::test]
async fn c_7_3_asking_for_a_code_does_not_tell_whether_the_address_is_known() {
    let statuses = alike("/v1/verifications", TestApp::code_request, 4).await;
    assert_eq!(statuses, [202, 202, 202, 429], "up to the limit, and at it");
}

#[tokio::test]
async fn c_7_3_asking_for_a_further_contact_does_not_tell_whether_it_is_known() {
    let statuses = alike("/v1/verifications", TestApp::contact_request, 4).await;
    assert_eq!(statuses, [202, 202, 202, 429], "up to the limit, and at it");
}

#[tokio::test]
async fn c_7_3_asking_for_a_holders_code_does_not_tell_whether_the_address_is_known() {
    for purpose in ["reset", "detach"] {
        let body = |address: &str| TestApp::holder_request(purpose, address);
        let statuses = alike("/v1/verifications", body, 4).await;
        assert_eq!(statuses, [202, 202, 202, 429], "up to the limit, and at it");
    }
}

/// What a detachment answers, and the calls it makes: with no root key in memory, or warm.
async fn detached(address: &str, cold: bool) -> (Seen, Vec<(String, bool)>) {
    let app = TestApp::start().await;
    app.register(KNOWN).await;
    app.register(KNOWN_NUMBER).await;
    app.clock.advance(days(2));
    let code = app.holder_code("detach", address).await;
    if cold {
        app.clock.advance(minutes(5));
    }
    app.faults.take_calls();
    let answer = app.detach(&code).await;
    let calls = app.faults.take_calls();
    (seen(&answer), calls.into_iter().map(|call| (call.operation, call.consistent)).collect())
}

#[tokio::test]
async fn c_7_3_a_detachment_does_not_tell_whether_the_contact_had_an_account() {
    for (known, unknown) in [(KNOWN, UNKNOWN), (KNOWN_NUMBER, UNKNOWN_NUMBER)] {
        for cold in [false, true] {
            let (known, unknown) = (detached(known, cold).await, detached(unknown, cold).await);
            assert_eq!(known, unknown);
            assert_eq!(known.0.0, 204);
        }
    }
}

#[tokio::test]
async fn c_7_3_a_refused_log_in_does_not_tell_whether_the_address_is_known() {
    let body = |address: &str| json!({"login": address, "password": "wrong horse battery"});
    let statuses = alike("/v1/sessions", body, 6).await;
    assert!(statuses[..5].iter().all(|status| *status == 401), "{statuses:?}");
    assert_eq!(statuses[5], 429, "up to the limit, and at it");
}
