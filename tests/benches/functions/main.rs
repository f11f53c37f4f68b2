//! What Lambda sees of a function's binary: its start beside the bare function's, its first
//! request, and its memory after a thousand requests without password hashing.
//!
//! `cargo xtask budgets` builds the binaries for release and gives them to this; what is measured is
//! in them, so the profile of this program does not matter.

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::panic, reason = "a bench that knows no request for a function has failed")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod acts;
mod first;
mod start;
mod warm;
mod world;

use std::time::Duration;
use world::World;

/// Starts of each binary.
const SPAWNS: usize = 30;

/// Takes `bare=PATH`, then `NAME=PATH` of each function; prints a line for each function: its name,
/// µs to the first poll, µs of the bare function, KB resident, µs of the first request with and
/// without the read of Init (0 where there is none).
#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().filter(|arg| arg.contains('=')).collect();
    let mut given = given.iter().filter_map(|arg| arg.split_once('='));
    let Some(("bare", bare)) = given.next() else { return };
    let world = World::open().await;
    for (name, path) in given {
        let (function, simple) = (path.to_owned(), bare.to_owned());
        let starts = tokio::task::spawn_blocking(move || start::beside(&function, &simple));
        let [own, other] = starts.await.expect("measures");
        let resident = warm::resident_kb(&world, name, path).await;
        let [with, without] = first::requests(&world, name, path).await;
        let [own, other, with, without] = [own, other, with, without].map(|t| t.as_micros());
        println!("{name} {own} {other} {resident} {with} {without}");
    }
}

/// The one in the middle.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
