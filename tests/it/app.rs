//! A whole world for one test, with one verb per thing that people do.

pub(crate) use crate::call::{Answer, Call};
use crate::contact_calls::channel;
use crate::rights::{Watched, watch};
use aws_sdk_dynamodb::config::SharedHttpClient;
use axum::Router;
use axum::http::{Method, header};
use personal_center::role::acting;
use personal_center::{Options, World};
use serde_json::{Value, json};
use shared::domain::time::Timestamp;
use shared::testing::FixedClock;
use shared::testing::faults::Faults;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The password of everyone in tests.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// When every test begins: 2026-11-24T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_secs(1_795_507_200);

/// A world, its clock and its faults.
pub(crate) struct TestApp {
    pub(crate) world: World,
    pub(crate) router: Router,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) faults: Faults,
    /// The folder of mailbox, and of the database where it is on a file.
    pub(crate) folder: TempDir,
    /// Where requests come from.
    pub(crate) source: IpAddr,
}

/// A person with a session.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) token: String,
    pub(crate) id: String,
}

impl TestApp {
    /// A world in memory.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A world on files, in `folder`.
    pub(crate) async fn on_file() -> Self {
        Self::with(|options| {
            let folder = options.mailbox.parent().expect("a folder").to_owned();
            options.data = Some(folder.join("db"));
        })
        .await
    }

    /// A world in memory that erases at once.
    pub(crate) async fn without_cooling_off() -> Self {
        Self::with(|options| options.config.cooling_off = Duration::ZERO).await
    }

    /// A world as the test wants it.
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::at(BEGIN));
        let slot: Arc<Mutex<Option<Faults>>> = Arc::default();
        let inside = slot.clone();
        let mut options = Options::in_folder(folder.path());
        options.data = None;
        options.clock = clock.clone();
        options.wrap = Box::new(move |client| {
            let faults = Faults::new(client).watched(watch);
            *inside.lock().expect("no panic before") = Some(faults.clone());
            SharedHttpClient::new(faults)
        });
        change(&mut options);
        let wrapped = std::mem::replace(&mut options.wrap_kms, Box::new(|kms| kms));
        options.wrap_kms = Box::new(|kms| Arc::new(Watched(wrapped(kms))));
        let world = crate::referee::open(options).await;
        let faults = slot.lock().expect("no panic before").take().expect("faults");
        let router = world.router();
        faults.take_calls();
        Self { world, router, clock, faults, folder, source: IpAddr::from([203, 0, 113, 7]) }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(self, method, path)
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// The body that asks for a code to register with, by e-mail or by phone.
    pub(crate) fn code_request(address: &str) -> Value {
        json!({
            "purpose": "register", "channel": channel(address), "address": address,
            "age": {"band": "adult"}
        })
    }

    /// The body that registers.
    pub(crate) fn account_request(verification: &Value, code: &str) -> Value {
        json!({
            "verification": verification, "code": code, "password": PASSWORD,
            "policy_version": "general-2022-08-16", "consents": []
        })
    }

    /// Asks for a code and reads it in the mailbox: the verification's id, and the code.
    pub(crate) async fn code(&self, email: &str) -> (Value, String) {
        let call = self.post("/v1/verifications").json(&Self::code_request(email));
        let before = self.codes_to(email).len();
        let asked = call.send().await.expect(202).body["verification"].clone();
        // Another run may have the message in its hands: it is there a moment later.
        for _ in 0..500 {
            self.deliver().await;
            if self.codes_to(email).len() > before {
                break;
            }
            tokio::task::yield_now().await;
        }
        (asked, self.codes_to(email).pop().expect("a code"))
    }

    /// The codes in the mailbox that went to an address, the newest last.
    fn codes_to(&self, email: &str) -> Vec<String> {
        let to = format!("To: {email}");
        let mails = self.world.mailbox.mails().expect("a mailbox");
        let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
        let code = |mail: &String| mail.split_whitespace().find(is_code).map(str::to_owned);
        mails.iter().filter(|mail| mail.contains(&to)).filter_map(code).collect()
    }

    /// Delivers the outbox, and reads the newest code that went to an address.
    pub(crate) async fn mailed_code(&self, email: &str) -> String {
        self.find_code(email).await.expect("a mail with a code")
    }

    /// The same, where other clients may deliver too, and let the time of a code pass.
    pub(crate) async fn find_code(&self, email: &str) -> Option<String> {
        self.deliver().await;
        self.codes_to(email).pop()
    }

    /// Delivers the outbox, and reads the newest link that went to an address: its path.
    pub(crate) async fn mailed_link(&self, email: &str) -> String {
        self.deliver().await;
        let (to, start) = (format!("To: {email}"), &self.world.ports.config.public_url);
        let mails = self.world.mailbox.mails().expect("a mailbox");
        let link = |mail: &String| {
            mail.split_whitespace().find_map(|w| w.strip_prefix(start).map(str::to_owned))
        };
        let mut newest_first = mails.iter().rev().filter(|mail| mail.contains(&to));
        newest_first.find_map(link).expect("a mail with a link")
    }

    /// Registers a person.
    pub(crate) async fn register(&self, email: &str) -> Person {
        let (verification, code) = self.code(email).await;
        let body = Self::account_request(&verification, &code);
        let made = self.post("/v1/accounts").json(&body).send().await.expect(201);
        let token = made.body["token"].as_str().expect("a token").to_owned();
        let me = self.get("/v1/me").bearer(&token).send().await.expect(200);
        let id = me.body["id"].as_str().expect("an id").to_owned();
        Person { email: email.to_owned(), token, id }
    }

    /// Logs a person in; gives the token.
    pub(crate) async fn log_in(&self, person: &Person) -> String {
        let body = json!({"login": person.email, "password": PASSWORD});
        let made = self.post("/v1/sessions").json(&body).send().await.expect(201);
        made.body["token"].as_str().expect("a token").to_owned()
    }

    /// Reads the profile.
    pub(crate) async fn me(&self, token: &str) -> Answer {
        self.get("/v1/me").bearer(token).send().await
    }

    /// Corrects the profile, knowing a version.
    pub(crate) async fn correct(&self, token: &str, etag: &str, patch: &Value) -> Answer {
        self.patch("/v1/me").bearer(token).header("if-match", etag).json(patch).send().await
    }

    /// Cancels the account of a fresh session.
    pub(crate) async fn cancel(&self, token: &str) -> Answer {
        self.post("/v1/me/cancellation").bearer(token).send().await
    }

    /// Delivers what is in the outbox.
    pub(crate) async fn deliver(&self) -> notify::Report {
        let run = notify::deliver_due(&self.world.ports, &self.world.mailbox);
        acting("notify", run).await.expect("delivers")
    }

    /// Sweeps what is due in a person's slice.
    pub(crate) async fn sweep_slice_of(&self, person: &Person) -> sweep::Report {
        let shard = shared::store::Lane::Sweep.shard_of(&format!("subject#{}", person.id));
        let slice = shard.trim_start_matches("sweep#").parse().expect("a number");
        let bounds = sweep::Bounds::default();
        let run = sweep::sweep_slice(&self.world.ports, slice, bounds);
        acting("sweep", run).await.expect("sweeps")
    }

    /// Sweeps what is due.
    pub(crate) async fn sweep(&self) -> sweep::Report {
        let run = sweep::handle(&self.world.ports, sweep::Bounds::default());
        acting("sweep", run).await.expect("sweeps")
    }
}

/// The value of a set cookie.
pub(crate) fn cookie(answer: &Answer) -> Option<String> {
    let set = answer.headers.get(header::SET_COOKIE)?.to_str().ok()?;
    set.split(';').next().map(str::to_owned)
}
