//! Exporting the ledger of a local database. Verifying needs no database: it reads the export.

use shared::Ports;
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::error::Result;
use shared::ledger::verify::{Entry, Head, Line};
use shared::ledger::{Chain, head_of, job_head};
use shared::records::receipt::{ERASED, Receipt};
use shared::records::subject;
use shared::store::{Attr, Row, Table};
use shared::vault::{Denied, Owner};
use std::fmt::Write;

/// Exports every entry, and the head of every chain, one JSON object a line.
///
/// # Errors
///
/// Where a row cannot be read.
pub async fn export(ports: &Ports) -> Result<String> {
    // Heads first: an entry that lands meanwhile is beyond its head at the most.
    let now = ports.clock.now();
    let mut lines = Vec::new();
    for row in all(ports, Table::Records).await? {
        let head = match row.entity {
            Entity::Chain if subject::of_partition(&row.key.pk).is_none() => {
                job_head(ports, &row).await?
            }
            Entity::Chain => live_head(ports, &row).await?,
            Entity::Receipt if row.text(Attr::State)? == ERASED => closed_head(ports, &row).await?,
            _ => None,
        };
        lines.extend(head.map(|head| Line::Head(Head::of(head, now))));
    }
    for row in all(ports, Table::Ledger).await? {
        // What has left counts as gone before the broom comes.
        if row.entity == Entity::LedgerEntry && !row.is_expired(now) {
            lines.push(Line::Entry(Entry::read(&row)?));
        }
    }
    let mut export = String::new();
    for line in &lines {
        let line = serde_json::to_string(line).unwrap_or_default();
        let _infallible = writeln!(export, "{line}");
    }
    Ok(export)
}

async fn all(ports: &Ports, table: Table) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = ports.store.scan(table, after.as_ref()).await?;
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

/// The head of a living person's chain.
async fn live_head(ports: &Ports, chain: &Row) -> Result<Option<Chain>> {
    let Some(id) = subject::of_partition(&chain.key.pk) else { return Ok(None) };
    let keys = [subject::account(&id), Owner::Person(id.clone()).key()];
    let [account, key] = ports.store.get(&keys).await?;
    let opened = ports.vault.open_person(&id, account.as_ref(), key.as_ref(), Use::Storage).await;
    match opened {
        Ok(person) => Ok(Some(head_of(&person.key, chain)?)),
        Err(Denied::Refused(_)) => Ok(None),
        Err(Denied::Failed(error)) => Err(error),
    }
}

/// The last head of an erased person's chain, from the receipt.
async fn closed_head(ports: &Ports, row: &Row) -> Result<Option<Chain>> {
    let erased_at = row.time(Attr::ErasedAt)?;
    let owner = Owner::Period(shared::domain::period::Period::evidence(erased_at));
    let [key] = ports.store.get(&[owner.key()]).await?;
    let Some(key) = ports.vault.open(owner, key.as_ref()).await? else { return Ok(None) };
    let receipt: Receipt = key.open(row)?;
    Ok(Some(receipt.into_head(erased_at)))
}
