//! A visit: somebody new registers, logs in, uses the rights, and goes. Everybody comes once, since
//! one person has ten copies and ten changes of contact a day, and a load is not to meet a limit.

use crate::client::{Answer, Client};
use crate::people::{PASSWORD, Person, World, bearer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Visits, one after the other.
pub(crate) async fn visits(
    world: Arc<World>,
    address: SocketAddr,
    until: Instant,
    done: Arc<AtomicUsize>,
) {
    let client = Client::connect(address).await.expect("connects");
    let mut visitor = Visitor { client, bearer: String::new(), done };
    while Instant::now() < until {
        visitor.visit(&world).await;
    }
}

/// Who is there now.
struct Visitor {
    client: Client,
    bearer: String,
    done: Arc<AtomicUsize>,
}

impl Visitor {
    async fn visit(&mut self, world: &World) {
        let person = world.register(&mut self.client).await;
        self.done.fetch_add(2, Ordering::Relaxed);
        self.log_in(&person).await;
        self.change_contact(world).await;
        self.consent().await;
        self.copy().await;
        self.send(("POST", "/v1/me/cancellation"), None, 202).await;
    }

    async fn log_in(&mut self, person: &Person) {
        let body = json!({"login": person.email, "password": PASSWORD});
        self.bearer.clear();
        let made = self.send(("POST", "/v1/sessions"), Some(&body), 201).await;
        self.bearer = bearer(&made.body);
    }

    /// Moves to another address, whose code shows that it is the person's.
    async fn change_contact(&mut self, world: &World) {
        let ask =
            json!({"purpose": "contact", "channel": "email", "address": world.fresh_address()});
        let (verification, code) = world.code(&mut self.client, (&self.bearer, &ask)).await;
        self.done.fetch_add(1, Ordering::Relaxed);
        let body = json!({"verification": verification, "code": code});
        self.send(("PUT", "/v1/me/contacts/email"), Some(&body), 200).await;
    }

    /// Gives a consent, and withdraws it.
    async fn consent(&mut self) {
        for method in ["PUT", "DELETE"] {
            self.send((method, "/v1/me/consents/profile"), None, 204).await;
        }
    }

    /// Asks for a copy, and reads every part of it.
    async fn copy(&mut self) {
        let asked = self.send(("POST", "/v1/me/exports"), None, 201).await;
        let parts = asked.body["parts"].as_array().expect("parts");
        assert!(!parts.is_empty(), "a copy has a part");
        for part in parts {
            let path = part["href"].as_str().expect("a part");
            self.send(("GET", path), None, 200).await;
        }
    }

    /// Sends a request, which has to be answered as it should.
    async fn send(&mut self, call: (&str, &str), body: Option<&Value>, status: u16) -> Answer {
        let answer = self.client.send(call, &self.bearer, body).await.expect("an answer");
        assert_eq!(answer.status, status, "{call:?}");
        self.done.fetch_add(1, Ordering::Relaxed);
        answer
    }
}
