//! Branch keys: data keys are wrapped anew, and stay what they are.

use super::pass::Tally;
use crate::domain::inventory::Entity;
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Row, Transaction};

/// Rows of one transaction.
const SLICE: usize = 25;

/// Wraps the data keys among these rows under a branch, where they are under another.
///
/// The precondition is the row's version: a key that was destroyed meanwhile stays destroyed. No
/// owner ever gets a second key, so the row cannot be a later one of the same version either.
pub(crate) async fn rewrap(ports: &Ports, rows: &[Row], branch: &str) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut next = Vec::new();
    for row in rows.iter().filter(|row| row.entity == Entity::DataKey) {
        match ports.vault.rewrap(row, branch).await {
            Ok(rewrapped) => next.extend(rewrapped),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tally.failed += 1;
                tracing::warn!(cause = error.chain(), "a data key is not wrapped anew");
            }
        }
    }
    for slice in next.chunks(SLICE) {
        if replace(ports, slice).await? {
            tally.changed += slice.len() as u64;
            continue;
        }
        // One of them is gone: each for itself.
        for row in slice {
            if replace(ports, std::slice::from_ref(row)).await? {
                tally.changed += 1;
            } else {
                tally.missed += 1;
            }
        }
    }
    Ok(tally)
}

/// Writes the next versions; `false` where one of the rows is another one by now.
async fn replace(ports: &Ports, rows: &[Row]) -> Result<bool> {
    let mut transaction = Transaction::new();
    for row in rows {
        transaction.replace("data-key", row.clone());
    }
    match ports.store.write(transaction).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_conflict() => Ok(false),
        Err(error) => Err(error),
    }
}
