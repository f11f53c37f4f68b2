//! The job that removes what a destroyed key sealed, page by page.

use crate::domain::inventory::{Entity, Erased};
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::SubjectId;
use crate::ports::Ports;
use crate::records::subject;
use crate::store::{Row, Table, Transaction, When};

/// Rows that one transaction of the job removes.
const SLICE: i32 = 25;

/// Finishes an erasure: removes what the destroyed key sealed, then the job itself. Safe to repeat.
/// Says whether it came to the end by `until`; what is left then is due, and another run's.
///
/// # Errors
///
/// Whatever the store answers; run it again.
pub async fn finish(ports: &Ports, id: &SubjectId, until: Timestamp) -> Result<bool> {
    let partition = subject::partition(id);
    let mut after = None;
    loop {
        let from = (Table::Records, partition.as_str(), "");
        let page = ports.store.page(from, SLICE, after.as_ref()).await?;
        let mut transaction = Transaction::new();
        let mut removed = 0;
        for row in page.items.iter().filter(|row| goes(row)) {
            transaction.delete("gone", row.key.clone(), When::Present);
            removed += 1;
        }
        if removed > 0 {
            match ports.store.write(transaction).await {
                // Another run removed some of them: look again.
                Err(error) if error.is_conflict() => continue,
                other => other?,
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
        if ports.clock.now() >= until {
            return Ok(false);
        }
    }
    let mut done = Transaction::new();
    done.delete("job", subject::erasure(id), When::Present);
    match ports.store.write(done).await {
        Err(error) if error.is_conflict() => Ok(true),
        other => other.map(|()| true),
    }
}

/// Whether a row of an erased person goes: by the inventory, but for the tombstone itself.
fn goes(row: &Row) -> bool {
    row.entity != Entity::Account && row.entity.spec().erased == Erased::Gone
        || row.entity == Entity::Limit
}
