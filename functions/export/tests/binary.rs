//! The function's binary, run as Lambda runs it.

use serde_json::Value;

shared::api_binary! {
    "export",
    store: ("POST", "/v1/me/exports?canary", Value::Null)
}
