//! DynamoDB Local: fetched by Maven, started as a child, asked to keep the store's promises.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::promises::{self, Suite};
use super::server::{self, Server};
use crate::run::{self, Outcome};

const POM: &str = "infra/xtask/dynamodb-local/pom.xml";
const MAIN_CLASS: &str = "software.amazon.dynamodb.services.local.main.ServerRunner";

/// It runs for minutes only: compiling thoroughly would cost more than that gives back.
const QUICK: &[&str] = &["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/// Whose tables a caller sees.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tables {
    /// Everybody's.
    Shared,
    /// Those of its access key alone, in a database of their own.
    OfTheCaller,
}

/// Fetches and starts DynamoDB Local.
pub(crate) fn start(root: &Path, tables: Tables) -> Outcome<Server> {
    run::require("java", "-version")?;
    let home = root.join("target/dynamodb-local");
    let jars = fetch(root, &home)?;
    let port = server::free_port()?;
    let mut command = Command::new("java");
    command
        .args(QUICK)
        .arg(format!("-Djava.library.path={}", jars.display()))
        .arg("-cp")
        .arg(jars.join("*"))
        .arg(MAIN_CLASS)
        // It has no option for an address and listens on all of them.
        .args(["-inMemory", "-disableTelemetry", "-port"])
        .arg(port.to_string());
    if let Tables::Shared = tables {
        command.arg("-sharedDb");
    }
    Server::start("DynamoDB Local", port, &home.join("server.log"), &mut command)
}

/// Starts DynamoDB Local, and runs the store's promises on it.
pub(crate) fn run(root: &Path) -> Outcome {
    let server = start(root, Tables::Shared)?;
    promises::run(
        root,
        &Suite {
            test: "promises",
            filter: "dynamodb_local",
            variable: "PC_DYNAMODB_LOCAL",
            value: server.url(),
        },
        &server,
    )
}

/// Copies the jars and native libraries to `home`, once per version of the POM.
fn fetch(root: &Path, home: &Path) -> Outcome<PathBuf> {
    let pom = root.join(POM);
    let jars = home.join("lib");
    let wanted = fs::read(&pom).map_err(|error| format!("{POM}: {error}"))?;
    let fetched = home.join("fetched.xml");
    if fs::read(&fetched).is_ok_and(|there| there == wanted) {
        return Ok(jars);
    }
    eprintln!("contract: fetching DynamoDB Local");
    run::require("mvn", "-version")?;
    run::run(
        Command::new("mvn")
            .args(["-q", "-B", "-f"])
            .arg(&pom)
            .arg("dependency:copy-dependencies")
            .arg(format!("-DoutputDirectory={}", jars.display())),
    )?;
    fs::write(&fetched, wanted).map_err(|error| format!("{}: {error}", fetched.display()))?;
    Ok(jars)
}
