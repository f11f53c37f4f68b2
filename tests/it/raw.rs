//! Writes past every rule, straight to the engine: many rows at once, and rows nobody would write.

use crate::app::TestApp;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use shared::domain::time::Timestamp;
use shared::store::{Attr, Key, Row, Table, connect};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

/// A client of the engine with no faults in it.
pub(crate) fn client(app: &TestApp) -> Client {
    connect(app.world.database(), aws_smithy_http_client::Builder::new().build_http())
}

/// Adds an attribute to a row that the closed set does not know.
pub(crate) async fn spoil(app: &TestApp, key: &Key) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    client(app)
        .update_item()
        .table_name(app.world.ports.store.name(key.table))
        .key("pk", text(&key.pk))
        .key("sk", text(&key.sk))
        .update_expression("SET shoe_size = :n")
        .expression_attribute_values(":n", text("44"))
        .send()
        .await
        .expect("spoils");
}

/// Has a row be due in a shard of the index at a time, whatever it was due for.
pub(crate) async fn due_in(app: &TestApp, key: &Key, (shard, at): (&str, Timestamp)) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    client(app)
        .update_item()
        .table_name(app.world.ports.store.name(key.table))
        .key("pk", text(&key.pk))
        .key("sk", text(&key.sk))
        .update_expression("SET due_shard = :shard, due_at = :at")
        .expression_attribute_values(":shard", text(shard))
        .expression_attribute_values(":at", AttributeValue::N(at.secs().to_string()))
        .send()
        .await
        .expect("is due");
}

/// Stores rows that are not due.
pub(crate) async fn fill(app: &TestApp, many: usize) {
    let client = client(app);
    let table = app.world.ports.store.name(Table::Records).to_owned();
    let item = |n: usize| {
        let text = |text: String| AttributeValue::S(text);
        let number = |n: i64| AttributeValue::N(n.to_string());
        Item::from([
            ("pk".to_owned(), text(format!("limit#stored#{n}"))),
            ("sk".to_owned(), text("limit".to_owned())),
            ("kind".to_owned(), text("limit".to_owned())),
            ("version".to_owned(), number(1)),
            ("due_shard".to_owned(), text(format!("sweep#{}", n % 8))),
            ("due_at".to_owned(), number(4_000_000_000)),
        ])
    };
    let numbers: Vec<usize> = (0..many).collect();
    for chunk in numbers.chunks(25) {
        let puts = chunk.iter().map(|n| {
            let put = PutRequest::builder().set_item(Some(item(*n))).build().expect("an item");
            WriteRequest::builder().put_request(put).build()
        });
        let batch = client.batch_write_item().request_items(table.as_str(), puts.collect());
        batch.send().await.expect("writes");
    }
}

/// Removes a row, as whoever may write the tables could.
pub(crate) async fn remove(app: &TestApp, key: &Key) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    client(app)
        .delete_item()
        .table_name(app.world.ports.store.name(key.table))
        .key("pk", text(&key.pk))
        .key("sk", text(&key.sk))
        .send()
        .await
        .expect("removes");
}

/// Removes what expired, as DynamoDB's time to live does by and by.
pub(crate) async fn broom(app: &TestApp, now: Timestamp) {
    let client = client(app);
    for table in [Table::Records, Table::Ledger] {
        let name = app.world.ports.store.name(table).to_owned();
        let rows = crate::rows::of(app, table).await;
        let over = |row: &&Row| row.time(Attr::ExpiresAt).is_ok_and(|at| at <= now);
        let over: Vec<_> = rows.iter().filter(over).collect();
        for chunk in over.chunks(25) {
            let deletes = chunk.iter().map(|row| {
                let text = |text: &str| AttributeValue::S(text.to_owned());
                let key = Item::from([
                    ("pk".to_owned(), text(&row.key.pk)),
                    ("sk".to_owned(), text(&row.key.sk)),
                ]);
                let delete = DeleteRequest::builder().set_key(Some(key)).build().expect("a key");
                WriteRequest::builder().delete_request(delete).build()
            });
            let batch = client.batch_write_item().request_items(name.as_str(), deletes.collect());
            batch.send().await.expect("sweeps");
        }
    }
}
