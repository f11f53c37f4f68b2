//! The function's binary, run as Lambda runs it.

use serde_json::json;
use shared::testing::binary::promises::{alone, stop};
use shared::testing::events;

shared::api_binary! {
    "federation",
    store: ("POST", "/v1/third-parties/canary/authorizations", json!({"intent": "log_in"})),
    json: ("POST", "/v1/third-parties/canary/authorizations")
}

#[tokio::test]
async fn what_an_operator_says_is_no_request() {
    let binary = alone(BINARY).await;
    let told = binary.invoke(&events::captured("federation-providers")).await.expect("it goes on");
    let told = format!("{told:?}");
    // Alone it has no store; a mistyped event does not get that far.
    assert!(!told.contains("Understood"), "{told}");
    let mistyped = json!({"do": "configure", "canary": "canary"});
    let told = format!("{:?}", binary.invoke(&mistyped).await.expect("it goes on"));
    assert!(told.contains("Understood are") && !told.contains("canary"), "{told}");
    stop(binary);
}
