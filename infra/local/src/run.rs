//! `cargo run`: serves the bundle over HTTP until it is told to stop.

use crate::engine::Engine;
use crate::engine::create_tables;
use crate::providers;
use crate::world::{Options, World};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::middleware::{Next, from_fn};
use shared::clock::SystemClock;
use shared::config::Config;
use shared::domain::time::days;
use shared::http::Source;
use shared::store::{Endpoint, connect};
use std::fs::File;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// What `cargo run` can be told.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// The folder of database, local key and mailbox.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// The port on the loopback; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Moves the clock, for trying what happens later: seconds, or 90s, 15m, 8h, 7d.
    #[arg(long, default_value = "0", value_parser = duration)]
    pub clock_offset: Duration,
    /// Time between a cancellation and the erasure: seconds, or 90s, 15m, 8h, 7d.
    #[arg(long, default_value = "7d", value_parser = duration)]
    pub cooling_off: Duration,
    /// A file with the third parties that one can log in by; without it those of the run before stay.
    #[arg(long, value_name = "FILE")]
    pub providers: Option<PathBuf>,
}

impl Settings {
    /// The world that these settings describe.
    pub fn options(&self) -> Options {
        let mut options = Options::in_folder(&self.data);
        options.config.cooling_off = self.cooling_off;
        let offset_secs = i64::try_from(self.clock_offset.as_secs()).unwrap_or(i64::MAX);
        options.clock = Arc::new(SystemClock { offset_secs });
        options
    }
}

/// The database that a command works on, and its clock.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// The folder of the database.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// The clock of the server that wrote it, where that was moved: seconds, or 90s, 15m, 8h, 7d.
    #[arg(long, default_value = "0", value_parser = duration)]
    pub clock_offset: Duration,
}

impl Place {
    /// These settings, at this place.
    pub fn of(self, settings: &Settings) -> Settings {
        Settings { data: self.data, clock_offset: self.clock_offset, ..settings.clone() }
    }
}

/// The longest time that can be told.
const MOST: Duration = days(100 * 366);
/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Reads a number of seconds, or a number with a unit.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 =
        digits.parse().map_err(|_| format!("`{text}` is no time; try 0, 90s or 7d"))?;
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        unit => return Err(format!("`{unit}` is no unit; use s, m, h or d")),
    };
    let time = number.checked_mul(unit).map(Duration::from_secs).filter(|time| *time <= MOST);
    time.ok_or_else(|| format!("`{text}` is more than a hundred years"))
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
///
/// Where the folder is in use by another run, a file cannot be used, or the port is taken.
pub async fn serve(settings: Settings) -> io::Result<()> {
    shared::telemetry::start();
    let _lock = lock(&settings)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await.map_err(|e| {
        let port = settings.port;
        io::Error::other(format!("port {port} is taken ({e}); try `cargo run -- --port 0`"))
    })?;
    let mut options = settings.options();
    options.config.public_url = format!("http://{}", listener.local_addr()?);
    let world = World::open(options).await?;
    if let Some(file) = &settings.providers {
        providers::configure(&world, file).await?;
    }
    announce(&listener.local_addr()?, &world)?;
    let jobs = tokio::spawn(world.clone().keep_working());
    let app = with_source(world.router()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(stop());
    let late = async {
        stop().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended,
        () = late => Ok(()),
        why = jobs => Err(io::Error::other(format!("the jobs ended: {why:?}"))),
    }
}

/// Serves an empty database until SIGINT or SIGTERM, for functions that run elsewhere: in the
/// containers of `sam local`, which do not reach the loopback.
///
/// It is always a new one in memory. What `cargo run` keeps in a folder is sealed under keys that
/// the local provider wrapped, and no key service could open it.
///
/// # Errors
///
/// Where nothing can listen at the address.
pub async fn serve_engine(bind: SocketAddr) -> io::Result<()> {
    let engine = Engine::empty(bind).await?;
    let http = aws_smithy_http_client::Builder::new().build_http();
    let client = connect(&Endpoint::local(engine.url().to_owned()), http);
    create_tables(&client, &Config::local()).await?;
    let mut out = io::stdout();
    writeln!(out, "An empty database, in memory: it has the four tables and no keys.")?;
    writeln!(out, "  listening on  {}", engine.url())?;
    if !bind.ip().is_loopback() {
        writeln!(out, "  careful       it asks nobody who they are, and is not on the loopback")?;
    }
    out.flush()?;
    stop().await;
    Ok(())
}

/// Holds the folder for this run alone.
///
/// # Errors
///
/// Where another run has it.
pub fn lock(settings: &Settings) -> io::Result<File> {
    crate::world::make_private(&settings.data)?;
    let file = File::create(settings.data.join("lock"))?;
    file.try_lock().map_err(|_| {
        let folder = settings.data.display();
        io::Error::other(format!(
            "{folder} is in use by another run; stop that one, or try `--data OTHER_FOLDER`"
        ))
    })?;
    Ok(file)
}

/// Tells every request where it came from, as the connection has it.
pub fn with_source(router: Router) -> Router {
    router.layer(from_fn(|mut request: Request<axum::body::Body>, next: Next| async move {
        if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
            let source = Source(peer.ip());
            request.extensions_mut().insert(source);
        }
        next.run(request).await
    }))
}

fn announce(address: &SocketAddr, world: &World) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mailbox = world.mailbox.folder().display();
    writeln!(out, "Personal Center, local mode: database, keys and mail stay in one folder.")?;
    writeln!(out, "  listening on  http://{address}")?;
    writeln!(out, "  mail goes to  {mailbox}/")?;
    writeln!(out, "  try next      curl -s http://{address}/v1/policy/inventory")?;
    out.flush()
}

async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _stopped = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("7d"), Ok(shared::domain::time::days(7)));
        assert!(duration("7w").is_err() && duration("d").is_err() && duration("").is_err());
        assert!(duration("99999999999999999d").is_err());
    }
}
