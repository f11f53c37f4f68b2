//! The brake on mass erasure: counts every erasure, whoever asks for it, stops all of them beyond a
//! number an hour, and is released by the operator, twice.

use crate::domain::brake::{BETWEEN_RELEASES, COUNTED_FOR, Release, SPANS, Span, release, room};
use crate::domain::inventory::Entity;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ledger::{Action, Book, Facts};
use crate::ports::Ports;
use crate::records::job::CONTROL;
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::telemetry::metrics::{self, Metric};

/// The partition of counts and brake.
const PARTITION: &str = "brake#erasures";
/// The state in which a first release was given.
const RELEASING: &str = "releasing";
/// The state in which erasures are stopped.
const ON: &str = "on";

/// Tries of a release against other writes.
const TRIES: u32 = 5;

/// Where the brake is: there is such a row while it is on.
#[must_use]
pub fn brake() -> Key {
    Key::records(PARTITION, "brake")
}

fn count(span: Span) -> Key {
    Key::records(PARTITION, format!("count#{}", span.number()))
}

/// The rows that an erasure reads: the brake, and the counts of the hour, the running one first.
pub(crate) fn keys(now: Timestamp) -> Vec<Key> {
    std::iter::once(brake()).chain(Span::hour(now).map(count)).collect()
}

/// Whether one more erasure may pass.
pub(crate) enum Passage {
    /// It may.
    Free(Room),
    /// It would be one too many.
    Full,
    /// The brake is on.
    Braked,
}

/// Room for one more erasure.
pub(crate) struct Room {
    running: Key,
    begun: Option<i64>,
    now: Timestamp,
}

/// Decides whether one more erasure may pass, given the rows of [`keys`].
pub(crate) fn passage(rows: &[Option<Row>], limit: u32, now: Timestamp) -> Passage {
    let [brake, counts @ ..] = rows else { return Passage::Braked };
    if brake.is_some() {
        return Passage::Braked;
    }
    let number = |row: &Option<Row>| row.as_ref().and_then(|row| row.number(Attr::Count).ok());
    let counts: Vec<_> = counts.iter().map(number).collect();
    let before = counts.iter().skip(1).flatten().sum();
    let running = counts.first().copied().flatten();
    match room(limit, running.unwrap_or_default(), before) {
        Some(most) => {
            let [span, ..] = Span::hour(now);
            Passage::Free(Room { running: count(span), begun: running.map(|_| most), now })
        }
        None => Passage::Full,
    }
}

impl Room {
    /// Counts the erasure in its own transaction, and lets it pass only while the brake is off.
    pub(crate) fn take(self, transaction: &mut Transaction) {
        transaction.check("brake", brake(), When::Absent);
        if let Some(most) = self.begun {
            let below = When::Below(Attr::Count, most);
            transaction.count("erasures", self.running, Attr::Count, below);
        } else {
            let row = Row::new(self.running, Entity::Brake)
                .with(Attr::Count, 1)
                .with(Attr::ExpiresAt, self.now.plus(COUNTED_FOR));
            transaction.put("erasures", row, When::Absent);
        }
    }
}

/// Stops all erasures, and raises the alarm.
pub(crate) async fn pull(ports: &Ports, request: &str) -> Result<()> {
    let now = ports.clock.now();
    let mut transaction = Transaction::new();
    let row = Row::new(brake(), Entity::Brake).with(Attr::State, ON).with(Attr::CreatedAt, now);
    transaction.put("brake", row, When::Absent);
    let facts = Facts::of("C-8.2", &[], request);
    let book = Book::of_sweep(ports, CONTROL, now).await?;
    book.enter_job(&mut transaction, Action::BrakePulled, ("sweep", &facts))?;
    match ports.store.write(transaction).await {
        // Another one pulled it at the same time.
        Err(error) if error.failed("brake") => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            tracing::warn!(
                alarm = "erasures_stopped",
                limit = ports.config.erasures_per_hour,
                "too many erasures in an hour: none goes on until the brake is released twice"
            );
            measure(ports, true);
            Ok(())
        }
    }
}

/// Measures whether the brake is on, for an alarm that stays as long as it is.
pub fn measure(ports: &Ports, on: bool) {
    metrics::emit(ports, Metric::ErasuresStopped, on.into(), &[]);
}

/// The state of the brake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Brake {
    /// Erasures go on.
    Off,
    /// They are stopped since then.
    On {
        /// When the brake went on.
        since: Timestamp,
        /// When a first release was given.
        first_release: Option<Timestamp>,
    },
}

/// The state of the brake.
pub async fn state(ports: &Ports) -> Result<Brake> {
    let [row] = ports.store.get(&[brake()]).await?;
    let Some(row) = row else { return Ok(Brake::Off) };
    Ok(Brake::On { since: row.time(Attr::CreatedAt)?, first_release: row.time(Attr::At).ok() })
}

/// What came of a release.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Released {
    /// The brake was not on.
    WasOff,
    /// It was the first of two; the second counts from then on.
    Once(Timestamp),
    /// The second came too soon; it counts from then on.
    TooSoon(Timestamp),
    /// Erasures go on, and the count begins anew.
    Off,
}

/// Releases the brake, given a second time at least ten minutes after the first. Each is entered.
/// Counts go by their time to live, and others write into the control's chain: what was read then
/// is no longer there, and it looks again.
///
/// # Errors
///
/// `Conflict` where others got in the way too often; whatever the store answers.
pub async fn let_go(ports: &Ports, request: &str) -> Result<Released> {
    let mut tries = 0;
    loop {
        match try_let_go(ports, request).await {
            Err(error) if error.is_conflict() && tries < TRIES => {
                ports.store.back_off(tries).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

async fn try_let_go(ports: &Ports, request: &str) -> Result<Released> {
    let now = ports.clock.now();
    let keys = keys(now);
    let rows = ports.store.get_all(&keys).await?;
    let Some(row) = rows.first().cloned().flatten() else { return Ok(Released::WasOff) };
    let first = row.time(Attr::At).ok();
    let mut transaction = Transaction::new();
    let (action, released) = match release(first, now) {
        Release::TooSoon(from) => return Ok(Released::TooSoon(from)),
        Release::First => {
            let next = row.next().with(Attr::State, RELEASING).with(Attr::At, now);
            transaction.replace("brake", next);
            (Action::BrakeReleaseAsked, Released::Once(now.plus(BETWEEN_RELEASES)))
        }
        Release::Done => {
            transaction.delete("brake", row.key, When::Version(row.version));
            for count in rows.iter().skip(1).take(SPANS).flatten() {
                transaction.delete("count", count.key.clone(), When::Present);
            }
            (Action::BrakeReleased, Released::Off)
        }
    };
    let facts = Facts::of("C-8.2", &[], request);
    let book = Book::of_sweep(ports, CONTROL, now).await?;
    book.enter_job(&mut transaction, action, ("operator", &facts))?;
    ports.store.write(transaction).await?;
    Ok(released)
}
