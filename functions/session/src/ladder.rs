//! The ladder of failed log-ins, by name and by source. A try is counted before it is checked, so
//! that many at once get no more than the rungs admit; a success takes its own try away again.

use shared::domain::limit::{LOGIN_LADDER, LOGIN_TRIES_DAY, PASSWORD_TRIES};
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::http::{Access, Call, Caller, Problem, ProblemKind};
use shared::ids::SubjectId;
use shared::records::{limit, subject};
use shared::store::{Key, Row, Store, Transaction};
use shared::telemetry::metrics::{Metric, emit};
use shared::vault::IndexKey;
use std::time::Duration;

/// Where the failures of a name and of a source are counted.
pub(crate) fn keys(call: &Call, name: &str, index: &IndexKey) -> [Key; 2] {
    [index.login_limit(name), index.source_tries(call.source)]
}

/// The counters of a try, as it left them.
#[derive(Clone)]
pub(crate) struct Counters {
    /// Absent where a remembered session passed the name's ladder.
    name: Option<Row>,
    source: Option<Row>,
    /// When log-ins with the name failed before.
    failed: Vec<Timestamp>,
}

impl Counters {
    /// Counts a try of whom a name claims. One write.
    ///
    /// # Errors
    ///
    /// `Limited` where a rung of either ladder does not admit it.
    pub(crate) async fn count(
        call: &Call,
        (keys, rows): ([Key; 2], [Option<Row>; 2]),
        claimed: &SubjectId,
    ) -> Result<Self, Problem> {
        let [by_name, by_source] = keys;
        let [name, source] = rows;
        let config = &call.ports.config;
        let rungs = [config.tries_per_source, config.tries_per_source_hour];
        let mut transaction = Transaction::new();
        let source = (by_source, source.as_ref());
        let source = limit::admit(&mut transaction, "source", source, &rungs, call.now)
            .map_err(|wait| limited(call, "source", wait))?;
        let failed = name.as_ref().map(Row::events).unwrap_or_default();
        let name = (by_name, name.as_ref());
        let name = match limit::admit(&mut transaction, "name", name, &LOGIN_LADDER, call.now) {
            Ok(row) => Some(row),
            Err(wait) => {
                pass(call, claimed, &mut transaction, wait).await?;
                None
            }
        };
        call.ports.store.write(transaction).await?;
        Ok(Self { name, source: Some(source), failed })
    }

    /// Reads the counters again.
    pub(crate) async fn again(&self, store: &Store) -> Result<Self> {
        let rows = [&self.name, &self.source].into_iter().flatten();
        let keys: Vec<_> = rows.map(|row| row.key.clone()).collect();
        let mut rows = store.get_all(&keys).await?.into_iter();
        let mut next = |before: &Option<Row>| before.as_ref().and_then(|_| rows.next().flatten());
        let (name, source) = (next(&self.name), next(&self.source));
        Ok(Self { name, source, failed: self.failed.clone() })
    }

    /// When log-ins with the name failed, of the last day: an earlier sign-in may tell of some of them
    /// too.
    pub(crate) fn failed(&self, now: Timestamp) -> Vec<Timestamp> {
        LOGIN_TRIES_DAY.live(&self.failed, now)
    }

    /// Takes the try of `at` away again, which succeeded.
    pub(crate) fn take_back(&self, transaction: &mut Transaction, at: Timestamp) {
        for (label, row) in [("name", &self.name), ("source", &self.source)] {
            if let Some(row) = row {
                limit::take_back(transaction, label, row, at);
            }
        }
    }

    /// Takes the try away again where nothing else is written. One write, or none.
    pub(crate) async fn take_back_now(&self, call: &Call) -> Result<()> {
        let mut transaction = Transaction::new();
        self.take_back(&mut transaction, call.now);
        if transaction.is_empty() {
            return Ok(());
        }
        call.ports.store.write(transaction).await
    }
}

/// Lets whoever has a remembered session of the claimed person past the ladder of the name: others
/// may use that one up, and would lock the person out. The try counts as a re-check of the password
/// instead, so that the session is no oracle for it.
async fn pass(
    call: &Call,
    claimed: &SubjectId,
    transaction: &mut Transaction,
    wait: Duration,
) -> Result<(), Problem> {
    // Identified first and compared then, so that the work does not tell whom the name claims.
    let Ok(caller) = Caller::identify(call, Access::Prove).await else {
        return Err(limited(call, "name", wait));
    };
    if !caller.session.remembered || caller.person.subject != *claimed {
        return Err(limited(call, "name", wait));
    }
    caller.count(call, (subject::password_limit(claimed), PASSWORD_TRIES), transaction)?;
    transaction.check("gate", caller.person.account.key.clone(), caller.gate());
    Ok(())
}

fn limited(call: &Call, cause: &'static str, wait: Duration) -> Problem {
    emit(&call.ports, Metric::ProofsRefused, 1, &[cause]);
    Problem::new(ProblemKind::Limited).after(wait)
}
