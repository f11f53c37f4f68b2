//! The world under load, and people in it.

use crate::client::Client;
use notify::carrier::Carried;
use notify::{Carrier, Handed, Letter};
use personal_center::Options;
use serde_json::{Value, json};
use shared::outbox::Content;
use shared::store::Table;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Everyone's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A person with a session.
#[derive(Clone)]
pub(crate) struct Person {
    /// The name to log in with.
    pub(crate) email: String,
    /// The header that carries the token.
    pub(crate) bearer: String,
}

/// A world on a file, whose mails stay in memory.
pub(crate) struct World {
    pub(crate) inner: personal_center::World,
    _folder: TempDir,
    codes: Codes,
    count: AtomicUsize,
}

/// The newest code of each address.
#[derive(Default)]
struct Codes(Mutex<HashMap<String, String>>);

impl Carrier for Codes {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        let Letter { message, .. } = letter;
        if let Content::RegistrationCode { code } | Content::ContactCode { code } = &message.content
        {
            let mut codes = self.0.lock().expect("no panic before");
            codes.insert(message.to.expose().clone(), code.expose().to_owned());
        }
        Box::pin(async { Handed::Over })
    }
}

impl World {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = Options::in_folder(folder.path());
        options.config.cooling_off = Duration::ZERO;
        options.config.sends_per_source.most = 1_000_000;
        // More are erased here in minutes than anywhere in an hour.
        options.config.erasures_per_hour = 1_000_000;
        let inner = personal_center::World::open(options).await.expect("a world");
        Self { inner, _folder: folder, codes: Codes::default(), count: AtomicUsize::new(0) }
    }

    /// Serves it on a free port.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = self.inner.router();
        tokio::spawn(async { axum::serve(listener, router).await });
        address
    }

    /// An address that nobody had before.
    pub(crate) fn fresh_address(&self) -> String {
        format!("p{}@example.org", self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks for a code and delivers it: the verification's id, and the code. `headers` are those of
    /// a caller, where there is one.
    pub(crate) async fn code(
        &self,
        client: &mut Client,
        (headers, ask): (&str, &Value),
    ) -> (Value, String) {
        let asked = client.send(("POST", "/v1/verifications"), headers, Some(ask)).await;
        let mut asked = asked.expect("asks");
        assert_eq!(asked.status, 202);
        let address = ask["address"].as_str().expect("an address");
        loop {
            self.deliver().await;
            let code = self.codes.0.lock().expect("no panic before").remove(address);
            if let Some(code) = code {
                return (asked.body["verification"].take(), code);
            }
        }
    }

    /// Registers one person: asks for a code, delivers it, registers.
    pub(crate) async fn register(&self, client: &mut Client) -> Person {
        let email = self.fresh_address();
        let ask = json!({
            "purpose": "register", "channel": "email", "address": email, "age": {"band": "adult"}
        });
        let (verification, code) = self.code(client, ("", &ask)).await;
        let account = json!({
            "verification": verification, "code": code, "password": PASSWORD,
            "policy_version": "general-2022-08-16"
        });
        let made = client.send(("POST", "/v1/accounts"), "", Some(&account)).await.expect("made");
        assert_eq!(made.status, 201);
        Person { email, bearer: bearer(&made.body) }
    }

    pub(crate) async fn register_many(&self, address: SocketAddr, n: usize) -> Vec<Person> {
        let mut client = Client::connect(address).await.expect("connects");
        let mut people = Vec::new();
        for _ in 0..n {
            people.push(self.register(&mut client).await);
        }
        people
    }

    /// Registrations a second.
    pub(crate) async fn registrations(&self, address: SocketAddr, clients: usize) -> f64 {
        let started = Instant::now();
        let until = started + crate::SPAN;
        let one = || async {
            let mut client = Client::connect(address).await.expect("connects");
            let mut done = 0;
            while Instant::now() < until {
                self.register(&mut client).await;
                done += 1;
            }
            done
        };
        let mut all = Vec::new();
        for _ in 0..clients {
            all.push(one());
        }
        let done: usize = join(all).await.into_iter().sum();
        crate::rate(done, started)
    }

    /// The stored bytes, keys and names included, that a registration adds.
    pub(crate) async fn bytes_a_person(&self, address: SocketAddr) -> usize {
        // Messages still on their way would leave while the others come.
        while self.deliver().await > 0 {}
        let before = self.stored().await;
        self.register_many(address, 10).await;
        while self.deliver().await > 0 {}
        self.stored().await.saturating_sub(before) / 10
    }

    async fn deliver(&self) -> usize {
        let sent = notify::deliver_due(&self.inner.ports, &self.codes).await;
        sent.expect("delivers").delivered
    }

    async fn stored(&self) -> usize {
        let store = &self.inner.ports.store;
        let mut bytes = 0;
        for table in Table::ALL {
            let mut after = None;
            loop {
                let page = store.scan(table, after.as_ref()).await.expect("scans");
                bytes += page.items.iter().map(shared::store::Row::bytes_stored).sum::<usize>();
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        bytes
    }
}

/// The header that carries the token of an answer.
pub(crate) fn bearer(answer: &Value) -> String {
    format!("authorization: Bearer {}\r\n", answer["token"].as_str().expect("a token"))
}

/// Runs futures side by side on this task.
async fn join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in pinned.iter_mut().zip(&mut outputs) {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
