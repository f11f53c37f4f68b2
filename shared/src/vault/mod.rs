//! Keys, and the gate in front of every plaintext.
//!
//! KMS wraps root keys; a branch root wraps the data key of an owner (person, period, flow,
//! message); a data key seals rows. Nothing personal is sealed under a root directly. Destroying
//! the one row with an owner's key makes every copy of what it sealed unreadable, backups too.

mod gate;
mod index;
pub mod kms;
pub mod kms_aws;
mod owner;
pub mod password;
pub mod period;
mod pointer;
mod roots;
mod seal;
mod signing;
pub(crate) mod tables;

pub use gate::{Denied, Person};
pub(crate) use index::claim_row;
pub use index::{Claims, IndexKey};
pub use owner::Owner;
pub(crate) use pointer::{Pointer, no_roots};
pub use roots::RootUse;
pub use seal::DataKey;
pub(crate) use seal::prefixed;
pub use signing::{PublicKey, key_id, verify};

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::period::Period;
use crate::error::{Result, corrupt};
use crate::ids::Entropy;
use crate::store::{Attr, Key, Row, Store, Transaction, When};
use kms::Kms;
use roots::Cache;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The vault. The root keys it has unwrapped stay in memory for minutes, by wall clock.
#[derive(Clone)]
pub struct Vault {
    store: Store,
    kms: Arc<dyn Kms>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stage: Arc<str>,
    keep: Duration,
    cache: Arc<Mutex<Cache>>,
    /// The names of the tables that may be restored; none for the restore itself.
    tables: Option<Arc<str>>,
}

impl Vault {
    pub(crate) fn new(
        config: &Config,
        store: Store,
        kms: Arc<dyn Kms>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let stage = config.stage.as_str().into();
        let (cache, keep) = (Arc::default(), config.root_cache);
        let tables = Some(tables::names(&config.tables).into());
        Self { store, kms, clock, entropy, stage, keep, cache, tables }
    }

    /// Draws a data key for an owner that has none. The row is to be written in the transaction
    /// that first uses the key, on condition that it is absent.
    pub async fn mint(&self, owner: Owner) -> Result<(DataKey, Row)> {
        let branch = self.current(RootUse::Branch).await?;
        let key = DataKey::draw(owner, self.entropy.clone());
        let wrapped = branch.wrap(&key, &*self.entropy)?;
        let row = Row::new(key.owner().key(), crate::domain::inventory::Entity::DataKey)
            .with(Attr::KeyId, key.id_text())
            .with(Attr::Wrapped, wrapped)
            .with(Attr::CreatedAt, self.clock.now());
        Ok((key, row))
    }

    /// Unwraps an owner's key. Private to the vault: outside it the gate decides.
    async fn unwrap(&self, owner: Owner, row: &Row) -> Result<DataKey> {
        let wrapped = row.bytes(Attr::Wrapped)?;
        let id = roots::branch_of(wrapped).ok_or_else(|| row.corrupt(Attr::Wrapped))?;
        let branch = self.root(RootUse::Branch, id).await?;
        branch.unwrap(owner, row, self.entropy.clone())
    }

    /// The key of a period, a flow, a message or a configuration, where it is still there.
    ///
    /// These owners have no account whose state could forbid a use; their keys end with their time.
    pub async fn open(&self, owner: Owner, row: Option<&Row>) -> Result<Option<DataKey>> {
        debug_assert!(!matches!(owner, Owner::Person(_)), "a person's key is behind the gate");
        match (owner, row) {
            (Owner::Person(_), _) => Err(corrupt("data_key", "owner")),
            (_, None) => Ok(None),
            (owner, Some(row)) => self.unwrap(owner, row).await.map(Some),
        }
    }

    /// The key of a period, made where there is none yet. A new one is to be put in the transaction
    /// that first uses it.
    pub async fn period(&self, period: Period, row: Option<&Row>) -> Result<PeriodKey> {
        let (key, minted) = match self.open(Owner::Period(period), row).await? {
            Some(key) => (key, None),
            None => self.mint(Owner::Period(period)).await.map(|(key, row)| (key, Some(row)))?,
        };
        Ok(PeriodKey { period, key, minted })
    }
}

/// The key of a period, and where it is new, its row.
pub struct PeriodKey {
    period: Period,
    key: DataKey,
    minted: Option<Row>,
}

impl PeriodKey {
    /// The key.
    pub const fn key(&self) -> &DataKey {
        &self.key
    }

    /// Puts a new key, and in the same transaction the row by which the sweep finds its end. Two
    /// that make the same key at once meet at `label`.
    pub fn put(self, transaction: &mut Transaction, label: &'static str) {
        if let Some(row) = self.minted {
            transaction.put(label, row, When::Absent);
            transaction.put("period-end", period::row(self.period), When::Absent);
        }
    }
}

/// The keys' rows of an owner.
impl Owner {
    /// Where the owner's wrapped key is.
    pub fn key(&self) -> Key {
        Key::keys(self.to_string())
    }
}
