//! Root keys: branch, index and signing keys, wrapped by KMS under a context of their own.
//!
//! A pointer row names the current root of a use; the others stay as long as something needs them.

use super::kms::Context;
use super::seal::{DataKey, FORMAT, NONCE, decrypt, encrypt, prefixed};
use super::{Owner, Vault, signing};
use crate::domain::inventory::Entity;
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result, corrupt};
use crate::ids::{self, BASE32, Entropy, ID_CHARS};
use crate::store::{Attr, Key, Row, Transaction, When};
use data_encoding::HEXLOWER;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

/// What a root key does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RootUse {
    /// Wraps data keys.
    Branch,
    /// Keys the blind index.
    Index,
    /// Signs receipts.
    Receipts,
}

impl RootUse {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Branch, Self::Index, Self::Receipts];

    /// The name in rows and encryption contexts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Index => "index",
            Self::Receipts => "receipts",
        }
    }

    fn pointer(self) -> Key {
        Key::roots(format!("current#{}", self.name()))
    }

    fn key(self, id: &str) -> Key {
        Key::roots(format!("{}#{id}", self.name()))
    }
}

/// Unwrapped roots and pointers, each with the time it was loaded.
#[derive(Default)]
pub(super) struct Cache {
    current: HashMap<RootUse, (Timestamp, String)>,
    roots: HashMap<(RootUse, String), (Timestamp, Arc<Root>)>,
}

/// An unwrapped root key.
pub(super) struct Root {
    id: String,
    material: Zeroizing<[u8; 32]>,
}

impl Root {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn material(&self) -> &[u8; 32] {
        &self.material
    }

    /// Wraps a data key: format (1) · branch id (26) · nonce (12) · ciphertext · tag.
    pub(super) fn wrap(&self, key: &DataKey, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = ids::bytes(entropy);
        let place = wrap_place(key.owner(), &key.id_text());
        let ciphertext = encrypt(&self.material, nonce, &place, key.material())?;
        Ok([&[FORMAT], self.id.as_bytes(), &nonce, &ciphertext].concat())
    }

    /// Unwraps the data key of an owner.
    pub(super) fn unwrap(
        &self,
        owner: Owner,
        row: &Row,
        entropy: Arc<dyn Entropy>,
    ) -> Result<DataKey> {
        let corrupt = || row.corrupt(Attr::Wrapped);
        let body = row.bytes(Attr::Wrapped)?.get(1 + ID_CHARS..).ok_or_else(corrupt)?;
        let (nonce, ciphertext) = body.split_first_chunk::<NONCE>().ok_or_else(corrupt)?;
        let id_text = row.text(Attr::KeyId)?;
        let id = HEXLOWER.decode(id_text.as_bytes()).ok();
        let id = id.and_then(|id| id.try_into().ok()).ok_or_else(corrupt)?;
        let place = wrap_place(&owner, id_text);
        let plain = decrypt(&self.material, *nonce, &place, ciphertext).ok_or_else(corrupt)?;
        let bytes = plain.as_slice().try_into().map_err(|_| corrupt())?;
        Ok(DataKey::restore(owner, id, Zeroizing::new(bytes), entropy))
    }
}

/// The branch that wrapped a data key.
pub(super) fn branch_of(wrapped: &[u8]) -> Option<&str> {
    let (format, rest) = wrapped.split_first()?;
    (*format == FORMAT).then_some(())?;
    std::str::from_utf8(rest.get(..ID_CHARS)?).ok()
}

fn wrap_place(owner: &Owner, key_id: &str) -> Vec<u8> {
    let mut place = Vec::new();
    prefixed(&mut place, b"data_key");
    prefixed(&mut place, owner.to_string().as_bytes());
    prefixed(&mut place, key_id.as_bytes());
    place
}

impl Vault {
    /// The current root of a use.
    pub(super) async fn current(&self, usage: RootUse) -> Result<Arc<Root>> {
        let now = self.clock.now();
        let known = self.cached(|c| c.current.get(&usage).cloned(), now);
        if let Some(id) = known {
            return self.root(usage, &id).await;
        }
        let [pointer] = self.store.get(&[usage.pointer()]).await?;
        let pointer = pointer.ok_or_else(|| {
            Error::new(Kind::Config, "read a root key").at("no roots yet: invoke `sweep` once")
        })?;
        let id = pointer.text(Attr::Current)?.to_owned();
        self.cache(|c| c.current.insert(usage, (now, id.clone())));
        self.root(usage, &id).await
    }

    /// A root by its id.
    pub(super) async fn root(&self, usage: RootUse, id: &str) -> Result<Arc<Root>> {
        let now = self.clock.now();
        let name = (usage, id.to_owned());
        if let Some(root) = self.cached(|c| c.roots.get(&name).cloned(), now) {
            return Ok(root);
        }
        let [row] = self.store.get(&[usage.key(id)]).await?;
        let row = row.ok_or_else(|| corrupt("root", usage.name()))?;
        let context = self.context(usage, id);
        let material = self.kms.unwrap(&context, row.bytes(Attr::Wrapped)?).await?;
        let material = material.as_slice().try_into().map_err(|_| row.corrupt(Attr::Wrapped))?;
        let root = Arc::new(Root { id: id.to_owned(), material: Zeroizing::new(material) });
        self.cache(|c| c.roots.insert(name, (now, root.clone())));
        Ok(root)
    }

    /// One read whose answer is thrown away: it opens the connection.
    pub async fn warm_up(&self) -> Result<()> {
        self.store.get(&[RootUse::Branch.pointer()]).await.map(drop)
    }

    /// Makes the roots that a new deployment lacks. Harmless to repeat and to run twice at once.
    pub async fn ensure_roots(&self) -> Result<()> {
        for usage in RootUse::ALL {
            let [pointer] = self.store.get(&[usage.pointer()]).await?;
            if pointer.is_none() {
                self.make_root(usage).await?;
            }
        }
        Ok(())
    }

    async fn make_root(&self, usage: RootUse) -> Result<()> {
        let id = BASE32.encode(&ids::bytes::<16>(&*self.entropy));
        let material = Zeroizing::new(ids::bytes::<32>(&*self.entropy));
        let wrapped = self.kms.wrap(&self.context(usage, &id), &material[..]).await?;
        let mut row = Row::new(usage.key(&id), Entity::Root)
            .with(Attr::Wrapped, wrapped)
            .with(Attr::CreatedAt, self.clock.now());
        if usage == RootUse::Receipts {
            row = row.with(Attr::PublicKey, signing::public_key(&material)?);
        }
        let pointer = Row::new(usage.pointer(), Entity::Root).with(Attr::Current, id.as_str());
        let mut transaction = Transaction::new();
        transaction.put("pointer", pointer, When::Absent).put("root", row, When::Absent);
        match self.store.write(transaction).await {
            Err(error) if error.failed("pointer") => Ok(()),
            other => other,
        }
    }

    fn context(&self, usage: RootUse, id: &str) -> Context {
        Context { stage: self.stage.to_string(), usage: usage.name(), id: id.to_owned() }
    }

    fn cached<T>(
        &self,
        find: impl Fn(&Cache) -> Option<(Timestamp, T)>,
        now: Timestamp,
    ) -> Option<T> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (loaded, value) = find(&cache)?;
        (loaded <= now && now < loaded.plus(self.keep)).then_some(value)
    }

    fn cache<T>(&self, change: impl FnOnce(&mut Cache) -> T) {
        change(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The public keys that receipts verify with: the current one, and those before it.
    pub async fn receipt_key(&self, id: &str) -> Result<Option<super::PublicKey>> {
        let [row] = self.store.get(&[RootUse::Receipts.key(id)]).await?;
        row.map(|row| signing::published(id, &row)).transpose()
    }

    /// The public key that receipts are signed under now.
    pub async fn current_receipt_key(&self) -> Result<Option<super::PublicKey>> {
        let [pointer] = self.store.get(&[RootUse::Receipts.pointer()]).await?;
        match pointer {
            Some(pointer) => self.receipt_key(pointer.text(Attr::Current)?).await,
            None => Ok(None),
        }
    }
}
