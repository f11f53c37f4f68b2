//! Load over TCP on the engine of local mode, on a file: operations a second with 1, 8 and 16
//! clients, beside plain calls on the same engine in the same run.
//!
//! `cargo bench -p end-to-end --bench load` prints the figures, `… -- soak 300` runs everything at
//! once for so many seconds.

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod acts;
mod client;
mod copies;
mod figures;
mod people;
mod plain;
mod soak;
mod visits;

use acts::{correct, erase, loops, read};
use figures::{Figures, without};
use people::World;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip_while(|arg| arg != "soak").skip(1);
    let world = Arc::new(World::open().await);
    let address = world.serve().await;
    if let Some(seconds) = args.next() {
        let span = Duration::from_secs(seconds.parse().expect("a number of seconds"));
        print!("{}", soak::run(world, address, span).await);
    } else {
        print!("{}", all(&world, address).await);
    }
}

/// Every figure, as Markdown.
async fn all(world: &World, address: SocketAddr) -> String {
    let mut figures = Figures::default();
    let people = world.register_many(address, 16).await;
    let name = "plain read of three rows";
    let reads = figures.measure(name, |n| plain::reads(world, n)).await;
    figures.measure("`GET /v1/me`", |n| loops(address, &people[..n], read)).await;
    figures.beside("the plain read", reads);
    let name = "plain transaction of three rows";
    let writes = figures.measure(name, |n| plain::writes(world, n)).await;
    figures.measure("`PATCH /v1/me`", |n| loops(address, &people[..n], correct)).await;
    figures.beside("the plain transaction", writes);
    let copies = copies::measure(world, address, &mut figures).await;
    let hashes = figures.measure("password hash alone", plain::hashes).await;
    let name = "register: code, mail, account";
    let registered = figures.measure(name, |n| world.registrations(address, n)).await;
    figures.derive("register, the hash taken off", without(registered, hashes));
    figures.beside("the plain transaction", writes);
    figures.measure("erase at once", |n| erase(world, address, n)).await;
    figures.beside("the plain transaction", writes);
    let bytes = world.bytes_a_person(address).await;
    let table = figures.markdown();
    format!("{table}\n{copies}Bytes stored for a person after registration: {bytes}.\n")
}

fn rate(done: usize, started: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let done = done as f64;
    done / started.elapsed().as_secs_f64()
}
