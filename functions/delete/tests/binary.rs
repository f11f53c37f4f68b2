//! The function's binary, run as Lambda runs it.

use serde_json::json;

shared::api_binary! {
    "delete",
    store: ("POST", "/v1/me/cancellation", json!({"password": "canary"})),
    json: ("POST", "/v1/me/cancellation")
}
