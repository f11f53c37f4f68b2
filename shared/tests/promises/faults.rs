//! Promises about an engine in trouble: bounded retries, then an error that says what to do.

use crate::engine::{World, key, row};
use shared::Kind;
use shared::domain::time::Timestamp;
use shared::store::{Attr, Lane, Table};
use shared::testing::faults::Fault;

/// The tries of the SDK for one call.
const SDK: usize = 4;
/// The tries of our own.
const OURS: usize = 8;

/// Strikes the first call of every operation that the store has.
fn strike_each(world: &World, fault: &Fault) {
    for operation in ["TransactWriteItems", "BatchGetItem", "Query", "Scan"] {
        world.faults.on_operation(operation, 0, fault.clone());
    }
}

/// One call of every operation, all of which come through.
async fn call_each(world: &World) {
    world.create(row("a").due(Lane::Sweep, Timestamp::from_secs(1))).await.expect("written");
    assert!(world.find(&key("a")).await.is_some());
    let page = world.store.page((Table::Records, "test#a", ""), 10, None).await.expect("a page");
    assert_eq!(page.items.len(), 1);
    let page = world.store.scan(Table::Records, None).await.expect("a page");
    assert_eq!(page.items.len(), 1);
}

async fn cured_by_one_retry(world: &World, fault: Fault) {
    strike_each(world, &fault);
    call_each(world).await;
    let struck = world.faults.take_calls().into_iter().filter(|call| call.fault.is_some());
    assert_eq!(struck.count(), 4);
}

pub(crate) async fn a_throttled_call_is_tried_again(world: &World) {
    cured_by_one_retry(world, Fault::Throttle).await;
}

pub(crate) async fn a_fault_of_the_service_is_tried_again(world: &World) {
    cured_by_one_retry(world, Fault::ServerError).await;
}

pub(crate) async fn throttling_without_end_is_an_error_in_the_end(world: &World) {
    world.faults.always_from(0, Fault::Throttle);
    let error = world.create(row("a")).await.expect_err("never written");
    assert_eq!((error.kind(), error.is_transient()), (&Kind::Throttled, true));
    assert_eq!(world.faults.take_calls().len(), SDK);
    let error = world.store.get(&[key("a")]).await.expect_err("never read");
    assert_eq!(error.kind(), &Kind::Throttled);
    assert_eq!(world.faults.take_calls().len(), SDK);
    let now = Timestamp::from_secs(1);
    let error = world.store.due(Lane::Sweep, 0, now, 1).await.expect_err("never listed");
    assert_eq!(error.kind(), &Kind::Throttled);
    world.faults.clear();
    assert_eq!(world.find(&key("a")).await, None);
}

pub(crate) async fn keys_left_out_are_asked_for_again(world: &World) {
    let rows = (0..8).map(|n| row(&n.to_string())).collect::<Vec<_>>();
    world.create_all(rows.clone()).await;
    world.faults.take_calls();
    world.faults.on_call(0, Fault::Unprocessed);
    world.faults.on_call(1, Fault::Unprocessed);
    let keys = rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>();
    let found = world.store.get_all(&keys).await.expect("all of them");
    assert_eq!(found, rows.into_iter().map(Some).collect::<Vec<_>>());
    let asked = world.faults.take_calls().into_iter().map(|call| call.actions.len());
    assert_eq!(asked.collect::<Vec<_>>(), [8, 4, 2], "only what was left out");
}

pub(crate) async fn a_transaction_in_the_way_is_waited_for(world: &World) {
    world.create(row("a")).await.expect("made");
    world.faults.take_calls();
    world.faults.on_call(0, Fault::Conflict);
    world.faults.on_call(1, Fault::Conflict);
    world.count(&key("a")).await.expect("counted in the end");
    assert_eq!(world.faults.take_calls().len(), 3);
    assert_eq!(world.find(&key("a")).await, Some(row("a").with(Attr::Tries, 1)));
}

pub(crate) async fn transactions_in_the_way_without_end_are_an_error_in_the_end(world: &World) {
    world.create(row("a")).await.expect("made");
    world.faults.take_calls();
    world.faults.always_from(0, Fault::Conflict);
    let error = world.count(&key("a")).await.expect_err("never counted");
    assert_eq!((error.kind(), error.is_transient()), (&Kind::Throttled, true));
    assert_eq!(world.faults.take_calls().len(), OURS);
    world.faults.clear();
    assert_eq!(world.find(&key("a")).await, Some(row("a")));
}

pub(crate) async fn an_engine_out_of_reach_is_unavailable(world: &World) {
    world.faults.stop_before(0);
    let error = world.create(row("a")).await.expect_err("never written");
    assert_eq!((error.kind(), error.is_transient()), (&Kind::Unavailable, true));
    assert_eq!(world.faults.take_calls().len(), SDK);
    let error = world.store.get(&[key("a")]).await.expect_err("never read");
    assert_eq!(error.kind(), &Kind::Unavailable);
    world.faults.clear();
    assert_eq!(world.find(&key("a")).await, None);
}
