//! Takes up what is due: changes of contact that are final, cancellations whose cooling-off is over, unfinished erasures, expired
//! verifications. Bounded by count and time, safe to repeat and to run twice at once.

use serde::{Deserialize, Serialize};
use shared::contact_change;
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, minutes};
use shared::erasure::{self, Outcome};
use shared::error::Result;
use shared::ids::{RequestId, SubjectId};
use shared::ledger::Actor;
use shared::ports::Ports;
use shared::records::{subject, verification};
use shared::rotation::{self, Begun};
use shared::store::{DUE_SHARDS, Key, Lane, Transaction, When};
use shared::vault::{Owner, RootUse};
use std::time::Duration;

/// Keys read from one shard at a time.
const PAGE: i32 = 100;

/// How much one run may do.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most rows it takes up.
    pub rows: usize,
    /// The longest it runs, by the clock.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        // Well below the function's timeout of five minutes.
        Self { rows: 10_000, time: minutes(4) }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// People erased, or whose erasure was finished.
    pub erased: usize,
    /// Changes of contact that became final.
    pub settled: usize,
    /// Verifications whose key was destroyed.
    pub expired: usize,
    /// Rotations of root keys that went on.
    pub rotated: usize,
    /// Rows that were due in the index and not any more.
    pub stale: usize,
    /// Rows that failed; they stay due.
    pub failed: usize,
}

impl Report {
    /// How many rows were taken up.
    pub const fn taken(&self) -> usize {
        self.erased + self.settled + self.expired + self.rotated + self.stale + self.failed
    }
}

/// What the function is invoked with: nothing by the schedule, a wish by an operator.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Event {
    /// The use whose root key is to be rotated.
    pub rotate: Option<RootUse>,
}

/// What an invocation answers.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// What a run did.
    Swept(Report),
    /// What came of the wish for a rotation.
    Rotation(Begun),
}

/// Begins a rotation where one is wished for, and runs once otherwise.
///
/// # Errors
///
/// Those of [`handle`] and of [`rotation::begin`].
pub async fn invoke(ports: &Ports, event: Event) -> Result<Answer> {
    match event.rotate {
        Some(usage) => rotation::begin(ports, usage).await.map(Answer::Rotation),
        None => handle(ports, Bounds::default()).await.map(Answer::Swept),
    }
}

/// Runs once over all shards.
///
/// # Errors
///
/// Where the index cannot be read. A row that fails is counted, logged and left due.
pub async fn handle(ports: &Ports, bounds: Bounds) -> Result<Report> {
    ports.vault.ensure_roots().await?;
    let request = RequestId::draw(&*ports.entropy);
    let started = ports.clock.now();
    let mut report = Report::default();
    for shard in 0..DUE_SHARDS {
        let due = ports.store.due(Lane::Sweep, shard, started, PAGE).await?;
        for key in due {
            let late = ports.clock.now() >= started.plus(bounds.time);
            if late || report.taken() >= bounds.rows {
                return Ok(report);
            }
            take_up(ports, &key, (&request, started), &mut report).await;
        }
    }
    tracing::info!(request_id = %request, ?report, "swept");
    Ok(report)
}

async fn take_up(
    ports: &Ports,
    key: &Key,
    (request, now): (&RequestId, Timestamp),
    report: &mut Report,
) {
    if let Some(usage) = rotation::of_partition(&key.pk) {
        let done = rotation::advance(ports, usage, rotation::Bounds::default()).await;
        return count(done.map(|_| report.rotated += 1), request, report);
    }
    let done = match (subject::of_partition(&key.pk), verification::of_partition(&key.pk)) {
        (Some(id), _) => person(ports, &id, (Actor::Job("sweep"), request.as_str()), report).await,
        (_, Some(id)) => expire(ports, &id, now)
            .await
            .map(|done| if done { report.expired += 1 } else { report.stale += 1 }),
        (None, None) => Err(shared::error::corrupt(Entity::Account.name(), "due")),
    };
    count(done, request, report);
}

fn count(done: Result<()>, request: &RequestId, report: &mut Report) {
    if let Err(error) = done {
        report.failed += 1;
        tracing::warn!(request_id = %request, cause = error.chain(), "left due");
    }
}

/// Ends what is due about a person: a change of contact, the cooling-off period.
async fn person(
    ports: &Ports,
    id: &SubjectId,
    by: (Actor, &str),
    report: &mut Report,
) -> Result<()> {
    let settled = contact_change::finish(ports, id, by).await?;
    report.settled += usize::from(settled);
    match erasure::erase(ports, id, by).await? {
        Outcome::Erased(_) => {
            erasure::finish(ports, id).await?;
            report.erased += 1;
        }
        Outcome::NotDue if settled => {}
        Outcome::NotDue => report.stale += 1,
    }
    Ok(())
}

/// Destroys the key of an expired verification, and its row. Says whether there was one.
async fn expire(ports: &Ports, id: &shared::ids::VerificationId, now: Timestamp) -> Result<bool> {
    let [row] = ports.store.get(&[verification::key(id)]).await?;
    let Some(row) = row.filter(|row| row.is_expired(now)) else { return Ok(false) };
    let mut transaction = Transaction::new();
    transaction.delete("verification", row.key, When::Version(row.version));
    transaction.delete("flow-key", Owner::Flow(id.clone()).key(), When::Present);
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(false),
        other => other.map(|()| true),
    }
}
