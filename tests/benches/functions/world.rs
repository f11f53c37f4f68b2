//! An account with a person in it who has a session, a copy on the way, and a receipt.

use personal_center::aws::Account;
use serde_json::{Value, json};
use shared::domain::limit::{COPY_READS, EXPORTS};
use shared::testing::binary::Variables;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// People with as many copies as somebody gets in a day: enough for every read.
const HOLDERS: usize = 3;

/// Engine and key service, and what requests need.
pub(crate) struct World {
    account: Account,
    _folder: TempDir,
    /// A person who stays.
    pub(crate) token: String,
    /// Copies: whose they are, and the path of a part. One can be read sixty times.
    copies: Vec<(String, String)>,
    reads: AtomicUsize,
    /// The path of a receipt.
    pub(crate) receipt: String,
    strangers: AtomicUsize,
}

impl World {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let account = Account::open(folder.path()).await.expect("an account");
        let token = register(&account, "ada@example.org").await;
        let mut copies = Vec::new();
        for holder in 0..HOLDERS {
            let token = register(&account, &format!("holder{holder}@example.org")).await;
            for _ in 0..EXPORTS.most {
                let made = call(&account, ("POST", "/v1/me/exports"), &token, &Value::Null).await;
                let part = made["parts"][0]["href"].as_str().expect("a part");
                copies.push((token.clone(), part.to_owned()));
            }
        }
        let leaver = register(&account, "ben@example.org").await;
        let left = call(&account, ("POST", "/v1/me/cancellation"), &leaver, &Value::Null).await;
        let receipt = format!("/v1/receipts/{}", left["receipt"].as_str().expect("a receipt"));
        let strangers = AtomicUsize::new(0);
        let reads = AtomicUsize::new(0);
        Self { account, _folder: folder, token, copies, reads, receipt, strangers }
    }

    /// A copy that can be read once more: whose it is, and the path of a part.
    pub(crate) fn copy(&self) -> &(String, String) {
        &self.copies[self.reads.fetch_add(1, Ordering::Relaxed) / COPY_READS.most]
    }

    /// The number of somebody who was not here before.
    pub(crate) fn stranger(&self) -> usize {
        self.strangers.fetch_add(1, Ordering::Relaxed)
    }

    /// What leads a function here; the database at its own address, or behind another one.
    pub(crate) fn variables(&self, database: Option<&str>) -> Variables {
        let mut variables = Variables::default();
        for (name, url) in self.account.variables() {
            variables = variables.with(name, url);
        }
        match database {
            Some(url) => variables.with("AWS_ENDPOINT_URL_DYNAMODB", url),
            None => variables,
        }
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> &str {
        self.account.world.database_url()
    }
}

async fn register(account: &Account, email: &str) -> String {
    let ask = json!({"purpose": "register", "age": {"band": "adult"}, "channel": "email",
        "address": email});
    let asked = call(account, ("POST", "/v1/verifications"), "", &ask).await;
    account.world.work().await.expect("delivers");
    let mails = account.world.mailbox.mails().expect("a mailbox");
    let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
    let to = |mail: &&String| mail.contains(email);
    let code = mails.iter().filter(to).find_map(|mail| mail.split_whitespace().find(is_code));
    let body = json!({"verification": asked["verification"], "code": code,
        "password": "correct horse battery", "policy_version": "general-2022-08-16",
        "consents": []});
    let made = call(account, ("POST", "/v1/accounts"), "", &body).await;
    made["token"].as_str().expect("a token").to_owned()
}

/// A call of the local router; gives the body of its answer.
async fn call(account: &Account, call: (&str, &str), token: &str, body: &Value) -> Value {
    use axum::body::Body;
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let (method, path) = call;
    let mut request = axum::http::Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body.to_string())
    };
    let request = request.body(body).expect("a request");
    let answer = account.world.router().oneshot(request).await.expect("infallible");
    let (status, body) = (answer.status(), answer.into_body().collect().await.expect("a body"));
    assert!(status.is_success(), "{method} {path}: {status}");
    serde_json::from_slice(&body.to_bytes()).unwrap_or_default()
}
