//! The state of a slice's job: begun, how far it came, what it did, ended; and its ledger entry.

use crate::report::Report;
use shared::brake::{self, brake};
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::ledger::{Action, Book, Facts};
use shared::ports::Ports;
use shared::records::job::{self, CONTROL};
use shared::store::{Attr, Row, Transaction, Value, When};

/// The state of a job that was begun and not ended.
pub(crate) const RUNNING: &str = "running";
/// The state of a job that was ended.
pub(crate) const DONE: &str = "done";
/// The state of the control row while nothing may run.
pub(crate) const STOPPED: &str = "stopped";

/// Tries of the end of a run against others that make the same key.
const TRIES: u32 = 5;

/// A slice's job, as a worker found it and moves it on.
pub(crate) struct Job {
    part: String,
    row: Option<Row>,
    earlier: Report,
    begun: bool,
}

/// Whether the job may go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Leave {
    /// It may.
    GoOn,
    /// An operator stopped all jobs, or another worker took this one over.
    Stop,
}

impl Job {
    /// Reads a slice's job. `None` where an operator stopped all jobs. Measures on the way whether the
    /// brake is on: stopped jobs release nothing.
    pub(crate) async fn find(ports: &Ports, slice: u8) -> Result<Option<Self>> {
        let part = slice.to_string();
        let keys = [job::sweep(CONTROL), job::sweep(&part), brake()];
        let [control, row, braked] = ports.store.get(&keys).await?;
        brake::measure(ports, braked.is_some());
        if is_stopped(control.as_ref()) {
            return Ok(None);
        }
        let begun = row.as_ref().is_some_and(|row| state(row) == RUNNING);
        let counted = row.as_ref().filter(|_| begun);
        let earlier = counted.map(|row| Report::of_counts(&row.numbers(Attr::Counts)));
        Ok(Some(Self { part, row, earlier: earlier.unwrap_or_default(), begun }))
    }

    /// Whether it was begun and not ended.
    pub(crate) const fn is_begun(&self) -> bool {
        self.begun
    }

    /// Until which due time an unfinished run has come.
    pub(crate) fn cursor(&self) -> Timestamp {
        let cursor = self.row.as_ref().filter(|_| self.begun).map(|row| row.time(Attr::Cursor));
        cursor.and_then(Result::ok).unwrap_or(Timestamp::from_secs(0))
    }

    /// Begins a run, or notes how far it has come. Another worker may have taken the job over.
    pub(crate) async fn note(
        &mut self,
        ports: &Ports,
        (cursor, report): (Timestamp, &Report),
    ) -> Result<Leave> {
        if self.begun {
            let [control] = ports.store.get(&[job::sweep(CONTROL)]).await?;
            if is_stopped(control.as_ref()) {
                self.write(ports, (cursor, report)).await?;
                return Ok(Leave::Stop);
            }
        }
        self.write(ports, (cursor, report)).await
    }

    async fn write(
        &mut self,
        ports: &Ports,
        (cursor, report): (Timestamp, &Report),
    ) -> Result<Leave> {
        let mut row = self.next(report).with(Attr::State, RUNNING).with(Attr::Cursor, cursor);
        if !self.begun {
            row = row.with(Attr::BegunAt, ports.clock.now()).without(Attr::EndedAt);
        }
        let mut transaction = Transaction::new();
        put(&mut transaction, row.clone());
        match ports.store.write(transaction).await {
            Err(error) if error.is_conflict() => Ok(Leave::Stop),
            Err(error) => Err(error),
            Ok(()) => {
                (self.row, self.begun) = (Some(row), true);
                Ok(Leave::GoOn)
            }
        }
    }

    /// Ends the run; where it did something, one entry goes into the job's chain with it. Where a
    /// new year's key was made by another one at the same time, it looks again.
    pub(crate) async fn end(self, ports: &Ports, report: &Report, request: &str) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let mut tries = 0;
        loop {
            match self.try_end(ports, report, request).await {
                // Another worker took the job over, and will end it.
                Err(error) if error.failed("job") => return Ok(()),
                Err(error) if error.is_conflict() && tries < TRIES => {
                    ports.store.back_off(tries).await;
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    async fn try_end(&self, ports: &Ports, report: &Report, request: &str) -> Result<()> {
        let now = ports.clock.now();
        let row = self.next(report).with(Attr::State, DONE).with(Attr::EndedAt, now);
        let mut all = self.earlier;
        all.add(*report);
        let mut transaction = Transaction::new();
        put(&mut transaction, row.without(Attr::Cursor));
        if all.done() > 0 {
            let did = Report::DONE.iter().zip(all.counts()).filter(|(_, n)| *n > 0);
            let items = did.map(|(kind, _)| (*kind).to_owned()).collect();
            let facts = Facts { items, ..Facts::of("C-5.3", &[], request) };
            let book = Book::of_sweep(ports, &self.part, now).await?;
            book.enter_job(&mut transaction, Action::Swept, ("sweep", &facts))?;
        }
        ports.store.write(transaction).await
    }

    /// The job's row as it is next, with all that this run and those before a stop did.
    fn next(&self, report: &Report) -> Row {
        let mut all = self.earlier;
        all.add(*report);
        let number = |n: &usize| i64::try_from(*n).unwrap_or(i64::MAX);
        let counts = Value::Numbers(all.counts().iter().map(number).collect());
        job::after(self.row.as_ref(), job::sweep(&self.part)).with(Attr::Counts, counts)
    }
}

/// Puts a job's row after the version that was read.
pub(crate) fn put(transaction: &mut Transaction, row: Row) {
    if row.version == 1 {
        transaction.put("job", row, When::Absent);
    } else {
        transaction.replace("job", row);
    }
}

/// Whether an operator stopped all jobs.
pub(crate) fn is_stopped(control: Option<&Row>) -> bool {
    control.is_some_and(|row| state(row) == STOPPED)
}

/// The state of a job's row.
pub(crate) fn state(row: &Row) -> &str {
    row.text(Attr::State).unwrap_or_default()
}
