//! What the sweep costs: requests and rows read with the same work due among few and among many
//! stored rows, and its pace beside plain transactions of as many rows on the same engine, in memory,
//! in the same run. It fails where the many cost more than a tenth beyond the few.
//!
//! `cargo bench -p end-to-end --bench sweep -- [DUE FEW MANY]`, 10,000 among 20,000 and 1,000,000
//! where nothing is said. A tenth as many accounts are due as verifications: each is a real erasure.

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time and takes arguments")]

#[path = "../../it/opener.rs"]
mod opener;

mod due;
mod fill;
mod plain;

use aws_sdk_dynamodb::config::SharedHttpClient;
use due::{Due, Kind};
use personal_center::{Options, World};
use shared::domain::time::{Timestamp, minutes};
use shared::testing::faults::{Call, Faults};
use shared::testing::{FixedClock, SeededEntropy};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use sweep::Bounds;

/// When it begins.
const NOW: Timestamp = Timestamp::from_secs(1_795_507_200);
/// How many times the cost among few rows the cost among many may be.
const MOST: f64 = 1.1;

#[tokio::main]
async fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let [due, few, many] = asked[..] else { return measure_all(10_000, [20_000, 1_000_000]).await };
    measure_all(due, [few, many]).await;
}

async fn measure_all(due: usize, stored: [usize; 2]) {
    println!(
        "| due | stored | requests | rows read | due rows a second | plain transactions of the \
         same rows | ratio |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    let mut costs = Vec::new();
    for stored in stored {
        costs.push(measure(due, stored).await);
    }
    let [few, many] = &costs[..] else { return };
    println!();
    for (kind, (few, many)) in Kind::ALL.into_iter().zip(few.iter().zip(many)) {
        let (requests, rows) = (many.requests / few.requests, many.rows / few.rows);
        println!(
            "{}: {requests:.3} times the requests, {rows:.3} times the rows read, at most {MOST}.",
            kind.name()
        );
        assert!(requests <= MOST && rows <= MOST, "the cost follows what is stored");
    }
    println!(
        "\nPlain transactions write what the sweep wrote: as many, each with as many rows put, \
         deleted and checked; nothing is looked for, read, opened, sealed or signed."
    );
}

/// What ending the rows of one kind costs.
struct Cost {
    requests: f64,
    rows: f64,
}

/// The cost of each kind, one after the other in one world.
async fn measure(due: usize, stored: usize) -> Vec<Cost> {
    let folder = tempfile::tempdir().expect("a folder");
    let slot: Arc<Mutex<Option<Faults>>> = Arc::default();
    let inside = slot.clone();
    let clock = Arc::new(FixedClock::at(NOW));
    let mut options = Options::in_folder(folder.path());
    // On a file the engine syncs once for each of a million rows.
    options.data = None;
    options.clock = clock.clone();
    // The same rows are in the same slices, however much is stored.
    options.entropy = Arc::new(SeededEntropy::of(1));
    options.config.erasures_per_hour = 1_000_000;
    options.wrap = Box::new(move |client| {
        let faults = Faults::new(client);
        *inside.lock().expect("no panic before") = Some(faults.clone());
        SharedHttpClient::new(faults)
    });
    let world = World::open(options).await.expect("a world");
    let faults = slot.lock().expect("no panic before").take().expect("faults");
    fill::rows(&world, stored).await;
    let mut prepared = Due::new(&world, &clock, due).await;
    let mut costs = Vec::new();
    for kind in Kind::ALL {
        let due = prepared.make(kind).await;
        costs.push(sweep_one(&world, &faults, (kind, due, stored)).await);
    }
    costs
}

async fn sweep_one(
    world: &World,
    faults: &Faults,
    (kind, due, stored): (Kind, usize, usize),
) -> Cost {
    faults.take_calls();
    let began = Instant::now();
    let bounds = Bounds { rows: usize::MAX, time: minutes(600) };
    let report = sweep::handle(&world.ports, bounds).await.expect("sweeps");
    let swept = per_second(due, began);
    let calls = faults.take_calls();
    assert_eq!((kind.done(&report), report.failed, report.braked), (due, 0, 0), "{report:?}");
    let rows: usize = calls.iter().map(Call::rows_read).sum();
    let transactions = plain::prepare(world, &calls).await;
    let began = Instant::now();
    for transaction in transactions {
        world.ports.store.write(transaction).await.expect("writes");
    }
    let plain = per_second(due, began);
    faults.take_calls();
    let (requests, name) = (calls.len(), kind.name());
    println!(
        "| {due} {name} | {stored} | {requests} | {rows} | {swept:.0} | {plain:.0} | {:.2} |",
        swept / plain
    );
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    Cost { requests: requests as f64, rows: rows as f64 }
}

fn per_second(due: usize, began: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let due = due as f64;
    due / began.elapsed().as_secs_f64()
}
