//! An hour in short: everything at once for minutes, without an error, and with flat memory.
//!
//! `cargo bench -p end-to-end --bench load -- soak 300`

use crate::client::Client;
use crate::people::{Person, World};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Readers, correctors, and people who come and go.
const READERS: usize = 6;
const CORRECTORS: usize = 4;
const COMERS: usize = 2;
/// Times that memory is looked at.
const SAMPLES: u32 = 20;

/// Runs the load; gives a paragraph about it.
pub(crate) async fn run(world: Arc<World>, address: SocketAddr, span: Duration) -> String {
    let people = world.register_many(address, READERS + CORRECTORS).await;
    let until = Instant::now() + span;
    let done = Arc::<AtomicUsize>::default();
    let mut tasks = Vec::new();
    for (i, person) in people.into_iter().enumerate() {
        let client = Client::connect(address).await.expect("connects");
        let act = use_account(client, person, (i < READERS, until), done.clone());
        tasks.push(tokio::spawn(act));
    }
    for _ in 0..COMERS {
        let (world, done) = (world.clone(), done.clone());
        tasks.push(tokio::spawn(async move {
            while Instant::now() < until {
                let people = world.register_many(address, 1).await;
                let mut client = Client::connect(address).await.expect("connects");
                let call = ("POST", "/v1/me/cancellation");
                let gone = client.send(call, &people[0].bearer, None).await.expect("erases");
                assert_eq!(gone.status, 202);
                done.fetch_add(3, Ordering::Relaxed);
            }
        }));
    }
    let mut memory = Vec::new();
    for _ in 0..SAMPLES {
        tokio::time::sleep(span / SAMPLES).await;
        memory.push(resident_mb());
    }
    for task in tasks {
        task.await.expect("no error in any answer");
    }
    told(span, done.load(Ordering::Relaxed), &memory)
}

async fn use_account(
    mut client: Client,
    person: Person,
    (reads, until): (bool, Instant),
    done: Arc<AtomicUsize>,
) {
    let mut round = 0;
    while Instant::now() < until {
        let read = client.send(("GET", "/v1/me"), &person.bearer, None).await.expect("reads");
        assert_eq!(read.status, 200);
        if !reads {
            let headers = format!("{}if-match: {}\r\n", person.bearer, read.etag.expect("an etag"));
            let patch = json!({"display_name": format!("Ada {round}")});
            let answer = client.send(("PATCH", "/v1/me"), &headers, Some(&patch)).await;
            assert_eq!(answer.expect("corrects").status, 200);
            round += 1;
            done.fetch_add(1, Ordering::Relaxed);
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Memory is compared between the second quarter and the last: the first fills caches.
fn told(span: Duration, done: usize, memory: &[f64]) -> String {
    let quarter = memory.len() / 4;
    let mean = |part: &[f64]| {
        part.iter().sum::<f64>() / f64::from(u32::try_from(part.len()).expect("few"))
    };
    let early = mean(&memory[quarter..2 * quarter]);
    let late = mean(&memory[memory.len() - quarter..]);
    format!(
        "{} seconds of {READERS} readers, {CORRECTORS} correctors and {COMERS} who register and \
         erase, together: {done} requests, no error.\nResident memory of server, engine and \
         clients: {early:.0} MB in the second quarter, {late:.0} MB in the last (ratio {:.2}).\n",
        span.as_secs(),
        late / early
    )
}

/// Resident memory of this process, MB; 0 where the system does not tell.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}
