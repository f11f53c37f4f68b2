//! The row in `Roots` that says which tables the service is open on, and where a restore is.

use super::counts::Counts;
use super::{Progress, Tables};
use crate::domain::time::Timestamp;
use crate::error::{Result, corrupt};
use crate::ports::Ports;
use crate::store::{Attr, Key, Row, Table, Transaction, Value};
use crate::vault;
use crate::vault::tables::{self, OPEN};
use serde::Serialize;
use std::time::Duration;

/// Where a restore is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is none: the service is open on the tables that the row names.
    Open,
    /// The tables before are closed, and every environment is getting to know it.
    Announced,
    /// Looking at `Records`.
    LookRecords,
    /// Looking at `Keys`.
    LookKeys,
    /// The counts are there; an operator confirms them.
    Looked,
    /// People and what belongs to them.
    Records,
    /// Keys and claims of people who are not there, or not any more.
    Keys,
    /// Receipts that are lost, and chains whose head is.
    Ledger,
}

impl Stage {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Open, OPEN),
        (Self::Announced, "announced"),
        (Self::LookRecords, "look_records"),
        (Self::LookKeys, "look_keys"),
        (Self::Looked, "looked"),
        (Self::Records, "records"),
        (Self::Keys, "keys"),
        (Self::Ledger, "ledger"),
    ];

    /// Whether passes change something.
    pub(super) const fn is_applying(self) -> bool {
        matches!(self, Self::Records | Self::Keys | Self::Ledger)
    }

    /// The table that the pass of this stage goes over.
    pub(super) const fn table(self) -> Table {
        match self {
            Self::LookKeys | Self::Keys => Table::Keys,
            Self::Ledger => Table::Ledger,
            _ => Table::Records,
        }
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(stage, _)| *stage == self).map_or(OPEN, |(_, name)| name)
    }
}

/// A restore.
pub(super) struct Job {
    row: Row,
    /// The tables that this function is pointed at.
    ours: String,
    pub(super) stage: Stage,
    /// When it goes on.
    pub(super) due_at: Option<Timestamp>,
    /// When it was begun.
    pub(super) begun_at: Timestamp,
    /// What was restored.
    pub(super) tables: Tables,
    /// Where the pass goes on; none at its beginning.
    pub(super) cursor: Option<Key>,
    pub(super) counts: Counts,
    /// What the operator confirmed as lost and as failed.
    confirmed: Vec<i64>,
}

impl Job {
    /// Reads the row.
    pub(super) async fn find(ports: &Ports) -> Result<Self> {
        let [row] = ports.store.get(&[tables::key()]).await?;
        let row = row.ok_or_else(vault::no_roots)?;
        let name = row.text(Attr::State)?;
        let stage = Stage::ALL.into_iter().find(|(_, known)| *known == name);
        let (stage, _) = stage.ok_or_else(|| row.corrupt(Attr::State))?;
        let restored = row.text(Attr::Restored).unwrap_or_default();
        let named = |table: Table| restored.split(' ').any(|name| name == table.logical());
        let cursor = row.text(Attr::Cursor).ok().map(|at| cursor(stage.table(), at));
        Ok(Self {
            ours: tables::names(&ports.config.tables),
            stage,
            due_at: row.time(Attr::DueAt).ok(),
            begun_at: row.time(Attr::BegunAt).unwrap_or(Timestamp::from_secs(0)),
            tables: Tables { records: named(Table::Records), keys: named(Table::Keys) },
            cursor: cursor.transpose()?,
            counts: Counts::of_numbers(&row.numbers(Attr::Counts)),
            confirmed: row.numbers(Attr::Confirmed),
            row,
        })
    }

    /// The tables whose names are not those that the service is open on.
    pub(super) fn differing(&self) -> Tables {
        let current = self.row.text(Attr::Current).unwrap_or_default().split(' ');
        let mut differs = current.zip(self.ours.split(' ')).map(|(a, b)| a != b);
        Tables {
            records: differs.next().unwrap_or_default(),
            keys: differs.next().unwrap_or_default(),
        }
    }

    /// Whether the restore that is under way is one of other tables.
    pub(super) fn leads_elsewhere(&self) -> bool {
        self.row.text(Attr::Other).is_ok_and(|target| target != self.ours)
    }

    /// Begins.
    pub(super) fn announce(&mut self, tables: Tables, (now, wait): (Timestamp, Duration)) {
        self.enter(Stage::Announced);
        (self.tables, self.begun_at, self.counts) = (tables, now, Counts::default());
        (self.due_at, self.confirmed) = (Some(now.plus(wait)), Vec::new());
        let row = self.row.clone().with(Attr::Other, self.ours.as_str());
        self.row = row.without(Attr::EndedAt);
    }

    /// Goes to a stage, at its beginning.
    pub(super) fn enter(&mut self, stage: Stage) {
        (self.stage, self.cursor, self.due_at) = (stage, None, None);
    }

    /// Begins to apply what was looked at and confirmed.
    pub(super) fn confirm(&mut self) {
        let counts = [self.counts.lost, self.counts.failed];
        self.confirmed = counts.map(|n| i64::try_from(n).unwrap_or(i64::MAX)).to_vec();
        self.counts = Counts::default();
        self.enter(Stage::Records);
    }

    /// Whether it was begun to be applied.
    pub(super) const fn was_confirmed(&self) -> bool {
        !self.confirmed.is_empty()
    }

    /// Whether what failed is no more than what was confirmed.
    pub(super) fn is_as_confirmed(&self) -> bool {
        let failed = i64::try_from(self.counts.failed).unwrap_or(i64::MAX);
        self.confirmed.get(1).is_some_and(|confirmed| failed <= *confirmed)
    }

    /// Goes back to the tables before.
    pub(super) fn abandon(&mut self) {
        self.enter(Stage::Open);
        self.row = self.row.clone().without(Attr::Other);
    }

    /// Opens the service on the restored tables.
    pub(super) fn open(&mut self, now: Timestamp) {
        self.enter(Stage::Open);
        let row = self.row.clone().with(Attr::Current, self.ours.as_str());
        self.row = row.without(Attr::Other).with(Attr::EndedAt, now);
    }

    /// Writes where it is. It fails where another run was faster.
    pub(super) async fn save(&mut self, ports: &Ports) -> Result<()> {
        let mut transaction = Transaction::new();
        self.put(&mut transaction);
        ports.store.write(transaction).await
    }

    /// Puts the row's next version.
    pub(super) fn put(&mut self, transaction: &mut Transaction) {
        let restored = [(self.tables.records, Table::Records), (self.tables.keys, Table::Keys)];
        let restored = restored.iter().filter(|(is, _)| *is).map(|(_, table)| table.logical());
        let row = self
            .row
            .clone()
            .next()
            .with(Attr::State, self.stage.name())
            .with(Attr::BegunAt, self.begun_at)
            .with(Attr::Restored, restored.collect::<Vec<_>>().join(" "))
            .with(Attr::Counts, Value::Numbers(self.counts.numbers()))
            .with(Attr::Confirmed, Value::Numbers(self.confirmed.clone()));
        let row = match &self.cursor {
            Some(at) => row.with(Attr::Cursor, format!("{} {}", at.pk, at.sk)),
            None => row.without(Attr::Cursor),
        };
        self.row = match self.due_at {
            Some(at) => row.with(Attr::DueAt, at),
            None => row.without(Attr::DueAt),
        };
        transaction.replace("tables", self.row.clone());
    }

    /// Where it is, for the operator.
    pub(super) fn progress(&self) -> Progress {
        let open = self.stage == Stage::Open && self.differing() == Tables::default();
        let (stage, tables, due_at) = (self.stage, self.tables, self.due_at);
        Progress { stage, open, tables, due_at, counts: self.counts }
    }
}

fn cursor(table: Table, text: &str) -> Result<Key> {
    let (pk, sk) = text.split_once(' ').ok_or_else(|| corrupt("job", Attr::Cursor.name()))?;
    Ok(Key { table, pk: pk.to_owned(), sk: sk.to_owned() })
}
