//! How a function ends: it says why in the log, and to the Runtime API where it never started.

use crate::error::{Error, Kind};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

/// What a function's `main` ends with.
pub type Ending = ExitCode;

/// Ends an environment that could not start. The Runtime API is told, so that whoever looks at the
/// function sees the settings to correct, and not only that it exited.
pub(super) fn not_started(error: &Error, runtime_api: Option<&str>) -> Ending {
    tracing::error!(cause = error.chain(), "not started");
    if runtime_api.is_some_and(|address| tell(error, address).is_err()) {
        tracing::warn!("the Runtime API does not know");
    }
    ExitCode::FAILURE
}

/// Ends an environment that was serving.
pub(super) fn stopped(served: &Result<(), lambda_runtime::Error>) -> Ending {
    if served.is_ok() {
        return ExitCode::SUCCESS;
    }
    // The text of an error from outside may quote what it was about.
    tracing::error!("the Runtime API failed");
    ExitCode::FAILURE
}

/// Posts the error of an Init: one request, on a connection of its own.
fn tell(error: &Error, address: &str) -> std::io::Result<()> {
    let kind = if *error.kind() == Kind::Config { "Init.Config" } else { "Init.Error" };
    let text = error.chain();
    let body = json!({"errorType": kind, "errorMessage": text, "stackTrace": []}).to_string();
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         lambda-runtime-function-error-type: {kind}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    // The environment may be gone as soon as this process is: not before the answer came.
    stream.read_to_end(&mut Vec::new()).map(drop)
}
