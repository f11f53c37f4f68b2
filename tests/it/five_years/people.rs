//! The people of the five years, and what each does in a fortnight.

use crate::app::{PASSWORD, TestApp};
use crate::opener::Opener;
use http::Method;
use serde_json::json;
use shared::domain::time::{Timestamp, days};
use shared::ids::SubjectId;
use shared::store::Key;

/// Where somebody's story has come to.
pub(super) enum Life {
    /// The account is in use, or was: it was logged in to at this time last.
    Lives { used_at: Timestamp },
    /// It was cancelled, and the mind was not changed.
    Cancelled,
}

/// One of them.
pub(super) struct One {
    pub(super) id: SubjectId,
    pub(super) claim: Key,
    pub(super) life: Life,
    email: String,
    /// In how many fortnights of a thousand somebody comes by.
    visits: u64,
    corrections: u64,
}

/// All of them, and their dice.
pub(super) struct People<'a> {
    pub(super) all: Vec<One>,
    app: &'a TestApp,
    opener: Opener,
    dice: u64,
}

impl<'a> People<'a> {
    pub(super) async fn new(app: &'a TestApp, seed: u64) -> Self {
        let opener = Opener::new(&app.world.ports, PASSWORD).await;
        Self { all: Vec::new(), app, opener, dice: seed }
    }

    /// A number below `n`.
    fn throw(&mut self, n: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % n
    }

    /// A fortnight: some register, some come by; of those who cancel, some change their mind in time.
    pub(super) async fn live_a_fortnight(&mut self, registering: usize) {
        for _ in 0..registering {
            self.register().await;
        }
        let mut cancelled = Vec::new();
        for n in 0..self.all.len() {
            let now = self.app.world.ports.clock.now();
            // Whoever is due to be erased unused is left alone; both is right in that fortnight.
            let in_use = match self.all[n].life {
                Life::Lives { used_at } => now < used_at.plus(days(730)),
                Life::Cancelled => false,
            };
            let visits = self.all[n].visits;
            if in_use && self.throw(1_000) < visits && self.visit(n).await {
                cancelled.push(n);
            }
        }
        self.app.clock.advance(days(3));
        for n in cancelled {
            if self.throw(2) == 0 {
                self.change_mind(n).await;
            }
        }
        self.app.clock.advance(days(11));
    }

    /// Registers as the route does once the code was right.
    async fn register(&mut self) {
        let now = self.app.world.ports.clock.now();
        let email = format!("person{}@example.org", self.all.len());
        let (token, claim) = self.opener.open(&email, None).await;
        // Half of them never come back; the others come by from every year to once in ten.
        let visits = [0, 0, 0, 4, 12, 40][usize::try_from(self.throw(6)).expect("small")];
        let (id, life) = (token.subject, Life::Lives { used_at: now });
        self.all.push(One { id, claim, life, email, visits, corrections: 0 });
    }

    async fn log_in(&mut self, n: usize) -> String {
        let body = json!({"login": self.all[n].email, "password": PASSWORD});
        let made = self.app.post("/v1/sessions").json(&body).send().await.expect(201);
        made.body["token"].as_str().expect("a token").to_owned()
    }

    /// Logs in, and does something; says whether it was to cancel.
    async fn visit(&mut self, n: usize) -> bool {
        let token = self.log_in(n).await;
        self.all[n].life = Life::Lives { used_at: self.app.world.ports.clock.now() };
        match self.throw(10) {
            0..=2 => {
                let me = self.app.me(&token).await.expect(200);
                let etag = me.header("etag").expect("an etag").to_owned();
                self.all[n].corrections += 1;
                let name = format!("Name {}", self.all[n].corrections);
                let patch = json!({"display_name": name});
                self.app.correct(&token, &etag, &patch).await.expect(200);
                false
            }
            3 => {
                self.app.cancel(&token).await.expect(202);
                self.all[n].life = Life::Cancelled;
                true
            }
            4 => {
                let consent = "/v1/me/consents/profile";
                self.app.call(Method::PUT, consent).bearer(&token).send().await.expect(204);
                self.app.delete(consent).bearer(&token).send().await.expect(204);
                false
            }
            5 => {
                self.app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
                false
            }
            _ => false,
        }
    }

    async fn change_mind(&mut self, n: usize) {
        let token = self.log_in(n).await;
        self.app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
        self.all[n].life = Life::Lives { used_at: self.app.world.ports.clock.now() };
    }
}
