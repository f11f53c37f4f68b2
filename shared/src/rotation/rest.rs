//! The end of a rotation: the root before waits until nothing needs it, and goes.

use super::job::Job;
use super::{Progress, Stage, known_everywhere, unsettled};
use crate::domain::period::Period;
use crate::domain::retention::table::KEY_RECOVERY_HOURS;
use crate::domain::time::{Timestamp, hours};
use crate::error::Result;
use crate::ports::Ports;
use crate::store::{Attr, Row, Transaction, When};
use crate::vault::{Pointer, RootUse};

/// Takes the root before out of use, with its end noted.
///
/// A branch or index root waits for the recovery window of `Keys`: until then a table restored from
/// before the pass needs it. The private part of a signing key goes at once; its public key stays
/// until the last receipt that it can have signed does.
pub(super) async fn retire(
    ports: &Ports,
    mut pointer: Pointer,
    mut job: Job,
    progress: Progress,
) -> Result<Progress> {
    let before = pointer.other.take().filter(|_| pointer.current == job.target);
    let before = before.ok_or_else(unsettled)?;
    let [root] = ports.store.get(&[job.usage.key(&before)]).await?;
    let root = root.ok_or_else(unsettled)?.next();
    let now = ports.clock.now();
    let (root, ends_at) = match job.usage {
        RootUse::Receipts => (root.without(Attr::Wrapped), Period::evidence(now).ends()),
        RootUse::Branch | RootUse::Index => {
            (root, now.plus(hours(u64::from(KEY_RECOVERY_HOURS)) + known_everywhere(ports)))
        }
    };
    pointer.past.insert(0, before);
    let when = job.when();
    (job.stage, job.cursor) = (Stage::Resting, None);
    // Another one may end earlier: the first look finds out.
    job.due_at = if pointer.past.len() > 1 { now } else { ends_at };
    job.advance();
    let mut transaction = Transaction::new();
    transaction.replace("root", root.with(Attr::EndsAt, ends_at));
    transaction.replace("pointer", pointer.next()).put("job", job.row(), when);
    ports.store.write(transaction).await?;
    Ok(progress.now(Some(&job)))
}

/// Removes the roots whose end has come, and the job with the last of them.
pub(super) async fn end(ports: &Ports, mut pointer: Pointer, mut job: Job) -> Result<Progress> {
    let progress = Progress::of(job.usage, Some(&job));
    let keys: Vec<_> = pointer.past.iter().map(|id| job.usage.key(id)).collect();
    let rows = ports.store.get_all(&keys).await?;
    let now = ports.clock.now();
    let (ended, kept): (Vec<Row>, Vec<Row>) =
        rows.into_iter().flatten().partition(|row| row.is_expired(now));
    let next: Option<Timestamp> = kept.iter().filter_map(|r| r.time(Attr::EndsAt).ok()).min();
    pointer.past.retain(|id| kept.iter().any(|row| row.key == job.usage.key(id)));
    let mut transaction = Transaction::new();
    for row in ended {
        transaction.delete("root", row.key, When::Version(row.version));
    }
    transaction.replace("pointer", pointer.next());
    let when = job.when();
    let Some(next) = next else {
        transaction.delete("job", job.key(), when);
        ports.store.write(transaction).await?;
        return Ok(progress.now(None));
    };
    job.due_at = next;
    job.advance();
    transaction.put("job", job.row(), when);
    ports.store.write(transaction).await?;
    Ok(progress.now(Some(&job)))
}
