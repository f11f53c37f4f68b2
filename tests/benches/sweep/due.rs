//! Work that is due, one kind after the other.

use crate::fill::Batch;
use crate::opener::Opener;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use notify::carrier::Carried;
use notify::{Carrier, Handed, Letter};
use personal_center::World;
use shared::clock::Clock;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use shared::ids::VerificationId;
use shared::records::session::Token;
use shared::records::verification;
use shared::store::{Attr, Lane, Row, Table};
use shared::testing::FixedClock;
use shared::vault::Owner;
use sweep::Report;
use tower::ServiceExt;

/// The days after which an account is unused, and the day of the last notice of that.
const UNUSED: [u64; 2] = [730, 723];
/// The days of the cooling-off period.
const COOLING_OFF: u64 = 7;

/// What is due.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Verifications that nobody used.
    Verifications,
    /// Accounts that were cancelled and cooled off.
    Cancelled,
    /// Accounts that nobody used for two years and that were told so.
    Unused,
}

impl Kind {
    /// Every kind, in the order of the times at which they are due.
    pub(crate) const ALL: [Self; 3] = [Self::Verifications, Self::Cancelled, Self::Unused];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Verifications => "verifications",
            Self::Cancelled => "cancelled accounts",
            Self::Unused => "unused accounts",
        }
    }

    /// How many a run ended.
    pub(crate) const fn done(self, report: &Report) -> usize {
        match self {
            Self::Verifications => report.expired,
            Self::Cancelled | Self::Unused => report.erased,
        }
    }
}

/// Makes work due.
pub(crate) struct Due<'a> {
    world: &'a World,
    router: Router,
    clock: &'a FixedClock,
    verifications: usize,
    accounts: usize,
}

impl<'a> Due<'a> {
    /// Opens the accounts that will be unused: they are the first that have to be there.
    pub(crate) async fn new(world: &'a World, clock: &'a FixedClock, due: usize) -> Self {
        let (router, accounts) = (world.router(), due.div_ceil(10));
        let new = Self { world, router, clock, verifications: due, accounts };
        new.open("unused").await;
        new
    }

    /// Makes all of a kind due; gives their number.
    pub(crate) async fn make(&mut self, kind: Kind) -> usize {
        match kind {
            Kind::Verifications => {
                self.verifications().await;
                return self.verifications;
            }
            Kind::Cancelled => {
                for token in self.open("cancelled").await {
                    self.cancel(&token).await;
                }
                while self.deliver().await > 0 {}
                self.clock.advance(days(COOLING_OFF));
            }
            Kind::Unused => {
                while self.deliver().await > 0 {}
                self.clock.advance(days(UNUSED[0] - COOLING_OFF));
            }
        }
        self.accounts
    }

    /// Verifications that ended a minute ago, with their keys.
    async fn verifications(&self) {
        let (entropy, ends) = (&*self.world.ports.entropy, self.clock.now().minus(minutes(1)));
        let mut records = Batch::into(self.world, Table::Records);
        let mut keys = Batch::into(self.world, Table::Keys);
        for _ in 0..self.verifications {
            let id = VerificationId::draw(entropy);
            let row = Row::new(verification::key(&id), Entity::Verification);
            records.put(&row.with(Attr::EndsAt, ends).due(Lane::Sweep, ends)).await;
            keys.put(&Row::new(Owner::Flow(id).key(), Entity::DataKey)).await;
        }
        records.end().await;
        keys.end().await;
    }

    /// Opens accounts, which were told in good time that they end unused.
    async fn open(&self, name: &str) -> Vec<Token> {
        let opener = Opener::new(&self.world.ports, "correct horse battery").await;
        let told = self.clock.now().plus(days(UNUSED[1]));
        let mut tokens = Vec::new();
        for n in 0..self.accounts {
            let (token, _) = opener.open(&format!("{name}{n}@example.org"), Some(told)).await;
            tokens.push(token);
        }
        tokens
    }

    async fn cancel(&self, token: &Token) {
        let bearer = format!("Bearer {}", token.reveal().expose());
        let request = Request::post("/v1/me/cancellation").header("authorization", bearer);
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }

    async fn deliver(&self) -> usize {
        notify::deliver_due(&self.world.ports, &Nowhere).await.expect("delivers").delivered
    }
}

/// Takes every message, and carries it nowhere.
struct Nowhere;

impl Carrier for Nowhere {
    fn carry<'a>(&'a self, _: &'a Letter) -> Carried<'a> {
        Box::pin(async { Handed::Over })
    }
}
