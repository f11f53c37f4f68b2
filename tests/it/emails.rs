//! Registration and log-in by e-mail, in whatever way the address is written.

use crate::app::{PASSWORD, TestApp};
use serde_json::json;

/// One mailbox: its domain in letters of its own, in ASCII, and with a full stop of its own.
const SPELLINGS: [&str; 3] =
    ["Ada@例子.中国", "ada@xn--fsqu00a.xn--fiqs8s", "ADA@XN--FSQU00A。xn--fiqs8s"];

#[tokio::test]
async fn c_7_3_a_mailbox_of_an_international_domain_is_one_account_in_every_spelling() {
    let app = TestApp::start().await;
    let [letters, ascii, stop] = SPELLINGS;
    let asked = app.post("/v1/verifications").json(&TestApp::code_request(letters)).send().await;
    let code = app.mailed_code(ascii).await;
    let body = TestApp::account_request(&asked.expect(202).body["verification"], &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let me = app.me(made.body["token"].as_str().expect("a token")).await.expect(200);
    assert_eq!(me.body["email"], json!(ascii));
    for spelling in SPELLINGS {
        app.try_log_in(spelling, PASSWORD).await.expect(201);
        app.try_log_in(spelling, "not the password").await.expect(401);
    }
    // In another spelling it is taken all the same.
    let asked = app.post("/v1/verifications").json(&TestApp::code_request(stop)).send().await;
    let code = app.mailed_code(ascii).await;
    let body = TestApp::account_request(&asked.expect(202).body["verification"], &code);
    let refused = app.post("/v1/accounts").json(&body).send().await.expect(409);
    assert_eq!(refused.problem(), "contact-taken");
}
