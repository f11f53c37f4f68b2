//! Rotation of root keys without a pause: branch keys, index key, signing keys of receipts.
//!
//! A rotation is a job that goes from stage to stage. Environments keep pointers in memory for a
//! cache life, so a stage begins only when every environment has left the one before the last:
//!
//! 1. *Announced.* The next root is there and named, and nothing is under it yet.
//! 2. *Passing.* The pointer names it as the current one. Once that is known everywhere, passes
//!    over the table take all that is under the root before to the current one. The last of them
//!    finds nothing.
//! 3. *Resting.* Nothing is under the root before. It is kept until no backup and no receipt needs
//!    it, and then it goes.
//!
//! Each stage is one transaction on pointer and job, each pass goes on at a cursor: a run can stop
//! anywhere, and two at once do no harm.

mod branch;
mod index;
mod job;
mod pass;
mod rebuilt;
mod rest;

use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ports::Ports;
use crate::store::{Row, Transaction, When};
use crate::vault::{Pointer, RootUse, no_roots};
use job::Job;
use serde::Serialize;
use std::time::Duration;

pub(crate) use branch::rewrap;
pub use job::of_partition;
pub(crate) use rebuilt::rebuild;

/// How much one run may do.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most rows it looks at.
    pub rows: u64,
    /// The longest it runs, by the clock.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        // What a run of the sweep has to spare beside its four minutes.
        Self { rows: 50_000, time: Duration::from_secs(30) }
    }
}

/// Where a rotation is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is none.
    #[default]
    Idle,
    /// The next root is made known.
    Announced,
    /// What is under the root before is taken to the current one.
    Passing,
    /// Roots before the current one wait for their end. A new rotation can begin.
    Resting,
}

/// Where a rotation is, and what a run did. Counts and times only.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Progress {
    /// The use whose root is rotated.
    pub usage: RootUse,
    /// Where it is now.
    pub stage: Stage,
    /// When it goes on, in seconds since 1970.
    pub due_at: Option<Timestamp>,
    /// Rows that this run looked at.
    pub visited: u64,
    /// Rows that this run took to the current root.
    pub changed: u64,
    /// Rows that changed meanwhile: the next pass looks at them again.
    pub missed: u64,
    /// Rows that could not be read. While there are any, the root before stays.
    pub failed: u64,
}

impl Progress {
    fn of(usage: RootUse, job: Option<&Job>) -> Self {
        let (stage, due_at) = match job {
            Some(job) => (job.stage, Some(job.due_at)),
            None => (Stage::Idle, None),
        };
        Self { usage, stage, due_at, visited: 0, changed: 0, missed: 0, failed: 0 }
    }

    /// The same counts, where the rotation is now.
    fn now(self, job: Option<&Job>) -> Self {
        let Self { stage, due_at, .. } = Self::of(self.usage, job);
        Self { stage, due_at, ..self }
    }
}

/// The answer to the wish for a rotation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "rotation", rename_all = "snake_case")]
pub enum Begun {
    /// It begins.
    Begun(Progress),
    /// One of this use is under way, and nothing was changed.
    Refused(Progress),
}

/// Begins a rotation: draws a root and announces it. The rest is done by [`advance`].
///
/// # Errors
///
/// `Config` where there are no roots yet; whatever store and key service answer.
pub async fn begin(ports: &Ports, usage: RootUse) -> Result<Begun> {
    match try_begin(ports, usage).await {
        // Somebody else began, or a rest ended, in between: what is there now decides.
        Err(error) if error.is_conflict() => try_begin(ports, usage).await,
        other => other,
    }
}

async fn try_begin(ports: &Ports, usage: RootUse) -> Result<Begun> {
    let (mut pointer, before) = read(ports, usage).await?;
    if before.as_ref().is_some_and(|job| job.stage != Stage::Resting) {
        return Ok(Begun::Refused(Progress::of(usage, before.as_ref())));
    }
    if pointer.other.is_some() {
        return Err(unsettled());
    }
    let (id, root) = ports.vault.draw_root(usage).await?;
    pointer.other = Some(id.clone());
    let mut transaction = Transaction::new();
    transaction.put("root", root, When::Absent);
    transaction.replace("pointer", pointer.next());
    let when = before.as_ref().map_or(When::Absent, Job::when);
    let job = Job::announced(usage, id, before, (ports.clock.now(), known_everywhere(ports)));
    transaction.put("job", job.row(), when);
    ports.store.write(transaction).await?;
    let progress = Progress::of(usage, Some(&job));
    tracing::info!(?progress, "a rotation begins");
    Ok(Begun::Begun(progress))
}

/// Goes on with a rotation, as far as it is due and the bounds allow. Safe to repeat, and to run
/// twice at once.
///
/// # Errors
///
/// Whatever the store answers; what is done is done, and the next run goes on.
pub async fn advance(ports: &Ports, usage: RootUse, bounds: Bounds) -> Result<Progress> {
    let (pointer, job) = read(ports, usage).await?;
    let Some(job) = job else { return Ok(Progress::of(usage, None)) };
    if ports.clock.now() < job.due_at {
        return Ok(Progress::of(usage, Some(&job)));
    }
    let progress = match (job.stage, usage) {
        (Stage::Announced, _) => turn(ports, pointer, job).await,
        (Stage::Passing, RootUse::Branch | RootUse::Index) => {
            pass::run(ports, pointer, job, bounds).await
        }
        // What a receipt key signed stays under it: there is nothing to pass over.
        (Stage::Passing, RootUse::Receipts) => {
            let progress = Progress::of(usage, Some(&job));
            rest::retire(ports, pointer, job, progress).await
        }
        (Stage::Resting | Stage::Idle, _) => rest::end(ports, pointer, job).await,
    };
    match progress {
        // Another run was faster.
        Err(error) if error.is_conflict() => {
            let (_, job) = read(ports, usage).await?;
            Ok(Progress::of(usage, job.as_ref()))
        }
        Ok(progress) => {
            tracing::info!(?progress, "a rotation goes on");
            Ok(progress)
        }
        Err(error) => Err(error),
    }
}

/// Turns the pointer to the announced root.
async fn turn(ports: &Ports, mut pointer: Pointer, mut job: Job) -> Result<Progress> {
    if pointer.other.as_ref() != Some(&job.target) {
        return Err(unsettled());
    }
    pointer.other = Some(std::mem::replace(&mut pointer.current, job.target.clone()));
    let when = job.when();
    job.stage = Stage::Passing;
    job.due_at = ports.clock.now().plus(known_everywhere(ports));
    job.advance();
    let mut transaction = Transaction::new();
    transaction.replace("pointer", pointer.next()).put("job", job.row(), when);
    ports.store.write(transaction).await?;
    Ok(Progress::of(job.usage, Some(&job)))
}

/// How long after a change of a pointer every environment knows it, and all that was under way in
/// one that did not has ended: two cache lives.
fn known_everywhere(ports: &Ports) -> Duration {
    2 * ports.config.root_cache
}

/// Pointer and job of a use.
async fn read(ports: &Ports, usage: RootUse) -> Result<(Pointer, Option<Job>)> {
    let [pointer, job]: [Option<Row>; 2] =
        ports.store.get(&[usage.pointer(), job::key(usage)]).await?;
    let pointer = Pointer::read(pointer.ok_or_else(no_roots)?)?;
    Ok((pointer, job.map(|row| Job::read(usage, row)).transpose()?))
}

/// The error that pointer and job were read from before and after a transaction.
fn unsettled() -> Error {
    Error::new(Kind::Conflict(vec!["pointer"]), "rotate")
}
