//! A vault on an engine in memory, with a key service whose calls are counted.

use aws_sdk_dynamodb::Client;
use personal_center::engine::Engine;
use personal_center::engine::create_tables;
use personal_center::kms::LocalKms;
use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::domain::inventory::{Declared, Entity, Item};
use shared::domain::time::Timestamp;
use shared::error::{Error, Result};
use shared::ids::{SubjectId, SystemEntropy};
use shared::store::{Attr, Endpoint, Key, Row, Store, Transaction, When, connect};
use shared::testing::FixedClock;
use shared::vault::kms::{Answer, Context, Kms};
use shared::vault::{Owner, Vault};
use shared::{Kind, Ports};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use zeroize::Zeroizing;

/// When every test begins: 2026-11-24T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_secs(1_795_507_200);

/// A key service that counts what it is asked, and can be out of reach.
pub(crate) struct CountingKms {
    inner: LocalKms,
    pub(crate) wraps: AtomicUsize,
    pub(crate) unwraps: AtomicUsize,
    pub(crate) down: AtomicBool,
}

impl CountingKms {
    fn asked(&self, counter: &AtomicUsize) -> Result<()> {
        counter.fetch_add(1, Ordering::SeqCst);
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(Error::new(Kind::Unavailable, "call the key service")) } else { Ok(()) }
    }
}

impl Kms for CountingKms {
    fn wrap<'a>(&'a self, context: &'a Context, key: &'a [u8]) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            self.asked(&self.wraps)?;
            self.inner.wrap(context, key).await
        })
    }

    fn unwrap<'a>(
        &'a self,
        context: &'a Context,
        wrapped: &'a [u8],
    ) -> Answer<'a, Zeroizing<Vec<u8>>> {
        Box::pin(async move {
            self.asked(&self.unwraps)?;
            self.inner.unwrap(context, wrapped).await
        })
    }
}

/// A world; each process of it is a vault with a cache of its own.
pub(crate) struct World {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) kms: Arc<CountingKms>,
    pub(crate) client: Client,
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    _engine: Engine,
}

impl World {
    /// A world with its roots.
    pub(crate) async fn start() -> Self {
        let world = Self::without_roots().await;
        world.vault.ensure_roots().await.expect("roots");
        world
    }

    /// A world that was just deployed.
    pub(crate) async fn without_roots() -> Self {
        let engine = Engine::start(None).await.expect("an engine");
        let http = aws_smithy_http_client::Builder::new().build_http();
        let client = connect(&Endpoint::local(engine.url().to_owned()), http);
        let inner = LocalKms::in_memory().expect("randomness");
        let (wraps, unwraps, down) = Default::default();
        let kms = Arc::new(CountingKms { inner, wraps, unwraps, down });
        let clock = Arc::new(FixedClock::at(BEGIN));
        let config = Config::local();
        create_tables(&client, &config).await.expect("tables");
        let ports = ports(config, &client, &kms, &clock);
        let (store, vault) = (ports.store.clone(), ports.vault.clone());
        Self { clock, kms, client, store, vault, _engine: engine }
    }

    /// The vault of another process.
    pub(crate) fn process(&self, config: Config) -> Ports {
        ports(config, &self.client, &self.kms, &self.clock)
    }

    /// Unwraps that the key service was asked for so far.
    pub(crate) fn unwraps(&self) -> usize {
        self.kms.unwraps.load(Ordering::SeqCst)
    }

    /// Writes rows that are not there yet.
    pub(crate) async fn create(&self, rows: impl IntoIterator<Item = Row>) {
        let mut transaction = Transaction::new();
        for row in rows {
            transaction.put("row", row, When::Absent);
        }
        self.store.write(transaction).await.expect("rows are written");
    }
}

fn ports(
    config: Config,
    client: &Client,
    kms: &Arc<CountingKms>,
    clock: &Arc<FixedClock>,
) -> Ports {
    let entropy = Arc::new(SystemEntropy::default());
    let store = Store::new(client.clone(), config.tables.clone(), entropy.clone());
    Ports::new(config, clock.clone(), entropy, store, kms.clone())
}

/// What tests seal: the same shape for every kind of row.
#[derive(Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note<const SESSION: bool>(pub(crate) String);

impl<const SESSION: bool> Declared for Note<SESSION> {
    const ENTITY: Entity = if SESSION { Entity::Session } else { Entity::Account };
    const FIELDS: &'static [&'static Item] = &[];
}

/// What must not turn up anywhere.
pub(crate) const CANARY: &str = "canary-9f2c";

/// The note of an account.
pub(crate) fn note() -> Note<false> {
    Note(CANARY.to_owned())
}

/// A new person.
pub(crate) fn subject() -> SubjectId {
    SubjectId::draw(&SystemEntropy::default())
}

/// The owner of something that is no account.
pub(crate) fn flow() -> Owner {
    Owner::Flow(shared::ids::VerificationId::draw(&SystemEntropy::default()))
}

/// A row for a note.
pub(crate) fn row(name: &str) -> Row {
    Row::new(Key::records(format!("test#{name}"), "row"), Entity::Account)
        .with(Attr::State, "active")
}

/// Asserts that something is corrupt there, and that its error tells nothing.
#[track_caller]
pub(crate) fn assert_corrupt<T>(read: Result<T>, place: &str, what: &str) {
    let Err(error) = read else { panic!("it was read: {what}") };
    assert_eq!(error.kind(), &Kind::Corrupt, "{what}: {error:?}");
    assert!(error.chain().ends_with(&format!("at {place}")), "{what}: {error:?}");
    assert!(!error.chain().contains(CANARY));
}
