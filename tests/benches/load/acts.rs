//! What clients do under load, each in a loop of its own.

use crate::client::Client;
use crate::people::{Person, World};
use crate::{SPAN, rate};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Instant;

/// One client per person, each in a loop; operations a second of all together.
pub(crate) async fn loops<F>(
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

pub(crate) async fn read(mut client: Client, person: Person, until: Instant) -> usize {
    let mut done = 0;
    while Instant::now() < until {
        let answer = client.send(("GET", "/v1/me"), &person.bearer, None).await.expect("reads");
        assert_eq!(answer.status, 200);
        done += 1;
    }
    done
}

pub(crate) async fn correct(mut client: Client, person: Person, until: Instant) -> usize {
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
pub(crate) async fn erase(world: &World, address: SocketAddr, clients: usize) -> f64 {
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
