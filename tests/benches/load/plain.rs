//! Plain calls on the same engine, to compare with.

use crate::copies::Holder;
use crate::people::World;
use crate::{SPAN, rate};
use shared::domain::inventory::Entity;
use shared::domain::personal::Secret;
use shared::ids::{EntryId, SystemEntropy};
use shared::store::{Attr, Key, Row, Store, Table, Transaction, When};
use std::time::Instant;

/// Reads of three rows in one batch, a second.
pub(crate) async fn reads(world: &World, clients: usize) -> f64 {
    spread(clients, |until| {
        let ports = world.inner.ports.clone();
        async move {
            let keys = ["a", "b", "c"].map(|pk| Key::records(format!("plain#{pk}"), "x"));
            let mut done = 0;
            while Instant::now() < until {
                ports.store.get(&keys).await.expect("reads");
                done += 1;
            }
            done
        }
    })
    .await
}

/// Transactions of three new rows, a second.
pub(crate) async fn writes(world: &World, clients: usize) -> f64 {
    spread(clients, |until| {
        let ports = world.inner.ports.clone();
        async move {
            let mut done = 0;
            while Instant::now() < until {
                let mut transaction = Transaction::new();
                for _ in 0..3 {
                    let id = EntryId::draw(&*ports.entropy);
                    let row = Row::new(Key::records(format!("plain#{id}"), "x"), Entity::Limit);
                    let row = row.with(Attr::Sealed, vec![0; 300]);
                    transaction.put("row", row, When::Absent);
                }
                ports.store.write(transaction).await.expect("writes");
                done += 1;
            }
            done
        }
    })
    .await
}

/// Password hashes a second.
pub(crate) async fn hashes(clients: usize) -> f64 {
    spread(clients, |until| async move {
        let mut done = 0;
        while Instant::now() < until {
            let password = Secret::new("correct horse battery".to_owned());
            let hash = shared::vault::password::hash(password, &SystemEntropy::default()).await;
            hash.expect("hashes");
            done += 1;
        }
        done
    })
    .await
}

/// Reads of all rows of a person and of the person's chain, a second.
pub(crate) async fn queries(world: &World, clients: usize, holder: &Holder) -> f64 {
    spread(clients, |until| {
        let store = world.inner.ports.store.clone();
        let (partition, chain) = (holder.partition.clone(), holder.chain.clone());
        async move {
            let mut done = 0;
            while Instant::now() < until {
                query(&store, Table::Records, &partition).await;
                query(&store, Table::Ledger, &chain).await;
                done += 1;
            }
            done
        }
    })
    .await
}

/// Reads a partition to its end; gives the number of its rows.
pub(crate) async fn query(store: &Store, table: Table, partition: &str) -> usize {
    let (mut rows, mut after) = (0, None);
    loop {
        let page = store.page((table, partition, ""), 1_000, after.as_ref()).await;
        let page = page.expect("reads");
        rows += page.items.len();
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

async fn spread<F>(clients: usize, one: impl Fn(Instant) -> F) -> f64
where
    F: Future<Output = usize> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(one(started + SPAN))).collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("no panic");
    }
    rate(done, started)
}
