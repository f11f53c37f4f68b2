//! All that is stored, read whole, and what must hold of it whenever no work is left.

mod checks;
mod ends;

use crate::app::TestApp;
use shared::Ports;
use shared::domain::inventory::Entity;
use shared::store::{Attr, Key, Row, Table, Value};
use std::collections::BTreeMap;

/// Every row of every table.
pub(crate) struct Tables {
    rows: BTreeMap<Key, Row>,
    ports: Ports,
}

impl Tables {
    /// Reads everything.
    pub(crate) async fn read(app: &TestApp) -> Self {
        let ports = app.world.ports.clone();
        let mut rows = BTreeMap::new();
        for table in Table::ALL {
            let mut after = None;
            loop {
                let page = ports.store.scan(table, after.as_ref()).await.expect("a page");
                rows.extend(page.items.into_iter().map(|row| (row.key.clone(), row)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Self { rows, ports }
    }

    /// Reads everything, and asserts that it fits together: no row without its owner's key, no key
    /// without what it opens, no claim, receipt or session of nobody, a ledger that verifies.
    pub(crate) async fn whole(app: &TestApp) -> Self {
        let tables = Self::read(app).await;
        let mut faults = tables.faults().await;
        faults.extend(tables.wrong_ends());
        assert!(faults.is_empty(), "{faults:#?}");
        tables
    }

    /// Reads everything, and asserts of each row that what it needs is there, and that it ends as
    /// retention says. Unlike [`Self::whole`], this holds also when the first years of chains have
    /// left.
    pub(crate) async fn sound(app: &TestApp) {
        let tables = Self::read(app).await;
        let mut faults = tables.faults_of_rows().await;
        faults.extend(tables.wrong_ends());
        assert!(faults.is_empty(), "{faults:#?}");
    }

    /// Whether all rows are the same as at another look, but for those of `Roots`.
    pub(crate) fn same_but_roots(&self, other: &Self) -> bool {
        let own = |tables: &Self| {
            let rows = tables.rows.iter().filter(|(key, _)| key.table != Table::Roots);
            rows.map(|(key, row)| (key.clone(), row.clone())).collect::<BTreeMap<_, _>>()
        };
        own(self) == own(other)
    }

    /// How many rows of a kind there are.
    pub(crate) fn count(&self, entity: Entity) -> usize {
        self.of_kind(entity).count()
    }

    /// The rows of a kind.
    pub(crate) fn of_kind(&self, entity: Entity) -> impl Iterator<Item = &Row> {
        self.rows.values().filter(move |row| row.entity == entity)
    }

    /// The kinds of rows in a person's partition, each once.
    pub(crate) fn kinds_of(&self, id: &str) -> Vec<&'static str> {
        let partition = format!("subject#{id}");
        let own = self.rows.values().filter(|row| row.key.pk == partition);
        let mut kinds: Vec<_> = own.map(|row| row.entity.name()).collect();
        kinds.dedup();
        kinds
    }

    /// The keys of owners, without those of periods.
    pub(crate) fn data_keys(&self) -> Vec<&str> {
        let keys = self.of_kind(Entity::DataKey).map(|row| row.key.pk.as_str());
        keys.filter(|pk| !pk.starts_with("period#")).collect()
    }

    /// What the ledger says was done to people, chain by chain, in order.
    pub(crate) fn actions(&self) -> Vec<&str> {
        let of_job = |action: &&str| action.starts_with("sweep.") || action.starts_with("brake.");
        self.all_actions().into_iter().filter(|action| !of_job(action)).collect()
    }

    /// Who the ledger says did an act, the last time.
    pub(crate) fn actor(&self, action: &str) -> &str {
        let of_it = |row: &&Row| row.text(Attr::Action).is_ok_and(|a| a == action);
        let last = self.of_kind(Entity::LedgerEntry).filter(of_it).last().expect("such an entry");
        last.text(Attr::Actor).unwrap_or("self")
    }

    /// What the ledger says was done, that of jobs too.
    pub(crate) fn all_actions(&self) -> Vec<&str> {
        let entries = self.of_kind(Entity::LedgerEntry);
        entries.map(|row| row.text(Attr::Action).expect("an action")).collect()
    }

    /// Whether any attribute or key shows a text.
    pub(crate) fn show(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let within = |hay: &[u8]| hay.windows(bytes.len()).any(|part| part == bytes);
        let value = |value: &Value| match value {
            Value::Text(text) => within(text.as_bytes()),
            Value::Bytes(bytes) => within(bytes),
            Value::Number(_) | Value::Numbers(_) => false,
        };
        self.rows.values().any(|row| {
            within(row.key.pk.as_bytes())
                || within(row.key.sk.as_bytes())
                || row.attributes.values().any(value)
        })
    }
}
