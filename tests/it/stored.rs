//! What all tables hold, for claims about what is stored and what is not.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::TestApp;
use shared::store::{Key, Row, Table};
use std::collections::BTreeMap;

/// Every row of every table.
pub(crate) async fn rows(app: &TestApp) -> BTreeMap<Key, Row> {
    let mut found = BTreeMap::new();
    for table in Table::ALL {
        let mut after = None;
        loop {
            let page = app.world.ports.store.scan(table, after.as_ref()).await.expect("a scan");
            found.extend(page.items.into_iter().map(|row| (row.key.clone(), row)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    found
}

/// The keys of the rows that differ between two looks.
pub(crate) fn changed(before: &BTreeMap<Key, Row>, after: &BTreeMap<Key, Row>) -> Vec<String> {
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let differs = |key: &&Key| before.get(*key) != after.get(*key);
    keys.filter(differs).map(|key| key.pk.clone()).collect()
}
