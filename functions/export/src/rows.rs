//! The rows of a part: a slice of the person's partition, and a slice of the person's chain.

use crate::fields;
use serde_json::{Map, Value};
use shared::Ports;
use shared::domain::inventory::Retention;
use shared::domain::period::Period;
use shared::domain::time::Timestamp;
use shared::error::Result;
use shared::records::export::{ENTRIES, Export};
use shared::records::subject;
use shared::store::{Attr, Key, Row, Table};
use shared::vault::{DataKey, Owner, Person};
use std::collections::BTreeMap;

/// The rows of one page of a query; AWS cuts it at 1 MB.
const PAGE: i32 = 1_000;

/// Which part is read.
pub(crate) struct Slice<'a> {
    pub(crate) export: &'a Export,
    pub(crate) number: usize,
    /// Rows that are newer than the request are not in it, so that a part stays as large as it was.
    pub(crate) asked_at: Timestamp,
}

/// A row, and what it seals; nothing where the key of its period is destroyed.
pub(crate) struct Opened {
    pub(crate) row: Row,
    pub(crate) sealed: Map<String, Value>,
}

/// Reads and opens the rows of a part, in the order of their keys.
pub(crate) async fn read(
    ports: &Ports,
    person: &Person,
    chain: &str,
    slice: &Slice<'_>,
) -> Result<Vec<Opened>> {
    let mut rows = of_partition(ports, person, slice).await?;
    rows.extend(of_chain(ports, chain, slice).await?);
    let periods = period_keys(ports, &rows).await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let key = match period_of(&row)? {
            None => Some(&person.key),
            Some(period) => periods.get(&period.to_string()),
        };
        let sealed = match key {
            Some(key) => fields::open(key, &row)?,
            None => Map::new(),
        };
        opened.push(Opened { row, sealed });
    }
    Ok(opened)
}

async fn of_partition(ports: &Ports, person: &Person, slice: &Slice<'_>) -> Result<Vec<Row>> {
    let starts = &slice.export.starts;
    let partition = subject::partition(&person.subject);
    let bound = |n: usize| starts.get(n).map(|sk| Key::records(partition.as_str(), sk.as_str()));
    // The first slice begins at the beginning, the last one goes to the end.
    let mut after = match slice.number.checked_sub(2) {
        None => None,
        Some(n) => match bound(n) {
            Some(key) => Some(key),
            None => return Ok(Vec::new()),
        },
    };
    let end = bound(slice.number - 1);
    let mut rows = Vec::new();
    loop {
        let from = (Table::Records, partition.as_str(), "");
        let page = ports.store.page(from, PAGE, after.as_ref()).await?;
        for row in page.items {
            if end.as_ref().is_some_and(|end| row.key.sk > end.sk) {
                return Ok(rows);
            }
            if row.time(Attr::CreatedAt).is_ok_and(|at| at > slice.asked_at) {
                continue;
            }
            rows.push(row);
        }
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

async fn of_chain(ports: &Ports, chain: &str, slice: &Slice<'_>) -> Result<Vec<Row>> {
    let before = slice.export.left() + ENTRIES.saturating_mul(slice.number as u64 - 1);
    let last = slice.export.entries.min(before + ENTRIES);
    let partition = format!("chain#{chain}");
    let place = |n: u64| format!("{n:012}");
    let mut rows = Vec::new();
    let mut after = (before < last).then(|| Key::ledger(partition.as_str(), place(before)));
    while after.is_some() {
        let from = (Table::Ledger, partition.as_str(), "");
        let page = ports.store.page(from, PAGE, after.as_ref()).await?;
        for row in page.items {
            if row.key.sk > place(last) {
                return Ok(rows);
            }
            rows.push(row);
        }
        after = page.next;
    }
    Ok(rows)
}

/// The period whose key seals a row, by the inventory; `None` where the person's does, or nothing is
/// sealed.
fn period_of(row: &Row) -> Result<Option<Period>> {
    let spec = row.entity.spec();
    let made = || row.time(Attr::CreatedAt).or_else(|_| row.time(Attr::At));
    match (spec.key_owner, spec.retention) {
        ("period", Retention::Logs) => made().map(|at| Some(Period::logs(at))),
        ("period", _) => made().map(|at| Some(Period::evidence(at))),
        _ => Ok(None),
    }
}

/// The keys of the periods that the rows are from, in one read: a few years, a few months.
async fn period_keys(ports: &Ports, rows: &[Row]) -> Result<BTreeMap<String, DataKey>> {
    let mut periods = BTreeMap::new();
    for row in rows {
        if let Some(period) = period_of(row)? {
            periods.insert(period.to_string(), period);
        }
    }
    let keys: Vec<_> = periods.values().map(|period| Owner::Period(*period).key()).collect();
    let found = ports.store.get_all(&keys).await?;
    let mut opened = BTreeMap::new();
    for ((name, period), row) in periods.into_iter().zip(found) {
        if let Some(key) = ports.vault.open(Owner::Period(period), row.as_ref()).await? {
            opened.insert(name, key);
        }
    }
    Ok(opened)
}
