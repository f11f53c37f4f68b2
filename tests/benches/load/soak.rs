//! An hour in short: everything at once for minutes, without an error, and with flat memory. It
//! fails where an answer is not the one that was wanted, and where memory grows.
//!
//! `cargo bench -p end-to-end --bench load -- soak 300`

use crate::client::Client;
use crate::people::{Person, World};
use crate::visits::visits;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Readers, correctors, people who register and erase, and people who use every right.
const READERS: usize = 6;
const CORRECTORS: usize = 4;
const COMERS: usize = 2;
const VISITORS: usize = 2;
/// Times that memory is looked at.
const SAMPLES: u32 = 80;

/// How many times the memory early the memory late may be. What is resident swings by the buffers
/// of the hashes under way (19 MB each), which leaves a few hundredths in the middle of twenty
/// looks; a leak of a kilobyte a request is far beyond a tenth within minutes.
const MOST: f64 = 1.10;
/// Runs from this length on are judged. In shorter ones the caches of engine and allocator still
/// fill in the second quarter.
const JUDGED_FROM: Duration = Duration::from_mins(2);

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
        tasks.push(tokio::spawn(come_and_go(world.clone(), address, until, done.clone())));
    }
    for _ in 0..VISITORS {
        tasks.push(tokio::spawn(visits(world.clone(), address, until, done.clone())));
    }
    let mut memory = Vec::new();
    for _ in 0..SAMPLES {
        tokio::time::sleep(span / SAMPLES).await;
        memory.extend(resident_mb());
    }
    for task in tasks {
        task.await.expect("no error in any answer");
    }
    format!("{}{}", told(span, done.load(Ordering::Relaxed)), judged(span, &memory))
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

async fn come_and_go(
    world: Arc<World>,
    address: SocketAddr,
    until: Instant,
    done: Arc<AtomicUsize>,
) {
    let mut client = Client::connect(address).await.expect("connects");
    while Instant::now() < until {
        let person = world.register(&mut client).await;
        let call = ("POST", "/v1/me/cancellation");
        let gone = client.send(call, &person.bearer, None).await.expect("erases");
        assert_eq!(gone.status, 202);
        done.fetch_add(3, Ordering::Relaxed);
    }
}

fn told(span: Duration, done: usize) -> String {
    format!(
        "{} seconds of {READERS} readers, {CORRECTORS} correctors, {COMERS} who register and erase, \
         and {VISITORS} who register, log in, change a contact by its code, give and withdraw a \
         consent, ask for a copy, read all of it and erase, together: {done} requests, no error.\n",
        span.as_secs()
    )
}

/// Memory is compared between the second quarter and the last: the first fills caches. Codes are
/// forgotten once they are used, and mails are not kept, so that nothing but the file grows.
fn judged(span: Duration, memory: &[f64]) -> String {
    let looks = usize::try_from(SAMPLES).expect("few");
    assert!(memory.len() == looks || !cfg!(target_os = "linux"), "Linux tells what is resident");
    if memory.len() < looks {
        return "What memory was resident this system does not tell.\n".to_owned();
    }
    let quarter = memory.len() / 4;
    let early = middle(&memory[quarter..2 * quarter]);
    let late = middle(&memory[memory.len() - quarter..]);
    let ratio = late / early;
    let bound = if span >= JUDGED_FROM {
        assert!(ratio <= MOST, "memory grows: {early:.0} MB early, {late:.0} MB late");
        format!("at most {MOST:.2}")
    } else {
        format!("judged from {} seconds on", JUDGED_FROM.as_secs())
    };
    format!(
        "Resident memory of server, engine and clients: {early:.0} MB in the second quarter, \
         {late:.0} MB in the last (ratio {ratio:.2}, {bound}).\n"
    )
}

/// The one in the middle.
fn middle(part: &[f64]) -> f64 {
    let mut sorted = part.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Resident memory of this process, MB, where the system tells it.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
