//! A server that lives exactly as long as its handle.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::run::{Outcome, cannot_start};

const PAUSE: Duration = Duration::from_millis(250);
/// A minute of pauses; a slow machine needs ten seconds.
const TRIES: u32 = 240;
/// How much of the log a failure shows.
const LINES_SHOWN: usize = 20;

/// A child process that answers HTTP or SMTP on a loopback port; dropping it ends it.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Server {
    /// Starts `command`, its output going to `log`, and waits until it answers.
    pub(crate) fn start(
        name: &'static str,
        port: u16,
        log: &Path,
        command: &mut Command,
    ) -> Outcome<Self> {
        let cannot_log = |error| format!("{}: {error}", log.display());
        let out = File::create(log).map_err(cannot_log)?;
        let err = out.try_clone().map_err(cannot_log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(|error| cannot_start(command, &error))?;
        let mut server = Self { name, child, port, log: log.to_owned() };
        server.wait()?;
        eprintln!("{name} answers on port {port}");
        Ok(server)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn wait(&mut self) -> Outcome {
        for _ in 0..TRIES {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failure(&format!("ended before it answered ({status})")));
            }
            if answers(self.port) {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        Err(self.failure("did not answer within a minute"))
    }

    /// What went wrong, with the end of the server's own log.
    fn failure(&self, what: &str) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(LINES_SHOWN)..];
        format!("{} {what}; the end of {}:\n{}", self.name, self.log.display(), shown.join("\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either call fails only when the child has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback port that nobody listens on now.
pub(crate) fn free_port() -> Outcome<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on loopback: {error}"))
}

/// Whether anything that speaks HTTP or SMTP is there; the status does not matter.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, PAUSE) else {
        return false;
    };
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut start = [0; 5];
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .and_then(|()| stream.write_all(request.as_bytes()))
        .and_then(|()| stream.read_exact(&mut start))
        .is_ok_and(|()| &start == b"HTTP/" || start.starts_with(b"220 "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_ends_early_is_reported_with_its_log() {
        let log = std::env::temp_dir().join(format!("xtask-test-{}.log", std::process::id()));
        let port = free_port().unwrap();
        let started = Server::start(
            "toy",
            port,
            &log,
            Command::new("sh").args(["-c", "echo no such class >&2; exit 1"]),
        );
        let problem = started.err().unwrap();
        fs::remove_file(&log).unwrap();
        assert!(problem.contains("ended before it answered"), "{problem}");
        assert!(problem.contains("no such class"), "{problem}");
    }

    #[test]
    fn silence_is_no_answer() {
        assert!(!answers(free_port().unwrap()));
    }
}
