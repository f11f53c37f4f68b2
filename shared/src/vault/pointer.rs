//! Pointers: which root key of a use is the current one, and which others are still needed.

use super::{RootUse, Vault, signing, tables};
use crate::domain::inventory::Entity;
use crate::error::{Error, Kind, Result};
use crate::ids::{self, BASE32};
use crate::store::{Attr, Row, Transaction, When};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The pointer of a use.
#[derive(Clone, Debug)]
pub(crate) struct Pointer {
    row: Row,
    /// The current root.
    pub(crate) current: String,
    /// The other root of an open rotation: first the next one, then the one before.
    pub(crate) other: Option<String>,
    /// Roots that are kept until their end, the latest first.
    pub(crate) past: Vec<String>,
}

impl Pointer {
    /// Reads a pointer's row.
    pub(crate) fn read(row: Row) -> Result<Self> {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect();
        Ok(Self {
            current: row.text(Attr::Current)?.to_owned(),
            other: row.text(Attr::Other).ok().map(str::to_owned),
            past: row.text(Attr::Past).map(list).unwrap_or_default(),
            row,
        })
    }

    /// The row's next version, with what the pointer says now.
    pub(crate) fn next(self) -> Row {
        let row = self.row.next().with(Attr::Current, self.current);
        let row = match self.other {
            Some(other) => row.with(Attr::Other, other),
            None => row.without(Attr::Other),
        };
        if self.past.is_empty() {
            row.without(Attr::Past)
        } else {
            row.with(Attr::Past, self.past.join(" "))
        }
    }
}

/// The error that there are no root keys yet.
pub(crate) fn no_roots() -> Error {
    Error::new(Kind::Config, "read a root key").at("no roots yet: invoke `sweep` once")
}

impl Vault {
    /// The pointer of a use, as it was at most a cache life ago.
    pub(crate) async fn pointer(&self, usage: RootUse) -> Result<Arc<Pointer>> {
        let now = self.clock.now();
        if let Some(pointer) = self.cached(|c| c.pointers.get(&usage).cloned(), now) {
            return Ok(pointer);
        }
        let [row, tables] = self.store.get(&[usage.pointer(), tables::key()]).await?;
        self.require_open(tables.as_ref())?;
        let pointer = Arc::new(Pointer::read(row.ok_or_else(no_roots)?)?);
        self.cache(|c| c.pointers.insert(usage, (now, pointer.clone())));
        Ok(pointer)
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
        self.ensure_tables().await
    }

    async fn make_root(&self, usage: RootUse) -> Result<()> {
        let (id, row) = self.draw_root(usage).await?;
        let pointer = Row::new(usage.pointer(), Entity::Root).with(Attr::Current, id);
        let mut transaction = Transaction::new();
        transaction.put("pointer", pointer, When::Absent).put("root", row, When::Absent);
        match self.store.write(transaction).await {
            Err(error) if error.failed("pointer") => Ok(()),
            other => other,
        }
    }

    /// Draws a root, and has it wrapped: its id, and its row to be written where there is none.
    pub(crate) async fn draw_root(&self, usage: RootUse) -> Result<(String, Row)> {
        let id = BASE32.encode(&ids::bytes::<16>(&*self.entropy));
        let material = Zeroizing::new(ids::bytes::<32>(&*self.entropy));
        let wrapped = self.kms.wrap(&self.context(usage, &id), &material[..]).await?;
        let row = Row::new(usage.key(&id), Entity::Root)
            .with(Attr::Wrapped, wrapped)
            .with(Attr::CreatedAt, self.clock.now());
        let row = match usage {
            RootUse::Receipts => row.with(Attr::PublicKey, signing::public_key(&material)?),
            RootUse::Branch | RootUse::Index => row,
        };
        Ok((id, row))
    }
}
