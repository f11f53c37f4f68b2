//! The people of the five years: who they are, when they come by, and what they come back for.

use super::acts::ACTS;
use super::post::Post;
use crate::app::{PASSWORD, TestApp};
use crate::opener::Opener;
use personal_center::role::acting;
use shared::domain::time::{Timestamp, days};
use shared::ids::SubjectId;

/// Where somebody's story has come to.
pub(super) enum Life {
    /// The account is in use, or was: it was logged in to at this time last.
    Lives { used_at: Timestamp },
    /// It was cancelled at this time, and the mind was not changed.
    Cancelled { at: Timestamp },
}

/// A change of contact that somebody began and did not take back.
pub(super) struct Move {
    pub(super) from: String,
    pub(super) to: String,
    /// When it was begun, or frozen.
    pub(super) held_since: Timestamp,
    pub(super) frozen: bool,
}

/// One of them.
pub(super) struct One {
    pub(super) id: SubjectId,
    pub(super) life: Life,
    /// What they log in with.
    pub(super) login: String,
    /// Whether they have a contact of the other channel too.
    pub(super) further: bool,
    pub(super) moved: Option<Move>,
    /// The name they gave last; without the consent there is none.
    pub(super) name: Option<String>,
    pub(super) consents: bool,
    /// In how many fortnights of a thousand somebody comes by.
    visits: u64,
}

/// All of them, their post, and their dice.
pub(super) struct People<'a> {
    pub(super) all: Vec<One>,
    pub(super) app: &'a TestApp,
    pub(super) post: Post,
    pub(super) delivered: notify::Report,
    opener: Opener,
    dice: u64,
    addresses: usize,
}

impl<'a> People<'a> {
    pub(super) async fn new(app: &'a TestApp, seed: u64) -> Self {
        let opener = Opener::new(&app.world.ports, PASSWORD).await;
        let (post, delivered) = (Post::default(), notify::Report::default());
        Self { all: Vec::new(), app, post, delivered, opener, dice: seed, addresses: 0 }
    }

    /// A number below `n`.
    pub(super) fn throw(&mut self, n: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % n
    }

    /// The first week of a fortnight: some register, some come by; of those who changed their contact
    /// or cancelled, some are back the day after or in time.
    pub(super) async fn live_a_week(&mut self, registering: usize) {
        for _ in 0..registering {
            self.register().await;
        }
        let mut acted = Vec::new();
        for n in 0..self.all.len() {
            let visits = self.all[n].visits;
            if self.is_in_use(n) && self.throw(1_000) < visits {
                let act = self.throw(12);
                self.visit(n, act).await;
                acted.push((n, self.throw(4)));
            }
        }
        self.app.clock.advance(days(1));
        self.think_again(&acted).await;
        self.app.clock.advance(days(2));
        for (n, thrown) in acted {
            if thrown == 1 && matches!(self.all[n].life, Life::Cancelled { .. }) {
                self.withdraw(n).await;
            }
        }
        self.app.clock.advance(days(4));
    }

    /// The last day: whoever still comes by does each thing in turn, and the day after some think
    /// again, so that at the end something of everything is under way.
    pub(super) async fn live_the_last_day(&mut self) {
        let in_use = (0..self.all.len()).filter(|n| self.is_in_use(*n) && self.all[*n].visits > 0);
        let acting: Vec<_> = in_use.take(100).collect();
        for (turn, n) in (0..).zip(&acting) {
            self.visit(*n, turn % ACTS).await;
        }
        self.deliver().await;
        self.app.clock.advance(days(1));
        // Of each act that can be thought better of, the first two go on otherwise.
        let again = |(turn, n): (u64, usize)| (n, (2 * turn + turn / ACTS) % 4);
        let acted: Vec<_> = (0..).zip(acting).map(again).collect();
        self.think_again(&acted).await;
        self.deliver().await;
        // At the last moment two more: whose session lives, and whose message waits.
        let in_use: Vec<_> = (0..self.all.len()).filter(|n| self.is_in_use(*n)).take(2).collect();
        for (n, act) in in_use.into_iter().zip([0, 3]) {
            self.visit(n, act).await;
        }
    }

    /// Whether somebody may come by. Whoever is due to be erased unused is left alone; both is right
    /// in that week.
    fn is_in_use(&self, n: usize) -> bool {
        let now = self.app.world.ports.clock.now();
        match self.all[n].life {
            Life::Lives { used_at } => now < used_at.plus(days(730)),
            Life::Cancelled { .. } => false,
        }
    }

    /// Lets the post have what is due.
    pub(super) async fn deliver(&mut self) {
        let run = notify::deliver_due(&self.app.world.ports, &self.post);
        let did = acting("notify", run).await.expect("delivers");
        self.delivered.delivered += did.delivered;
        self.delivered.dead += did.dead;
        self.delivered.dropped += did.dropped;
        self.delivered.failed += did.failed;
    }

    /// An address that nobody had before.
    pub(super) fn address(&mut self, phone: bool) -> String {
        self.addresses += 1;
        let n = self.addresses;
        if phone { format!("+86138{n:08}") } else { format!("person{n}@example.org") }
    }

    /// Registers as the route does once the code was right; every fourth by phone.
    async fn register(&mut self) {
        let now = self.app.world.ports.clock.now();
        let login = self.address(self.all.len() % 4 == 3);
        let (token, _) = self.opener.open(&login, None).await;
        // Half of them never come back; the others come by from every year to once in ten.
        let visits = [0, 0, 0, 4, 12, 40][usize::try_from(self.throw(6)).expect("small")];
        let (id, life) = (token.subject, Life::Lives { used_at: now });
        let (further, moved, name, consents) = (false, None, None, false);
        self.all.push(One { id, life, login, further, moved, name, consents, visits });
    }
}
