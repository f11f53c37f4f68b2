//! The function's binary, run as Lambda runs it.

use serde_json::json;

shared::api_binary! {
    "register",
    store: ("POST", "/v1/verifications", json!({
        "purpose": "register", "age": {"band": "adult"}, "channel": "email",
        "address": "canary@example.org"
    })),
    json: ("POST", "/v1/verifications")
}
