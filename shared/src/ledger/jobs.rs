//! The chains of jobs: what a job did by itself, and what an operator told it.
//!
//! A job has no person whose key could seal its head. The head is sealed under the key of the year
//! of its last entry, so that whoever writes the tables cannot cut the chain's end. Where a chain
//! was silent for so long that this key is gone, its entries are gone as well, and a new one begins.

use super::{Action, Actor, Book, Chain, Facts, head_of};
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ports::Ports;
use crate::records::job;
use crate::store::{Attr, Row, Transaction};
use crate::vault::{DataKey, Owner};

impl Book {
    /// Opens the chain of a part of the sweep for one more entry, or begins it.
    pub async fn of_sweep(ports: &Ports, part: &str, now: Timestamp) -> Result<Self> {
        let key = job::sweep_chain(part);
        let [chain, year] = ports.store.get(&[key.clone(), Self::year_key(now)]).await?;
        let year = ports.vault.period(Period::evidence(now), year.as_ref()).await?;
        let Some(row) = chain else { return Ok(Self::anew(ports, (key, 0), year, now)) };
        if let Some(head) = job_head(ports, &row).await? {
            return Ok(Self { row, head, year, now });
        }
        // A batch is no snapshot: only where the key's time is over is it gone for good.
        if Period::evidence(row.time(Attr::At)?).ends() > now {
            return Err(Error::new(Kind::Conflict(vec!["chain"]), "open a chain"));
        }
        Ok(Self::anew(ports, (key, row.version), year, now))
    }

    /// Enters an act of a job into its own chain.
    pub fn enter_job(
        self,
        transaction: &mut Transaction,
        action: Action,
        (job, facts): (&'static str, &Facts),
    ) -> Result<()> {
        let year = self.year().clone();
        self.enter(transaction, &year, (action, Actor::Job(job)), facts)
    }
}

/// The head of a job's chain; `None` where the key is gone that sealed it.
pub async fn job_head(ports: &Ports, chain: &Row) -> Result<Option<Chain>> {
    let key: Option<DataKey> = {
        let owner = Owner::Period(Period::evidence(chain.time(Attr::At)?));
        let [row] = ports.store.get(&[owner.key()]).await?;
        ports.vault.open(owner, row.as_ref()).await?
    };
    key.map(|key| head_of(&key, chain)).transpose()
}
