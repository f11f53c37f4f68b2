//! Delivers the outbox: at least once, under a stable message id; the message's key is destroyed
//! at delivery, at most after 72 hours.

pub mod carrier;
mod compose;
pub mod event;
mod html;
mod office;
mod outgoing;
mod secure;
pub mod smtp;
pub mod webhook;
mod words;

pub use carrier::{Carrier, Handed, Letter};
pub use compose::{Encoding, compose};
pub use office::{Counter, Office};

use outgoing::{Fate, try_deliver};
use serde::Serialize;
use shared::domain::time::{Timestamp, hours};
use shared::error::Result;
use shared::ids::MessageId;
use shared::outbox;
use shared::ports::Ports;
use shared::store::{Attr, DUE_SHARDS, Lane};
use shared::telemetry::metrics::{self, Metric};
use std::time::Duration;

/// Messages read from one shard at a time.
const PAGE: i32 = 100;
/// Pages of one shard in one run.
const PAGES: usize = 10;
/// How long a run takes up more. One message takes 20 seconds at most, and the function has 90.
const RUN: Duration = Duration::from_secs(40);
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
}

/// Delivers everything that is due, for some time; the rest stays due.
///
/// # Errors
///
/// Where the index cannot be read. A message that fails is counted, logged and tried again later.
pub async fn deliver_due(ports: &Ports, carrier: &dyn Carrier) -> Result<Report> {
    let now = ports.clock.now();
    let mut report = Report::default();
    // Messages of a table that is being restored may have gone out already.
    if !ports.vault.is_open().await? {
        return Ok(report);
    }
    for shard in 0..DUE_SHARDS {
        for _ in 0..PAGES {
            let keys = ports.store.due(Lane::Outbox, shard, now, PAGE).await?;
            let full = i32::try_from(keys.len()).is_ok_and(|n| n >= PAGE);
            for id in keys.iter().filter_map(|key| outbox::of_partition(&key.pk)) {
                if is_late(ports, now) {
                    return Ok(report);
                }
                deliver(ports, carrier, &id, &mut report).await;
            }
            if !full {
                break;
            }
        }
    }
    Ok(report)
}

/// Delivers these messages, for some time; the schedule takes up the rest.
pub async fn deliver_these(ports: &Ports, carrier: &dyn Carrier, ids: &[MessageId]) -> Report {
    let started = ports.clock.now();
    let mut report = Report::default();
    for id in ids {
        if is_late(ports, started) {
            break;
        }
        deliver(ports, carrier, id, &mut report).await;
    }
    report
}

fn is_late(ports: &Ports, started: Timestamp) -> bool {
    ports.clock.now() >= started.plus(RUN)
}

/// Delivers one message, where it is still in the outbox and due.
pub async fn deliver(ports: &Ports, carrier: &dyn Carrier, id: &MessageId, report: &mut Report) {
    match try_deliver(ports, carrier, id).await {
        Ok(None) => {}
        Ok(Some(Fate::Dropped)) => report.dropped += 1,
        Ok(Some(Fate::Delivered(channel))) => {
            report.delivered += 1;
            metrics::emit(ports, Metric::MessagesDelivered, 1, &[channel]);
        }
        Ok(Some(Fate::Failed(channel, cause))) => {
            report.failed += 1;
            let cause = cause.name();
            tracing::warn!(message_id = %id, channel, cause, "not delivered");
            metrics::emit(ports, Metric::MessagesFailed, 1, &[channel, cause]);
        }
        Ok(Some(Fate::Dead(channel, cause))) => {
            report.dead += 1;
            let cause = cause.name();
            tracing::warn!(message_id = %id, channel, cause, "given up");
            metrics::emit(ports, Metric::MessagesDead, 1, &[channel, cause]);
        }
        Err(error) => {
            report.failed += 1;
            tracing::warn!(message_id = %id, cause = error.chain(), "not delivered");
        }
    }
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
