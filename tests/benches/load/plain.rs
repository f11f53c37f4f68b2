//! Plain calls on the same engine, to compare with.

use crate::copies::Holder;
use crate::people::{PASSWORD, World};
use crate::{SPAN, rate};
use shared::Ports;
use shared::domain::inventory::Entity;
use shared::domain::personal::Secret;
use shared::ids::{Entropy, EntryId, SystemEntropy};
use shared::store::{Attr, Key, Row, Store, Table, Transaction, When};
use std::time::Instant;

/// Reads of three rows in one batch, a second: as many as a profile takes, and as large.
pub(crate) async fn reads(world: &World, clients: usize) -> f64 {
    let store = &world.inner.ports.store;
    let mut transaction = Transaction::new();
    let mut keys = Vec::new();
    for _ in 0..3 {
        let row = row(&*world.inner.ports.entropy);
        keys.push(row.key.clone());
        transaction.put("row", row, When::Absent);
    }
    store.write(transaction).await.expect("writes");
    let keys: [Key; 3] = keys.try_into().expect("three");
    spread(clients, |until| {
        let (ports, keys) = (world.inner.ports.clone(), keys.clone());
        async move {
            let mut done = 0;
            while Instant::now() < until {
                let found = ports.store.get(&keys).await.expect("reads");
                assert!(found.iter().all(Option::is_some), "they are there");
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
                write(&ports).await;
                done += 1;
            }
            done
        }
    })
    .await
}

/// Writes three new rows in one transaction.
pub(crate) async fn write(ports: &Ports) {
    let mut transaction = Transaction::new();
    for _ in 0..3 {
        transaction.put("row", row(&*ports.entropy), When::Absent);
    }
    ports.store.write(transaction).await.expect("writes");
}

/// A new row, as large as a sealed one.
fn row(entropy: &dyn Entropy) -> Row {
    let key = Key::records(format!("plain#{}", EntryId::draw(entropy)), "x");
    Row::new(key, Entity::Limit).with(Attr::Sealed, vec![0; 300])
}

/// Password hashes a second.
pub(crate) async fn hashes(clients: usize) -> f64 {
    spread(clients, |until| async move {
        let mut done = 0;
        while Instant::now() < until {
            let password = Secret::new(PASSWORD.to_owned());
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
