//! The dry run: who, what, why and when, without doing it. It opens nothing.

use crate::SLICES;
use crate::worker::UNTAKEN;
use serde::{Deserialize, Serialize};
use shared::domain::account::State;
use shared::domain::deadline::{Stage, Task, first_notice};
use shared::domain::inventory::Entity;
use shared::domain::retention::table::{FIRST_NOTICE_DAYS, LAST_NOTICE_DAYS};
use shared::domain::time::{Timestamp, days};
use shared::error::Result;
use shared::ports::Ports;
use shared::store::{Attr, Due, Key, Lane, Row};

/// Lines of one page.
const PAGE: i32 = 100;

/// A page of what would be done.
#[derive(Debug, Serialize)]
pub struct Plan {
    /// What would be done.
    pub lines: Vec<Line>,
    /// Give this to get the next page; absent at the end.
    pub next: Option<Place>,
}

/// One thing that would be done.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct Line {
    /// Whom or what it is about: an opaque id, or a period.
    pub who: String,
    /// What would be done.
    pub what: &'static str,
    /// The clause that it rests on.
    pub why: &'static str,
    /// When it was due, RFC 3339.
    pub when: String,
}

/// Where a page ends: a slice, in it a part, and in that a row of the index.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    slice: u8,
    part: Part,
    #[serde(default)]
    row: Option<(String, String, i64)>,
}

/// A part of a slice's work.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// Messages that nobody took.
    Messages,
    /// Everything else.
    Rows,
}

impl Part {
    /// The lane of the index, and until when its work has to be due.
    fn lane(self, now: Timestamp) -> (Lane, Timestamp) {
        match self {
            Self::Messages => (Lane::Outbox, now.minus(UNTAKEN)),
            Self::Rows => (Lane::Sweep, now),
        }
    }
}

impl Place {
    const BEGIN: Self = Self { slice: 0, part: Part::Messages, row: None };

    /// Where the next page begins, if this one ended with a row of the index, or with its part.
    fn next(&self, row: Option<Due>) -> Option<Self> {
        let (slice, part) = (self.slice, self.part);
        match (row, part) {
            (Some(due), _) => {
                Some(Self { slice, part, row: Some((due.key.pk, due.key.sk, due.at.secs())) })
            }
            (None, Part::Messages) => Some(Self { slice, part: Part::Rows, row: None }),
            (None, Part::Rows) if slice + 1 < SLICES => {
                Some(Self { slice: slice + 1, ..Self::BEGIN })
            }
            (None, Part::Rows) => None,
        }
    }
}

/// A page of what the sweep would do now.
pub(crate) async fn dry_run(ports: &Ports, after: Option<Place>) -> Result<Plan> {
    let now = ports.clock.now();
    let place = after.unwrap_or(Place::BEGIN);
    let start = place
        .row
        .clone()
        .map(|(pk, sk, at)| Due { key: Key::records(pk, sk), at: Timestamp::from_secs(at) });
    let (lane, until) = place.part.lane(now);
    let (lane, times) = ((lane, place.slice), (Timestamp::from_secs(0), until));
    let page = ports.store.due_between(lane, times, PAGE, start.as_ref()).await?;
    let keys: Vec<_> = page.items.iter().map(|due| due.key.clone()).collect();
    let rows = ports.store.get_all(&keys).await?;
    let lines = rows.iter().flatten().filter_map(|row| line(ports, row, now)).collect();
    Ok(Plan { lines, next: place.next(page.next) })
}

/// What would be done about a row, where it is due.
fn line(ports: &Ports, row: &Row, now: Timestamp) -> Option<Line> {
    let at = row.time(Attr::DueAt).ok().filter(|at| *at <= now)?;
    let (what, why) = match row.entity {
        Entity::Account => {
            let task = task(ports, row, (at, now))?;
            (task.name(), task.clause())
        }
        Entity::Erasure => ("finish_erasure", "C-8.2"),
        Entity::Verification => ("end_verification", "C-5.3"),
        Entity::Period => ("end_period", "C-5.3"),
        Entity::Message if !row.is_expired(now) => return None,
        Entity::Message => ("give_up_message", "C-5.3"),
        _ => ("unknown", "C-5.3"),
    };
    let (_, who) = row.key.pk.split_once('#')?;
    Some(Line { who: who.to_owned(), what, why, when: at.rfc3339() })
}

/// The task of an account. When it was told last is sealed; the due time that was set then says as
/// much.
fn task(ports: &Ports, row: &Row, (due, now): (Timestamp, Timestamp)) -> Option<Task> {
    let state = State::parse(row.text(Attr::State).ok()?)?;
    if state == State::Closing {
        let over = row.time(Attr::ErasesAt).ok()? <= now;
        return over.then_some(Task::EraseCancelled);
    }
    let Some(unused) = ports.config.unused.filter(|_| state == State::Active) else {
        return Some(Task::Nothing);
    };
    let first = first_notice(row.time(Attr::UsedAt).ok()?, unused);
    let between = days(u64::from(FIRST_NOTICE_DAYS - LAST_NOTICE_DAYS));
    Some(if first > now {
        Task::Nothing
    } else if due < first.plus(between) {
        Task::Notice(Stage::First)
    } else if due < first.plus(days(u64::from(FIRST_NOTICE_DAYS))) {
        Task::Notice(Stage::Last)
    } else {
        Task::EraseUnused
    })
}
