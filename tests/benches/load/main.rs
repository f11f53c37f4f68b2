//! Load over TCP on the engine of local mode, on a file: operations a second with 1, 8 and 16
//! clients, beside plain calls on the same engine in the same run.
//!
//! `cargo bench -p end-to-end --bench load`

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod client;
mod people;
mod plain;

use client::Client;
use people::{Person, World};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let world = World::open().await;
    let address = world.serve().await;
    println!("| operation | 1 client | 8 clients | 16 clients |\n| --- | --- | --- | --- |");
    let people = world.register_many(address, 16).await;
    row("plain read of three rows (engine alone)", [1, 8, 16], |n| plain::reads(&world, n)).await;
    row("GET /v1/me", [1, 8, 16], |n| loops(address, &people[..n], read)).await;
    row("plain transaction of three rows", [1, 8, 16], |n| plain::writes(&world, n)).await;
    row("PATCH /v1/me", [1, 8, 16], |n| loops(address, &people[..n], correct)).await;
    row("password hash alone", [1, 8, 16], plain::hashes).await;
    row("register: code, mail, account", [1, 8, 16], |n| world.registrations(address, n)).await;
    row("erase: POST cancellation, no cooling-off", [1, 8, 16], |n| erase(&world, address, n))
        .await;
    println!("\nbytes stored a person: {}", world.bytes_a_person(address).await);
    let (seal, open) = plain::sealing(&world).await;
    println!("seal a profile: {seal:.2} µs, open it: {open:.2} µs");
}

/// Prints a row: operations a second for each number of clients.
async fn row<F: Future<Output = f64>>(name: &str, clients: [usize; 3], run: impl Fn(usize) -> F) {
    print!("| {name} |");
    for n in clients {
        print!(" {:.0} |", run(n).await);
    }
    println!();
}

/// One client per person, each in a loop; operations a second of all together.
async fn loops<F>(
    address: SocketAddr,
    people: &[Person],
    one: impl Fn(Client, Person, Instant) -> F,
) -> f64
where
    F: Future<Output = usize> + Send + 'static,
{
    let started = Instant::now();
    let mut tasks = Vec::new();
    for person in people {
        let client = Client::connect(address).await.expect("connects");
        tasks.push(tokio::spawn(one(client, person.clone(), started + SPAN)));
    }
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("no panic");
    }
    rate(done, started)
}

fn rate(done: usize, started: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let done = done as f64;
    done / started.elapsed().as_secs_f64()
}

async fn read(mut client: Client, person: Person, until: Instant) -> usize {
    let mut done = 0;
    while Instant::now() < until {
        let answer = client.send(("GET", "/v1/me"), &person.bearer, None).await.expect("reads");
        assert_eq!(answer.status, 200);
        done += 1;
    }
    done
}

async fn correct(mut client: Client, person: Person, until: Instant) -> usize {
    let first = client.send(("GET", "/v1/me"), &person.bearer, None).await.expect("reads");
    let mut etag = first.etag.expect("an etag");
    let mut done = 0;
    while Instant::now() < until {
        let headers = format!("{}if-match: {etag}\r\n", person.bearer);
        let patch = json!({"display_name": format!("Ada {done}")});
        let answer = client.send(("PATCH", "/v1/me"), &headers, Some(&patch)).await;
        let answer = answer.expect("corrects");
        assert_eq!(answer.status, 200);
        etag = answer.etag.expect("an etag");
        done += 1;
    }
    done
}

/// Erases people who were registered before, as fast as it goes.
async fn erase(world: &World, address: SocketAddr, clients: usize) -> f64 {
    const EACH: usize = 12;
    let people = world.register_many(address, clients * EACH).await;
    let started = Instant::now();
    let mut tasks = Vec::new();
    for share in people.chunks(EACH) {
        let mut client = Client::connect(address).await.expect("connects");
        let share = share.to_vec();
        tasks.push(tokio::spawn(async move {
            for person in share {
                let call = ("POST", "/v1/me/cancellation");
                let answer = client.send(call, &person.bearer, None).await.expect("erases");
                assert_eq!(answer.status, 202);
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    rate(people.len(), started)
}
