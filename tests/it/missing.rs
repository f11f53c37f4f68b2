//! A 404 on a path that is right says what is not there, and what to do.

use crate::app::TestApp;
use http::Method;
use serde_json::{Value, json};
use shared::domain::locale::Locale;
use shared::http::Missing;

const ADA: &str = "ada@example.org";
/// A well-formed id that nobody gave out.
const NOBODYS: &str = "rcp_aaaaaaaaaaaaaaaaaaaaaaaaaa";

#[tokio::test]
async fn an_answer_says_what_is_not_there_in_the_readers_language() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let receipt = format!("/v1/receipts/{NOBODYS}");
    let changes = "/v1/policy/versions/canary/changes?from=general-2022-08-16";
    for (method, path, missing) in [
        (Method::DELETE, "/v1/me/contacts/email/change", Missing::Change),
        (Method::DELETE, "/v1/me/contacts/phone/change", Missing::Change),
        (Method::DELETE, "/v1/me/contacts/phone", Missing::Contact),
        (Method::DELETE, "/v1/me/contacts/canary", Missing::Channel),
        (Method::DELETE, "/v1/sessions/ses_aaaaaaaaaaaaaaaaaaaaaaaaaa", Missing::Session),
        (Method::GET, "/v1/me/exports/exp_aaaaaaaaaaaaaaaaaaaaaaaaaa", Missing::Copy),
        (Method::PUT, "/v1/me/consents/canary", Missing::Purpose),
        (Method::DELETE, "/v1/me/consents/canary", Missing::Purpose),
        (Method::GET, &receipt, Missing::Receipt),
        (Method::GET, "/v1/policy/clauses/C-13.1", Missing::Clause),
        (Method::GET, "/v1/policy/versions/canary", Missing::Version),
        (Method::GET, changes, Missing::Version),
    ] {
        for locale in Locale::ALL {
            let call = app.call(method.clone(), path).bearer(&ada.token);
            let answer = call.header("accept-language", locale.tag()).send().await.expect(404);
            assert_eq!(answer.problem(), "not-found", "{path}");
            assert_eq!(answer.body["detail"], missing.words().of(locale), "{path}");
        }
    }
    let nowhere = app.get("/v1/canary").send().await.expect(404);
    assert!(nowhere.body["detail"].as_str().is_some_and(|d| d.starts_with("Check the path")));
}

#[tokio::test]
async fn c_8_2_a_receipt_that_is_gone_and_one_that_never_was_are_answered_alike() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let cancelled = app.cancel(&ada.token).await.expect(202);
    let receipt = cancelled.body["receipt"].as_str().expect("an id").to_owned();
    let read = async |id: &str, status| {
        let answer = app.get(&format!("/v1/receipts/{id}")).send().await.expect(status);
        let mut body = answer.body;
        body["instance"] = Value::Null;
        body
    };
    read(&receipt, 200).await;
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    let gone = read(&receipt, 404).await;
    assert_eq!(gone, read(NOBODYS, 404).await);
    assert_eq!(gone, read("canary", 404).await);
    assert_eq!(gone["detail"], json!(Missing::Receipt.words().en));
    app.deliver().await;
}
