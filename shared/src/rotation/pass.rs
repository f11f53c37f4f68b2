//! A pass: page by page over a whole table, from the cursor in the job.

use super::job::{Job, table};
use super::{Bounds, Progress, branch, index, rest, unsettled};
use crate::domain::inventory::Entity;
use crate::error::Result;
use crate::ids::RequestId;
use crate::ports::Ports;
use crate::records::subject;
use crate::store::{Key, Row, Transaction};
use crate::vault::{Pointer, RootUse};

/// Rows read at a time.
const PAGE: i32 = 100;

/// What was done to the rows of a page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Taken to the current root.
    pub(crate) changed: u64,
    /// Changed meanwhile.
    pub(crate) missed: u64,
    /// Not readable.
    pub(crate) failed: u64,
}

/// Runs passes until one finds nothing, or the bounds are reached.
pub(super) async fn run(
    ports: &Ports,
    pointer: Pointer,
    mut job: Job,
    bounds: Bounds,
) -> Result<Progress> {
    if pointer.current != job.target {
        return Err(unsettled());
    }
    let request = RequestId::draw(&*ports.entropy);
    let ends = ports.clock.now().plus(bounds.time);
    let mut progress = Progress::of(job.usage, Some(&job));
    let mut after = job.cursor.clone();
    let mut changed_before = 0;
    loop {
        let left = i32::try_from(bounds.rows.saturating_sub(progress.visited)).unwrap_or(PAGE);
        let limit = Some(left.clamp(1, PAGE));
        let page = ports.store.scan_slice(table(job.usage), limit, after.as_ref()).await?;
        let done = match job.usage {
            RootUse::Branch => branch::rewrap(ports, &page.items, &pointer.current).await?,
            _ => index::move_claims(ports, &page.items, &pointer, &request).await?,
        };
        count(&mut progress, &mut job, page.items.len(), done);
        let place = place(job.usage, &page.items);
        // Where no row of a page can be named, stopping there would lose it: the next one follows.
        let can_stop = place.is_some() || page.next.is_none();
        job.cursor = place.or(job.cursor);
        after = page.next;
        if after.is_none() && job.found == 0 {
            return rest::retire(ports, pointer, job, progress).await;
        }
        if after.is_none() {
            tracing::info!(request_id = %request, visited = job.visited, found = job.found, "passed");
            (job.cursor, job.visited, job.found) = (None, 0, 0);
        }
        save(ports, &mut job).await?;
        // A pass that moves nothing and does not end in calm is left to the next run.
        let stuck = after.is_none() && progress.changed == changed_before;
        if after.is_none() {
            changed_before = progress.changed;
        }
        let enough = progress.visited >= bounds.rows || ports.clock.now() >= ends;
        if stuck || enough && can_stop {
            return Ok(progress.now(Some(&job)));
        }
    }
}

fn count(progress: &mut Progress, job: &mut Job, visited: usize, done: Tally) {
    let visited = u64::try_from(visited).unwrap_or(u64::MAX);
    progress.visited += visited;
    progress.changed += done.changed;
    progress.missed += done.missed;
    progress.failed += done.failed;
    job.visited += visited;
    job.found += done.changed + done.missed + done.failed;
}

/// The last row of a page that the next run may go on after. A hash of a contact is none: it would
/// stay in the job beyond the end of its account.
fn place(usage: RootUse, rows: &[Row]) -> Option<Key> {
    let nameless = |row: &&Row| match usage {
        RootUse::Branch => row.entity == Entity::DataKey,
        _ => subject::of_partition(&row.key.pk).is_some(),
    };
    rows.iter().rev().find(nameless).map(|row| row.key.clone())
}

/// Notes where the pass is. It fails where another run has taken it up.
async fn save(ports: &Ports, job: &mut Job) -> Result<()> {
    let when = job.when();
    job.advance();
    let mut transaction = Transaction::new();
    transaction.put("job", job.row(), when);
    ports.store.write(transaction).await
}
