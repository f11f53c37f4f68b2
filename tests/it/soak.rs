//! A few people, hundreds of acts, random faults: nothing is ever half done, and it all ends.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::stops::calm;
use crate::tables::Tables;
use axum::http::StatusCode;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{hours, minutes};
use shared::ids::MessageId;
use shared::vault::Owner;
use std::collections::BTreeSet;

const ACTS: usize = 250;
const PEOPLE: [&str; 3] = ["ada@example.org", "bob@example.org", "eve@example.org"];

/// What one of them holds.
#[derive(Default)]
struct Holding {
    token: Option<String>,
    etag: Option<String>,
}

/// A world, its people, and the dice.
struct Soak {
    app: TestApp,
    people: Vec<Holding>,
    dice: u64,
    /// How often each status was answered.
    answered: BTreeSet<u16>,
}

impl Soak {
    /// The next throw: a number below `n`.
    fn throw(&mut self, n: usize) -> usize {
        // Knuth's MMIX generator; its high bits are good enough for dice.
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap_or_default() % n
    }

    /// One act of one of them, or of the jobs, or of time.
    async fn act(&mut self) {
        let (who, what) = (self.throw(PEOPLE.len()), self.throw(16));
        match what {
            0..=2 => self.register(who).await,
            3..=4 => self.log_in(who, PASSWORD).await,
            5 => self.log_in(who, "wrong horse battery").await,
            6..=11 => self.use_session(who, what).await,
            12 => {
                let _report = acting(
                    "notify",
                    notify::deliver_due(&self.app.world.ports, &self.app.world.mailbox),
                )
                .await;
            }
            13 => {
                let _report =
                    acting("sweep", sweep::handle(&self.app.world.ports, sweep::Bounds::default()))
                        .await;
            }
            14 => self.app.clock.advance(minutes(7)),
            _ => self.app.clock.advance(hours(1)),
        }
    }

    fn note(&mut self, answer: Answer) -> Answer {
        let answer = calm(answer);
        self.answered.insert(answer.status.as_u16());
        answer
    }

    async fn register(&mut self, who: usize) {
        let address = PEOPLE[who];
        let call = self.app.post("/v1/verifications").json(&TestApp::code_request(address));
        let asked = call.send().await;
        let asked = self.note(asked);
        if asked.status != StatusCode::ACCEPTED {
            return;
        }
        let verification = &asked.body["verification"];
        let Some(code) = self.newest_code(address).await else { return };
        let body = TestApp::account_request(verification, &code);
        let made = self.app.post("/v1/accounts").json(&body).send().await;
        let made = self.note(made);
        self.hold(who, &made);
    }

    /// The code in the mail that came last, where the outbox could be delivered.
    async fn newest_code(&self, address: &str) -> Option<String> {
        acting("notify", notify::deliver_due(&self.app.world.ports, &self.app.world.mailbox))
            .await
            .ok()?;
        let to = format!("To: {address}");
        let mails = self.app.world.mailbox.mails().expect("a mailbox");
        let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
        let code = |mail: &String| mail.split_whitespace().find(is_code).map(str::to_owned);
        mails.iter().rev().filter(|mail| mail.contains(&to)).find_map(code)
    }

    async fn log_in(&mut self, who: usize, password: &str) {
        let body = json!({"login": PEOPLE[who], "password": password});
        let made = self.app.post("/v1/sessions").json(&body).send().await;
        let made = self.note(made);
        self.hold(who, &made);
    }

    fn hold(&mut self, who: usize, made: &Answer) {
        if let Some(token) = made.body["token"].as_str() {
            self.people[who].token = Some(token.to_owned());
        }
    }

    async fn use_session(&mut self, who: usize, what: usize) {
        let Holding { token: Some(token), etag } = &self.people[who] else { return };
        let app = &self.app;
        let proof = json!({"password": PASSWORD});
        let call = match what {
            6 => app.get("/v1/me"),
            7 => {
                let etag = etag.clone().unwrap_or_else(|| "*".to_owned());
                let patch = json!({"display_name": format!("Name {}", self.dice % 1000)});
                app.patch("/v1/me").header("if-match", etag).json(&patch)
            }
            8 => app.post("/v1/reauthentications").json(&proof),
            9 => app.delete("/v1/sessions/current"),
            10 => app.post("/v1/me/cancellation").json(&proof),
            _ => app.delete("/v1/me/cancellation"),
        };
        let answer = call.bearer(token).send().await;
        let answer = self.note(answer);
        self.people[who].etag = answer.header("etag").map(str::to_owned);
    }
}

/// Hundreds of acts under random faults; then calm, and what must hold.
async fn soak(seed: u64) {
    let app = TestApp::with(|options| {
        options.config.cooling_off = hours(1);
        // Root keys stay as they are, so a read of them is never torn; the stops read them cold.
        options.config.root_cache = hours(24 * 365);
    })
    .await;
    let ports = &app.world.ports;
    ports.vault.index().await.expect("the index key");
    ports.vault.sign_receipt(b"{}").await.expect("the key of receipts");
    let owner = Owner::Message(MessageId::draw(&*ports.entropy));
    ports.vault.mint(owner).await.expect("the branch key");
    let people = PEOPLE.iter().map(|_| Holding::default()).collect();
    let mut soak = Soak { app, people, dice: seed, answered: BTreeSet::new() };
    soak.app.faults.seeded(seed, 0.1);
    for _ in 0..ACTS {
        soak.act().await;
    }
    let struck = soak.app.faults.calls().iter().filter(|call| call.fault.is_some()).count();
    assert!(struck > ACTS / 10, "{struck} faults");
    assert!(soak.answered.contains(&201) && soak.answered.contains(&202), "{:?}", soak.answered);
    soak.app.faults.clear();
    Tables::whole(&soak.app).await;
    settle_down(&soak.app).await;
    for address in PEOPLE {
        assert!(!Tables::read(&soak.app).await.show(address));
    }
}

/// The jobs catch up, and everything that was under way is over.
async fn settle_down(app: &TestApp) {
    app.clock.advance(hours(4));
    for _ in 0..2 {
        app.deliver().await;
        app.sweep().await;
    }
    app.deliver().await;
    let tables = Tables::whole(app).await;
    for entity in [Entity::Verification, Entity::Message, Entity::Erasure] {
        assert_eq!(tables.count(entity), 0, "{}", entity.name());
    }
    let person = |key: &&str| key.starts_with("person#");
    assert!(tables.data_keys().iter().all(person), "only people who live have keys");
    let living = tables.count(Entity::Claim);
    assert_eq!(tables.data_keys().len(), living, "one key and one address each");
    assert!(living <= PEOPLE.len());
    let mails = app.world.mailbox.mails().expect("mails");
    let ids: BTreeSet<_> =
        mails.iter().filter_map(|m| m.lines().find(|l| l.starts_with("Message-ID"))).collect();
    assert_eq!(ids.len(), mails.len(), "a mail that was sent twice is one file");
    assert_eq!(app.sweep().await.taken(), 0);
}

#[tokio::test]
async fn nothing_is_half_done_under_faults_of_seed_1() {
    soak(1).await;
}

#[tokio::test]
async fn nothing_is_half_done_under_faults_of_seed_2() {
    soak(2).await;
}

#[tokio::test]
async fn nothing_is_half_done_under_faults_of_seed_3() {
    soak(3).await;
}

#[tokio::test]
async fn nothing_is_half_done_under_faults_of_seed_4() {
    soak(4).await;
}
