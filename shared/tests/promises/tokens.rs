//! Promises about a write whose answer is lost: sent again under the same token, it counts once.

use crate::engine::{World, key, row};
use shared::store::Attr;
use shared::testing::faults::Fault;

/// The tries of a row, and how often the write was sent.
async fn tries_and_sent(world: &World) -> (i64, usize) {
    let row = world.find(&key("a")).await.expect("there");
    (row.number(Attr::Tries).expect("tries"), world.faults.count("TransactWriteItems"))
}

async fn counted_once(world: &World, fault: Fault) {
    world.create(row("a")).await.expect("made");
    world.faults.take_calls();
    world.faults.on_operation("TransactWriteItems", 0, fault);
    world.count(&key("a")).await.expect("the retry finds it done");
    assert_eq!(tries_and_sent(world).await, (1, 2));
    // Another write has another token.
    world.count(&key("a")).await.expect("counted");
    assert_eq!(tries_and_sent(world).await, (2, 3));
}

pub(crate) async fn a_lost_answer_does_not_count_twice(world: &World) {
    counted_once(world, Fault::FailAfter).await;
}

pub(crate) async fn an_answer_cut_off_does_not_count_twice(world: &World) {
    counted_once(world, Fault::CutConnection).await;
}

pub(crate) async fn a_lost_answer_does_not_read_as_a_conflict(world: &World) {
    world.faults.on_operation("TransactWriteItems", 0, Fault::FailAfter);
    world.create(row("a")).await.expect("the row that is there is our own");
    assert_eq!(world.faults.count("TransactWriteItems"), 2);
    let error = world.create(row("a")).await.expect_err("now it is another's");
    assert!(error.failed("row"));
}
