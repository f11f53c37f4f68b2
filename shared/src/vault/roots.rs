//! Root keys: branch, index and signing keys, wrapped by KMS under a context of their own.
//!
//! A pointer row names the current root of a use; the others stay as long as something needs them.
//! `rotation` moves it.

use super::kms::Context;
use super::seal::{DataKey, FORMAT, NONCE, decrypt, encrypt, prefixed};
use super::{Owner, Pointer, Vault, tables};
use crate::domain::time::Timestamp;
use crate::error::{Result, corrupt};
use crate::ids::{self, Entropy, ID_CHARS};
use crate::store::{Attr, Key, Row};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

/// What a root key does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

    /// Reads a name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|usage| usage.name() == name)
    }

    /// Where the pointer is.
    pub(crate) fn pointer(self) -> Key {
        Key::roots(format!("current#{}", self.name()))
    }

    /// Where a root is.
    pub(crate) fn key(self, id: &str) -> Key {
        Key::roots(format!("{}#{id}", self.name()))
    }
}

/// Unwrapped roots and pointers, each with the time it was loaded.
#[derive(Default)]
pub(super) struct Cache {
    pub(super) pointers: HashMap<RootUse, (Timestamp, Arc<Pointer>)>,
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
        let place = wrap_place(&key.owner().to_string(), &key.id_text());
        self.wrap_material(key.material(), &place, entropy)
    }

    fn wrap_material(
        &self,
        material: &[u8; 32],
        place: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = ids::bytes(entropy);
        let ciphertext = encrypt(&self.material, nonce, place, material)?;
        Ok([&[FORMAT], self.id.as_bytes(), &nonce, &ciphertext].concat())
    }

    /// Unwraps the data key of an owner.
    pub(super) fn unwrap(
        &self,
        owner: Owner,
        row: &Row,
        entropy: Arc<dyn Entropy>,
    ) -> Result<DataKey> {
        let id = HEXLOWER.decode(row.text(Attr::KeyId)?.as_bytes()).ok();
        let id = id.and_then(|id| id.try_into().ok()).ok_or_else(|| row.corrupt(Attr::Wrapped))?;
        let place = wrap_place(&owner.to_string(), row.text(Attr::KeyId)?);
        let bytes = self.unwrap_material(row, &place)?;
        Ok(DataKey::restore(owner, id, bytes, entropy))
    }

    fn unwrap_material(&self, row: &Row, place: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
        let corrupt = || row.corrupt(Attr::Wrapped);
        let body = row.bytes(Attr::Wrapped)?.get(1 + ID_CHARS..).ok_or_else(corrupt)?;
        let (nonce, ciphertext) = body.split_first_chunk::<NONCE>().ok_or_else(corrupt)?;
        let plain = decrypt(&self.material, *nonce, place, ciphertext).ok_or_else(corrupt)?;
        Ok(Zeroizing::new(plain.as_slice().try_into().map_err(|_| corrupt())?))
    }
}

/// The branch that wrapped a data key.
pub(super) fn branch_of(wrapped: &[u8]) -> Option<&str> {
    let (format, rest) = wrapped.split_first()?;
    (*format == FORMAT).then_some(())?;
    std::str::from_utf8(rest.get(..ID_CHARS)?).ok()
}

/// The place that a wrapped key is bound to: its owner, whose name is the row's partition key too.
fn wrap_place(owner: &str, key_id: &str) -> Vec<u8> {
    let mut place = Vec::new();
    prefixed(&mut place, b"data_key");
    prefixed(&mut place, owner.as_bytes());
    prefixed(&mut place, key_id.as_bytes());
    place
}

impl Vault {
    /// The current root of a use.
    pub(super) async fn current(&self, usage: RootUse) -> Result<Arc<Root>> {
        let pointer = self.pointer(usage).await?;
        self.root(usage, &pointer.current).await
    }

    /// A root by its id.
    pub(super) async fn root(&self, usage: RootUse, id: &str) -> Result<Arc<Root>> {
        let now = self.clock.now();
        let name = (usage, id.to_owned());
        if let Some(root) = self.cached(|c| c.roots.get(&name).cloned(), now) {
            return Ok(root);
        }
        let [row, tables] = self.store.get(&[usage.key(id), tables::key()]).await?;
        self.require_open(tables.as_ref())?;
        let row = row.ok_or_else(|| corrupt("root", usage.name()))?;
        let context = self.context(usage, id);
        let material = self.kms.unwrap(&context, row.bytes(Attr::Wrapped)?).await?;
        let material = material.as_slice().try_into().map_err(|_| row.corrupt(Attr::Wrapped))?;
        let root = Arc::new(Root { id: id.to_owned(), material: Zeroizing::new(material) });
        self.cache(|c| c.roots.insert(name, (now, root.clone())));
        Ok(root)
    }

    /// A data key's row as its next version, wrapped under that branch; `None` where it is already.
    /// Key and key id stay, so whatever the key sealed still opens.
    pub(crate) async fn rewrap(&self, row: &Row, branch: &str) -> Result<Option<Row>> {
        let before = branch_of(row.bytes(Attr::Wrapped)?);
        let before = before.ok_or_else(|| row.corrupt(Attr::Wrapped))?;
        if before == branch {
            return Ok(None);
        }
        let (before, after) =
            (self.root(RootUse::Branch, before).await?, self.root(RootUse::Branch, branch).await?);
        let place = wrap_place(&row.key.pk, row.text(Attr::KeyId)?);
        let material = before.unwrap_material(row, &place)?;
        let wrapped = after.wrap_material(&material, &place, &*self.entropy)?;
        Ok(Some(row.clone().next().with(Attr::Wrapped, wrapped)))
    }

    pub(super) fn context(&self, usage: RootUse, id: &str) -> Context {
        Context { stage: self.stage.to_string(), usage: usage.name(), id: id.to_owned() }
    }

    pub(super) fn cached<T>(
        &self,
        find: impl Fn(&Cache) -> Option<(Timestamp, T)>,
        now: Timestamp,
    ) -> Option<T> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (loaded, value) = find(&cache)?;
        (loaded <= now && now < loaded.plus(self.keep)).then_some(value)
    }

    pub(super) fn cache<T>(&self, change: impl FnOnce(&mut Cache) -> T) {
        change(&mut self.cache.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
