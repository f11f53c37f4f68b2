//! A run over what waits. Each channel has a line of its own, and the lines move side by side: a
//! server that is silent keeps nobody waiting but those behind it.
//!
//! In a line goes first what is of use for the shortest time: codes before everything else. What
//! the time does not reach is as it was: no try is counted, it stays due, and it is told as left.

use crate::Report;
use crate::carrier::Carrier;
use crate::outgoing::{Fate, Waiting, try_deliver};
use shared::domain::contact::Channel;
use shared::domain::time::Timestamp;
use shared::error::{Kind, Result};
use shared::ids::MessageId;
use shared::outbox;
use shared::ports::Ports;
use shared::store::{DUE_SHARDS, Lane};
use shared::telemetry::metrics::{self, Metric};
use shared::vault::Owner;
use std::time::Duration;

/// Messages listed from one shard at a time.
const PAGE: i32 = 100;
/// Pages of one shard in one run.
const PAGES: usize = 10;
/// Messages read at a time, each with its key.
const READ: usize = 50;
/// How long a run reads. What it has read by then leaves.
const READING: Duration = Duration::from_secs(10);
/// How long a run takes up more, where the function has the time.
const RUN: Duration = Duration::from_secs(40);
/// What is kept of an invocation's time for the message that is taken up last, which takes 20 seconds
/// at most, and for writing down what became of it.
const LAST: Duration = Duration::from_secs(30);

/// A run: its ports, where messages leave by, when it began, and how long it takes up more.
pub(crate) struct Round<'a> {
    ports: &'a Ports,
    carrier: &'a dyn Carrier,
    began: Timestamp,
    run: Duration,
}

impl<'a> Round<'a> {
    /// A run that begins now, in an invocation that has so much time left.
    pub(crate) fn new(ports: &'a Ports, carrier: &'a dyn Carrier, left: Duration) -> Self {
        let run = left.saturating_sub(LAST).min(RUN);
        Self { ports, carrier, began: ports.clock.now(), run }
    }

    /// Lists everything that is due.
    pub(crate) async fn due(&self) -> Result<Vec<MessageId>> {
        let (times, mut ids) = ((Timestamp::from_secs(0), self.began), Vec::new());
        for shard in 0..DUE_SHARDS {
            let mut after = None;
            for _ in 0..PAGES {
                let lane = (Lane::Outbox, shard);
                let page = self.ports.store.due_between(lane, times, PAGE, after.as_ref()).await?;
                ids.extend(page.items.iter().filter_map(|due| outbox::of_partition(&due.key.pk)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(ids)
    }

    /// Delivers these messages, where they are still in the outbox and due.
    pub(crate) async fn deliver(&self, ids: &[MessageId]) -> Report {
        let mut report = Report::default();
        let mut waiting = self.read(ids, &mut report).await;
        waiting.sort_by_key(Waiting::ends_at);
        let (mut mail, mut text, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for message in waiting {
            match message.channel(self.began) {
                Some(Channel::Email) => mail.push(message),
                Some(Channel::Phone) => text.push(message),
                // Nothing of it is sent, so it waits behind nothing that is.
                None => over.push(message),
            }
        }
        let (mail, text, over) = tokio::join!(self.line(mail), self.line(text), self.line(over));
        report + mail + text + over
    }

    /// Reads messages and opens them.
    async fn read(&self, ids: &[MessageId], report: &mut Report) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        let mut unread = ids;
        while !unread.is_empty() {
            if self.is_past(READING.min(self.run)) {
                report.left += unread.len();
                break;
            }
            let (ids, rest) = unread.split_at(READ.min(unread.len()));
            unread = rest;
            match self.read_some(ids, report).await {
                Ok(some) => waiting.extend(some),
                // One that cannot be read keeps none of the others.
                Err(error) if *error.kind() == Kind::Corrupt && ids.len() > 1 => {
                    for id in ids {
                        let one = self.read_some(std::slice::from_ref(id), report).await;
                        let one = one.map_err(|error| kept_back(&[id], &error, report));
                        waiting.extend(one.into_iter().flatten());
                    }
                }
                Err(error) => kept_back(&ids.iter().collect::<Vec<_>>(), &error, report),
            }
        }
        waiting
    }

    async fn read_some(&self, ids: &[MessageId], report: &mut Report) -> Result<Vec<Waiting>> {
        let places = ids.iter().flat_map(|id| [outbox::key(id), Owner::Message(id.clone()).key()]);
        let mut rows = self.ports.store.get_all(&places.collect::<Vec<_>>()).await?.into_iter();
        let mut waiting = Vec::new();
        for id in ids {
            let (row, key) = (rows.next().flatten(), rows.next().flatten());
            let Some(row) = row else { continue };
            match Waiting::open(self.ports, id, row, key.as_ref()).await {
                Ok(message) => waiting.extend(message),
                Err(error) => kept_back(&[id], &error, report),
            }
        }
        Ok(waiting)
    }

    /// Delivers one after the other, for some time.
    async fn line(&self, line: Vec<Waiting>) -> Report {
        let mut report = Report::default();
        let mut line = line.into_iter();
        while let Some(message) = line.next() {
            if self.is_past(self.run) {
                report.left += 1 + line.len();
                break;
            }
            let id = message.id().clone();
            // On the heap: three lines at once would be a large future.
            match Box::pin(try_deliver(self.ports, self.carrier, message)).await {
                Ok(fate) => self.count(&id, fate, &mut report),
                Err(error) => kept_back(&[&id], &error, &mut report),
            }
        }
        report
    }

    fn count(&self, id: &MessageId, fate: Option<Fate>, report: &mut Report) {
        match fate {
            None => {}
            Some(Fate::Dropped) => report.dropped += 1,
            Some(Fate::Delivered(channel)) => {
                report.delivered += 1;
                metrics::emit(self.ports, Metric::MessagesDelivered, 1, &[channel]);
            }
            Some(Fate::Failed(channel, cause)) => {
                report.failed += 1;
                let cause = cause.name();
                tracing::warn!(message_id = %id, channel, cause, "not delivered");
                metrics::emit(self.ports, Metric::MessagesFailed, 1, &[channel, cause]);
            }
            Some(Fate::Dead(channel, cause)) => {
                report.dead += 1;
                let cause = cause.name();
                tracing::warn!(message_id = %id, channel, cause, "given up");
                metrics::emit(self.ports, Metric::MessagesDead, 1, &[channel, cause]);
            }
        }
    }

    fn is_past(&self, time: Duration) -> bool {
        self.ports.clock.now() >= self.began.plus(time)
    }
}

/// Counts and logs messages that a failure kept back.
fn kept_back(ids: &[&MessageId], error: &shared::Error, report: &mut Report) {
    report.failed += ids.len();
    for id in ids {
        tracing::warn!(message_id = %id, cause = error.chain(), "not delivered");
    }
}
