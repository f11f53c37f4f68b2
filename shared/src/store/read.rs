//! Reads: one consistent batch, a partition page by page, and the index of due work.

use super::Store;
use super::convert::{self, Item};
use super::fault::error;
use super::retry::TRIES;
use super::row::{Key, Row};
use super::table::{DUE_INDEX, Lane, Table};
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result, corrupt};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use std::collections::HashMap;

/// The most keys of one batch read (an AWS limit).
const BATCH_KEYS: usize = 100;

/// A page of a list, and where the next one starts.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows or keys, in order.
    pub items: Vec<T>,
    /// Give this to get the next page; `None` at the end.
    pub next: Option<Key>,
}

/// A row whose work is due, as the index shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Due {
    /// The row.
    pub key: Key,
    /// When its work is due.
    pub at: Timestamp,
}

/// A page of due work, and where the next one starts.
#[derive(Clone, Debug)]
pub struct DuePage {
    /// The work, the longest due first.
    pub items: Vec<Due>,
    /// Give this to get the next page; `None` at the end.
    pub next: Option<Due>,
}

fn read_due(item: &Item) -> Result<Due> {
    let at = match item.get("due_at") {
        Some(AttributeValue::N(number)) => number.parse().ok().map(Timestamp::from_secs),
        _ => None,
    };
    let at = at.ok_or_else(|| corrupt(Table::Records.logical(), "due_at"))?;
    Ok(Due { key: convert::read_key(Table::Records, item)?, at })
}

impl Store {
    /// Reads rows with strong consistency in one call, each where its key stands in `keys`.
    /// A batch is no snapshot: rows may come from before and after a transaction.
    ///
    /// # Errors
    ///
    /// `Throttled` or `Unavailable` after bounded retries, `Corrupt`, `Limit` above 100 keys.
    pub async fn get<const N: usize>(&self, keys: &[Key; N]) -> Result<[Option<Row>; N]> {
        let mut found = self.get_all(keys).await?;
        Ok(std::array::from_fn(|i| found.get_mut(i).and_then(Option::take)))
    }

    /// As [`get`](Self::get), for any number of keys up to 100.
    pub async fn get_all(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        if keys.len() > BATCH_KEYS {
            return Err(Error::new(Kind::Limit, "get rows").at("keys of a batch"));
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: HashMap<Key, Row> = HashMap::new();
        let mut request = self.request(keys);
        for attempt in 0..TRIES {
            let sent = self.client.batch_get_item().set_request_items(Some(request)).send().await;
            let answer = sent.map_err(|e| error("get rows", &e))?;
            for (name, items) in answer.responses.unwrap_or_default() {
                let table = self.table(&name).ok_or_else(|| corrupt("batch", "table"))?;
                for item in items {
                    let row = convert::read(table, item)?;
                    found.insert(row.key.clone(), row);
                }
            }
            request = answer.unprocessed_keys.unwrap_or_default();
            if request.is_empty() {
                return Ok(keys.iter().map(|key| found.get(key).cloned()).collect());
            }
            self.back_off(attempt).await;
        }
        Err(Error::new(Kind::Throttled, "get rows").at("keys left out"))
    }

    /// The batch request for these keys, each once.
    fn request(&self, keys: &[Key]) -> HashMap<String, KeysAndAttributes> {
        let mut by_table: HashMap<Table, Vec<Item>> = HashMap::new();
        let mut seen = std::collections::HashSet::new();
        for key in keys.iter().filter(|key| seen.insert(*key)) {
            by_table.entry(key.table).or_default().push(convert::key_item(key));
        }
        let part = |(table, keys): (Table, Vec<Item>)| {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
            wanted.build().ok().map(|wanted| (self.name(table).to_owned(), wanted))
        };
        by_table.into_iter().filter_map(part).collect()
    }

    /// Reads a page of the rows of a partition whose sort keys start with `prefix`, with strong
    /// consistency.
    pub async fn page(
        &self,
        (table, pk, prefix): (Table, &str, &str),
        limit: i32,
        after: Option<&Key>,
    ) -> Result<Page<Row>> {
        let mut query = self
            .client
            .query()
            .table_name(self.name(table))
            .consistent_read(true)
            .limit(limit)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .set_exclusive_start_key(after.map(convert::key_item));
        query = if prefix.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
        };
        let answer = query.send().await.map_err(|e| error("list rows", &e))?;
        let next = answer.last_evaluated_key.map(|item| convert::read_key(table, &item));
        let items = answer.items.unwrap_or_default();
        let items = items.into_iter().map(|item| convert::read(table, item));
        Ok(Page { items: items.collect::<Result<_>>()?, next: next.transpose()? })
    }

    /// Reads the last rows of a partition whose sort keys start with `prefix`, the last first, with
    /// strong consistency.
    pub async fn newest(
        &self,
        (table, pk, prefix): (Table, &str, &str),
        limit: i32,
    ) -> Result<Vec<Row>> {
        let query = self
            .client
            .query()
            .table_name(self.name(table))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(limit)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()));
        let answer = query.send().await.map_err(|e| error("list the newest rows", &e))?;
        let items = answer.items.unwrap_or_default().into_iter();
        items.map(|item| convert::read(table, item)).collect()
    }

    /// Reads the last row of a partition, with strong consistency.
    pub async fn last(&self, (table, pk): (Table, &str)) -> Result<Option<Row>> {
        let query = self
            .client
            .query()
            .table_name(self.name(table))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(1)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
        let answer = query.send().await.map_err(|e| error("read the last row", &e))?;
        let last = answer.items.unwrap_or_default().into_iter().next();
        last.map(|item| convert::read(table, item)).transpose()
    }

    /// Reads a page of the work that is due between two times, both included, the longest due
    /// first, with the times. As [`due`](Self::due) otherwise.
    pub async fn due_between(
        &self,
        (lane, shard): (Lane, u8),
        (from, to): (Timestamp, Timestamp),
        limit: i32,
        after: Option<&Due>,
    ) -> Result<DuePage> {
        let number = |at: Timestamp| AttributeValue::N(at.secs().to_string());
        let shard = AttributeValue::S(lane.shard(shard));
        let start = after.map(|due| {
            let mut item = convert::key_item(&due.key);
            item.insert("due_shard".to_owned(), shard.clone());
            item.insert("due_at".to_owned(), number(due.at));
            item
        });
        let answer = self
            .client
            .query()
            .table_name(self.name(Table::Records))
            .index_name(DUE_INDEX)
            .key_condition_expression("due_shard = :shard AND due_at BETWEEN :from AND :to")
            .expression_attribute_values(":shard", shard.clone())
            .expression_attribute_values(":from", number(from))
            .expression_attribute_values(":to", number(to))
            .limit(limit)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|e| error("list due work", &e))?;
        let items = answer.items.unwrap_or_default();
        let items = items.iter().map(read_due).collect::<Result<_>>()?;
        let next = answer.last_evaluated_key.as_ref().map(read_due).transpose()?;
        Ok(DuePage { items, next })
    }

    /// Reads a page of the keys whose work is due, the longest due first. The index is not
    /// consistent: whoever takes the work up reads the row, and the write checks again.
    pub async fn due(&self, lane: Lane, shard: u8, now: Timestamp, limit: i32) -> Result<Vec<Key>> {
        let answer = self
            .client
            .query()
            .table_name(self.name(Table::Records))
            .index_name(DUE_INDEX)
            .key_condition_expression("due_shard = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", AttributeValue::S(lane.shard(shard)))
            .expression_attribute_values(":now", AttributeValue::N(now.secs().to_string()))
            .limit(limit)
            .send()
            .await
            .map_err(|e| error("list due work", &e))?;
        let items = answer.items.unwrap_or_default();
        items.iter().map(|item| convert::read_key(Table::Records, item)).collect()
    }

    /// Reads a page of a whole table. For verifiers and exports of the ledger, never for a request.
    pub async fn scan(&self, table: Table, after: Option<&Key>) -> Result<Page<Row>> {
        self.scan_slice(table, None, after).await
    }

    /// As [`scan`](Self::scan), at most so many rows: for jobs that stop and go on.
    pub async fn scan_slice(
        &self,
        table: Table,
        limit: Option<i32>,
        after: Option<&Key>,
    ) -> Result<Page<Row>> {
        let scan = self
            .client
            .scan()
            .table_name(self.name(table))
            .consistent_read(true)
            .set_limit(limit)
            .set_exclusive_start_key(after.map(convert::key_item));
        let answer = scan.send().await.map_err(|e| error("read a table", &e))?;
        let next = answer.last_evaluated_key.map(|item| convert::read_key(table, &item));
        let items = answer.items.unwrap_or_default();
        let items = items.into_iter().map(|item| convert::read(table, item));
        Ok(Page { items: items.collect::<Result<_>>()?, next: next.transpose()? })
    }
}
