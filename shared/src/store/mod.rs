//! The four tables over the DynamoDB API. Rows carry ciphertext; every write has a precondition.

mod attr;
mod connect;
mod convert;
mod fault;
mod read;
mod retry;
mod row;
mod table;
mod transaction;
mod write;

pub use attr::Attr;
pub(crate) use connect::{CONNECT, patience};
pub use connect::{Endpoint, connect};
pub use read::{Due, DuePage, Page};
pub use row::{Key, Row, Value};
pub use table::{DUE_INDEX, DUE_SHARDS, Lane, Table, definitions};
pub use transaction::{Transaction, When};

use crate::config::TableNames;
use crate::ids::Entropy;
use aws_sdk_dynamodb::Client;
use std::sync::Arc;

/// The store: a client, the tables' names, and randomness for the jitter of retries.
#[derive(Clone)]
pub struct Store {
    client: Client,
    names: Arc<TableNames>,
    entropy: Arc<dyn Entropy>,
}

impl Store {
    /// Makes a store over a client.
    pub fn new(client: Client, names: TableNames, entropy: Arc<dyn Entropy>) -> Self {
        Self { client, names: Arc::new(names), entropy }
    }

    /// The deployed name of a table.
    pub fn name(&self, table: Table) -> &str {
        match table {
            Table::Records => &self.names.records,
            Table::Keys => &self.names.keys,
            Table::Roots => &self.names.roots,
            Table::Ledger => &self.names.ledger,
        }
    }

    /// The table with a deployed name.
    fn table(&self, name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|t| self.name(*t) == name)
    }
}
