//! The ends of what has nothing to do with an account: verifications, log-ins under way,
//! messages, periods.

use crate::report::Done;
use shared::error::{Result, corrupt};
use shared::outbox;
use shared::ports::Ports;
use shared::records::{authorization, verification};
use shared::store::{Row, Transaction, When};
use shared::vault::{Owner, period};

/// Destroys the key of an expired verification, and its row.
pub(crate) async fn verification(ports: &Ports, row: &Row) -> Result<Done> {
    let id = verification::of_partition(&row.key.pk).ok_or_else(|| bad_key(row))?;
    if !row.is_expired(ports.clock.now()) {
        return Ok(Done::Stale);
    }
    let mut transaction = Transaction::new();
    transaction.delete("verification", row.key.clone(), When::Version(row.version));
    transaction.delete("flow-key", Owner::Flow(id).key(), When::Present);
    settled(ports, transaction, Done::Expired).await
}

/// Destroys the key of a log-in by a third party that did not return in time, and its row.
pub(crate) async fn authorization(ports: &Ports, row: &Row) -> Result<Done> {
    let id = authorization::of_partition(&row.key.pk).ok_or_else(|| bad_key(row))?;
    if !row.is_expired(ports.clock.now()) {
        return Ok(Done::Stale);
    }
    let mut transaction = Transaction::new();
    authorization::end(&mut transaction, &id, row.version);
    settled(ports, transaction, Done::Expired).await
}

/// Destroys the key of a message whose time is over and that `notify` did not take.
pub(crate) async fn message(ports: &Ports, row: &Row) -> Result<Done> {
    let id = outbox::of_partition(&row.key.pk).ok_or_else(|| bad_key(row))?;
    let mut transaction = Transaction::new();
    transaction.delete("message", row.key.clone(), When::Version(row.version));
    transaction.delete("message-key", Owner::Message(id).key(), When::Present);
    settled(ports, transaction, Done::Message).await
}

/// Destroys the key of a month of logs or a year of evidence. What it sealed is left to the tables'
/// time to live, and opens no more.
pub(crate) async fn period(ports: &Ports, row: &Row) -> Result<Done> {
    let period = period::of_partition(&row.key.pk).ok_or_else(|| bad_key(row))?;
    if period.ends() > ports.clock.now() {
        return Ok(Done::Stale);
    }
    let mut transaction = Transaction::new();
    transaction.delete("period", row.key.clone(), When::Version(row.version));
    transaction.delete("period-key", Owner::Period(period).key(), When::Present);
    settled(ports, transaction, Done::Period).await
}

/// Writes an end. Where another one ended it before, there is nothing to do.
async fn settled(ports: &Ports, transaction: Transaction, done: Done) -> Result<Done> {
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(Done::Stale),
        other => other.map(|()| done),
    }
}

fn bad_key(row: &Row) -> shared::Error {
    corrupt(row.entity.name(), "key")
}
