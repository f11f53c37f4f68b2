//! moto's KMS: real AES-GCM with the encryption context as associated data.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::promises::{self, Suite};
use super::server::{self, Server};
use crate::python;
use crate::run::Outcome;

pub(crate) const PACKAGES: &[&str] = &["moto[server]==5.2.5"];

/// Installs and starts moto.
pub(crate) fn start(root: &Path) -> Outcome<Server> {
    let bin = python::environment(root, PACKAGES)?;
    let home = root.join("target/moto");
    fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    let port = server::free_port()?;
    Server::start(
        "moto",
        port,
        &home.join("server.log"),
        Command::new(bin.join("moto_server")).args(["-H", "127.0.0.1", "-p"]).arg(port.to_string()),
    )
}

/// Starts moto, and runs the promises of the KMS port on it.
pub(crate) fn run(root: &Path) -> Outcome {
    let server = start(root)?;
    promises::run(
        root,
        &Suite { test: "kms_promises", filter: "moto", variable: "PC_MOTO", value: server.url() },
        &server,
    )
}
