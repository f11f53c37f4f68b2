//! Ends what has an end, and goes on with what was not finished: cancellations, unused accounts,
//! erasures, verifications, messages, the keys of past months and years (C-5.3).
//!
//! A schedule names slices, and a worker takes one up at a time. Its cost follows what is due. It
//! is bounded by count and time, goes on where it stopped, and does no harm where two run at once.

mod account;
mod aside;
mod control;
mod ends;
mod event;
mod job;
mod plan;
mod report;
mod worker;

pub use aside::LONGEST_WAIT;
pub use event::respond;
pub use plan::{Line, Place, Plan};
pub use report::Report;

use shared::domain::time::{Timestamp, minutes};
use shared::error::Result;
use shared::ports::Ports;
use shared::restore;
use shared::store::DUE_SHARDS;
use std::time::Duration;

/// Slices of the work: one for each shard of the due index.
pub const SLICES: u8 = DUE_SHARDS;

/// How much one worker may do.
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

/// What a worker leaves of an invocation's time, for the row under way and its notes.
const RESERVE: Duration = Duration::from_secs(20);

impl Bounds {
    /// The bounds for an invocation with so much time left. What is not done by then stays due,
    /// and the next worker goes on at the cursor.
    #[must_use]
    pub fn within(self, left: Duration) -> Self {
        Self { time: self.time.min(left.saturating_sub(RESERVE)), ..self }
    }

    /// What is left of these bounds for one more worker, where the first began at `began`.
    fn since(self, began: Timestamp, now: Timestamp) -> Self {
        let gone = Duration::from_secs(u64::try_from(now.secs() - began.secs()).unwrap_or(0));
        Self { time: self.time.saturating_sub(gone), ..self }
    }
}

/// Runs once over all slices, one after the other, in the time of the bounds all together. Makes
/// the root keys of a new deployment.
///
/// # Errors
///
/// Where the index cannot be read. A row that fails is counted, logged and stays due.
pub async fn handle(ports: &Ports, bounds: Bounds) -> Result<Report> {
    let began = ports.clock.now();
    ports.vault.ensure_roots().await?;
    if !open(ports, bounds).await? {
        return Ok(Report::default());
    }
    let mut report = Report::default();
    for slice in 0..SLICES {
        let left = bounds.since(began, ports.clock.now());
        report.add(worker::run(ports, slice, left).await?);
    }
    Ok(report)
}

/// Takes up one slice.
///
/// # Errors
///
/// As [`handle`].
pub async fn sweep_slice(ports: &Ports, slice: u8, bounds: Bounds) -> Result<Report> {
    if slice == 0 && !open(ports, bounds).await? || slice != 0 && !ports.vault.is_open().await? {
        return Ok(Report::default());
    }
    worker::run(ports, slice, bounds).await
}

/// Whether the service is open. While its tables are restored nothing is swept: the restore goes on
/// in place of it.
async fn open(ports: &Ports, bounds: Bounds) -> Result<bool> {
    if ports.vault.is_open().await? {
        return Ok(true);
    }
    let bounds = restore::Bounds { time: bounds.time, ..restore::Bounds::default() };
    restore::advance(ports, bounds).await.map(|_| false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_one_after_the_other_share_the_time_of_the_invocation() {
        let began = Timestamp::from_secs(1_795_507_200);
        let bounds = Bounds::default().within(minutes(5));
        let left = |secs| bounds.since(began, began.plus(Duration::from_secs(secs))).time;
        assert_eq!((left(0), left(60)), (minutes(4), minutes(3)));
        assert_eq!((left(240), left(300)), (Duration::ZERO, Duration::ZERO));
        assert_eq!(Bounds::default().within(minutes(1)).time, Duration::from_secs(40));
    }
}
