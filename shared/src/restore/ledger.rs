//! The pass over `Ledger`, which was not restored: receipts that it gives back, and chains whose
//! head is lost.

use super::counts::Counts;
use super::pass::Pass;
use super::people::receipt_of;
use super::rows::failed;
use crate::domain::inventory::Entity;
use crate::domain::period::Period;
use crate::error::{Result, corrupt};
use crate::ids::ReceiptId;
use crate::ledger::close_if_lost;
use crate::ports::Ports;
use crate::records::receipt::{self, ERASED};
use crate::store::{Attr, Row, Transaction, When};
use crate::vault::Owner;

/// Looks at the rows of a page.
pub(super) async fn pass(pass: &Pass<'_>, rows: &[Row]) -> Result<Counts> {
    let mut counts = Counts::default();
    for row in rows {
        let done = match row.entity {
            Entity::Tombstone => give_back(pass.ports, row).await.map(|gave| {
                counts.receipts += u64::from(gave);
            }),
            // Who was lost registered after the copy: the chain's first entry is still there.
            Entity::LedgerEntry if row.number(Attr::Sequence).ok() == Some(1) => {
                close(pass, row).await
            }
            _ => Ok(()),
        };
        if let Err(error) = done {
            counts.add(&failed(row, error)?);
        }
    }
    Ok(counts)
}

/// Closes a chain that no head was found of.
async fn close(pass: &Pass<'_>, row: &Row) -> Result<()> {
    let by = (pass.job.begun_at, pass.request.as_str());
    close_if_lost(pass.ports, row, by).await
}

/// Puts the receipt that a tombstone keeps, where it is not there. Says whether it did.
async fn give_back(ports: &Ports, noted: &Row) -> Result<bool> {
    let Some(tombstone) = receipt_of(ports, noted).await? else { return Ok(false) };
    let at = noted.time(Attr::ErasedAt)?;
    let owner = Owner::Period(Period::evidence(at));
    let id = ReceiptId::parse(&tombstone.receipt).ok_or_else(|| corrupt("tombstone", "receipt"))?;
    let [row, year] = ports.store.get(&[receipt::key(&id), owner.key()]).await?;
    if row.as_ref().is_some_and(|row| row.text(Attr::State).ok() == Some(ERASED)) {
        return Ok(false);
    }
    let Some(year) = ports.vault.open(owner, year.as_ref()).await? else { return Ok(false) };
    let when = row.as_ref().map_or(When::Absent, |row| When::Version(row.version));
    let scheduled = row.unwrap_or_else(|| {
        // A row of version 0 is one that is not there yet.
        let mut row = receipt::scheduled(&id, tombstone.requested_at, at);
        row.version = 0;
        row
    });
    let row = receipt::signed(scheduled, &tombstone.into_receipt(), (at, &year))?;
    let mut transaction = Transaction::new();
    transaction.put("receipt", row, when);
    ports.store.write(transaction).await.map(|()| true)
}
