//! The function's binary, run as Lambda runs it.

use serde_json::Value;

shared::api_binary! {
    "consent",
    store: ("GET", "/v1/me/consents?canary", Value::Null)
}
