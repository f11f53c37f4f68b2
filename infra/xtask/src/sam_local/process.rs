//! Servers that live as long as their handles, and calls to them.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::run::{Outcome, cannot_start};

const PAUSE: Duration = Duration::from_millis(250);
/// Two minutes of pauses: a loaded machine needs half of one.
const TRIES: u32 = 480;
/// How long an answer may take; a cold container needs seconds.
const PATIENCE: Duration = Duration::from_mins(2);
/// How much of a log a failure shows.
const LINES_SHOWN: usize = 30;

/// A server that answers at an address; dropping it ends it.
pub(super) struct Sam {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Sam {
    /// Starts a server, and waits until something listens at its address.
    pub(super) fn start(address: SocketAddr, log: &Path, command: &mut Command) -> Outcome<Self> {
        let said = |error| format!("{}: {error}", log.display());
        let out = File::create(log).map_err(said)?;
        let err = out.try_clone().map_err(said)?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        let child = command.spawn().map_err(|error| cannot_start(command, &error))?;
        let mut server = Self { child, address, log: log.to_owned() };
        for _ in 0..TRIES {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(server.failure(&format!("ended ({status})")));
            }
            if TcpStream::connect_timeout(&address, PAUSE).is_ok() {
                return Ok(server);
            }
            thread::sleep(PAUSE);
        }
        Err(server.failure("does not listen"))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What went wrong, with the end of the server's log.
    pub(super) fn failure(&self, what: &str) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(LINES_SHOWN)..];
        format!("{what}; the end of {}:\n{}", self.log.display(), shown.join("\n"))
    }
}

impl Drop for Sam {
    fn drop(&mut self) {
        // SAM removes its containers where it is asked to end, and not where it is killed.
        let _asked = Command::new("kill").arg(self.child.id().to_string()).status();
        for _ in 0..40 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(PAUSE);
        }
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// An address where nobody listens now.
pub(super) fn free(host: IpAddr) -> Outcome<SocketAddr> {
    TcpListener::bind((host, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no free port on {host}: {error}"))
}

/// Posts to a server; gives the answer's body where the status is a success.
pub(super) fn post(
    to: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Outcome<String> {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n{body}",
        headers.concat(),
        body.len()
    );
    let mut answer = String::new();
    TcpStream::connect(to)
        .and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(request.as_bytes())?;
            stream.read_to_string(&mut answer)
        })
        .map_err(|error| format!("{to}{path}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if status.starts_with('2') { Ok(body.to_owned()) } else { Err(format!("{to}{path}: {answer}")) }
}
