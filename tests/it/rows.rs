//! Whole tables, read past every route.

use crate::app::TestApp;
use shared::store::{Row, Table, Value};

/// Every row of a table.
pub(crate) async fn of(app: &TestApp, table: Table) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = app.world.ports.store.scan(table, after.as_ref()).await.expect("a page");
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

/// Every row of every table.
pub(crate) async fn all(app: &TestApp) -> Vec<Row> {
    let mut rows = Vec::new();
    for table in Table::ALL {
        rows.append(&mut of(app, table).await);
    }
    rows
}

/// Whether a text stands in a row's key or in an attribute in clear.
pub(crate) fn mentions(row: &Row, text: &str) -> bool {
    let in_clear = |value: &Value| matches!(value, Value::Text(value) if value.contains(text));
    row.key.pk.contains(text) || row.key.sk.contains(text) || row.attributes.values().any(in_clear)
}
