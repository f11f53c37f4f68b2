//! `cargo run -- demo`: one person's story, with each request, mail and ledger line as it goes.

use crate::ledger;
use crate::world::{Options, World};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use shared::ledger::verify::{Line, verify};
use std::io::{self, Write};
use std::time::Duration;
use tower::ServiceExt;

/// Plays the story in a temporary folder.
///
/// # Errors
///
/// Where the folder cannot be used, or a step does not go as told.
pub async fn play(out: &mut impl Write) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut options = Options::in_folder(folder.path());
    options.config.cooling_off = Duration::ZERO;
    let world = World::open(options).await?;
    let router = world.router();
    let mut story = Story { world, router, out, token: None, etag: None, mails: 0, entries: 0 };
    story.tell().await
}

struct Story<'a, W> {
    world: World,
    router: Router,
    out: &'a mut W,
    token: Option<String>,
    etag: Option<String>,
    mails: usize,
    entries: usize,
}

/// What an answer says.
struct Answer {
    body: Value,
}

impl<W: Write> Story<'_, W> {
    async fn tell(&mut self) -> io::Result<()> {
        self.say("Anyone can read the policy, and what would be stored, before giving anything.")?;
        let policy = self.get(200, "/v1/policy").await?.body;
        self.say("Ada asks for a code. Her age band comes before her address.")?;
        let asked = json!({
            "purpose": "register", "channel": "email", "address": "ada@example.org",
            "age": {"band": "adult"}
        });
        let asked = self.send(202, Method::POST, "/v1/verifications", Some(asked)).await?.body;
        let code = self.mail().await?;
        self.say("She registers with the code from her mailbox.")?;
        let account = json!({
            "verification": asked["verification"], "code": code,
            "password": "correct horse battery", "policy_version": policy["version"],
            "consents": []
        });
        let account = self.send(201, Method::POST, "/v1/accounts", Some(account)).await?.body;
        self.token = account["token"].as_str().map(str::to_owned);
        self.entry().await?;
        self.say("She reads what is held about her, and corrects it.")?;
        self.get(200, "/v1/me").await?;
        let first = self.etag.clone();
        let patch = json!({"display_name": "Ada", "language": "zh-CN"});
        self.send(200, Method::PATCH, "/v1/me", Some(patch)).await?;
        self.entry().await?;
        self.say("An edit of the version she read first is refused: nothing is lost.")?;
        self.etag = first;
        let late = json!({"display_name": "Countess"});
        self.send(412, Method::PATCH, "/v1/me", Some(late)).await?;
        self.say(
            "She looks at her sessions, and cancels her account. No cooling-off in this demo.",
        )?;
        self.get(200, "/v1/sessions").await?;
        let gone = self.send(202, Method::POST, "/v1/me/cancellation", None).await?.body;
        self.entry().await?;
        self.mail().await?;
        self.say("Erased is not empty: her old token learns when it was.")?;
        self.get(410, "/v1/me").await?;
        self.say("The receipt is signed, and anyone who has its id can verify it.")?;
        self.token = None;
        let receipt = gone["receipt"].as_str().unwrap_or_default();
        self.get(200, &format!("/v1/receipts/{receipt}")).await?;
        let report = verify(&self.export().await?);
        let (entries, wrong) = (report.entries, report.findings.len());
        self.say(&format!("The ledger's {entries} entries verify: {wrong} findings."))
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n{text}\n")
    }

    async fn get(&mut self, expected: u16, path: &str) -> io::Result<Answer> {
        self.send(expected, Method::GET, path, None).await
    }

    async fn send(
        &mut self,
        expected: u16,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> io::Result<Answer> {
        writeln!(self.out, "  > {method} {path}")?;
        let request = self.request(&method, path, body)?;
        let answer = self.router.clone().oneshot(request).await.map_err(io::Error::other)?;
        let status = answer.status();
        let etag = answer.headers().get(header::ETAG).and_then(|v| v.to_str().ok());
        if let Some(etag) = etag {
            writeln!(self.out, "  < ETag: {etag}")?;
            self.etag = Some(etag.to_owned());
        }
        let bytes = answer.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        writeln!(self.out, "  < {status}")?;
        if !body.is_null() {
            writeln!(self.out, "  < {}", shortened(&body))?;
        }
        if status.as_u16() != expected {
            return Err(io::Error::other(format!("{path} answered {status}, not {expected}")));
        }
        Ok(Answer { body })
    }

    /// The request, as it is printed.
    fn request(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<Value>,
    ) -> io::Result<Request<Body>> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(etag) = self.etag.as_ref().filter(|_| *method == Method::PATCH) {
            request = request.header(header::IF_MATCH, etag);
            writeln!(self.out, "  > If-Match: {etag}")?;
        }
        let Some(body) = body else { return request.body(Body::empty()).map_err(io::Error::other) };
        writeln!(self.out, "  > {body}")?;
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(body.to_string())).map_err(io::Error::other)
    }

    /// Delivers what is in the outbox, prints the newest mail, and gives the code in it.
    async fn mail(&mut self) -> io::Result<Option<String>> {
        self.world.work().await.map_err(io::Error::other)?;
        let mails = self.world.mailbox.mails()?;
        for mail in mails.iter().skip(self.mails) {
            for line in mail.lines().filter(|l| !l.is_empty() && !l.starts_with("MIME")) {
                writeln!(self.out, "  mail | {line}")?;
            }
        }
        self.mails = mails.len();
        let words = mails.last().into_iter().flat_map(|mail| mail.split_whitespace());
        let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
        Ok(words.into_iter().find(is_code).map(str::to_owned))
    }

    /// Prints the ledger's new entries.
    async fn entry(&mut self) -> io::Result<()> {
        let export = self.export().await?;
        let lines = export.lines().filter_map(|line| serde_json::from_str(line).ok());
        let entries: Vec<_> = lines
            .filter_map(|line| if let Line::Entry(entry) = line { Some(entry) } else { None })
            .collect();
        for entry in entries.iter().skip(self.entries) {
            let (n, action, hash) = (entry.sequence, &entry.action, &entry.hash[..16]);
            writeln!(self.out, "  ledger | {n} {action} by {} hash {hash}…", entry.actor)?;
        }
        self.entries = entries.len();
        Ok(())
    }

    async fn export(&self) -> io::Result<String> {
        ledger::export(&self.world.ports).await.map_err(io::Error::other)
    }
}

/// A body on a few lines: long texts are cut.
fn shortened(body: &Value) -> String {
    let mut body = body.clone();
    cut(&mut body);
    format!("{body:#}").replace('\n', "\n  < ")
}

fn cut(value: &mut Value) {
    const LONGEST: usize = 100;
    match value {
        Value::String(text) if text.chars().count() > LONGEST => {
            let head: String = text.chars().take(LONGEST).collect();
            *text = format!("{head}…");
        }
        Value::Array(list) => {
            list.iter_mut().for_each(cut);
            let more = list.len().saturating_sub(3);
            if more > 0 {
                list.truncate(3);
                list.push(Value::from(format!("and {more} more")));
            }
        }
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}
