//! Events as functions get them, in the form that AWS documents and sends: the files of
//! `infra/events`, which `sam local invoke` takes too.

use data_encoding::BASE64;
use serde_json::{Value, json};

/// A file of `infra/events`: the name without its end.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../infra/events/", $name, ".json"))
    };
}

/// The events of each function, by the names of their files: the function's own, or that with more
/// behind a dash.
pub const FILES: [(&str, &str); 14] = [
    ("access", file!("access")),
    ("consent", file!("consent")),
    ("correct", file!("correct")),
    ("delete", file!("delete")),
    ("export", file!("export")),
    ("federation", file!("federation")),
    ("federation-providers", file!("federation-providers")),
    ("notify", file!("notify")),
    ("notify-stream", file!("notify-stream")),
    ("policy", file!("policy")),
    ("register", file!("register")),
    ("session", file!("session")),
    ("sweep", file!("sweep")),
    ("sweep-status", file!("sweep-status")),
];

/// The event in a file of `infra/events`, with everything that AWS puts into one; `null` where
/// there is no such file.
pub fn captured(name: &str) -> Value {
    let found = FILES.iter().find(|(file, _)| *file == name);
    found.and_then(|(_, event)| serde_json::from_str(event).ok()).unwrap_or_default()
}

/// The event of a request; the path may have a query.
pub fn http(method: &str, path: &str) -> Value {
    let mut event = captured("correct");
    // As anyone may ask: without a body, a caller or a condition.
    event["body"] = Value::Null;
    event["headers"]["content-type"] = json!("application/json");
    for header in ["authorization", "if-match"] {
        event["headers"].as_object_mut().map(|headers| headers.remove(header));
    }
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
    captured("notify")
}

/// The event of a stream: a new message in the outbox.
pub fn stream() -> Value {
    captured("notify-stream")
}

/// The event of a queue, with a message for each body.
pub fn queue(bodies: &[&str]) -> Value {
    let mut event = captured("sweep");
    let message = event["Records"][0].clone();
    let messages = bodies.iter().enumerate().map(|(at, body)| {
        let mut message = message.clone();
        message["messageId"] = json!(format!("message-{at}"));
        message["body"] = json!(body);
        message
    });
    event["Records"] = messages.collect();
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_an_event() {
        for (name, text) in FILES {
            let event = captured(name);
            assert!(event.is_object(), "{name}: {text}");
        }
        assert!(captured("no-such-file").is_null());
    }

    #[test]
    fn a_request_starts_without_body_and_caller() {
        let event = http("GET", "/v1/policy?a=b");
        assert_eq!(event["rawPath"], "/v1/policy");
        assert!(event["body"].is_null() && event["headers"]["authorization"].is_null());
        assert_eq!(queue(&["a", "b"])["Records"].as_array().map(Vec::len), Some(2));
    }
}
