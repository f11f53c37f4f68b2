//! The plain transactions that the sweep is compared with.

use crate::fill::Batch;
use personal_center::World;
use shared::domain::inventory::Entity;
use shared::ids::EntryId;
use shared::store::{Attr, Key, Row, Table, Transaction, When};
use shared::testing::faults::{Call, Verb};

/// Transactions of the same form as those among the calls: as many, each with as many rows that are
/// put, deleted and checked. The rows to be deleted are stored.
pub(crate) async fn prepare(world: &World, calls: &[Call]) -> Vec<Transaction> {
    let mut stored = Batch::into(world, Table::Records);
    let mut transactions = Vec::new();
    for call in calls.iter().filter(|call| call.operation == "TransactWriteItems") {
        let mut transaction = Transaction::new();
        for action in &call.actions {
            let row = Row::new(fresh(world), Entity::Limit);
            match action.verb {
                Verb::Delete => {
                    stored.put(&row).await;
                    transaction.delete("row", row.key, When::Present);
                }
                Verb::ConditionCheck => {
                    transaction.check("row", row.key, When::Absent);
                }
                Verb::Get | Verb::Put | Verb::Update => {
                    transaction.put("row", row.with(Attr::Sealed, vec![0; 300]), When::Absent);
                }
            }
        }
        transactions.push(transaction);
    }
    stored.end().await;
    transactions
}

/// A place where nothing is.
fn fresh(world: &World) -> Key {
    let id = EntryId::draw(&*world.ports.entropy);
    Key::records(format!("plain#{id}"), "x")
}
