//! What the sweep costs: requests and rows read with the same work due among few and among many
//! stored rows. The rows are written past every rule, straight to the engine. It fails where the many
//! cost more than a tenth beyond the few.
//!
//! `cargo bench -p end-to-end --bench sweep -- [DUE FEW MANY]`, 10,000 among 20,000 and 1,000,000
//! where nothing is said.

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time and takes arguments")]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use personal_center::{Options, World};
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, minutes};
use shared::ids::{SystemEntropy, VerificationId};
use shared::records::verification;
use shared::store::{Attr, Lane, Row, Table, connect};
use shared::testing::FixedClock;
use shared::testing::faults::Faults;
use shared::vault::Owner;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use sweep::Bounds;

type Item = HashMap<String, AttributeValue>;

const NOW: Timestamp = Timestamp::from_secs(1_795_507_200);
/// How many times the cost among few rows the cost among many may be.
const MOST: f64 = 1.1;
/// Rows of one batch write (the most that the service takes).
const BATCH: usize = 25;

#[tokio::main]
async fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let [due, few, many] = asked[..] else { return measure_all(10_000, [20_000, 1_000_000]).await };
    measure_all(due, [few, many]).await;
}

async fn measure_all(due: usize, stored: [usize; 2]) {
    println!("| due | stored | requests | rows read | seconds |\n| --- | --- | --- | --- | --- |");
    let mut costs = Vec::new();
    for stored in stored {
        costs.push(measure(due, stored).await);
    }
    let [few, many] = costs[..] else { return };
    let (requests, rows) = (many.0 / few.0, many.1 / few.1);
    println!("\nrequests: {requests:.3} times, rows read: {rows:.3} times");
    assert!(requests <= MOST && rows <= MOST, "the cost follows what is stored");
}

async fn measure(due: usize, stored: usize) -> (f64, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let slot: Arc<Mutex<Option<Faults>>> = Arc::default();
    let inside = slot.clone();
    let mut options = Options::in_folder(folder.path());
    options.clock = Arc::new(FixedClock::at(NOW));
    options.wrap = Box::new(move |client| {
        let faults = Faults::new(client);
        *inside.lock().expect("no panic before") = Some(faults.clone());
        SharedHttpClient::new(faults)
    });
    let world = World::open(options).await.expect("a world");
    let faults = slot.lock().expect("no panic before").take().expect("faults");
    fill(&world, due, stored).await;
    faults.take_calls();

    let began = Instant::now();
    let bounds = Bounds { rows: due, time: minutes(600) };
    let report = sweep::handle(&world.ports, bounds).await.expect("sweeps");
    assert_eq!(report.expired, due, "{report:?}");
    let seconds = began.elapsed().as_secs_f64();
    let calls = faults.take_calls();
    let reads = calls.iter().filter(|call| call.operation != "TransactWriteItems");
    let rows: usize = reads.map(|call| call.actions.len()).sum();
    // A query reads as many index rows as it gives; every due row is given once.
    let (requests, rows) = (calls.len(), rows + due);
    println!("| {due} | {stored} | {requests} | {rows} | {seconds:.1} |");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    (requests as f64, rows as f64)
}

/// Verifications, some of them due, all with their keys.
async fn fill(world: &World, due: usize, stored: usize) {
    let client = connect(world.database(), aws_smithy_http_client::Builder::new().build_http());
    let (mut records, mut keys) = (Vec::new(), Vec::new());
    for n in 0..stored {
        let id = VerificationId::draw(&SystemEntropy::default());
        let ends = if n < due { NOW.minus(minutes(1)) } else { NOW.plus(minutes(10)) };
        let row = Row::new(verification::key(&id), Entity::Verification)
            .with(Attr::EndsAt, ends)
            .due(Lane::Sweep, ends);
        records.push(item(&row));
        if n < due {
            keys.push(item(&Row::new(Owner::Flow(id).key(), Entity::DataKey)));
        }
        put(world, &client, (Table::Records, &mut records), BATCH).await;
        put(world, &client, (Table::Keys, &mut keys), BATCH).await;
    }
    put(world, &client, (Table::Records, &mut records), 1).await;
    put(world, &client, (Table::Keys, &mut keys), 1).await;
}

/// Writes the rows at hand, where there are so many of them.
async fn put(
    world: &World,
    client: &Client,
    (table, rows): (Table, &mut Vec<Item>),
    at_least: usize,
) {
    if rows.len() < at_least {
        return;
    }
    let puts = rows.drain(..).map(|item| {
        let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
        WriteRequest::builder().put_request(put).build()
    });
    let name = world.ports.store.name(table);
    let batch = client.batch_write_item().request_items(name, puts.collect());
    batch.send().await.expect("writes");
}

fn item(row: &Row) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut item = Item::from([
        ("pk".to_owned(), text(&row.key.pk)),
        ("kind".to_owned(), text(row.entity.name())),
        ("version".to_owned(), AttributeValue::N("1".to_owned())),
    ]);
    if row.key.table == Table::Records {
        item.insert("sk".to_owned(), text(&row.key.sk));
    }
    for (attr, value) in &row.attributes {
        let value = match value {
            shared::store::Value::Text(value) => text(value),
            shared::store::Value::Number(number) => AttributeValue::N(number.to_string()),
            other => unreachable!("no such value here: {other:?}"),
        };
        item.insert(attr.name().to_owned(), value);
    }
    item
}
