//! Delivers the outbox: at least once, under a stable message id; the message's key is destroyed
//! at delivery, at most after 72 hours.

pub mod carrier;
mod compose;
pub mod event;
mod html;
mod office;
mod outgoing;
mod round;
mod secure;
pub mod smtp;
mod texts;
pub mod webhook;
mod words;

pub use carrier::{Carrier, Handed, Letter};
pub use compose::{Encoding, compose};
pub use office::{Counter, Office};

use round::Round;
use serde::Serialize;
use shared::domain::time::hours;
use shared::error::Result;
use shared::ids::MessageId;
use shared::ports::Ports;
use shared::store::{Attr, DUE_SHARDS, Lane};
use shared::telemetry::metrics::{self, Metric};
use std::ops::Add;
use std::time::Duration;

/// How many that wait are looked at in each shard, for the age of the oldest.
const WAITING: i32 = 25;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Messages delivered.
    pub delivered: usize,
    /// Messages given up undelivered.
    pub dead: usize,
    /// Messages dropped: about a person who is erased, or without a key.
    pub dropped: usize,
    /// Messages that stay in the outbox.
    pub failed: usize,
    /// Messages that the time did not reach: they stay due, as they were.
    pub left: usize,
}

/// How much time the function has, as the template gives it.
pub const TIMEOUT: Duration = Duration::from_secs(90);

impl Add for Report {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            delivered: self.delivered + other.delivered,
            dead: self.dead + other.dead,
            dropped: self.dropped + other.dropped,
            failed: self.failed + other.failed,
            left: self.left + other.left,
        }
    }
}

/// Delivers everything that is due, as an invocation with all of its time; the rest stays due.
///
/// # Errors
///
/// As [`deliver_due_in`].
pub async fn deliver_due(ports: &Ports, carrier: &dyn Carrier) -> Result<Report> {
    deliver_due_in(ports, carrier, TIMEOUT).await
}

/// Delivers everything that is due, as far as the time that is left reaches; the rest stays due.
///
/// # Errors
///
/// Where the index cannot be read. A message that fails is counted, logged and tried again later.
pub async fn deliver_due_in(
    ports: &Ports,
    carrier: &dyn Carrier,
    left: Duration,
) -> Result<Report> {
    // Messages of a table that is being restored may have gone out already.
    if !ports.vault.is_open().await? {
        return Ok(Report::default());
    }
    let round = Round::new(ports, carrier, left);
    let ids = round.due().await?;
    Ok(round.deliver(&ids).await)
}

/// Delivers these messages, as far as the time that is left reaches; the schedule takes up the rest.
pub async fn deliver_these(
    ports: &Ports,
    carrier: &dyn Carrier,
    ids: &[MessageId],
    left: Duration,
) -> Report {
    Round::new(ports, carrier, left).deliver(ids).await
}

/// Measures the age of the oldest message that waits: zero where none does, so that the metric
/// never goes missing.
///
/// # Errors
///
/// Where the index cannot be read.
pub async fn oldest_age(ports: &Ports) -> Result<()> {
    let now = ports.clock.now();
    // No message is put off for longer.
    let soon = now.plus(hours(4));
    let mut oldest = now;
    for shard in 0..DUE_SHARDS {
        let keys = ports.store.due(Lane::Outbox, shard, soon, WAITING).await?;
        for row in ports.store.get_all(&keys).await?.into_iter().flatten() {
            oldest = oldest.min(row.time(Attr::CreatedAt)?);
        }
    }
    metrics::emit(ports, Metric::OutboxOldestAge, now.secs() - oldest.secs(), &[]);
    Ok(())
}
