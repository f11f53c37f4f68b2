//! What people do when they come by, and what they come back for the day after.

use super::people::{Life, Move, People};
use crate::app::{PASSWORD, TestApp};
use http::Method;
use serde_json::{Value, json};
use shared::domain::contact::change::HELD;

/// How many things there are to do.
pub(super) const ACTS: u64 = 12;
const CONSENT: &str = "/v1/me/consents/profile";

impl People<'_> {
    /// Logs in, and does something.
    pub(super) async fn visit(&mut self, n: usize, act: u64) {
        let token = self.log_in(n).await;
        match act {
            0..=2 => self.correct(n, &token).await,
            3 | 11 => {
                self.app.cancel(&token).await.expect(202);
                self.all[n].life = Life::Cancelled { at: self.app.world.ports.clock.now() };
            }
            4 | 5 => self.consent(n, &token).await,
            6 => {
                let parts = crate::unzipped::links(self.app, &token).await;
                self.app.get(&parts[0]).bearer(&token).send().await.expect(200);
            }
            7 | 8 => self.change_contact(n, &token).await,
            9 if !self.all[n].further => {
                let phone = !self.all[n].login.starts_with('+');
                let address = self.address(phone);
                self.set_contact(&token, &address).await;
                self.all[n].further = true;
            }
            10 => {
                // A code that nobody tries.
                let address = self.address(false);
                self.ask_for_code(&token, &address).await;
            }
            _ => {}
        }
    }

    /// Gives a name, which is a consent too.
    async fn correct(&mut self, n: usize, token: &str) {
        let me = self.app.me(token).await.expect(200);
        let etag = me.header("etag").expect("an etag").to_owned();
        let name = format!("Name {}", self.throw(1_000_000));
        self.app.correct(token, &etag, &json!({"display_name": name})).await.expect(200);
        (self.all[n].name, self.all[n].consents) = (Some(name), true);
    }

    /// Gives the consent, or withdraws it, and the name with it.
    async fn consent(&mut self, n: usize, token: &str) {
        let gives = !self.all[n].consents;
        let method = if gives { Method::PUT } else { Method::DELETE };
        self.app.call(method, CONSENT).bearer(token).send().await.expect(204);
        (self.all[n].name, self.all[n].consents) = (None, gives);
    }

    async fn set_contact(&mut self, token: &str, address: &str) {
        let verification = self.ask_for_code(token, address).await;
        self.deliver().await;
        let code = json!({"verification": verification, "code": self.post.code(address)});
        self.app.put_contact(token, address, &code).await.expect(200);
    }

    async fn ask_for_code(&self, token: &str, address: &str) -> Value {
        let call = self.app.post("/v1/verifications").bearer(token);
        let asked = call.json(&TestApp::contact_request(address)).send().await.expect(202);
        asked.body["verification"].clone()
    }

    async fn change_contact(&mut self, n: usize, token: &str) {
        let to = self.address(self.all[n].login.starts_with('+'));
        self.set_contact(token, &to).await;
        let from = std::mem::replace(&mut self.all[n].login, to.clone());
        let held_since = self.app.world.ports.clock.now();
        self.all[n].moved = Some(Move { from, to, held_since, frozen: false });
    }

    /// The day after: of those who cancelled one in four keeps the account by the link, of those who
    /// changed their contact one lets it be, one takes it back, and two find it frozen, of whom one
    /// takes it back.
    pub(super) async fn think_again(&mut self, acted: &[(usize, u64)]) {
        let now = self.app.world.ports.clock.now();
        for (n, thrown) in acted.iter().copied() {
            let fresh = |moved: &Move| moved.held_since.plus(HELD) > now;
            if matches!(self.all[n].life, Life::Cancelled { .. }) {
                if thrown == 0 {
                    let login = self.all[n].login.clone();
                    self.open_link(&login).await;
                    self.all[n].life = Life::Lives { used_at: now };
                }
            } else if self.all[n].moved.as_ref().is_some_and(fresh) {
                if thrown >= 2 {
                    self.freeze(n).await;
                }
                if thrown % 2 == 1 {
                    self.take_back(n).await;
                }
            }
        }
    }

    /// The contact before freezes the change: it is what counts, for three days.
    async fn freeze(&mut self, n: usize) {
        let mut moved = self.all[n].moved.take().expect("a change");
        self.open_link(&moved.from).await;
        (moved.frozen, moved.held_since) = (true, self.app.world.ports.clock.now());
        self.all[n].moved = Some(moved);
    }

    /// Opens the newest link that went to an address, and does what it is for.
    async fn open_link(&mut self, address: &str) {
        self.deliver().await;
        let link = self.post.link(address);
        self.app.post(&link).send().await.expect(200);
    }

    /// Takes a change back, logged in by the contact that counts.
    async fn take_back(&mut self, n: usize) {
        let token = self.log_in(n).await;
        let moved = self.all[n].moved.take().expect("a change");
        let channel = if moved.from.starts_with('+') { "phone" } else { "email" };
        self.app.take_back(&token, channel).await.expect(204);
        self.all[n].login = moved.from;
    }

    /// Changes the mind about a cancellation, logged in.
    pub(super) async fn withdraw(&mut self, n: usize) {
        let token = self.log_in(n).await;
        self.app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    }

    async fn log_in(&mut self, n: usize) -> String {
        let now = self.app.world.ports.clock.now();
        let one = &mut self.all[n];
        let held = |moved: &&Move| moved.frozen && moved.held_since.plus(HELD) > now;
        let frozen = one.moved.as_ref().filter(held);
        let login = frozen.map_or(&one.login, |moved| &moved.from);
        let body = json!({"login": login, "password": PASSWORD});
        let made = self.app.post("/v1/sessions").json(&body).send().await.expect(201);
        one.life = Life::Lives { used_at: now };
        made.body["token"].as_str().expect("a token").to_owned()
    }
}
