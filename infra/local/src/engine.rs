//! The database: dynoxide on a loopback port, over a file or in memory, or one that runs elsewhere.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use dynoxide::Database;
use rusqlite::Connection;
use shared::config::Config;
use shared::store::{Endpoint, connect, definitions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Tries of a log truncation while a statement is running.
const TRIES: u32 = 20;

/// One attempt of a call of an engine that runs elsewhere, and all attempts together.
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_mins(1);

/// A running engine; an embedded one stops when the last handle goes.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    file: Option<PathBuf>,
    /// The embedded server; none where the engine runs elsewhere.
    task: Option<JoinHandle<()>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Engine {
    /// Starts an engine over a file, or in memory.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened or no port is free.
    pub async fn start(file: Option<&Path>) -> io::Result<Self> {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), file).await
    }

    /// Starts an engine in memory, at an address that others may reach.
    ///
    /// # Errors
    ///
    /// Where nothing can listen at the address.
    pub async fn empty(address: SocketAddr) -> io::Result<Self> {
        Self::at(address, None).await
    }

    async fn at(address: SocketAddr, file: Option<&Path>) -> io::Result<Self> {
        let database = match file {
            Some(path) => Database::new(&path.to_string_lossy()),
            None => Database::memory(),
        };
        let database = database.map_err(|error| io::Error::other(error.to_string()))?;
        let listener = TcpListener::bind(address).await?;
        let endpoint = Endpoint::local(format!("http://{}", listener.local_addr()?));
        let task = Some(tokio::spawn(dynoxide::server::serve_on(listener, database)));
        Ok(Self(Arc::new(Inner { endpoint, file: file.map(Path::to_owned), task })))
    }

    /// An engine that runs elsewhere; nothing is started, and nothing stopped.
    pub fn elsewhere(endpoint: Endpoint) -> Self {
        Self(Arc::new(Inner { endpoint, file: None, task: None }))
    }

    /// Connects to it. One that runs elsewhere may share its machine with whoever calls it, and is
    /// waited for longer than a deployed function waits.
    pub fn connect(&self, http: SharedHttpClient) -> Client {
        let client = connect(&self.0.endpoint, http);
        if self.0.task.is_some() {
            return client;
        }
        let limits = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        Client::from_conf(client.config().to_builder().timeout_config(limits).build())
    }

    /// Where it answers, and whom.
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        self.0.endpoint.url.as_deref().unwrap_or_default()
    }

    /// Makes what was deleted unreadable in the log too: SQLite overwrites deleted bytes in its
    /// pages (a flag of the build), and its write-ahead log is moved there and cut to nothing.
    ///
    /// # Errors
    ///
    /// Where the log stayed busy.
    pub async fn forget(&self) -> io::Result<()> {
        let Some(file) = self.0.file.clone() else { return Ok(()) };
        tokio::task::spawn_blocking(move || truncate(&file)).await.map_err(io::Error::other)?
    }
}

fn truncate(file: &Path) -> io::Result<()> {
    let connection = Connection::open(file).map_err(io::Error::other)?;
    for _ in 0..TRIES {
        let busy: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(io::Error::other)?;
        if busy == 0 {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err(io::Error::other("the write-ahead log stayed busy"))
}

/// Makes the tables that are not there.
///
/// # Errors
///
/// Where the engine does not answer.
pub async fn create_tables(client: &Client, config: &Config) -> io::Result<()> {
    for definition in definitions(&config.tables) {
        let Err(error) = definition.send_with(client).await else { continue };
        let there =
            error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception);
        if !there {
            return Err(io::Error::other(format!("no table: {error:?}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_8_2_the_database_is_built_to_overwrite_what_is_deleted() {
        let connection = Connection::open_in_memory().expect("a database");
        let on: i64 =
            connection.query_row("PRAGMA secure_delete", [], |row| row.get(0)).expect("an answer");
        assert_eq!(on, 1, "build inside the repository: its .cargo/config.toml has the flag");
    }
}
