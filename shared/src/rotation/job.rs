//! The job row of a rotation: its stage, when it goes on, where its pass is. Nothing personal.

use super::Stage;
use crate::domain::inventory::Entity;
use crate::domain::time::Timestamp;
use crate::error::{Result, corrupt};
use crate::store::{Attr, Key, Lane, Row, Table, When};
use crate::vault::RootUse;
use std::time::Duration;

/// Where the job of a use is.
pub(super) fn key(usage: RootUse) -> Key {
    Key::records(format!("job#rotation#{}", usage.name()), "job")
}

/// The use whose rotation has its job in a partition.
pub fn of_partition(pk: &str) -> Option<RootUse> {
    RootUse::parse(pk.strip_prefix("job#rotation#")?)
}

/// A job.
pub(super) struct Job {
    row: Row,
    pub(super) usage: RootUse,
    pub(super) stage: Stage,
    pub(super) due_at: Timestamp,
    /// The root that the rotation leads to.
    pub(super) target: String,
    /// Where the pass goes on; none at its beginning.
    pub(super) cursor: Option<Key>,
    /// Rows that the pass has looked at.
    pub(super) visited: u64,
    /// Rows among them that were not under the current root.
    pub(super) found: u64,
}

impl Job {
    /// A new job, in place of one that rests.
    pub(super) fn announced(
        usage: RootUse,
        target: String,
        before: Option<Self>,
        (now, wait): (Timestamp, Duration),
    ) -> Self {
        let row = match before {
            Some(job) => job.row.next(),
            None => Row::new(key(usage), Entity::Job),
        };
        let row = row.with(Attr::CreatedAt, now);
        let (stage, due_at) = (Stage::Announced, now.plus(wait));
        Self { row, usage, stage, due_at, target, cursor: None, visited: 0, found: 0 }
    }

    /// Reads a job.
    pub(super) fn read(usage: RootUse, row: Row) -> Result<Self> {
        let stages = [Stage::Announced, Stage::Passing, Stage::Resting];
        let name = row.text(Attr::State)?;
        let stage = stages.into_iter().find(|stage| stage_name(*stage) == name);
        let count = |attr| u64::try_from(row.number(attr)?).map_err(|_| row.corrupt(attr));
        Ok(Self {
            usage,
            stage: stage.ok_or_else(|| row.corrupt(Attr::State))?,
            due_at: row.time(Attr::DueAt)?,
            target: row.text(Attr::Current)?.to_owned(),
            cursor: row.text(Attr::Cursor).ok().map(|at| cursor(usage, at)).transpose()?,
            visited: count(Attr::Visited)?,
            found: count(Attr::Found)?,
            row,
        })
    }

    /// The precondition of what follows the row that was read or written last.
    pub(super) const fn when(&self) -> When {
        When::Version(self.row.version)
    }

    /// Where it is.
    pub(super) fn key(&self) -> Key {
        self.row.key.clone()
    }

    /// Makes it its next version.
    pub(super) const fn advance(&mut self) {
        self.row.version += 1;
    }

    /// The row as it is to be written.
    pub(super) fn row(&self) -> Row {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let row = self
            .row
            .clone()
            .with(Attr::State, stage_name(self.stage))
            .with(Attr::Current, self.target.as_str())
            .with(Attr::Visited, count(self.visited))
            .with(Attr::Found, count(self.found))
            .due(Lane::Sweep, self.due_at);
        match &self.cursor {
            Some(at) => row.with(Attr::Cursor, format!("{} {}", at.pk, at.sk)),
            None => row.without(Attr::Cursor),
        }
    }
}

const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Idle => "idle",
        Stage::Announced => "announced",
        Stage::Passing => "passing",
        Stage::Resting => "resting",
    }
}

/// The table that the passes of a use go over.
pub(super) const fn table(usage: RootUse) -> Table {
    match usage {
        RootUse::Branch => Table::Keys,
        RootUse::Index | RootUse::Receipts => Table::Records,
    }
}

fn cursor(usage: RootUse, text: &str) -> Result<Key> {
    let (pk, sk) = text.split_once(' ').ok_or_else(|| corrupt("job", Attr::Cursor.name()))?;
    Ok(Key { table: table(usage), pk: pk.to_owned(), sk: sk.to_owned() })
}
