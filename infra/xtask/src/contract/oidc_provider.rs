//! oidc-provider: an OpenID provider that others wrote, and that is certified.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::promises::{self, Suite};
use super::server::{self, Server};
use crate::run::{self, Outcome};

const PACKAGE: &str = "oidc-provider@9.13.3";
const SCRIPT: &str = "infra/xtask/oidc/server.mjs";
/// Where local mode lets people come back to.
const REDIRECT: &str = "http://127.0.0.1:8080/v1/third-party-returns/example";

/// Installs and starts oidc-provider, and logs in by it.
pub(crate) fn run(root: &Path) -> Outcome {
    run::require("node", "--version")?;
    run::require("npm", "--version")?;
    let home = root.join("target/oidc-provider");
    fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    // Pinned, so a second run finds it there.
    let install =
        ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix"];
    run::run(Command::new("npm").args(install).arg(&home).arg(PACKAGE))?;
    let port = server::free_port()?;
    let server = Server::start(
        "oidc-provider",
        port,
        &home.join("server.log"),
        Command::new("node")
            .current_dir(&home)
            .arg(root.join(SCRIPT))
            .arg(port.to_string())
            .arg(REDIRECT),
    )?;
    let suite = Suite {
        test: "it",
        filter: "oidc_provider",
        variable: "PC_OIDC_PROVIDER",
        value: server.url(),
    };
    promises::run(root, &suite, &server)
}
