//! The pass over `Records`: people, the chains of jobs, and what has lost its key.

use super::counts::Counts;
use super::pass::{Mode, Pass};
use super::people;
use crate::domain::inventory::Entity;
use crate::error::{Error, Kind, Result};
use crate::ledger::{Action, Book, Facts, Resumed, job_head};
use crate::outbox;
use crate::ports::Ports;
use crate::records::subject;
use crate::store::{Key, Row, Transaction, When};
use crate::vault::Owner;

/// Tries of a row against another run.
const TRIES: u32 = 5;

/// Looks at the rows of a page.
pub(super) async fn pass(pass: &Pass<'_>, rows: &[Row]) -> Result<Counts> {
    let mut counts = keyless(pass, rows).await?;
    for row in rows {
        match row.entity {
            Entity::Account => counts.add(&settled(row, || people::look(pass, row)).await?),
            Entity::Chain if subject::of_partition(&row.key.pk).is_none() => {
                counts.add(&settled(row, || resume(pass, &row.key)).await?);
            }
            _ => {}
        }
    }
    Ok(counts)
}

/// Tries a row again while another run gets in the way; one that cannot be read is counted.
async fn settled<F>(row: &Row, mut attempt: impl FnMut() -> F) -> Result<Counts>
where
    F: Future<Output = Result<Counts>>,
{
    let mut tries = 0;
    loop {
        match attempt().await {
            Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
            Err(error) => return failed(row, error),
            other => return other,
        }
    }
}

/// Counts a row that cannot be read. What may succeed at once is left to the next run.
pub(super) fn failed(row: &Row, error: Error) -> Result<Counts> {
    if error.is_conflict() || error.is_transient() {
        return Err(error);
    }
    let kind = row.entity.name();
    tracing::warn!(kind, cause = error.chain(), "left as it is in the copy");
    Ok(Counts { failed: 1, ..Counts::default() })
}

/// The key that a row stands and falls with, where it is not a person's.
fn own_key(row: &Row) -> Option<Key> {
    match row.entity {
        Entity::Verification | Entity::Authorization | Entity::Period => {
            Some(Key::keys(row.key.pk.as_str()))
        }
        Entity::Message => outbox::of_partition(&row.key.pk).map(|id| Owner::Message(id).key()),
        _ => None,
    }
}

/// Removes verifications, messages and reminders whose key is gone: they were used, delivered or
/// ended since.
async fn keyless(pass: &Pass<'_>, rows: &[Row]) -> Result<Counts> {
    let owned: Vec<_> = rows.iter().filter_map(|row| Some((row, own_key(row)?))).collect();
    let keys: Vec<_> = owned.iter().map(|(_, key)| key.clone()).collect();
    let found = pass.ports.store.get_all(&keys).await?;
    let mut counts = Counts::default();
    for ((row, _), _) in owned.iter().zip(&found).filter(|(_, key)| key.is_none()) {
        counts.rows_removed += 1;
        if pass.mode == Mode::Apply {
            remove(pass.ports, row).await?;
        }
    }
    Ok(counts)
}

/// Removes a row. Where it is another one by now, another run was there.
pub(super) async fn remove(ports: &Ports, row: &Row) -> Result<()> {
    let mut transaction = Transaction::new();
    transaction.delete("row", row.key.clone(), When::Version(row.version));
    match ports.store.write(transaction).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

fn is_corrupt<T>(read: Result<T>) -> bool {
    read.is_err_and(|error| *error.kind() == Kind::Corrupt)
}

/// Takes the head of a job's chain to the end that the ledger has.
async fn resume(pass: &Pass<'_>, key: &Key) -> Result<Counts> {
    let ports = pass.ports;
    let (none, now) = (Counts::default(), ports.clock.now());
    let [row, year] = ports.store.get(&[key.clone(), Book::year_key(now)]).await?;
    let Some(row) = row else { return Ok(none) };
    // A chain without a key is over, and begins anew with the next entry.
    if pass.job.tables.keys && is_corrupt(job_head(ports, &row).await) {
        // Its year's key was lost with `Keys`, and made anew: this chain is over as well.
        if pass.mode == Mode::Apply {
            remove(ports, &row).await?;
        }
        return Ok(none);
    }
    let chain = Resumed::of_job(ports, &row).await?;
    let Some(chain) = chain else { return Ok(none) };
    if pass.mode == Mode::Look || chain.ends_with(Action::Resumed, pass.job.begun_at) {
        return Ok(none);
    }
    let book = chain.open(ports, year.as_ref()).await?;
    let mut transaction = Transaction::new();
    let facts = Facts::of("C-7.5", &[], pass.request.as_str());
    book.enter_job(&mut transaction, Action::Resumed, ("restore", &facts))?;
    ports.store.write(transaction).await.map(|()| none)
}
