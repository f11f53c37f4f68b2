//! The function's binary, run as Lambda runs it.

use serde_json::Value;
use shared::testing::binary::promises::{alone, answer, event, stop};

shared::api_binary! {
    "policy",
    store: ("GET", "/v1/keys?canary", Value::Null)
}

#[tokio::test]
async fn c_2_5_what_is_public_needs_no_database() {
    let binary = alone(BINARY).await;
    for (path, member) in
        [("/v1/policy", "version"), ("/v1/policy/inventory", "items"), ("/openapi.json", "openapi")]
    {
        let (status, body) = answer(&binary, &event("GET", &format!("{path}?a=<canary>"))).await;
        assert_eq!(status, 200, "{path}");
        assert!(!body[member].is_null(), "{path}");
    }
    stop(binary);
}
