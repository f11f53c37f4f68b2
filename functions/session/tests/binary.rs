//! The function's binary, run as Lambda runs it.

use serde_json::json;

shared::api_binary! {
    "session",
    store: ("POST", "/v1/sessions", json!({"login": "canary@example.org", "password": "canary"})),
    json: ("POST", "/v1/sessions")
}
