//! Delivers the outbox: at least once, under a stable message id; the message's key is destroyed
//! at delivery, at most after 72 hours.

mod compose;
pub mod event;
pub mod mailer;
mod words;

pub use compose::compose;
pub use mailer::Mailer;

use serde::Serialize;
use shared::domain::account::State;
use shared::domain::time::{Timestamp, minutes};
use shared::error::Result;
use shared::ids::{MessageId, SubjectId};
use shared::outbox::{self, Message};
use shared::ports::Ports;
use shared::records::subject;
use shared::store::{Attr, DUE_SHARDS, Lane, Row, Transaction, When};
use shared::vault::Owner;
use std::time::Duration;

/// Messages read from one shard at a time.
const PAGE: i32 = 100;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Messages delivered.
    pub delivered: usize,
    /// Messages given up: expired, or about a person who is erased.
    pub dropped: usize,
    /// Messages that stay in the outbox.
    pub failed: usize,
}

/// Delivers everything that is due.
///
/// # Errors
///
/// Where the index cannot be read. A message that fails is counted, logged and tried again later.
pub async fn deliver_due(ports: &Ports, mailer: &dyn Mailer) -> Result<Report> {
    let now = ports.clock.now();
    let mut report = Report::default();
    for shard in 0..DUE_SHARDS {
        for key in ports.store.due(Lane::Outbox, shard, now, PAGE).await? {
            if let Some(id) = outbox::of_partition(&key.pk) {
                deliver(ports, mailer, &id, &mut report).await;
            }
        }
    }
    Ok(report)
}

/// Delivers one message, where it is still in the outbox and due.
pub async fn deliver(ports: &Ports, mailer: &dyn Mailer, id: &MessageId, report: &mut Report) {
    match try_deliver(ports, mailer, id).await {
        Ok(Some(true)) => report.delivered += 1,
        Ok(Some(false)) => report.dropped += 1,
        Ok(None) => {}
        Err(error) => {
            report.failed += 1;
            tracing::warn!(message_id = %id, cause = error.chain(), "not delivered");
        }
    }
}

/// Delivers: `true`; gives up: `false`; nothing to do: `None`.
async fn try_deliver(ports: &Ports, mailer: &dyn Mailer, id: &MessageId) -> Result<Option<bool>> {
    let now = ports.clock.now();
    let owner = Owner::Message(id.clone());
    let [row, key] = ports.store.get(&[outbox::key(id), owner.key()]).await?;
    let Some(row) = row else { return Ok(None) };
    if row.time(Attr::DueAt)? > now {
        return Ok(None);
    }
    let Some(data_key) = ports.vault.open(owner, key.as_ref()).await? else {
        return give_up(ports, id, &row).await;
    };
    if row.is_expired(now) || about_the_erased(ports, &row).await? {
        return destroy(ports, id, &row).await.map(|()| Some(false));
    }
    let message: Message = data_key.open(&row)?;
    let delivered = match compose(id, &message, row.time(Attr::CreatedAt)?) {
        Ok(mail) => mailer.deliver(id, &mail).await,
        Err(error) => Err(error),
    };
    if let Err(error) = delivered {
        let later = put_off(row, now)?;
        let mut transaction = Transaction::new();
        transaction.replace("message", data_key.seal(later, &message)?);
        ports.store.write(transaction).await?;
        return Err(error);
    }
    destroy(ports, id, &row).await.map(|()| Some(true))
}

/// Whether the message is about a person who is erased by now.
async fn about_the_erased(ports: &Ports, row: &Row) -> Result<bool> {
    let Ok(subject) = row.text(Attr::Subject) else { return Ok(false) };
    let id = SubjectId::parse(subject).ok_or_else(|| row.corrupt(Attr::Subject))?;
    let [account] = ports.store.get(&[subject::account(&id)]).await?;
    let state = account.as_ref().map(|account| account.text(Attr::State)).transpose()?;
    Ok(state.is_none_or(|state| state == State::Erased.name()))
}

/// The message as its next try will find it: after 1, 2, 4 … minutes, at most 4 hours, and when it
/// is given up at the latest.
fn put_off(row: Row, now: Timestamp) -> Result<Row> {
    let attempts = row.number(Attr::Attempts)?;
    let wait: Duration = minutes(1 << attempts.clamp(0, 8)).min(minutes(240));
    let due = now.plus(wait).min(row.time(Attr::EndsAt)?);
    Ok(row.next().with(Attr::Attempts, attempts + 1).due(Lane::Outbox, due))
}

/// Removes a message that nothing opens any more. A batch is no snapshot: where the key is only not
/// seen yet, the message stays for the next run.
async fn give_up(ports: &Ports, id: &MessageId, row: &Row) -> Result<Option<bool>> {
    let mut transaction = Transaction::new();
    transaction.delete("message", row.key.clone(), When::Present);
    transaction.check("message-key", Owner::Message(id.clone()).key(), When::Absent);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => other.map(|()| Some(false)),
    }
}

/// Destroys the message's key and removes its row. Another run may have done so.
async fn destroy(ports: &Ports, id: &MessageId, row: &Row) -> Result<()> {
    let mut transaction = Transaction::new();
    transaction.delete("message", row.key.clone(), When::Present);
    transaction.delete("message-key", Owner::Message(id.clone()).key(), When::Present);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}
