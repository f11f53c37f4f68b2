//! A mail server that does as its script says: it speaks SMTP, refuses, cuts, hangs and babbles.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A place in the dialogue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum At {
    Connect,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Content,
    Quit,
}

/// What the server does there, in place of what it should.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    Says(&'static str),
    Cuts,
    Hangs,
}

/// How it secures connections.
#[derive(Clone)]
pub(crate) enum Secured {
    No,
    Starttls(TlsAcceptor),
    Implicit(TlsAcceptor),
}

/// A mail that it took on, or the beginning of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Got {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) content: String,
}

/// The server.
pub(crate) struct Peer {
    pub(crate) port: u16,
    secured: Secured,
    features: &'static [&'static str],
    script: Mutex<VecDeque<(At, Does)>>,
    got: Mutex<Vec<Got>>,
    said: Mutex<String>,
}

/// What a modern server can do.
const FEATURES: &[&str] = &["8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN"];
/// The name and password that it knows: `center` and `open sesame`, in base 64 (RFC 4616).
const LOGIN: &str = "AGNlbnRlcgBvcGVuIHNlc2FtZQ==";

impl Peer {
    /// Listens on a port of the loopback.
    pub(crate) async fn start(secured: Secured, script: &[(At, Does)]) -> Arc<Self> {
        Self::with(secured, script, FEATURES).await
    }

    /// The same, with features of its own.
    pub(crate) async fn with(
        secured: Secured,
        script: &[(At, Does)],
        features: &'static [&'static str],
    ) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let peer = Arc::new(Self {
            port: listener.local_addr().expect("an address").port(),
            secured,
            features,
            script: Mutex::new(script.iter().copied().collect()),
            got: Mutex::default(),
            said: Mutex::default(),
        });
        let listening = peer.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(listening.clone().serve(tcp));
            }
        });
        peer
    }

    /// The mails whose last line arrived.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("no panic before").clone()
    }

    /// Everything that was said to it and that it could read.
    pub(crate) fn heard(&self) -> String {
        self.said.lock().expect("no panic before").clone()
    }

    async fn serve(self: Arc<Self>, tcp: TcpStream) {
        match self.secured.clone() {
            Secured::Implicit(acceptor) => {
                let Ok(tls) = acceptor.accept(tcp).await else { return };
                self.talk(tls, Some(At::Connect)).await;
            }
            Secured::No => {
                self.talk(tcp, Some(At::Connect)).await;
            }
            Secured::Starttls(acceptor) => {
                let Some(tcp) = self.talk(tcp, Some(At::Connect)).await else { return };
                let Ok(tls) = acceptor.accept(tcp).await else { return };
                self.talk(tls, None).await;
            }
        }
    }

    /// What it does at a place, where its script has something for it.
    fn act(&self, at: At) -> Option<Does> {
        let mut script = self.script.lock().expect("no panic before");
        let next = script.front().filter(|(place, _)| *place == at).map(|(_, does)| *does);
        if next.is_some() {
            script.pop_front();
        }
        next
    }

    /// Answers at a place; `false` where the connection is over.
    async fn answer(&self, to: &mut (impl AsyncWrite + Unpin), at: At, usual: &str) -> bool {
        let text = match self.act(at) {
            None => usual.to_owned(),
            Some(Does::Says(text)) => text.to_owned(),
            Some(Does::Cuts) => return false,
            Some(Does::Hangs) => std::future::pending().await,
        };
        to.write_all(format!("{text}\r\n").as_bytes()).await.is_ok() && to.flush().await.is_ok()
    }

    /// Speaks until the end, or until the connection is to be secured: then it gives it back.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        greets: Option<At>,
    ) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if let Some(at) = greets
            && !self.answer(&mut stream, at, "220 peer.example ESMTP").await
        {
            return None;
        }
        let mut mail = Got::default();
        loop {
            let line = self.line(&mut stream).await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let (at, usual) = match verb.as_str() {
                "EHLO" => (At::Ehlo, self.offers(greets.is_some())),
                "STARTTLS" => (At::Starttls, "220 go ahead".to_owned()),
                "AUTH" if line.ends_with(LOGIN) => (At::Auth, "235 welcome".to_owned()),
                "AUTH" => (At::Auth, "535 5.7.8 who are you, canary?".to_owned()),
                "MAIL" => (At::Mail, "250 fine".to_owned()),
                "RCPT" => (At::Rcpt, "250 fine".to_owned()),
                "DATA" => (At::Data, "354 go ahead".to_owned()),
                "QUIT" => (At::Quit, "221 bye".to_owned()),
                _ => return None,
            };
            match at {
                At::Mail => mail.sender = line,
                At::Rcpt => mail.recipient = line,
                _ => {}
            }
            if !self.answer(&mut stream, at, &usual).await || at == At::Quit {
                return None;
            }
            if at == At::Starttls {
                return Some(stream.into_inner());
            }
            if at == At::Data && !self.content(&mut stream, std::mem::take(&mut mail)).await? {
                return None;
            }
        }
    }

    /// Takes the content, up to the line with a dot; answers.
    async fn content<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        mut mail: Got,
    ) -> Option<bool> {
        loop {
            let line = self.line(stream).await?;
            // What is no mail: the client goes on without having been told to.
            if line == "QUIT" {
                return Some(false);
            }
            if line == "." {
                break;
            }
            mail.content.push_str(line.strip_prefix('.').unwrap_or(&line));
            mail.content.push('\n');
        }
        self.got.lock().expect("no panic before").push(mail);
        Some(self.answer(stream, At::Content, "250 taken").await)
    }

    async fn line<S: AsyncRead + Unpin>(&self, stream: &mut BufReader<S>) -> Option<String> {
        let mut line = String::new();
        let read = stream.read_line(&mut line).await.ok()?;
        self.said.lock().expect("no panic before").push_str(&line);
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn offers(&self, in_clear: bool) -> String {
        let starttls = in_clear && matches!(self.secured, Secured::Starttls(_));
        let mut offers = vec!["peer.example"];
        offers.extend(self.features);
        offers.extend(starttls.then_some("STARTTLS"));
        let last = offers.len() - 1;
        let line = |(at, offer): (usize, &&str)| {
            format!("250{}{offer}", if at == last { ' ' } else { '-' })
        };
        offers.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }
}
