//! Restoring `Records` or `Keys`: what happened after the copy is done again, then the service
//! opens, and not before.
//!
//! A restored table is a new table. From the first moment that functions are pointed at it they
//! are closed ([`crate::vault`] unwraps no root key), until this job has gone through:
//!
//! 1. *Announced.* The tables before are closed too, and every environment knows it.
//! 2. *Looking.* A pass over both tables that changes nothing and counts what would be done.
//! 3. *Looked.* The operator reads the counts, and confirms what is lost.
//! 4. *Applying.* Passes over `Records`, `Keys` and `Ledger`. People who were erased since are
//!    erased again; what was withdrawn, removed or cancelled is so again; sessions are over; a
//!    password that was changed is a reset; chains go on where the ledger ends.
//! 5. *Open.* The row in `Roots` names the new tables.
//!
//! Each step is a transaction, each pass goes on at a cursor: a run can stop anywhere, and two at
//! once do no harm.

mod contacts;
mod counts;
mod job;
mod keys;
mod ledger;
mod pass;
mod people;
mod replay;
mod rows;

pub use counts::Counts;
pub use job::Stage;

use crate::domain::time::{Timestamp, minutes};
use crate::error::{Error, Kind, Result};
use crate::ports::Ports;
use job::Job;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
        // Well below the timeout of `sweep`, five minutes.
        Self { rows: 1_000_000, time: minutes(4) }
    }
}

/// What an operator tells the restore, by a direct invoke of `sweep`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Closes the tables before, and looks what is to be done to those that the function is
    /// pointed at.
    Begin {
        /// The tables that were restored, where their names do not tell.
        #[serde(default)]
        tables: Tables,
    },
    /// Does it, with what the look counted as lost and as failed.
    Apply {
        /// People whose account or key the copy does not have: given up.
        lost: u64,
        /// Rows that could not be read: left as they are in the copy.
        failed: u64,
    },
    /// Goes back to the tables before, while nothing was done yet.
    Abandon {},
    /// Tells where it is.
    Status {},
}

/// Which tables were restored.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// `Records`.
    #[serde(default)]
    pub records: bool,
    /// `Keys`.
    #[serde(default)]
    pub keys: bool,
}

/// Where a restore is, and what it counted. No names of people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Progress {
    /// Where it is.
    pub stage: Stage,
    /// Whether the service is open on the tables that this function is pointed at.
    pub open: bool,
    /// The tables that are restored.
    pub tables: Tables,
    /// When it goes on, in seconds since 1970.
    pub due_at: Option<Timestamp>,
    /// What the look counted, or what was done.
    pub counts: Counts,
}

/// Does what an operator said.
///
/// # Errors
///
/// `Config` where it cannot be done as things are; what the store answers otherwise.
pub async fn command(ports: &Ports, command: Command) -> Result<Progress> {
    match command {
        Command::Begin { tables } => begin(ports, tables).await,
        Command::Apply { lost, failed } => apply(ports, (lost, failed)).await,
        Command::Abandon {} => abandon(ports).await,
        Command::Status {} => Ok(Job::find(ports).await?.progress()),
    }
}

async fn begin(ports: &Ports, named: Tables) -> Result<Progress> {
    let mut job = Job::find(ports).await?;
    let differing = job.differing();
    let tables =
        Tables { records: named.records || differing.records, keys: named.keys || differing.keys };
    if tables == Tables::default() {
        return Err(refused("the functions are pointed at the tables that are in use"));
    }
    if !(matches!(job.stage, Stage::Open | Stage::Looked) || job.leads_elsewhere()) {
        return Err(refused("one is under way"));
    }
    job.announce(tables, (ports.clock.now(), 2 * ports.config.root_cache));
    job.save(ports).await?;
    Ok(job.progress())
}

async fn apply(ports: &Ports, told: (u64, u64)) -> Result<Progress> {
    let mut job = Job::find(ports).await?;
    if job.stage != Stage::Looked || job.leads_elsewhere() {
        return Err(refused("nothing was looked at; begin, and wait for the counts"));
    }
    if told != (job.counts.lost, job.counts.failed) {
        return Err(refused("`lost` and `failed` are not what the look counted"));
    }
    job.confirm();
    job.save(ports).await?;
    Ok(job.progress())
}

async fn abandon(ports: &Ports) -> Result<Progress> {
    let mut job = Job::find(ports).await?;
    if job.stage.is_applying() || job.was_confirmed() {
        return Err(refused("it was begun to be applied: go on with it"));
    }
    job.abandon();
    job.save(ports).await?;
    Ok(job.progress())
}

/// Goes on with a restore, as far as it is due and the bounds allow. Safe to repeat, and to run
/// twice at once.
///
/// # Errors
///
/// Whatever the store answers; what is done is done, and the next run goes on.
pub async fn advance(ports: &Ports, bounds: Bounds) -> Result<Progress> {
    let ports = ports.for_restore();
    match pass::run(&ports, bounds).await {
        // Another run took it up.
        Err(error) if error.failed("tables") => Ok(Job::find(&ports).await?.progress()),
        other => other,
    }
}

/// The error that a command does not fit where the restore is.
fn refused(why: &'static str) -> Error {
    Error::new(Kind::Config, "restore").at(why)
}
