//! A client that writes without a pause, and remembers what it was answered.

use crate::app::{PASSWORD, TestApp};
use crate::client::{Ask, Client, Reply};
use crate::crash::Tally;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// An account that was made with an answer.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    email: String,
    token: String,
}

/// A person at a client, and what the server said to them.
pub(crate) struct Writer {
    account: Account,
    number: usize,
    /// The version and the name that the last answer acknowledged.
    known: (u64, Option<String>),
    /// The name that was sent and not answered.
    pending: Option<String>,
    /// Sessions that were opened with an answer, and not asked to end.
    sessions: Vec<String>,
    /// Accounts that were made with an answer.
    pub(crate) registered: Vec<Account>,
}

fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

async fn post(client: Client, path: &str, body: &Value) -> io::Result<Reply> {
    client.send(Ask { method: "POST", path, ..Ask::default() }, Some(body)).await
}

async fn get(client: Client, path: &str, token: &str) -> io::Result<Reply> {
    client.send(Ask { method: "GET", path, token: Some(token), ..Ask::default() }, None).await
}

/// Registers an account, with the code from the server's mailbox.
///
/// # Errors
///
/// Where an answer did not come.
pub(crate) async fn registers(client: Client, folder: &Path, email: &str) -> io::Result<Account> {
    let asked = post(client, "/v1/verifications", &TestApp::code_request(email)).await?;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let code = mailed_code(client, folder, email).await?;
    let body = TestApp::account_request(&asked.body["verification"], &code);
    let made = post(client, "/v1/accounts", &body).await?;
    assert_eq!(made.status, 201, "{}", made.body);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    Ok(Account { email: email.to_owned(), token })
}

/// Waits for the mail to an address, as long as the server answers.
async fn mailed_code(client: Client, folder: &Path, email: &str) -> io::Result<String> {
    let to = format!("To: {email}\n");
    loop {
        for entry in std::fs::read_dir(folder.join("mailbox"))? {
            let text = std::fs::read_to_string(entry?.path()).unwrap_or_default();
            let code = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
            let code = text.split_whitespace().find(code).filter(|_| text.contains(&to));
            if let Some(code) = code {
                return Ok(code.to_owned());
            }
        }
        tokio::net::TcpStream::connect(client.0).await?;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl Writer {
    pub(crate) fn new(account: Account, number: usize) -> Self {
        let sessions = vec![account.token.clone()];
        let (known, pending, registered) = ((1, None), None, Vec::new());
        Self { account, number, known, pending, sessions, registered }
    }

    /// Writes until the server does not answer any more.
    pub(crate) async fn write(
        mut self,
        (client, folder): (Client, PathBuf),
        round: usize,
        tally: Arc<Tally>,
    ) -> Self {
        for turn in 0.. {
            let written = match (self.number, turn % 4) {
                // Two of eight only register.
                (0 | 1, _) => self.register((client, &folder), round, turn).await,
                (_, 3) if self.sessions.len() < 4 => self.log_in(client).await,
                (_, 3) => self.log_out(client).await,
                _ => self.correct(client, format!("{round} {turn}")).await,
            };
            match written {
                Ok(()) => tally.add(self.number < 2),
                Err(_) => break,
            }
        }
        self
    }

    async fn correct(&mut self, client: Client, name: String) -> io::Result<()> {
        let body = json!({"display_name": name});
        self.pending = Some(name);
        let (token, if_match) = (Some(self.account.token.as_str()), etag(self.known.0));
        let if_match = Some(if_match.as_str());
        let ask = Ask { method: "PATCH", path: "/v1/me", token, if_match };
        let reply = client.send(ask, Some(&body)).await?;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.known = (self.known.0 + 1, self.pending.take());
        assert_eq!(reply.etag, Some(etag(self.known.0)));
        Ok(())
    }

    async fn log_in(&mut self, client: Client) -> io::Result<()> {
        let body = json!({"login": self.account.email, "password": PASSWORD});
        let reply = post(client, "/v1/sessions", &body).await?;
        if reply.status == 429 {
            // A log-in that a kill cut off stays counted: after several of them one waits.
            return Ok(());
        }
        assert_eq!(reply.status, 201, "{}", reply.body);
        self.sessions.push(reply.body["token"].as_str().expect("a token").to_owned());
        Ok(())
    }

    /// Ends the newest session; the first one stays, to write with.
    async fn log_out(&mut self, client: Client) -> io::Result<()> {
        let token = self.sessions.pop().expect("a session");
        let path = "/v1/sessions/current";
        let ask = Ask { method: "DELETE", path, token: Some(&token), ..Ask::default() };
        let reply = client.send(ask, None).await?;
        assert_eq!(reply.status, 204, "{}", reply.body);
        assert_eq!(get(client, "/v1/me", &token).await?.status, 401);
        Ok(())
    }

    async fn register(
        &mut self,
        (client, folder): (Client, &Path),
        round: usize,
        turn: usize,
    ) -> io::Result<()> {
        let email = format!("{}-{round}-{turn}@example.org", self.number);
        self.registered.push(registers(client, folder, &email).await?);
        Ok(())
    }

    /// Checks that all that was answered is there, and of what was not, all or nothing.
    pub(crate) async fn check(&mut self, client: Client) {
        let me = get(client, "/v1/me", &self.account.token).await.expect("an answer");
        assert_eq!(me.status, 200, "{}", me.body);
        let name = me.body["display_name"].as_str().map(str::to_owned);
        if me.etag == Some(etag(self.known.0 + 1)) && self.pending.is_some() {
            self.known = (self.known.0 + 1, self.pending.take());
        }
        self.pending = None;
        assert_eq!((me.etag, name), (Some(etag(self.known.0)), self.known.1.clone()));
        for token in &self.sessions {
            let me = get(client, "/v1/me", token).await.expect("an answer");
            assert_eq!(me.status, 200, "a session that was opened");
        }
        for account in &self.registered {
            let me = get(client, "/v1/me", &account.token).await.expect("an answer");
            assert_eq!((me.status, me.body["email"].as_str()), (200, Some(&*account.email)));
        }
        self.end_unknown_sessions(client).await;
    }

    /// Ends the sessions whose opening was not answered, so that they do not fill the limit.
    async fn end_unknown_sessions(&self, client: Client) {
        let listed = get(client, "/v1/sessions", &self.account.token).await.expect("an answer");
        for session in listed.body["sessions"].as_array().expect("a list") {
            let id = session["id"].as_str().expect("an id");
            let body = id.split_once('_').expect("an id").1;
            if !self.sessions.iter().any(|token| token.contains(body)) {
                let (path, token) = (format!("/v1/sessions/{id}"), Some(&*self.account.token));
                let ask = Ask { method: "DELETE", path: &path, token, ..Ask::default() };
                assert_eq!(client.send(ask, None).await.expect("an answer").status, 204);
            }
        }
    }
}
