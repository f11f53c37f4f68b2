//! What every function behind the HTTP API promises about events: its own, and odd ones.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![expect(clippy::missing_panics_doc, reason = "a broken promise is a panic")]

use super::promises::{CANARY, alone, answer, stop};
use crate::testing::events;
use serde_json::{Value, json};

/// The function's file in `infra/events` is a request that it understands. One of another version,
/// with members missing, or with headers that came twice is refused or answered as said here; it ends
/// nothing, and nothing of it is logged.
pub async fn captured(path: &str, name: &str) {
    let binary = alone(path).await;
    let captured = events::captured(name);
    // What the policy says needs no database.
    let understood = if name == "policy" { 200 } else { 503 };
    assert_eq!(answer(&binary, &captured).await.0, understood);

    // With hosts and schemes that no URL has, it is the same request.
    for event in named_oddly(&captured) {
        assert_eq!(answer(&binary, &event).await.0, understood, "{}", event["headers"]);
    }
    for (event, expected) in odd(&captured, understood, &varying(name)) {
        match (binary.invoke(&event).await.expect("it goes on"), expected) {
            (Ok(answer), Expected::Status(status)) => {
                assert_eq!(answer["statusCode"], status, "{event}: {answer}");
            }
            (Err(error), Expected::Refusal) => {
                let text = error["errorMessage"].as_str().expect("a message");
                // What is no request may be an operator's event, where the function takes some.
                let by_operator = name == "federation";
                assert!(
                    by_operator || text.starts_with("failed to deserialize"),
                    "{event}: {error}"
                );
                assert!(!error.to_string().contains(CANARY), "{error}");
            }
            (done, expected) => panic!("{event}: {expected:?}, and not {done:?}"),
        }
    }
    assert_eq!(answer(&binary, &captured).await.0, understood, "it goes on");
    stop(binary);
}

/// The event with a host or a scheme that came twice or is none.
fn named_oddly(captured: &Value) -> Vec<Value> {
    let odd_names = [
        ("host", "a1.example, a1.example"),
        ("host", "x:99999"),
        ("host", ""),
        ("host", "a b/?c#d"),
        ("host", "256.1.1.1"),
        ("x-forwarded-proto", "https, https"),
        ("x-forwarded-proto", ""),
        ("x-forwarded-proto", "mailto"),
    ];
    let named = odd_names.map(|(name, value)| events::with_header(captured.clone(), name, value));
    let mut all = Vec::from(named);
    let mut nowhere = captured.clone();
    nowhere["headers"].as_object_mut().map(|headers| headers.remove("host"));
    nowhere["requestContext"]["domainName"] = json!("a, b");
    all.push(nowhere);
    all
}

/// What comes of an odd event.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// It is answered.
    Status(u64),
    /// It is no request at all: the invocation fails, and the gateway answers.
    Refusal,
}

/// What a function answers where that depends on its captured request: headers that came twice, no
/// headers, a body that is not said to be base 64, and one that is said to be and is not.
///
/// A route that wants JSON looks for its type first, one that wants a session for the token. A body
/// that a route does not ask for is not read.
fn varying(name: &str) -> [u64; 4] {
    match name {
        "access" | "consent" => [401, 401, 503, 503],
        "correct" | "register" => [415, 415, 503, 400],
        "delete" | "session" => [415, 415, 400, 400],
        "export" => [415, 401, 503, 415],
        "policy" => [200; 4],
        "federation" => [503; 4],
        _ => panic!("nobody said what {name} answers"),
    }
}

/// Events that the gateway does not send, or hardly ever, and what is to come of each.
fn odd(captured: &Value, understood: u64, varying: &[u64; 4]) -> Vec<(Value, Expected)> {
    use Expected::{Refusal, Status};
    let [twice, bare, plain, undecodable] = varying.map(Status);
    let mut doubled = captured.clone();
    for header in ["authorization", "content-type", "if-match", "idempotency-key"] {
        doubled["headers"][header] = json!(format!("{CANARY}, {CANARY}"));
    }
    doubled["cookies"] = json!([format!("session={CANARY}"), format!("session={CANARY}")]);
    let mut events = vec![(doubled, twice)];
    // A REST API's event has version 1.0 and another form.
    let mut rest =
        json!({"version": "1.0", "httpMethod": "GET", "path": CANARY, "resource": CANARY});
    rest["requestContext"] = json!({"requestId": CANARY});
    let none = [rest, json!({}), json!(null), json!(CANARY), json!([CANARY])];
    events.extend(none.map(|event| (event, Refusal)));
    for (member, missing, odd) in [
        // The form decides, and not the version that it says it has.
        ("version", Status(understood), Status(understood)),
        ("headers", bare, Refusal),
        ("requestContext", Refusal, Refusal),
        ("rawPath", Status(404), Status(404)),
        ("isBase64Encoded", plain, Refusal),
    ] {
        let mut event = captured.clone();
        event["headers"]["x-canary"] = json!(CANARY);
        event.as_object_mut().map(|members| members.remove(member));
        events.push((event.clone(), missing));
        event[member] = json!(CANARY);
        events.push((event, odd));
    }
    let mut event = captured.clone();
    event["body"] = json!(format!("{CANARY}!"));
    event["isBase64Encoded"] = json!(true);
    events.push((event, undecodable));
    events
}
