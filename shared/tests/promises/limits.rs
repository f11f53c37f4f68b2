//! Promises about the limits of the service: our own layer refuses, on engines too that would not.

use crate::engine::{World, key, row};
use shared::domain::inventory::Entity;
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::{Kind, Result};

/// Asserts that a write is refused for a limit, and that nothing was sent.
fn refused(world: &World, written: &Result<()>) {
    let error = written.as_ref().expect_err("beyond the limit");
    assert_eq!(error.kind(), &Kind::Limit);
    assert_eq!(world.faults.count("TransactWriteItems"), 0, "it was not even sent");
}

pub(crate) async fn a_hundred_actions_are_written_and_one_more_is_refused(world: &World) {
    let actions = |n: u32| {
        let mut transaction = Transaction::new();
        for n in 0..n {
            transaction.put("row", row(&n.to_string()), When::Absent);
        }
        world.store.write(transaction)
    };
    refused(world, &actions(101).await);
    refused(world, &actions(0).await);
    actions(100).await.expect("a hundred are written");
    assert!(world.find(&key("99")).await.is_some());
}

pub(crate) async fn two_actions_on_one_row_are_refused(world: &World) {
    let mut transaction = Transaction::new();
    transaction.put("first", row("a"), When::Absent);
    transaction.check("second", key("a"), When::Absent);
    refused(world, &world.store.write(transaction).await);
    // The same keys in two tables are two rows.
    let mut transaction = Transaction::new();
    for key in [Key::records("test#a", "row"), Key::ledger("test#a", "row")] {
        transaction.put("row", Row::new(key, Entity::Limit), When::Absent);
    }
    world.store.write(transaction).await.expect("two rows");
}

/// A row with this many sealed bytes.
fn sealed(name: &str, bytes: usize) -> Row {
    row(name).with(Attr::Sealed, vec![7; bytes])
}

pub(crate) async fn a_row_of_400_kb_is_refused_and_one_below_is_written(world: &World) {
    refused(world, &world.create(sealed("a", 400 * 1024)).await);
    let below = sealed("a", 400 * 1024 - 200);
    world.create(below.clone()).await.expect("the largest row is written");
    assert_eq!(world.find(&key("a")).await, Some(below));
}

pub(crate) async fn a_transaction_of_4_mb_is_refused_and_one_below_is_written(world: &World) {
    let eleven = |bytes: usize| {
        let mut transaction = Transaction::new();
        for n in 0..11 {
            transaction.put("row", sealed(&n.to_string(), bytes), When::Absent);
        }
        transaction
    };
    let share = 4 * 1024 * 1024 / 11;
    refused(world, &world.store.write(eleven(share)).await);
    let below = world.patient().write(eleven(share - 200)).await;
    below.expect("the largest transaction is written");
    assert_eq!(world.find(&key("10")).await, Some(sealed("10", share - 200)));
}
