//! The passes: page by page over whole tables, from the cursor in the row.

use super::counts::Counts;
use super::job::Job;
use super::{Bounds, Progress, Stage, keys, ledger, rows};
use crate::domain::inventory::Entity;
use crate::error::Result;
use crate::ids::RequestId;
use crate::ledger::{Action, Book, Facts};
use crate::ports::Ports;
use crate::records::subject;
use crate::rotation;
use crate::store::{Key, Row, Table, Transaction};

/// Rows read at a time.
const PAGE: i32 = 100;
/// The restore's own part among the chains of jobs.
const PART: &str = "restore";

/// What every part of a pass knows.
pub(super) struct Pass<'a> {
    pub(super) ports: &'a Ports,
    pub(super) job: &'a Job,
    pub(super) request: &'a RequestId,
    /// Whether it changes something, or only looks.
    pub(super) mode: Mode,
}

/// What a pass does with what it finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// It counts.
    Look,
    /// It counts, and does it.
    Apply,
}

/// Goes on until an operator is needed, it is done, or the bounds are reached.
pub(super) async fn run(ports: &Ports, bounds: Bounds) -> Result<Progress> {
    let mut job = Job::find(ports).await?;
    let request = RequestId::draw(&*ports.entropy);
    let (started, mut visited) = (ports.clock.now(), 0);
    while !(matches!(job.stage, Stage::Open | Stage::Looked) || job.leads_elsewhere()) {
        let now = ports.clock.now();
        if job.due_at.is_some_and(|at| now < at) || visited >= bounds.rows {
            break;
        }
        if now >= started.plus(bounds.time) {
            break;
        }
        if job.stage == Stage::Announced {
            job.enter(Stage::LookRecords);
            job.save(ports).await?;
            continue;
        }
        visited += step(ports, &mut job, (bounds.rows - visited, &request)).await?;
    }
    if visited > 0 {
        tracing::info!(request_id = %request, progress = ?job.progress(), "a restore goes on");
    }
    Ok(job.progress())
}

/// One page, or as many as it takes to one that the pass can stop after.
async fn step(ports: &Ports, job: &mut Job, (most, request): (u64, &RequestId)) -> Result<u64> {
    let limit = i32::try_from(most).unwrap_or(PAGE).clamp(1, PAGE);
    let (stage, mut after, mut visited) = (job.stage, job.cursor.clone(), 0);
    loop {
        let page = ports.store.scan_slice(stage.table(), Some(limit), after.as_ref()).await?;
        let mode = if stage.is_applying() { Mode::Apply } else { Mode::Look };
        let mut counts = work(&Pass { ports, job, request, mode }, &page.items).await?;
        counts.rows = page.items.len() as u64;
        visited += counts.rows;
        job.counts.add(&counts);
        after = page.next;
        if after.is_none() {
            end(ports, job, request).await?;
            return Ok(visited.max(1));
        }
        if let Some(place) = place(stage.table(), &page.items) {
            job.cursor = Some(place);
            job.save(ports).await?;
            return Ok(visited);
        }
    }
}

async fn work(pass: &Pass<'_>, rows: &[Row]) -> Result<Counts> {
    match pass.job.stage.table() {
        Table::Keys => keys::pass(pass, rows).await,
        Table::Ledger => ledger::pass(pass, rows).await,
        Table::Records | Table::Roots => rows::pass(pass, rows).await,
    }
}

/// The last row that the next run may go on after. A hash of a contact is none: it would stay in
/// the job beyond the end of its account.
fn place(table: Table, rows: &[Row]) -> Option<Key> {
    let nameless = |row: &&Row| match table {
        Table::Keys => row.entity == Entity::DataKey,
        Table::Records => subject::of_partition(&row.key.pk).is_some(),
        Table::Roots | Table::Ledger => true,
    };
    rows.iter().rev().find(nameless).map(|row| row.key.clone())
}

/// The end of a pass: the next one, the operator's turn, or the opening.
async fn end(ports: &Ports, job: &mut Job, request: &RequestId) -> Result<()> {
    let next = match job.stage {
        Stage::LookRecords => Stage::LookKeys,
        Stage::Records => Stage::Keys,
        Stage::Keys => Stage::Ledger,
        Stage::Ledger if job.is_as_confirmed() => return open(ports, job, request).await,
        // More failed than the operator knows of: another look.
        _ => Stage::Looked,
    };
    job.enter(next);
    job.save(ports).await
}

/// Opens the service: the row names the restored tables, and the ledger says who did it.
async fn open(ports: &Ports, job: &mut Job, request: &RequestId) -> Result<()> {
    rotation::rebuild(ports).await?;
    let now = ports.clock.now();
    job.open(now);
    let mut transaction = Transaction::new();
    job.put(&mut transaction);
    let numbers = Counts::NAMES.iter().zip(job.counts.numbers()).filter(|(_, n)| *n > 0);
    let items = numbers.map(|(name, n)| format!("{name} {n}")).collect();
    let facts = Facts { items, ..Facts::of("C-7.5", &[], request.as_str()) };
    let book = Book::of_sweep(ports, PART, now).await?;
    book.enter_job(&mut transaction, Action::RestoreOpened, ("operator", &facts))?;
    ports.store.write(transaction).await
}
