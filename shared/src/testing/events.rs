//! Events as functions get them, in the form that AWS documents and sends.

use data_encoding::BASE64;
use serde_json::{Value, json};

/// An event of the HTTP API (payload format 2.0), with everything that the gateway puts into one.
const HTTP_API: &str = include_str!("../../../tests/events/http-api.json");
/// An event of a schedule (`EventBridge` Scheduler).
const SCHEDULE: &str = include_str!("../../../tests/events/schedule.json");
/// An event of the stream of `Records`.
const STREAM: &str = include_str!("../../../tests/events/stream.json");

/// The event of a request; the path may have a query.
pub fn http(method: &str, path: &str) -> Value {
    let mut event = read(HTTP_API);
    let (raw, query) = path.split_once('?').unwrap_or((path, ""));
    event["rawPath"] = json!(raw);
    event["rawQueryString"] = json!(query);
    event["routeKey"] = json!(format!("{method} {raw}"));
    event["requestContext"]["http"]["method"] = json!(method);
    event["requestContext"]["http"]["path"] = json!(raw);
    event
}

/// How a body stands in an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyForm {
    /// As text.
    Text,
    /// In base 64.
    Base64,
}

/// The event with a body.
#[must_use]
pub fn with_body(mut event: Value, text: &str, form: BodyForm) -> Value {
    let encoded = form == BodyForm::Base64;
    event["headers"]["content-length"] = json!(text.len().to_string());
    event["body"] = json!(if encoded { BASE64.encode(text.as_bytes()) } else { text.to_owned() });
    event["isBase64Encoded"] = json!(encoded);
    event
}

/// The event with a header.
#[must_use]
pub fn with_header(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = json!(value);
    event
}

/// The event of a schedule.
pub fn schedule() -> Value {
    read(SCHEDULE)
}

/// The event of a stream: a new message in the outbox.
pub fn stream() -> Value {
    read(STREAM)
}

fn read(event: &str) -> Value {
    serde_json::from_str(event).unwrap_or_default()
}
