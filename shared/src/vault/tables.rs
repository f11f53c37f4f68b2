//! Which tables the service is open on.
//!
//! A restored table is a new table with another name. Functions that are pointed at it find that it
//! is not the one they are open on, and no root key is unwrapped, until the restore is done and
//! says so. The row is read in the batch that brings a root key or a pointer to one, so that it
//! costs no call, and a change of it is known everywhere after a cache life.

use super::Vault;
use crate::config::TableNames;
use crate::domain::inventory::Entity;
use crate::error::{Error, Kind, Result};
use crate::store::{Attr, Key, Row, Transaction, When};

/// The state of the row while the service is open.
pub(crate) const OPEN: &str = "open";

/// Where the row is.
pub(crate) fn key() -> Key {
    Key::roots("current#tables")
}

/// The names of the tables that can be restored, as the row has them.
pub(crate) fn names(tables: &TableNames) -> String {
    // A table's name has no space (an AWS rule).
    format!("{} {}", tables.records, tables.keys)
}

impl Vault {
    /// A vault that opens while the service is closed. It shares nothing in memory with this one,
    /// so that no root key gets from it to a request.
    pub(crate) fn for_restore(&self) -> Self {
        Self { cache: std::sync::Arc::default(), tables: None, ..self.clone() }
    }

    /// Whether the service is open on the tables of this deployment. A new one is.
    ///
    /// # Errors
    ///
    /// Where the store does not answer.
    pub async fn is_open(&self) -> Result<bool> {
        let [row] = self.store.get(&[key()]).await?;
        Ok(row.is_none() || self.require_open(row.as_ref()).is_ok())
    }

    /// Refuses where the service is closed.
    pub(super) fn require_open(&self, row: Option<&Row>) -> Result<()> {
        let Some(ours) = self.tables.as_deref() else { return Ok(()) };
        let row = row.ok_or_else(super::no_roots)?;
        let open = row.text(Attr::State)? == OPEN && row.text(Attr::Current)? == ours;
        if open { Ok(()) } else { Err(Error::new(Kind::Closed, "open the vault")) }
    }

    /// Notes the tables of a new deployment.
    pub(super) async fn ensure_tables(&self) -> Result<()> {
        let [row] = self.store.get(&[key()]).await?;
        let (None, Some(ours)) = (row, self.tables.as_deref()) else { return Ok(()) };
        let row = Row::new(key(), Entity::Root).with(Attr::State, OPEN).with(Attr::Current, ours);
        let mut transaction = Transaction::new();
        transaction.put("tables", row, When::Absent);
        match self.store.write(transaction).await {
            Err(error) if error.is_conflict() => Ok(()),
            other => other,
        }
    }
}
