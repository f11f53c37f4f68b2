//! A world: ports over the embedded engine, every router, the mailbox, and the jobs.

use crate::broom;
use crate::engine::{Engine, create_tables};
use crate::kms::LocalKms;
use crate::mailbox::Mailbox;
use crate::openapi::routes;
use crate::role;
use aws_sdk_dynamodb::config::SharedHttpClient;
use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use shared::Ports;
use shared::clock::{Clock, SystemClock};
use shared::config::Config;
use shared::domain::time::{Timestamp, minutes};
use shared::ids::{Entropy, SystemEntropy};
use shared::store::{Endpoint, Store};
use shared::vault::kms::Kms;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Wraps the HTTP client of the SDK.
pub type Wrap = Box<dyn FnOnce(SharedHttpClient) -> SharedHttpClient + Send>;

/// Wraps the key service.
pub type WrapKms = Box<dyn FnOnce(Arc<dyn Kms>) -> Arc<dyn Kms> + Send>;

/// How a world is made.
pub struct Options {
    /// The folder of database, key and mailbox; in memory without one, but for the mailbox.
    pub data: Option<PathBuf>,
    /// A database elsewhere, in place of the embedded engine.
    pub database: Option<Endpoint>,
    /// The folder of the mailbox.
    pub mailbox: PathBuf,
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness; tests that compare two worlds give both the same.
    pub entropy: Arc<dyn Entropy>,
    /// Wraps the HTTP client of the SDK; tests put their faults here.
    pub wrap: Wrap,
    /// Wraps the key service; tests count its calls here.
    pub wrap_kms: WrapKms,
}

impl Options {
    /// Everything in one folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            data: Some(folder.to_owned()),
            database: None,
            mailbox: folder.join("mailbox"),
            config: Config::local(),
            clock: Arc::new(SystemClock::default()),
            entropy: Arc::new(SystemEntropy::default()),
            wrap: Box::new(|client| client),
            wrap_kms: Box::new(|kms| kms),
        }
    }
}

/// The name of the database's file in its folder.
pub const DATABASE: &str = "personal-center.db";

/// Makes a folder that its owner alone can look into.
///
/// # Errors
///
/// Where it cannot be made.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A running world.
#[derive(Clone)]
pub struct World {
    /// What its functions reach the world through.
    pub ports: Ports,
    /// Where its mails go.
    pub mailbox: Mailbox,
    engine: Engine,
    wake: Arc<Notify>,
    /// When the broom went round last.
    swept_at: Arc<Mutex<Option<Timestamp>>>,
}

impl World {
    /// Opens a world: starts the engine, unless it is elsewhere, makes tables and root keys where there are none.
    ///
    /// # Errors
    ///
    /// Where a file cannot be used, or the engine does not answer.
    pub async fn open(options: Options) -> io::Result<Self> {
        let (file, kms) = match &options.data {
            Some(folder) => {
                make_private(folder)?;
                let (file, key) = (folder.join(DATABASE), folder.join("local-kms.key"));
                if file.exists() && !key.exists() {
                    let lost = "the database's key local-kms.key is gone: nothing in it opens; \
                                bring the key back, or name another folder by `--data`";
                    return Err(io::Error::other(lost));
                }
                (Some(file), LocalKms::open(&key)?)
            }
            None => (None, LocalKms::in_memory()?),
        };
        let engine = match options.database {
            Some(endpoint) => Engine::elsewhere(endpoint),
            None => Engine::start(file.as_deref()).await?,
        };
        let http = (options.wrap)(aws_smithy_http_client::Builder::new().build_http());
        let mailbox = Mailbox::open(&options.mailbox)?;
        let kms = (options.wrap_kms)(Arc::new(kms));
        let client = engine.connect(http);
        create_tables(&client, &options.config).await?;
        let Options { config, clock, entropy, .. } = options;
        let store = Store::new(client, config.tables.clone(), entropy.clone());
        let ports = Ports::new(config, clock, entropy, store, kms);
        Self::over(ports, mailbox, engine).await
    }

    async fn over(ports: Ports, mailbox: Mailbox, engine: Engine) -> io::Result<Self> {
        // A new deployment's first sweep makes them.
        let rooted = role::acting("sweep", ports.vault.ensure_roots());
        rooted.await.map_err(io::Error::other)?;
        // A run that was killed may have left in the log what it had destroyed.
        engine.forget().await?;
        Ok(Self { ports, mailbox, engine, wake: Arc::default(), swept_at: Arc::default() })
    }

    /// Where the engine listens.
    pub fn database_url(&self) -> &str {
        self.engine.url()
    }

    /// Where the engine answers, and whom, for tests and benches that write past every rule.
    pub fn database(&self) -> &Endpoint {
        self.engine.endpoint()
    }

    /// Every function's routes in one router.
    pub fn router(&self) -> Router {
        let router = shared::http::serve(routes(), self.ports.clone());
        let router = router.layer(from_fn_with_state(role::served(), role::by_its_function));
        router.layer(from_fn_with_state(self.clone(), after_change))
    }

    /// Runs the jobs once: delivers mails, sweeps what is due, removes what is past its end.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub async fn work(&self) -> shared::Result<()> {
        let mails = notify::deliver_due(&self.ports, &self.mailbox);
        let mails = role::acting("notify", mails).await?;
        let report = sweep::handle(&self.ports, sweep::Bounds::default());
        let report = role::acting("sweep", report).await?;
        let taken = self.sweep_out().await?;
        // Each of these destroyed a key, its wrapping or a row, which must not stand in the log
        // either.
        if mails.delivered + mails.dead + mails.dropped + report.done() + taken > 0 {
            self.forget().await;
        }
        Ok(())
    }

    /// Removes what is past its end, where that was not done within the last minute.
    async fn sweep_out(&self) -> shared::Result<usize> {
        let now = self.ports.clock.now();
        let swept_at = || self.swept_at.lock().unwrap_or_else(PoisonError::into_inner);
        if swept_at().is_some_and(|at| now < at.plus(minutes(1))) {
            return Ok(0);
        }
        let taken = broom::sweep_out(&self.ports, now).await?;
        *swept_at() = Some(now);
        Ok(taken)
    }

    /// Runs the jobs again and again: after each change, and every second.
    pub async fn keep_working(self) {
        loop {
            let second = tokio::time::sleep(std::time::Duration::from_secs(1));
            tokio::select! {
                () = self.wake.notified() => {}
                () = second => {}
            }
            if let Err(error) = self.work().await {
                tracing::warn!(cause = error.chain(), "the jobs go on in a second");
            }
        }
    }

    /// Cuts the database's log, so that what was erased is not there either.
    async fn forget(&self) {
        if let Err(error) = self.engine.forget().await {
            tracing::warn!(%error, "the log is cut at the next erasure");
        }
    }
}

/// Wakes the jobs after a change, as the stream of the table does when deployed.
async fn after_change(
    axum::extract::State(world): axum::extract::State<World>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let destroys = match *request.method() {
        Method::POST => {
            let returns = path.starts_with("/v1/third-party-returns/");
            returns || ["/v1/accounts", "/v1/me/cancellation"].contains(&path)
        }
        // A contact, a consent and what it covered, a name, a password.
        Method::PUT | Method::PATCH | Method::DELETE => path.starts_with("/v1/me"),
        _ => false,
    };
    let answer = next.run(request).await;
    if destroys && answer.status().is_success() {
        world.forget().await;
    }
    if !reads {
        world.wake.notify_one();
    }
    answer
}
