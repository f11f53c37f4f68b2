//! The function's binary, run as Lambda runs it.

use serde_json::json;
use shared::testing::binary::promises::{alone, stop};
use shared::testing::events;

shared::job_binary! { "notify" }

#[tokio::test]
async fn a_message_that_cannot_be_read_is_no_failure_of_the_stream() {
    let binary = alone(BINARY).await;
    let report = binary.invoke(&events::stream()).await.expect("it goes on");
    assert_eq!(report, Ok(json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 1})));
    stop(binary);
}

#[tokio::test]
async fn a_poisoned_record_keeps_no_message_waiting() {
    let binary = alone(BINARY).await;
    let mut event = events::stream();
    let record = event["Records"][0].clone();
    let odd = json!({"dynamodb": "canary", "eventVersion": "9.9"});
    event["Records"] = json!([odd, record, null]);
    let report = binary.invoke(&event).await.expect("it goes on");
    let tried = json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 1});
    assert_eq!(report, Ok(tried), "the one message was taken up");
    stop(binary);
}
