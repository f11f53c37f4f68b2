//! A log-in by a third party tells nobody whether an account is linked, before that third party said
//! who somebody is.

use crate::alike::{Seen, Shape, seen, shape};
use crate::app::{Answer, TestApp};
use crate::idp::{Idp, begun, configure, log_in};
use serde_json::json;
use shared::domain::time::minutes;

/// What an answer shows, and the calls since the last taking.
fn noted(app: &TestApp, answer: &Answer) -> (Seen, Vec<Shape>) {
    (seen(answer), app.faults.take_calls().iter().map(shape).collect())
}

/// The steps of a log-in that goes wrong, of somebody at the third party.
async fn tried(subject: &str) -> Vec<(Seen, Vec<Shape>)> {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    let ada = app.register("ada@example.org").await;
    let link = json!({"intent": "link"});
    app.by_third_party((&idp, "example"), "linked", (&link, Some(&ada.token))).await.expect(204);
    app.clock.advance(minutes(5));
    app.faults.take_calls();
    let mut each = Vec::new();
    for wrong in ["state", "cookie", "code"] {
        let answer = app.begin("example", &log_in(), None).await.expect(201);
        let calls: Vec<_> = app.faults.take_calls().iter().map(shape).collect();
        each.push(((201, Vec::new(), json!(null)), calls));
        let mut begun = begun("example", &answer);
        let (mut code, mut state) = idp.consent(&begun.url, subject);
        match wrong {
            "state" => state.replace_range(state.len() - 4.., "aaaa"),
            "cookie" => begun.cookie = format!("__Host-tx={}", "a".repeat(52)),
            _ => code.insert(0, 'x'),
        }
        let path = format!("/v1/third-party-returns/example?code={code}&state={state}");
        let page = app.get(&path).header("accept", "text/html").send().await.expect(200);
        assert!(!page.text.contains(subject) && app.faults.take_calls().is_empty(), "{wrong}");
        let answer = app.come_back(&begun, &code, &state).await;
        assert_eq!(answer.problem(), "third-party-failed", "{wrong}");
        each.push(noted(&app, &answer));
    }
    each
}

#[tokio::test]
async fn c_7_3_a_log_in_by_a_third_party_does_not_tell_whether_an_account_is_linked() {
    assert_eq!(tried("linked").await, tried("nobody").await);
}
