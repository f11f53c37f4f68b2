//! What every function behind the HTTP API promises about events: its own, and odd ones.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::missing_panics_doc, reason = "a broken promise is a panic")]

use super::promises::{CANARY, alone, answer, stop};
use crate::testing::events;
use serde_json::{Value, json};

/// The function's file in `infra/events` is a request that it understands. One of another version,
/// with members missing, or with headers that came twice is refused or is a problem; it ends nothing,
/// and nothing of it is logged.
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
    for event in odd(&captured) {
        match binary.invoke(&event).await.expect("it goes on") {
            Ok(answer) => {
                let status = answer["statusCode"].as_u64().expect("a status");
                assert!(status < 500 || status == 503, "{answer}");
            }
            Err(error) => assert!(!error.to_string().contains(CANARY), "{error}"),
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

/// Events that the gateway does not send, or hardly ever.
fn odd(captured: &Value) -> Vec<Value> {
    let mut twice = captured.clone();
    for header in ["authorization", "content-type", "if-match", "idempotency-key"] {
        twice["headers"][header] = json!(format!("{CANARY}, {CANARY}"));
    }
    twice["cookies"] = json!([format!("session={CANARY}"), format!("session={CANARY}")]);
    let mut rest =
        json!({"version": "1.0", "httpMethod": "GET", "path": CANARY, "resource": CANARY});
    rest["requestContext"] = json!({"requestId": CANARY});
    let mut events = vec![twice, rest, json!({}), json!(null), json!(CANARY), json!([CANARY])];
    for member in ["version", "headers", "requestContext", "rawPath", "isBase64Encoded"] {
        let mut event = captured.clone();
        event["headers"]["x-canary"] = json!(CANARY);
        event.as_object_mut().map(|members| members.remove(member));
        events.push(event.clone());
        event[member] = json!(CANARY);
        events.push(event);
    }
    let mut undecodable = captured.clone();
    undecodable["body"] = json!(format!("{CANARY}!"));
    undecodable["isBase64Encoded"] = json!(true);
    events.push(undecodable);
    events
}
