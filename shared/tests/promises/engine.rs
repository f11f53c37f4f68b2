//! The engines that keep the promises, each with tables of the test's own.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use personal_center::engine::Engine;
use personal_center::engine::create_tables;
use shared::config::{Config, TableNames};
use shared::domain::inventory::Entity;
use shared::error::Result;
use shared::ids::{EntryId, SystemEntropy};
use shared::store::{Attr, Endpoint, Key, Row, Store, Transaction, When, connect};
use shared::testing::faults::Faults;
use std::sync::Arc;
use tempfile::TempDir;

/// Says where DynamoDB Local is.
const VARIABLE: &str = "PC_DYNAMODB_LOCAL";

/// A store on an engine, with its faults, and a client that goes past both.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) raw: Client,
    tables: TableNames,
    /// Keeps engine and file as long as the test.
    _engine: Option<(Engine, Option<TempDir>)>,
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        let engine = Engine::start(None).await.expect("an engine");
        let url = engine.url().to_owned();
        Self::over(url, Some((engine, None))).await
    }

    pub(crate) async fn on_file() -> Self {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("promises.db");
        let engine = Engine::start(Some(&file)).await.expect("an engine");
        let url = engine.url().to_owned();
        Self::over(url, Some((engine, Some(folder)))).await
    }

    #[expect(clippy::disallowed_methods, reason = "the one setting of this suite")]
    pub(crate) async fn on_dynamodb_local() -> Self {
        let url = std::env::var(VARIABLE).expect("PC_DYNAMODB_LOCAL is the server's URL");
        Self::over(url, None).await
    }

    /// Tables have names of their own: tests share one server.
    async fn over(url: String, engine: Option<(Engine, Option<TempDir>)>) -> Self {
        let entropy = Arc::new(SystemEntropy::default());
        let id = EntryId::draw(&*entropy);
        let name = |table: &str| format!("{table}-{}", id.body());
        let tables = TableNames {
            records: name("records"),
            keys: name("keys"),
            roots: name("roots"),
            ledger: name("ledger"),
        };
        let config = Config { tables, ..Config::local() };
        let http = aws_smithy_http_client::Builder::new().build_http();
        let endpoint = Endpoint::local(url);
        let raw = connect(&endpoint, http.clone());
        create_tables(&raw, &config).await.expect("tables");
        let faults = Faults::new(http);
        let client = connect(&endpoint, SharedHttpClient::new(faults.clone()));
        let tables = config.tables;
        let store = Store::new(client, tables.clone(), entropy);
        Self { store, faults, raw, tables, _engine: engine }
    }

    /// The store with a client that waits however long a machine takes for megabytes.
    pub(crate) fn patient(&self) -> Store {
        let config = self.raw.config().to_builder().timeout_config(TimeoutConfig::disabled());
        let client = Client::from_conf(config.build());
        Store::new(client, self.tables.clone(), Arc::new(SystemEntropy::default()))
    }

    /// Writes one row that is not there yet.
    pub(crate) async fn create(&self, row: Row) -> Result<()> {
        let mut transaction = Transaction::new();
        transaction.put("row", row, When::Absent);
        self.store.write(transaction).await
    }

    /// Writes rows that are not there yet, as many as one transaction takes at a time.
    pub(crate) async fn create_all(&self, rows: impl IntoIterator<Item = Row>) {
        let rows = rows.into_iter().collect::<Vec<_>>();
        for some in rows.chunks(100) {
            let mut transaction = Transaction::new();
            for row in some {
                transaction.put("row", row.clone(), When::Absent);
            }
            self.store.write(transaction).await.expect("rows are written");
        }
    }

    /// Reads one row.
    pub(crate) async fn find(&self, key: &Key) -> Option<Row> {
        let [row] = self.store.get(std::array::from_ref(key)).await.expect("a read");
        row
    }

    /// Adds one to a row's tries, with no limit to speak of.
    pub(crate) async fn count(&self, key: &Key) -> Result<()> {
        let mut transaction = Transaction::new();
        transaction.count("count", key.clone(), Attr::Tries, When::Below(Attr::Tries, 1_000));
        self.store.write(transaction).await
    }
}

/// A key in `Records`.
pub(crate) fn key(name: &str) -> Key {
    Key::records(format!("test#{name}"), "row")
}

/// A row of `Records` with no tries yet.
pub(crate) fn row(name: &str) -> Row {
    Row::new(key(name), Entity::Limit).with(Attr::Tries, 0)
}
