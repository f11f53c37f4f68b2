//! aiosmtpd: a mail server that others wrote, with TLS, log-ins and Python's own reader of mails.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::promises::{self, Suite};
use super::server::{self, Server};
use crate::python;
use crate::run::Outcome;

const PACKAGES: &[&str] = &["aiosmtpd==1.4.6", "trustme==1.2.1"];
const SCRIPT: &str = "infra/xtask/smtp/server.py";

/// Installs and starts aiosmtpd, and sends mails to it.
pub(crate) fn run(root: &Path) -> Outcome {
    let bin = python::environment(root, PACKAGES)?;
    let home = root.join("target/aiosmtpd");
    let said = |error| format!("{}: {error}", home.display());
    // What an earlier run got proves nothing.
    let _nothing_there = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(said)?;
    let (starttls, implicit) = (server::free_port()?, server::free_port()?);
    let server = Server::start(
        "aiosmtpd",
        starttls,
        &home.join("server.log"),
        Command::new(bin.join("python"))
            .arg(root.join(SCRIPT))
            .arg(&home)
            .arg(starttls.to_string())
            .arg(implicit.to_string()),
    )?;
    let suite = |test| Suite {
        test,
        filter: "aiosmtpd",
        variable: "PC_AIOSMTPD",
        value: home.display().to_string(),
    };
    promises::run(root, &suite("aiosmtpd"), &server)?;
    promises::run(root, &suite("it"), &server)
}
