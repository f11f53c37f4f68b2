//! From the start of a process to its first poll of the Runtime API, beside the bare function's.
//!
//! Threads and blocking sockets, so that next to nothing of what is measured is the measuring.

use crate::{SPAWNS, median};
use shared::testing::binary::Variables;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// What the database answers to Init's read: no such row.
const EMPTY: &str = r#"{"Responses":{},"UnprocessedKeys":{}}"#;

/// The medians of a function and of the bare one, started in turn, so that both meet the same load.
pub(crate) fn beside(function: &str, bare: &str) -> [Duration; 2] {
    let variables = Variables::default().with("AWS_ENDPOINT_URL_DYNAMODB", &database());
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for _ in 0..SPAWNS {
        other.push(once(bare, &variables));
        own.push(once(function, &variables));
    }
    [median(own), median(other)]
}

fn once(path: &str, variables: &Variables) -> Duration {
    let api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = api.local_addr().expect("an address").to_string();
    let mut command = variables.command(path, &address);
    let began = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn().expect("starts");
    let (stream, _) = api.accept().expect("a connection");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("a request");
    let took = began.elapsed();
    child.kill().and_then(|()| child.wait()).expect("ends");
    assert!(line.starts_with("GET /2018-06-01/runtime/invocation/next "), "{line}");
    took
}

/// A database that answers the one read of an Init, and nothing else.
fn database() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    format!("http://{address}")
}

/// Answers the requests of a connection until it is closed.
fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        reader.read_exact(&mut vec![0; length])?;
        write!(
            reader.get_mut(),
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n{EMPTY}",
            EMPTY.len()
        )?;
    }
}
