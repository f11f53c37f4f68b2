//! Copies of a person with few rows and of one with many, beside the plain queries of the same rows.

use crate::client::Client;
use crate::figures::Figures;
use crate::people::{Person, World};
use crate::plain;
use crate::rate;
use shared::store::Table;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Consents given and withdrawn by who has few rows, and by who has almost as many as one part holds.
const ACTS: [usize; 2] = [0, 900];
/// Copies that are asked for; ten a day are the limit.
const ASKED: u32 = 9;
/// Reads of each client: three clients read one copy, and sixty are its limit.
const READS: usize = 20;

/// A person with rows, and a copy that was asked for.
pub(crate) struct Holder {
    person: Person,
    /// The partition of the person in `Records`.
    pub(crate) partition: String,
    /// The partition of the person's chain in `Ledger`.
    pub(crate) chain: String,
    /// The paths of the copies' first parts, and how many clients have read one.
    parts: Vec<String>,
    clients: AtomicUsize,
    /// What asking for a copy takes.
    asking: Duration,
}

/// Measures reading a part, for both; tells what asking takes.
pub(crate) async fn measure(world: &World, address: SocketAddr, figures: &mut Figures) -> String {
    let mut told = String::new();
    for acts in ACTS {
        let holder = holder(world, address, acts).await;
        let store = &world.inner.ports.store;
        let rows = plain::query(store, Table::Records, &holder.partition).await;
        let entries = plain::query(store, Table::Ledger, &holder.chain).await;
        let held = format!("{rows} rows and {entries} ledger entries");
        let name = format!("plain queries of {held}");
        let plain = figures.measure(&name, |n| plain::queries(world, n, &holder)).await;
        let name = "`GET /v1/me/exports/{id}` of the same";
        figures.measure(name, |n| parts(address, &holder, n)).await;
        figures.beside("the plain queries", plain);
        let (ms, plain) = (holder.asking.as_secs_f64() * 1e3, asking(world, &holder).await);
        let _infallible = writeln!(
            told,
            "Asking for a copy of {held}: {ms:.1} ms, {:.2} times a plain query of the rows and a \
             plain transaction of three.",
            ms / (plain.as_secs_f64() * 1e3)
        );
    }
    told
}

/// The plain calls that asking is compared with: it goes through the rows, and writes.
async fn asking(world: &World, holder: &Holder) -> Duration {
    let (ports, began) = (&world.inner.ports, Instant::now());
    for _ in 0..ASKED {
        plain::query(&ports.store, Table::Records, &holder.partition).await;
        plain::write(ports).await;
    }
    began.elapsed() / ASKED
}

/// Parts of one person's copy a second.
async fn parts(address: SocketAddr, holder: &Holder, clients: usize) -> f64 {
    let (started, mut tasks) = (Instant::now(), Vec::new());
    for _ in 0..clients {
        let turn = holder.clients.fetch_add(1, Ordering::Relaxed);
        let part = holder.parts[turn % holder.parts.len()].clone();
        let client = Client::connect(address).await.expect("connects");
        tasks.push(tokio::spawn(read(client, holder.person.clone(), part)));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    rate(clients * READS, started)
}

async fn read(mut client: Client, person: Person, part: String) {
    for _ in 0..READS {
        let answer = client.send(("GET", &part), &person.bearer, None).await.expect("reads");
        assert_eq!(answer.status, 200);
    }
}

/// Registers a person, fills the partition, and asks for copies.
async fn holder(world: &World, address: SocketAddr, acts: usize) -> Holder {
    let before = chains(world).await;
    let person = world.register_many(address, 1).await.remove(0);
    let mut new = chains(world).await.into_iter().filter(|chain| !before.contains(chain));
    let chain = new.next().expect("a chain");
    let mut client = Client::connect(address).await.expect("connects");
    for act in 0..acts {
        let method = if act % 2 == 0 { "PUT" } else { "DELETE" };
        let call = (method, "/v1/me/consents/profile");
        let answer = client.send(call, &person.bearer, None).await.expect("consents");
        assert_eq!(answer.status, 204);
    }
    let me = client.send(("GET", "/v1/me"), &person.bearer, None).await.expect("reads").body;
    let partition = format!("subject#{}", me["id"].as_str().expect("an id"));
    let (mut parts, began) = (Vec::new(), Instant::now());
    for _ in 0..ASKED {
        let call = ("POST", "/v1/me/exports");
        let asked = client.send(call, &person.bearer, None).await.expect("asks");
        assert_eq!(asked.status, 201);
        parts.push(asked.body["parts"][0]["href"].as_str().expect("a part").to_owned());
    }
    let asking = began.elapsed() / ASKED;
    let clients = AtomicUsize::new(0);
    Holder { person, partition, chain, parts, clients, asking }
}

/// The partition of every chain.
async fn chains(world: &World) -> BTreeSet<String> {
    let (mut chains, mut after) = (BTreeSet::new(), None);
    loop {
        let page = world.inner.ports.store.scan(Table::Ledger, after.as_ref()).await;
        let page = page.expect("scans");
        chains.extend(page.items.into_iter().map(|row| row.key.pk));
        after = page.next;
        if after.is_none() {
            return chains;
        }
    }
}
