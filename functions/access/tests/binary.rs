//! The function's binary, run as Lambda runs it.

use serde_json::Value;

shared::api_binary! {
    "access",
    store: ("GET", "/v1/me?canary", Value::Null)
}
