//! What anyone may read: it leaves no trace.

use crate::app::{Answer, TestApp};
use crate::idp::{Idp, configure};
use crate::rows;
use axum::http::Method;
use personal_center::openapi;
use shared::domain::time::days;
use shared::testing::faults::{Call, Verb};
use std::collections::BTreeSet;

/// The paths of the API document that can be read without credentials.
fn declared() -> BTreeSet<String> {
    let document = openapi::snapshot().expect("a document");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let public = paths
        .iter()
        .filter(|(_, item)| item.get("get").is_some_and(|get| get.get("security").is_none()));
    public.map(|(path, _)| path.clone()).collect()
}

/// Calls that write, or that could.
fn writes(calls: &[Call]) -> Vec<&Call> {
    let reads = ["BatchGetItem", "GetItem", "Query", "Scan"];
    let only_reads = |call: &&Call| {
        reads.contains(&call.operation.as_str())
            && call.actions.iter().all(|action| action.verb == Verb::Get)
    };
    calls.iter().filter(|call| !only_reads(call)).collect()
}

/// Two receipts: one whose erasure is to come, one that is signed.
async fn receipts(app: &TestApp) -> [String; 2] {
    let erased = cancelled(app, "eve@example.org").await;
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    let scheduled = cancelled(app, "bob@example.org").await;
    [scheduled, erased]
}

async fn cancelled(app: &TestApp, email: &str) -> String {
    let person = app.register(email).await;
    let cancelled = app.cancel(&person.token).await.expect(202);
    cancelled.body["receipt"].as_str().expect("an id").to_owned()
}

/// A path of the policy, with what it needs to be answered.
fn of_the_policy(path: &str) -> String {
    let version = "general-2022-08-16";
    let path = path.replace("/versions/{id}", &format!("/versions/{version}"));
    let path = path.replace("/clauses/{id}", "/clauses/C-2.5");
    let path = path.replace("{provider}", "example");
    if path.starts_with("/v1/third-party-returns/") {
        return format!("{path}?code=x&state=y");
    }
    if path.ends_with("/changes") { format!("{path}?from={version}") } else { path }
}

/// Asks without credentials, and checks that nothing is set and nothing changes.
async fn ask(app: &TestApp, method: Method, path: &str) -> Answer {
    let before = rows::all(app).await;
    app.faults.take_calls();
    let answer = app.call(method.clone(), path).send().await;
    let calls = app.faults.take_calls();
    assert_eq!(writes(&calls), Vec::<&Call>::new(), "{method} {path}");
    assert_eq!(answer.header("set-cookie"), None, "{method} {path}");
    let after = rows::all(app).await;
    assert!(before == after, "{method} {path} changed the store");
    answer
}

#[tokio::test]
async fn c_2_5_public_routes_set_no_cookie_and_store_nothing() {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    app.register("ada@example.org").await;
    let [scheduled, erased] = receipts(&app).await;
    let unknown = "rcp_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let mut asked = BTreeSet::new();
    for path in declared() {
        asked.insert(path.clone());
        if path.contains("{token}") {
            // The page of a link that nobody has.
            ask(&app, Method::GET, &path.replace("{token}", "pcl_x")).await.expect(404);
        } else if path != "/v1/receipts/{id}" {
            let path = of_the_policy(&path);
            let answer = ask(&app, Method::GET, &path).await.expect(200);
            assert!(!answer.text.is_empty());
            ask(&app, Method::HEAD, &path).await.expect(200);
        }
    }
    let expected = [
        "/openapi.json",
        "/v1/cancellation-links/{token}",
        "/v1/contact-change-links/{token}",
        "/v1/keys",
        "/v1/policy",
        "/v1/policy/clauses",
        "/v1/policy/clauses/{id}",
        "/v1/policy/inventory",
        "/v1/policy/versions",
        "/v1/policy/versions/{id}",
        "/v1/policy/versions/{id}/changes",
        "/v1/receipts/{id}",
        "/v1/third-parties",
        "/v1/third-party-returns/{provider}",
    ];
    assert_eq!(asked, expected.map(str::to_owned).into());
    for (id, status, state) in
        [(&*scheduled, 200, "scheduled"), (&*erased, 200, "erased"), (unknown, 404, "")]
    {
        let answer = ask(&app, Method::GET, &format!("/v1/receipts/{id}")).await.expect(status);
        assert_eq!(answer.body["state"].as_str().unwrap_or_default(), state);
    }
}

#[tokio::test]
async fn c_2_5_what_is_not_there_stores_nothing_either() {
    let app = TestApp::start().await;
    app.register("ada@example.org").await;
    for (method, path, status) in [
        (Method::GET, "/", 404),
        (Method::GET, "/v1", 404),
        (Method::GET, "/v1/nothing?of=this", 404),
        (Method::POST, "/v1/nothing", 404),
        (Method::GET, "/v1/receipts/x", 404),
        (Method::POST, "/v1/policy", 405),
        (Method::DELETE, "/v1/policy/inventory", 405),
        (Method::GET, "/v1/verifications", 405),
        (Method::GET, "/v1/me", 401),
        (Method::GET, "/v1/sessions", 401),
        (Method::PATCH, "/v1/me", 415),
        (Method::POST, "/v1/me/cancellation", 401),
        (Method::DELETE, "/v1/me/cancellation", 401),
        (Method::DELETE, "/v1/sessions/current", 401),
        (Method::POST, "/v1/accounts", 415),
    ] {
        ask(&app, method, path).await.expect(status);
    }
}

#[tokio::test]
async fn c_2_5_the_comparison_sees_a_write() {
    let app = TestApp::start().await;
    let before = rows::all(&app).await;
    app.faults.take_calls();
    let body = TestApp::code_request("ada@example.org");
    app.post("/v1/verifications").json(&body).send().await.expect(202);
    assert_eq!(writes(&app.faults.take_calls()).len(), 1);
    assert!(before != rows::all(&app).await);
}
