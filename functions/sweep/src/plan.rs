//! The dry run: who, what, why and when, without doing it. It opens an account to know its
//! deadlines, as the sweep does, and shows nothing of it.

use crate::worker::{UNTAKEN, read};
use crate::{SLICES, account};
use serde::{Deserialize, Serialize};
use shared::domain::inventory::Entity;
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::ports::Ports;
use shared::rotation;
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
    let rows = read(&ports.store, &page.items).await?;
    let mut lines = Vec::new();
    for (due, row) in page.items.iter().zip(rows) {
        lines.extend(line(ports, due, row, now).await?);
    }
    Ok(Plan { lines, next: place.next(page.next) })
}

/// What would be done about a row, where it is due. What cannot be read or opened is `unknown`.
async fn line(
    ports: &Ports,
    due: &Due,
    row: Result<Option<Row>>,
    now: Timestamp,
) -> Result<Option<Line>> {
    let (at, step) = match row {
        Ok(None) => return Ok(None),
        Ok(Some(row)) => match row.time(Attr::DueAt).ok().filter(|at| *at <= now) {
            Some(at) => (at, step(ports, &row, now).await),
            None => return Ok(None),
        },
        Err(error) => (due.at, Err(error)),
    };
    let (what, why) = match step {
        Ok(None) => return Ok(None),
        Ok(Some(step)) => step,
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => UNKNOWN,
    };
    let who = due.key.pk.split_once('#').map_or("", |(_, who)| who);
    Ok(Some(Line { who: who.to_owned(), what, why, when: at.rfc3339() }))
}

/// What would be done, and the clause that it rests on.
type Step = (&'static str, &'static str);

/// What the sweep would fail at.
const UNKNOWN: Step = ("unknown", "C-5.3");

async fn step(ports: &Ports, row: &Row, now: Timestamp) -> Result<Option<Step>> {
    Ok(Some(match row.entity {
        Entity::Account => {
            let task = account::task(ports, row, now).await?;
            return Ok(task.map(|task| (task.name(), task.clause())));
        }
        Entity::Erasure => ("finish_erasure", "C-8.2"),
        Entity::Verification => ("end_verification", "C-5.3"),
        Entity::Authorization => ("end_authorization", "C-5.3"),
        Entity::Period => ("end_period", "C-5.3"),
        Entity::Message if !row.is_expired(now) => return Ok(None),
        Entity::Message => ("give_up_message", "C-5.3"),
        Entity::Job if rotation::of_partition(&row.key.pk).is_some() => {
            ("advance_rotation", "C-7.2")
        }
        _ => UNKNOWN,
    }))
}
