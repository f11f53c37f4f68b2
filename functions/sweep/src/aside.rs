//! Rows that stand aside: what failed, or may end the run, is due later and keeps nothing waiting.

use crate::report::Done;
use crate::worker::Worker;
use shared::domain::time::{Timestamp, hours, minutes};
use shared::error::{Error, Result};
use shared::store::{Attr, Key, Row, Transaction, When};
use std::time::Duration;

/// Failed tries of a row after which an operator is told.
const ALARMED_AFTER: i64 = 5;
/// The longest that a row waits between two tries. Each is told, and the alarm looks back over a day:
/// it stays on for as long as the row fails.
pub const LONGEST_WAIT: Duration = hours(12);
/// When a row is tried again that cannot even be read.
const UNREADABLE: Duration = hours(6);

impl Worker<'_> {
    /// Counts what came of a row. What may succeed at once is left due; what failed otherwise waits
    /// longer each time, so that it keeps nothing else from its end.
    pub(crate) async fn settle(&mut self, (key, row): (&Key, Option<&Row>), done: Result<Done>) {
        let error = match done {
            Ok(done) => return self.report.count(done),
            Err(error) => error,
        };
        self.left(&error);
        if error.is_transient() || error.is_conflict() {
            return;
        }
        if let Err(error) = self.put_off(key, row).await {
            let request_id = self.request.as_str();
            tracing::warn!(request_id, cause = error.chain(), "not put off");
        }
    }

    pub(crate) fn left(&mut self, error: &Error) {
        self.report.failed += 1;
        tracing::warn!(request_id = self.request.as_str(), cause = error.chain(), "left due");
    }

    /// Counts one more try of a row and makes it due later, longer each time: after it failed, or
    /// before it is taken up by a run that is wary. Tells an operator from the fifth on.
    pub(crate) async fn put_off(&self, key: &Key, row: Option<&Row>) -> Result<()> {
        let attempts = row.map_or(0, |row| row.number(Attr::Attempts).unwrap_or_default());
        if attempts + 1 >= ALARMED_AFTER {
            let kind = row.map_or("unreadable", |row| row.entity.name());
            let request_id = self.request.as_str();
            tracing::warn!(request_id, alarm = "sweep_row_fails", kind, attempts, "a row fails");
        }
        let wait = if row.is_some() { wait(attempts) } else { UNREADABLE };
        let mut transaction = Transaction::new();
        let when = row.map_or(When::Present, |row| When::Version(row.version));
        transaction.put_off("failed", key.clone(), self.ports.clock.now().plus(wait), when);
        self.ports.store.write(transaction).await
    }

    /// Takes a wary run's putting off back. Where somebody wrote the row meanwhile, they know better.
    pub(crate) async fn stays_due(&self, row: &Row, at: Timestamp) {
        let mut transaction = Transaction::new();
        transaction.due_again("braked", row.key.clone(), at, When::Version(row.version));
        if let Err(error) = self.ports.store.write(transaction).await {
            let request_id = self.request.as_str();
            tracing::warn!(request_id, cause = error.chain(), "due later than it was");
        }
    }
}

/// How long a row waits that failed so often before: 5, 10, 20 … minutes, at most half a day.
fn wait(attempts: i64) -> Duration {
    minutes(5 << attempts.clamp(0, 9)).min(LONGEST_WAIT)
}
