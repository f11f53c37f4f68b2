//! An account with a person in it who has a session, a copy on the way, and a receipt.

use personal_center::aws::Account;
use serde_json::{Value, json};
use shared::testing::binary::Variables;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Engine and key service, and what requests need.
pub(crate) struct World {
    account: Account,
    _folder: TempDir,
    /// A person who stays.
    pub(crate) token: String,
    /// The path of a part of that person's copy.
    pub(crate) export: String,
    /// The path of a receipt.
    pub(crate) receipt: String,
    strangers: AtomicUsize,
}

impl World {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let account = Account::open(folder.path()).await.expect("an account");
        let token = register(&account, "ada@example.org").await;
        let made = call(&account, ("POST", "/v1/me/exports"), &token, &Value::Null).await;
        let export = made["parts"][0]["href"].as_str().expect("a part").to_owned();
        let leaver = register(&account, "ben@example.org").await;
        let left = call(&account, ("POST", "/v1/me/cancellation"), &leaver, &Value::Null).await;
        let receipt = format!("/v1/receipts/{}", left["receipt"].as_str().expect("a receipt"));
        let strangers = AtomicUsize::new(0);
        Self { account, _folder: folder, token, export, receipt, strangers }
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
