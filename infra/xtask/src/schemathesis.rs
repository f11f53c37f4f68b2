//! `cargo xtask schemathesis`: Schemathesis against `cargo run`'s server, by the API document that
//! it serves, anonymous and as a person.
//!
//! It makes up requests that fit the document, and some that do not. No answer may be a fault of the
//! service, or one that the document does not have: status, content type, headers and body.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::contract::server::{self, Server};
use crate::python;
use crate::run::{self, Outcome};

/// The second one makes up the requests: another version would make up others.
const PACKAGES: &[&str] = &["schemathesis==4.32.5", "hypothesis==6.170.17"];
/// Where the person is who asks.
const HOOKS: &str = "infra/xtask/schemathesis";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method";
/// Every run makes the same requests, so many of an operation in the phase that draws them.
const BOUNDS: &[&str] = &["--seed", "7", "--max-examples", "15"];
/// How long one run may take, in seconds; it needs sixty.
const PATIENCE: &str = "300";

/// Who asks.
#[derive(Clone, Copy)]
enum Asker {
    Anonymous,
    Person,
}

/// Starts the server on a new folder, and runs Schemathesis twice.
pub(crate) fn schemathesis(root: &Path) -> Outcome {
    let bin = python::separate(root, "venv-schemathesis", PACKAGES)?;
    let home = root.join("target/schemathesis");
    let said = |error| format!("{}: {error}", home.display());
    // The folder of an earlier run is full of people.
    let _nothing_there = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(said)?;
    let port = server::free_port()?;
    let mut command = run::personal_center(root)?;
    command.arg("--data").arg(home.join("data")).arg("--port").arg(port.to_string());
    let server = Server::start("personal-center", port, &home.join("server.log"), &mut command)?;
    for (name, asker) in [("anonymous", Asker::Anonymous), ("as a person", Asker::Person)] {
        eprintln!("schemathesis: {name}");
        let ran = run::run(&mut ask(root, &bin, (&server, &home), asker));
        ran.map_err(|problem| format!("{name}: {problem}"))?;
    }
    let reached = home.join("reached");
    judge(&fs::read_to_string(&reached).map_err(|e| format!("{}: {e}", reached.display()))?)
}

/// One run of it, in a folder of its own: what it keeps of what it found would be run first.
fn ask(root: &Path, bin: &Path, (server, home): (&Server, &Path), asker: Asker) -> Command {
    let mut command = Command::new("timeout");
    command
        .arg(PATIENCE)
        .arg(bin.join("schemathesis"))
        .args(["run", "--no-color", "--warnings", "off", "--continue-on-failure"])
        .args(["--phases", "examples,coverage,fuzzing", "--checks", CHECKS])
        .args(["--generation-database", "none"])
        .args(BOUNDS)
        .arg(format!("{}/openapi.json", server.url()))
        .current_dir(home)
        .env("PYTHONPATH", root.join(HOOKS))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PC_API", server.url());
    if let Asker::Person = asker {
        command.env("PC_MAILBOX", home.join("data/mailbox"));
        command.env("PC_REACHED", home.join("reached"));
    }
    command
}

/// Fails where too little succeeded: requests that go no further than the first check prove little.
///
/// A line is how often an operation succeeded, and which it is.
fn judge(reached: &str) -> Outcome {
    let never: Vec<_> = reached.lines().filter_map(|line| line.strip_prefix("0 ")).collect();
    let all = reached.lines().count();
    eprintln!("schemathesis: {} of {all} operations succeeded", all - never.len());
    for operation in &never {
        eprintln!("schemathesis: never succeeded: {operation}");
    }
    if all == 0 || never.len() * 4 > all {
        return Err(format!("too little succeeded: {HOOKS}/hooks.py gives what is right"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_of_four_operations_have_to_succeed() {
        assert_eq!(judge("3 GET /a\n1 GET /b\n0 GET /c\n10 GET /d\n"), Ok(()));
        assert!(judge("3 GET /a\n0 GET /b\n0 GET /c\n10 GET /d\n").is_err());
        assert!(judge("").is_err());
    }
}
