//! A small HTTP/1.1 client over a socket: one connection for each request.

use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A client of one server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) SocketAddr);

/// What came back whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) body: Value,
}

/// A request, but for its body.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) if_match: Option<&'a str>,
}

impl Client {
    /// Sends a request.
    ///
    /// # Errors
    ///
    /// Where the answer did not arrive whole: what was asked may or may not have happened.
    pub(crate) async fn send(self, ask: Ask<'_>, body: Option<&Value>) -> io::Result<Reply> {
        let Ask { method, path, token, if_match } = ask;
        let body = body.map(Value::to_string).unwrap_or_default();
        let length = body.len().to_string();
        let (kind, length) = if body.is_empty() {
            (None, None)
        } else {
            (Some("application/json"), Some(length.as_str()))
        };
        let host = self.0.to_string();
        let fields = [
            ("Host:", Some(host.as_str())),
            ("Connection:", Some("close")),
            ("Authorization: Bearer", token),
            ("If-Match:", if_match),
            ("Content-Type:", kind),
            ("Content-Length:", length),
        ];
        let field = |(name, value): (&str, Option<&str>)| value.map(|v| format!("{name} {v}\r\n"));
        let fields: String = fields.into_iter().filter_map(field).collect();
        let head = format!("{method} {path} HTTP/1.1\r\n{fields}");
        let mut socket = TcpStream::connect(self.0).await?;
        socket.write_all(format!("{head}\r\n{body}").as_bytes()).await?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await?;
        read(&String::from_utf8_lossy(&answer)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// Reads an answer; `None` where a part of it is missing.
fn read(answer: &str) -> Option<Reply> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |wanted: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let length: usize = header("content-length").map_or(Some(0), |n| n.parse().ok())?;
    (body.len() == length).then_some(())?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).ok()? };
    Some(Reply { status, etag: header("etag").map(str::to_owned), body })
}

#[test]
fn an_answer_that_was_cut_does_not_count() {
    let whole = "HTTP/1.1 200 OK\r\nETag: \"2\"\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
    let reply = read(whole).expect("a reply");
    assert_eq!((reply.status, reply.etag.as_deref()), (200, Some("\"2\"")));
    for end in 0..whole.len() {
        assert!(read(&whole[..end]).is_none(), "{}", &whole[..end]);
    }
}
