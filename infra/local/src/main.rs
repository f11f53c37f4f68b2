//! The command of the bundle: `cargo run` serves it, `cargo run -- demo` tells its story.

use clap::{Parser, Subcommand};
use personal_center::run::{Place, Settings, lock, serve, serve_engine};
use personal_center::world::DATABASE;
use personal_center::{World, clauses, demo, ledger, openapi, tables};
use shared::ledger::verify::verify;
use shared::rotation::{self, Begun};
use shared::vault::RootUse;
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Serves Personal Center on an embedded database. Nothing to set up.
#[derive(Parser)]
#[command(name = "personal-center", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Plays one person's story in a temporary folder, and prints it.
    Demo,
    /// Exports or verifies the ledger.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Begins to rotate a root key; `cargo run` goes on with it while it serves.
    Rotate {
        /// `branch`, `index` or `receipts`.
        #[arg(value_parser = root_use)]
        usage: RootUse,
        #[command(flatten)]
        place: Place,
    },
    /// Serves an empty database, for functions in containers of `sam local`.
    Engine {
        /// Where it listens: an address of this machine, and a port.
        #[arg(long, default_value = "127.0.0.1:8000")]
        bind: SocketAddr,
    },
    /// Prints the API document.
    Openapi,
    /// Prints a table for `docs/`.
    Table {
        /// `inventory`, `retention`, `problems` or `clauses`.
        name: String,
    },
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Prints every entry and every head, one JSON object a line.
    Export {
        #[command(flatten)]
        place: Place,
    },
    /// Verifies an export: finds what was changed, is missing, was added or reordered.
    Verify {
        /// The export.
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            let _unwritable = writeln!(io::stderr(), "personal-center: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> io::Result<ExitCode> {
    let mut out = io::stdout();
    match cli.command {
        None => serve(cli.settings).await?,
        Some(Command::Demo) => demo::play(&mut out).await?,
        Some(Command::Engine { bind }) => serve_engine(bind).await?,
        Some(Command::Openapi) => write!(out, "{}", openapi::snapshot()?)?,
        Some(Command::Table { name }) => match name.as_str() {
            "inventory" => write!(out, "{}", tables::inventory())?,
            "retention" => write!(out, "{}", tables::retention())?,
            "problems" => write!(out, "{}", tables::problems())?,
            "clauses" => write!(out, "{}", clauses::page()?)?,
            _ => {
                let known = "no such table; there are: inventory, retention, problems, clauses";
                return Err(io::Error::other(known));
            }
        },
        Some(Command::Ledger(LedgerCommand::Export { place })) => {
            write!(out, "{}", export(place.of(&cli.settings)).await?)?;
        }
        Some(Command::Rotate { usage, place }) => {
            return rotate(usage, place.of(&cli.settings)).await;
        }
        Some(Command::Ledger(LedgerCommand::Verify { file })) => return verify_file(&file),
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(settings: Settings) -> io::Result<String> {
    let (_lock, world) = there(&settings, "ledger export").await?;
    ledger::export(&world.ports).await.map_err(io::Error::other)
}

fn root_use(name: &str) -> Result<RootUse, String> {
    RootUse::parse(name).ok_or_else(|| "there are: branch, index, receipts".to_owned())
}

async fn rotate(usage: RootUse, settings: Settings) -> io::Result<ExitCode> {
    let (_lock, world) = there(&settings, "rotate").await?;
    let begun = rotation::begin(&world.ports, usage).await.map_err(io::Error::other)?;
    let (name, mut out) = (usage.name(), io::stdout());
    match begun {
        Begun::Begun(_) => {
            writeln!(
                out,
                "the next {name} key is there; `cargo run` goes on with it in ten minutes"
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Begun::Refused(_) => {
            writeln!(
                out,
                "a rotation of the {name} key is under way; `cargo run` goes on with it"
            )?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The world of a folder that has a database, held for this command alone.
async fn there(settings: &Settings, command: &str) -> io::Result<(File, World)> {
    if !settings.data.join(DATABASE).is_file() {
        let folder = settings.data.display();
        let hint = format!("name its folder: `{command} --data FOLDER`");
        return Err(io::Error::other(format!("there is no database in {folder}; {hint}")));
    }
    let lock = lock(settings)?;
    Ok((lock, World::open(settings.options()).await?))
}

fn verify_file(file: &std::path::Path) -> io::Result<ExitCode> {
    let mut out = io::stdout();
    let path = file.display();
    let unread = |error| {
        let hint = "name the file of an export: `ledger export > FILE` writes one";
        io::Error::other(format!("{path} cannot be read ({error}); {hint}"))
    };
    let report = verify(&std::fs::read_to_string(file).map_err(unread)?);
    let (entries, chains) = (report.entries, report.chains);
    let mut findings: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    if findings.is_empty() && entries == 0 {
        findings.push(format!("{path} has no entry: there is nothing to verify"));
    }
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    writeln!(out, "{entries} entries in {chains} chains, {} findings", findings.len())?;
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn verify_text(text: &str) -> io::Result<ExitCode> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ledger.jsonl");
        std::fs::write(&file, text).expect("a file");
        let words = ["personal-center", "ledger", "verify", file.to_str().expect("a path")];
        run(Cli::try_parse_from(words).expect("a command")).await
    }

    #[tokio::test]
    async fn c_7_5_the_command_fails_where_the_ledger_was_changed() {
        // Nothing was verified: that is no success.
        assert_eq!(verify_text("").await.expect("reads"), ExitCode::FAILURE);
        assert_eq!(verify_text("{}").await.expect("reads"), ExitCode::FAILURE);
        let missing = Cli::try_parse_from(["personal-center", "ledger", "verify", "/no/such/file"]);
        assert!(run(missing.expect("a command")).await.is_err());
    }
}
