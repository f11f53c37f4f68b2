//! Rows written past every rule, straight to the engine, in batches.

use crate::NOW;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use personal_center::World;
use shared::domain::account::State;
use shared::domain::inventory::Entity;
use shared::domain::time::days;
use shared::ids::{SubjectId, VerificationId};
use shared::records::{subject, verification};
use shared::store::{Attr, Lane, Row, Table, Value, connect};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

/// Rows of one batch write (the most that the service takes).
const BATCH: usize = 25;

/// Stores rows that are not due before the bench is over, verifications and accounts side by side.
/// Their ids are in order, which is what the engine writes fastest.
pub(crate) async fn rows(world: &World, many: usize) {
    let verification =
        |id| Row::new(verification::key(&VerificationId::from_bytes(id)), Entity::Verification);
    let account = |id| {
        let row = Row::new(subject::account(&SubjectId::from_bytes(id)), Entity::Account);
        row.with(Attr::State, State::Active.name())
    };
    tokio::join!(rows_of(world, many.div_ceil(2), verification), rows_of(world, many / 2, account));
}

async fn rows_of(world: &World, many: usize, row: impl Fn([u8; 16]) -> Row) {
    let ends = NOW.plus(days(10_000));
    let mut batch = Batch::into(world, Table::Records);
    for n in 0..many as u128 {
        batch.put(&row(n.to_be_bytes()).due(Lane::Sweep, ends)).await;
    }
    batch.end().await;
}

/// A batch of rows of one table, which is written whenever it is full.
pub(crate) struct Batch {
    client: Client,
    name: String,
    rows: Vec<Item>,
}

impl Batch {
    pub(crate) fn into(world: &World, table: Table) -> Self {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let client = connect(world.database(), http);
        Self { client, name: world.ports.store.name(table).to_owned(), rows: Vec::new() }
    }

    pub(crate) async fn put(&mut self, row: &Row) {
        self.rows.push(item(row));
        if self.rows.len() >= BATCH {
            self.write().await;
        }
    }

    pub(crate) async fn end(mut self) {
        if !self.rows.is_empty() {
            self.write().await;
        }
    }

    async fn write(&mut self) {
        let puts = self.rows.drain(..).map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
            WriteRequest::builder().put_request(put).build()
        });
        let puts = puts.collect();
        let batch = self.client.batch_write_item().request_items(self.name.as_str(), puts);
        batch.send().await.expect("writes");
    }
}

fn item(row: &Row) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut item = Item::from([
        ("pk".to_owned(), text(&row.key.pk)),
        ("kind".to_owned(), text(row.entity.name())),
        ("version".to_owned(), AttributeValue::N("1".to_owned())),
    ]);
    if row.key.table.is_sorted() {
        item.insert("sk".to_owned(), text(&row.key.sk));
    }
    for (attr, value) in &row.attributes {
        let value = match value {
            Value::Text(value) => text(value),
            Value::Number(number) => AttributeValue::N(number.to_string()),
            other => unreachable!("no such value here: {other:?}"),
        };
        item.insert(attr.name().to_owned(), value);
    }
    item
}
