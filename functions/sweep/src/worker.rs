//! A worker: takes up what is due in one slice, the longest due first.

use crate::job::{Job, Leave};
use crate::report::{Done, Report};
use crate::{Bounds, account, ends};
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, hours};
use shared::erasure;
use shared::error::{Error, Kind, Result};
use shared::ids::RequestId;
use shared::ports::Ports;
use shared::records::subject;
use shared::rotation;
use shared::store::{Attr, Due, Key, Lane, Row, Store};
use shared::telemetry::metrics::{self, Metric};
use std::time::Duration;

/// Rows read at a time (the most of one batch read).
const PAGE: i32 = 100;
/// Rows after which a worker notes how far it came, and looks whether it is to stop.
const NOTED_EVERY: usize = 50;
/// How long a message waits for `notify` before the sweep looks at it.
pub(crate) const UNTAKEN: Duration = hours(1);

/// What a worker knows besides the row that it takes up.
pub(crate) struct Worker<'a> {
    pub(crate) ports: &'a Ports,
    pub(crate) request: RequestId,
    /// When it began; what is due later is none of its work.
    pub(crate) started: Timestamp,
    bounds: Bounds,
    pub(crate) report: Report,
    unnoted: usize,
    /// Whether the run before did not end: the row that ended it may be among the next ones.
    wary: bool,
}

/// Takes up one slice.
pub(crate) async fn run(ports: &Ports, slice: u8, bounds: Bounds) -> Result<Report> {
    let (started, request) = (ports.clock.now(), RequestId::draw(&*ports.entropy));
    let report = Report::default();
    let Some(mut job) = Job::find(ports, slice).await? else { return Ok(report) };
    let wary = job.is_begun();
    let mut worker = Worker { ports, request, started, bounds, report, unnoted: 0, wary };
    let mut leave = worker.give_up_messages(slice, &mut job).await?;
    if leave == Leave::GoOn {
        leave = worker.end_what_is_due(slice, &mut job).await?;
    }
    let report = worker.report;
    if leave == Leave::GoOn {
        job.end(ports, &report, worker.request.as_str()).await?;
    }
    if report.taken() > 0 {
        tracing::info!(request_id = %worker.request, slice, ?report, "swept");
    }
    Ok(report)
}

impl Worker<'_> {
    /// Ends every row that is due, page by page. Each is looked at once: one that fails does not
    /// keep the others waiting.
    async fn end_what_is_due(&mut self, slice: u8, job: &mut Job) -> Result<Leave> {
        let store = &self.ports.store;
        let (lane, times) = ((Lane::Sweep, slice), (job.cursor(), self.started));
        let mut after = None;
        loop {
            let page = store.due_between(lane, times, PAGE, after.as_ref()).await?;
            if after.is_none() {
                self.measure(page.items.first());
            }
            if let Some(first) = page.items.first()
                && !job.is_begun()
                && job.note(self.ports, (first.at, &self.report)).await? == Leave::Stop
            {
                return Ok(Leave::Stop);
            }
            let rows = read(&self.ports.store, &page.items).await?;
            for (due, row) in page.items.iter().zip(rows) {
                if self.is_over() {
                    job.note(self.ports, (due.at, &self.report)).await?;
                    return Ok(Leave::Stop);
                }
                self.take_up(due, row).await;
                if self.unnoted >= NOTED_EVERY {
                    // Whatever ended the run before came sooner.
                    (self.unnoted, self.wary) = (0, false);
                    if job.note(self.ports, (due.at, &self.report)).await? == Leave::Stop {
                        return Ok(Leave::Stop);
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(Leave::GoOn);
            }
        }
    }

    /// Measures how long the oldest row has been due: zero where none is, so that the metric never
    /// goes missing. A run that goes on after a stop looks from where it came to.
    fn measure(&self, oldest: Option<&Due>) {
        let overdue = oldest.map_or(0, |due| self.started.secs() - due.at.secs());
        metrics::emit(self.ports, Metric::SweepOldestOverdue, overdue, &[]);
    }

    /// Gives up messages that `notify` did not take and whose time is over. While whole
    /// pages of them have ended, there may be more.
    async fn give_up_messages(&mut self, slice: u8, job: &mut Job) -> Result<Leave> {
        let times = (Timestamp::from_secs(0), self.started.minus(UNTAKEN));
        let mut after = None;
        loop {
            let store = &self.ports.store;
            let page =
                store.due_between((Lane::Outbox, slice), times, PAGE, after.as_ref()).await?;
            let rows = read(&self.ports.store, &page.items).await?;
            let (shown, mut ended) = (page.items.len(), 0);
            for (due, row) in page.items.iter().zip(rows) {
                let Ok(Some(row)) = &row else { continue };
                if row.entity != Entity::Message || !row.is_expired(self.started) {
                    continue;
                }
                if !job.is_begun() {
                    let at = Timestamp::from_secs(0);
                    if job.note(self.ports, (at, &self.report)).await? == Leave::Stop {
                        return Ok(Leave::Stop);
                    }
                }
                if self.is_over() {
                    return Ok(Leave::Stop);
                }
                ended += 1;
                let done = ends::message(self.ports, row).await;
                self.settle((&due.key, Some(row)), done).await;
            }
            after = page.next;
            if after.is_none() || ended < shown {
                return Ok(Leave::GoOn);
            }
        }
    }

    /// Until when it may run.
    pub(crate) fn until(&self) -> Timestamp {
        self.started.plus(self.bounds.time)
    }

    fn is_over(&self) -> bool {
        self.ports.clock.now() >= self.until() || self.report.taken() >= self.bounds.rows
    }

    async fn take_up(&mut self, due: &Due, row: Result<Option<Row>>) {
        self.unnoted += 1;
        let row = match row {
            Ok(row) => row.filter(|row| is_due(row, self.started)),
            Err(error) => return self.settle((&due.key, None), Err(error)).await,
        };
        // The index may be behind.
        let Some(row) = row else { return self.report.count(Done::Stale) };
        // A rotation reads when it is due off its row, and has bounds of its own.
        if !self.wary || row.entity == Entity::Job {
            let done = self.end(&row).await;
            return self.settle((&due.key, Some(&row)), done).await;
        }
        match self.put_off(&due.key, Some(&row)).await {
            // Somebody wrote it meanwhile.
            Err(error) if error.is_conflict() => self.report.count(Done::Stale),
            Err(error) => self.left(&error),
            Ok(()) => match self.end(&row).await {
                Ok(done) => {
                    self.report.count(done);
                    if done == Done::Braked {
                        self.stays_due(&row, due.at).await;
                    }
                }
                Err(error) => self.left(&error),
            },
        }
    }

    /// Ends one row that is due.
    async fn end(&self, row: &Row) -> Result<Done> {
        match row.entity {
            Entity::Account => account::end(self, row).await,
            Entity::Erasure => {
                let corrupt = || shared::error::corrupt(row.entity.name(), "key");
                let id = subject::of_partition(&row.key.pk).ok_or_else(corrupt)?;
                let finished = erasure::finish(self.ports, &id, self.until()).await?;
                Ok(if finished { Done::Erased } else { Done::Moved })
            }
            Entity::Verification => ends::verification(self.ports, row).await,
            Entity::Authorization => ends::authorization(self.ports, row).await,
            Entity::Period => ends::period(self.ports, row).await,
            Entity::Job => match rotation::of_partition(&row.key.pk) {
                Some(usage) => {
                    let bounds = rotation::Bounds::default();
                    rotation::advance(self.ports, usage, bounds).await.map(|_| Done::Rotated)
                }
                None => Err(Error::new(Kind::Corrupt, "end a row").at("job")),
            },
            other => Err(Error::new(Kind::Corrupt, "end a row").at(other.name())),
        }
    }
}

fn is_due(row: &Row, now: Timestamp) -> bool {
    row.time(Attr::DueAt).is_ok_and(|at| at <= now)
}

/// Reads the rows of a page in one call; one by one where one of them cannot be read.
pub(crate) async fn read(store: &Store, due: &[Due]) -> Result<Vec<Result<Option<Row>>>> {
    let keys: Vec<Key> = due.iter().map(|due| due.key.clone()).collect();
    match store.get_all(&keys).await {
        Ok(rows) => return Ok(rows.into_iter().map(Ok).collect()),
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => {}
    }
    let mut rows = Vec::new();
    for key in keys {
        rows.push(store.get(&[key]).await.map(|[row]| row));
    }
    Ok(rows)
}
