//! What reads say when they go wrong.

use super::{super::Fault, world::World};
use aws_sdk_dynamodb::types::AttributeValue;

const FIRST: &str =
    r#"{"Item":{"pk":{"S":"subject#1"},"sk":{"S":"account"},"value":{"S":"first"}}}"#;
const SECOND: &str =
    r#"{"Item":{"pk":{"S":"subject#1"},"sk":{"S":"account"},"value":{"S":"second"}}}"#;
const TWO: &str = r#"{"Responses":{"Records":[
    {"pk":{"S":"subject#2"},"sk":{"S":"account"},"value":{"S":"b"}},
    {"pk":{"S":"subject#1"},"sk":{"S":"account"},"value":{"S":"a"}}]},"UnprocessedKeys":{}}"#;

#[tokio::test]
async fn a_batch_leaves_its_later_half_unprocessed() {
    let world = World::once(&[TWO]);
    world.faults.on_call(0, Fault::Unprocessed);
    assert_eq!(world.batch(&["subject#1", "subject#2"]).await, (1, 1));
}

#[tokio::test]
async fn a_torn_batch_shows_one_row_from_before_the_latest_change() {
    let world = World::once(&["{}", TWO]);
    world.put("subject#2", "b").await.unwrap();
    world.faults.on_call(0, Fault::Torn(None));
    assert_eq!(world.batch(&["subject#1", "subject#2"]).await, (1, 0));
    assert_eq!(world.faults.calls()[1].fault, Some(Fault::Torn(None)));
}

#[tokio::test]
async fn a_stale_read_answers_the_version_before_unless_asked_for_consistency() {
    let world = World::once(&[FIRST, SECOND, SECOND, SECOND]);
    assert_eq!(world.get("subject#1", true).await.unwrap(), "first");
    world.faults.always_from(0, Fault::StaleRead);
    assert_eq!(world.get("subject#1", true).await.unwrap(), "second");
    assert_eq!(world.get("subject#1", false).await.unwrap(), "first");
    assert_eq!(world.get("subject#1", true).await.unwrap(), "second");
    let struck = world.faults.calls().iter().map(|call| call.fault.is_some()).collect::<Vec<_>>();
    assert_eq!(struck, [false, false, true, false]);
}

#[tokio::test]
async fn a_new_row_is_missed_and_an_old_one_is_not() {
    let world = World::once(&[FIRST, "{}", FIRST]);
    world.faults.always_from(0, Fault::HideItem);
    assert_eq!(world.get("subject#1", false).await.unwrap(), "first");
    world.put("subject#1", "first").await.unwrap();
    assert_eq!(world.get("subject#1", false).await, None);
}

#[tokio::test]
async fn a_lagging_index_shows_what_it_showed_before_the_writes() {
    const FOUND: &str = r#"{"Count":1,"Items":[{"pk":{"S":"subject#1"},"sk":{"S":"account"}}]}"#;
    const NONE: &str = r#"{"Count":0,"Items":[]}"#;
    let world = World::once(&[NONE, "{}", FOUND, "{}", NONE, NONE]);
    let due = async || {
        let query = world.client.query().table_name("Records").index_name("due");
        let query = query.key_condition_expression("due_shard = :s");
        let query = query.expression_attribute_values(":s", AttributeValue::N("3".into()));
        query.send().await.unwrap().count
    };
    assert_eq!(due().await, 0);
    world.put("subject#1", "a").await.unwrap();
    assert_eq!(due().await, 1);
    world.faults.lag_index(true);
    let delete = world.client.delete_item().table_name("Records");
    let delete = delete.key("pk", AttributeValue::S("subject#1".into()));
    delete.key("sk", AttributeValue::S("account".into())).send().await.unwrap();
    assert_eq!(due().await, 1, "it was deleted, and the index does not know");
    world.faults.lag_index(false);
    assert_eq!(due().await, 0);
}
