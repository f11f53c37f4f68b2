//! The broom of local mode. When deployed, DynamoDB deletes rows past their `expires_at` by itself;
//! the embedded engine does not, so a job does it here.

use shared::Ports;
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::store::{Attr, Key, Row, Table, Transaction, When};

/// Deletes every row that is past its end, page by page. Says how many went.
///
/// A row that has a key of its own ends by [`Attr::EndsAt`] and is left to the job that removes
/// both.
///
/// # Errors
///
/// Where the store cannot be read or written; what is left goes the next time.
pub async fn sweep_out(ports: &Ports, now: Timestamp) -> Result<usize> {
    let mut taken = 0;
    for table in Table::ALL.into_iter().filter(|table| table.has_broom()) {
        let mut after = None;
        loop {
            let page = ports.store.scan(table, after.as_ref()).await?;
            for row in page.items.iter().filter(|row| is_past(row, now)) {
                taken += usize::from(take(ports, &row.key, now).await?);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(taken)
}

/// Whether a row goes by itself, and its time has come.
fn is_past(row: &Row, now: Timestamp) -> bool {
    row.time(Attr::ExpiresAt).is_ok_and(|end| end <= now)
}

/// Deletes a row that is still past its end. Says whether it was: it may have been renewed, or
/// deleted, since it was read.
///
/// # Errors
///
/// Where the store cannot be written.
pub async fn take(ports: &Ports, key: &Key, now: Timestamp) -> Result<bool> {
    let mut transaction = Transaction::new();
    let past = When::Below(Attr::ExpiresAt, now.secs().saturating_add(1));
    transaction.delete("expired", key.clone(), past);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(false),
        other => other.map(|()| true),
    }
}
