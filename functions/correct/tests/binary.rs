//! The function's binary, run as Lambda runs it.

use serde_json::json;

shared::api_binary! {
    "correct",
    store: ("PATCH", "/v1/me", json!({"display_name": "canary"})),
    json: ("PATCH", "/v1/me")
}
