//! The function's binary, run as Lambda runs it.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use personal_center::aws::Account;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::store::Table;
use shared::testing::binary::promises::{answer, stop};
use shared::testing::binary::{Binary, Variables};
use shared::testing::events::{self, BodyForm};
use std::net::TcpListener;

shared::api_binary! {
    "register",
    store: ("POST", "/v1/verifications", json!({
        "purpose": "register", "age": {"band": "adult"}, "channel": "email",
        "address": "canary@example.org"
    })),
    json: ("POST", "/v1/verifications")
}

/// The event of a post.
fn post(path: &str, body: &Value) -> Value {
    events::with_body(events::http("POST", path), &body.to_string(), BodyForm::Text)
}

#[tokio::test]
async fn c_2_4_a_person_registers_through_the_binary() {
    let folder = tempfile::tempdir().expect("a folder");
    let account = Account::open(folder.path()).await.expect("an account");
    let variables = account.variables().into_iter();
    let variables = variables.fold(Variables::default(), |all, (name, url)| all.with(name, url));
    let binary = Binary::start(BINARY, &variables).await.expect("starts");

    let asked = json!({"purpose": "register", "age": {"band": "adult"}, "channel": "email",
        "address": "canary@example.org"});
    let (status, verification) = answer(&binary, &post("/v1/verifications", &asked)).await;
    assert_eq!(status, 202, "{verification}");
    account.world.work().await.expect("delivers");
    let mails = account.world.mailbox.mails().expect("a mailbox");
    let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
    let code = mails.iter().find_map(|mail| mail.split_whitespace().find(is_code));
    let register = json!({"verification": verification["verification"], "code": code,
        "password": "correct horse battery", "policy_version": "general-2022-08-16", "consents": []});
    let (status, made) = answer(&binary, &post("/v1/accounts", &register)).await;
    assert_eq!(status, 201, "{made}");
    assert!(made["token"].as_str().is_some_and(|token| token.starts_with("pct_")));
    let rows = account.world.ports.store.scan(Table::Records, None).await.expect("a scan").items;
    assert_eq!(rows.iter().filter(|row| row.entity == Entity::Account).count(), 1);
    stop(binary);
}

/// A key service that takes connections and never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

#[tokio::test]
async fn without_its_key_service_it_starts_and_is_unavailable_and_does_not_hang() {
    let folder = tempfile::tempdir().expect("a folder");
    let account = Account::open(folder.path()).await.expect("an account");
    let (_listener, silent) = silent();
    // A port where nothing listens is the variables' own.
    for key_service in [None, Some(silent)] {
        let url = account.world.database_url();
        let mut variables = Variables::default().with("AWS_ENDPOINT_URL_DYNAMODB", url);
        if let Some(url) = key_service {
            variables = variables.with("AWS_ENDPOINT_URL_KMS", &url);
        }
        let binary = Binary::start(BINARY, &variables).await.expect("starts");
        let (status, body) = answer(&binary, &events::captured("register")).await;
        assert_eq!((status, &body["retry_after"]), (503, &json!(2)), "{body}");
        stop(binary);
    }
}
