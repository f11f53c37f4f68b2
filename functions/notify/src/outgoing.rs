//! The way of one message: taken up, handed over, destroyed; or put off.

use crate::carrier::{Carrier, Cause, Handed, Letter};
use shared::domain::account::State;
use shared::domain::contact::Channel;
use shared::domain::time::{Timestamp, minutes};
use shared::error::Result;
use shared::ids::{MessageId, SubjectId};
use shared::outbox::{Content, Message};
use shared::ports::Ports;
use shared::records::account::detached_at;
use shared::records::subject;
use shared::store::{Attr, Lane, Row, Transaction, When};
use shared::vault::{DataKey, Owner};
use std::time::Duration;

/// The longest time between two tries.
const LONGEST: Duration = minutes(240);
/// The time between two tries of a channel that has no settings: it has nothing to spare.
const UNCONFIGURED: Duration = minutes(10);

/// What became of a message, with the name of its channel.
#[derive(Clone, Copy)]
pub(crate) enum Fate {
    /// It was handed over.
    Delivered(&'static str),
    /// It is tried again.
    Failed(&'static str, Cause),
    /// It is given up.
    Dead(&'static str, Cause),
    /// Nobody is to have it any more.
    Dropped,
}

/// A message of the outbox that is due, as it was read.
pub(crate) struct Waiting {
    id: MessageId,
    row: Row,
    ends_at: Timestamp,
    /// Its key, and what it opens; `None` where the key is gone.
    opened: Option<(DataKey, Result<Message>)>,
}

impl Waiting {
    /// Opens a message; `None` where it is not due.
    pub(crate) async fn open(
        ports: &Ports,
        id: &MessageId,
        row: Row,
        key: Option<&Row>,
    ) -> Result<Option<Self>> {
        if row.time(Attr::DueAt)? > ports.clock.now() {
            return Ok(None);
        }
        let key = ports.vault.open(Owner::Message(id.clone()), key).await?;
        let opened = key.map(|key| {
            let message = key.open(&row);
            (key, message)
        });
        Ok(Some(Self { id: id.clone(), ends_at: row.time(Attr::EndsAt)?, row, opened }))
    }

    pub(crate) const fn id(&self) -> &MessageId {
        &self.id
    }

    /// When it is of no use any more.
    pub(crate) const fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// How it leaves; `None` where it does not.
    pub(crate) fn channel(&self, now: Timestamp) -> Option<Channel> {
        let (_, message) = self.opened.as_ref().filter(|_| !self.row.is_expired(now))?;
        message.as_ref().ok().map(|message| message.channel)
    }
}

/// Delivers one message; `None` where there is nothing to do.
pub(crate) async fn try_deliver(
    ports: &Ports,
    carrier: &dyn Carrier,
    waiting: Waiting,
) -> Result<Option<Fate>> {
    let now = ports.clock.now();
    let Waiting { id, row, opened, .. } = waiting;
    let Some((key, message)) = opened else { return give_up(ports, &id, &row).await };
    if row.is_expired(now) {
        // A message that does not open has an end too.
        let channel = message.map_or("unknown", |message| message.channel.name());
        let was_there = destroy(ports, &id, &row).await?;
        return Ok(was_there.then_some(Fate::Dead(channel, Cause::TooLate)));
    }
    if for_nobody(ports, &row, message.as_ref().ok()).await? {
        return destroy(ports, &id, &row).await.map(|was_there| was_there.then_some(Fate::Dropped));
    }
    let message = message?;
    let Some(taken) = take(ports, row, (&key, &message), now).await? else { return Ok(None) };
    hand_over(ports, carrier, &id, (taken, key, message)).await.map(Some)
}

/// Takes a message up: counts the try and puts the message off before it is handed over. Of two
/// runs at once one has it, and one that ends a run's life is not tried at every turn.
async fn take(
    ports: &Ports,
    row: Row,
    (key, message): (&DataKey, &Message),
    now: Timestamp,
) -> Result<Option<Row>> {
    let attempts = row.number(Attr::Attempts)?;
    let wait: Duration = minutes(1 << attempts.clamp(0, 8)).min(LONGEST);
    let taken = put_off(row.with(Attr::Attempts, attempts + 1), now.plus(wait))?;
    let taken = key.seal(taken, message)?;
    let mut transaction = Transaction::new();
    transaction.replace("message", taken.clone());
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => other.map(|()| Some(taken)),
    }
}

/// The message as its next try will find it: later, and when it is given up at the latest.
fn put_off(row: Row, at: Timestamp) -> Result<Row> {
    let due = at.min(row.time(Attr::EndsAt)?);
    Ok(row.next().due(Lane::Outbox, due))
}

async fn hand_over(
    ports: &Ports,
    carrier: &dyn Carrier,
    id: &MessageId,
    (row, key, message): (Row, DataKey, Message),
) -> Result<Fate> {
    let channel = message.channel.name();
    let letter = Letter {
        id: id.clone(),
        message,
        created_at: row.time(Attr::CreatedAt)?,
        attempt: row.number(Attr::Attempts)?,
        public_url: ports.config.public_url.clone(),
    };
    match carrier.carry(&letter).await {
        Handed::Over => {
            if matches!(letter.message.content, Content::EndsUnused { .. }) {
                heard(ports, &row).await?;
            }
            destroy(ports, id, &row).await.map(|_| Fate::Delivered(channel))
        }
        Handed::Refused(cause) => {
            destroy(ports, id, &row).await.map(|_| Fate::Dead(channel, cause))
        }
        Handed::Later(cause, wait) => {
            let due = row.time(Attr::DueAt)?;
            let asked = wait.map(|wait| ports.clock.now().plus(wait.min(LONGEST)));
            let at = match cause {
                Cause::Unconfigured => Some(ports.clock.now().plus(UNCONFIGURED)),
                _ => asked.filter(|asked| *asked > due),
            };
            if let Some(at) = at {
                wait_until(ports, row, (&key, &letter.message), at).await?;
            }
            Ok(Fate::Failed(channel, cause))
        }
    }
}

/// Puts a message off to the time that the other side asked for, or to that of a channel without
/// settings.
async fn wait_until(
    ports: &Ports,
    row: Row,
    (key, message): (&DataKey, &Message),
    at: Timestamp,
) -> Result<()> {
    let later = key.seal(put_off(row, at)?, message)?;
    let mut transaction = Transaction::new();
    transaction.replace("message", later);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

/// Notes in the account that a notice of its end was handed over: without that it does not end
/// (C-5.3). Whatever became of the account meanwhile needs no note.
async fn heard(ports: &Ports, row: &Row) -> Result<()> {
    let Some(id) = about(row)? else { return Ok(()) };
    let [account] = ports.store.get(&[subject::account(&id)]).await?;
    let Some(account) = account else { return Ok(()) };
    let gate = When::GateEpoch(account.number(Attr::GateEpoch)?);
    let mut transaction = Transaction::new();
    transaction.touch("account", account.key, (Attr::HeardAt, ports.clock.now()), gate);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

/// The person that a message is about, if there is one.
fn about(row: &Row) -> Result<Option<SubjectId>> {
    let Ok(subject) = row.text(Attr::Subject) else { return Ok(None) };
    SubjectId::parse(subject).map(Some).ok_or_else(|| row.corrupt(Attr::Subject))
}

/// Whether nobody is to have the message any more: the person it is about is erased by now, or the
/// contact that it goes to was taken out of the account since.
async fn for_nobody(ports: &Ports, row: &Row, message: Option<&Message>) -> Result<bool> {
    let Some(id) = about(row)? else { return Ok(false) };
    let [account] = ports.store.get(&[subject::account(&id)]).await?;
    let Some(account) = account else { return Ok(true) };
    if account.text(Attr::State)? == State::Erased.name() {
        return Ok(true);
    }
    let Some(message) = message else { return Ok(false) };
    let detached = account.time(detached_at(message.channel));
    // What tells of it has the same time, and goes to what stayed.
    let tells = matches!(message.content, Content::ContactDetached { .. });
    let created_at = row.time(Attr::CreatedAt)?;
    Ok(!tells && detached.is_ok_and(|at| created_at <= at))
}

/// Removes a message that nothing opens any more. A batch is no snapshot: where the key is only not
/// seen yet, the message stays for the next run.
async fn give_up(ports: &Ports, id: &MessageId, row: &Row) -> Result<Option<Fate>> {
    let mut transaction = Transaction::new();
    transaction.delete("message", row.key.clone(), When::Present);
    transaction.check("message-key", Owner::Message(id.clone()).key(), When::Absent);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => other.map(|()| Some(Fate::Dropped)),
    }
}

/// Destroys the message's key and removes its row; whether they were there. Another run may have
/// done so.
async fn destroy(ports: &Ports, id: &MessageId, row: &Row) -> Result<bool> {
    let mut transaction = Transaction::new();
    transaction.delete("message", row.key.clone(), When::Present);
    transaction.delete("message-key", Owner::Message(id.clone()).key(), When::Present);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(false),
        other => other.map(|()| true),
    }
}
