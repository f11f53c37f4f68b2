//! The promises of the module; those about what reads say are in `reads`.

mod reads;
mod world;

use super::{Fault, Key, Verb};
use aws_sdk_dynamodb::{
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::SdkError,
    types::AttributeValue,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;
use world::World;

#[tokio::test]
async fn calls_are_recorded_with_their_rows() {
    let world = World::once(&[]);
    world.put("subject#1", "a").await.unwrap();
    world.batch(&["subject#1", "subject#2"]).await;

    let calls = world.faults.take_calls();
    assert_eq!(calls[0].operation, "TransactWriteItems");
    assert_eq!(calls[0].actions[0].verb, Verb::Put);
    let row = Key::new("Records", "subject#1").sk("account");
    assert_eq!(calls[0].actions[0].key, row);
    assert_eq!(row.to_string(), "Records: subject#1 / account");
    assert_eq!((calls[1].number, calls[1].consistent), (1, true));
    assert_eq!(calls[1].tables, ["Records"]);
    assert_eq!(calls[1].actions.len(), 2);
    assert_eq!((calls[0].rows_read(), calls[1].rows_read()), (0, 2));
    assert_eq!(world.faults.count("BatchGetItem"), 0, "they were taken");
}

#[tokio::test]
async fn a_watch_sees_every_attempt_in_the_task_that_makes_it() {
    tokio::task_local! { static NAME: &'static str; }
    let seen: Arc<Mutex<Vec<(&str, String)>>> = Arc::default();
    let inside = seen.clone();
    let world = World::watched(move |call| {
        let name = NAME.try_with(|name| *name).unwrap_or("nobody");
        inside.lock().unwrap().push((name, call.operation.clone()));
    });
    world.faults.on_call(1, Fault::RefuseBefore);
    world.put("subject#1", "a").await.unwrap();
    assert!(NAME.scope("sweep", world.put("subject#2", "a")).await.is_err());

    let put = |name| (name, "TransactWriteItems".to_owned());
    assert_eq!(*seen.lock().unwrap(), [put("nobody"), put("sweep")], "a refused one too");
}

#[tokio::test]
async fn a_query_is_recorded_with_its_index_and_condition() {
    let world = World::once(&[r#"{"Items": [], "Count": 0, "ScannedCount": 7}"#]);
    let query = world.client.query().table_name("Records").index_name("due");
    let query = query.key_condition_expression("due_shard = :s AND #at <= :now");
    let query = query.expression_attribute_names("#at", "due_at");
    let query = query.expression_attribute_values(":s", AttributeValue::N("3".into()));
    let query = query.expression_attribute_values(":now", AttributeValue::N("99".into()));
    query.send().await.unwrap();

    let call = &world.faults.calls()[0];
    assert_eq!(call.index.as_deref(), Some("due"));
    assert_eq!(call.condition.as_deref(), Some("due_shard = 3 AND due_at <= 99"));
    assert!(!call.consistent);
    assert_eq!(call.rows_read(), 7, "those that were filtered out too");
}

#[tokio::test]
async fn stop_after_lands_the_call_and_refuses_the_rest() {
    let world = World::once(&[]);
    world.faults.stop_after(1);
    assert!(world.put("subject#1", "a").await.is_ok());
    assert_eq!(world.put("subject#2", "a").await.unwrap_err(), "no answer");
    assert_eq!(world.reached(), 2);
    assert!(world.put("subject#3", "a").await.is_err());
    assert_eq!(world.reached(), 2);

    world.faults.clear();
    assert!(world.put("subject#3", "a").await.is_ok());
}

#[tokio::test]
async fn stop_before_refuses_the_call_and_the_rest() {
    let world = World::once(&[]);
    world.faults.stop_before(0);
    assert!(world.put("subject#1", "a").await.is_err());
    assert!(world.put("subject#1", "a").await.is_err());
    assert_eq!(world.reached(), 0);
}

#[tokio::test]
async fn the_sdk_retries_what_it_would_retry() {
    for fault in [Fault::RefuseBefore, Fault::FailAfter, Fault::Throttle, Fault::ServerError] {
        let world = World::new(RetryConfig::standard(), &[]);
        world.faults.on_operation("TransactWriteItems", 0, fault.clone());
        world.put("subject#1", "a").await.unwrap();
        let calls = world.faults.calls();
        assert_eq!(calls.len(), 2, "{fault:?}");
        assert_eq!((calls[0].fault.as_ref(), &calls[1].fault), (Some(&fault), &None));
    }
}

#[tokio::test]
async fn a_cut_body_is_retried_and_a_dead_network_is_not_cured() {
    let world = World::new(RetryConfig::standard(), &[]);
    world.faults.on_call(0, Fault::CutConnection);
    world.put("subject#1", "a").await.unwrap();
    assert_eq!(world.reached(), 2);

    world.faults.always_from(0, Fault::CutConnection);
    world.put("subject#1", "a").await.unwrap_err();
    assert_eq!(world.reached(), 5);
}

#[tokio::test]
async fn a_conflict_names_the_first_row() {
    let world = World::once(&[]);
    world.faults.on_call(0, Fault::Conflict);
    assert_eq!(world.put("subject#1", "a").await.unwrap_err(), "TransactionCanceledException");
    assert_eq!(world.reached(), 0);
}

#[tokio::test]
async fn a_delay_holds_the_answer_or_runs_into_the_read_timeout() {
    let world = World::once(&[]);
    world.faults.on_call(0, Fault::Delay(Duration::from_millis(1)));
    world.put("subject#1", "a").await.unwrap();

    let moment = Duration::from_millis(10);
    world.faults.always_from(0, Fault::Delay(Duration::from_hours(1)));
    assert!(timeout(moment, world.put("subject#1", "a")).await.is_err(), "it is held");
    assert_eq!(world.reached(), 2, "and has landed");

    let impatient = TimeoutConfig::builder().read_timeout(moment).build();
    let impatient = aws_sdk_dynamodb::config::Builder::default().timeout_config(impatient);
    let list = world.client.list_tables().customize().config_override(impatient);
    let error = list.send().await.unwrap_err();
    assert!(matches!(error, SdkError::DispatchFailure(failure) if failure.is_timeout()));
}

#[tokio::test]
async fn the_same_seed_meets_the_same_faults() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let world = World::once(&[]);
        world.faults.seeded(seed, 0.5);
        for _ in 0..64 {
            world.put("subject#1", "a").await.ok();
        }
        let faults = world.faults.calls().into_iter().map(|call| call.fault).collect::<Vec<_>>();
        assert!((16..48).contains(&faults.iter().flatten().count()));
        runs.push(faults);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}
