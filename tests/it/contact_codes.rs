//! Codes for further contacts: for whom they work, and what they tell (C-7.3, C-8.1).

use crate::app::TestApp;
use crate::stored::rows;
use crate::tables::Tables;
use http::Method;
use serde_json::{Value, json};
use shared::domain::time::minutes;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";

#[tokio::test]
async fn c_8_1_a_code_for_a_contact_works_for_its_account_channel_and_purpose_alone() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let bob = app.register("bob@example.org").await;
    let code = app.contact_code(&ada.token, NEW).await;
    assert_eq!(
        app.put_contact(&bob.token, NEW, &code).await.expect(422).problem(),
        "verification-failed"
    );
    app.put_contact(&ada.token, PHONE, &code).await.expect(422);
    let account =
        TestApp::account_request(&code["verification"], code["code"].as_str().expect("a code"));
    app.post("/v1/accounts").json(&account).send().await.expect(422);
    let path = "/v1/me/contacts/email";
    app.call(Method::PUT, path).json(&code).send().await.expect(401);
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    app.put_contact(&ada.token, NEW, &wrong).await.expect(422);
    // Each of these was a try; the fifth still counts.
    app.put_contact(&ada.token, NEW, &code).await.expect(200);
    app.put_contact(&ada.token, NEW, &code).await.expect(422);
    // A code to register with is none for a contact.
    let (verification, code) = app.code("ada@example.com").await;
    let code = json!({"verification": verification, "code": code});
    app.put_contact(&bob.token, "ada@example.com", &code).await.expect(422);
    app.put_contact(&bob.token, NEW, &json!({"verification": "x", "code": "1"})).await.expect(422);
}

#[tokio::test]
async fn a_code_for_a_contact_has_five_tries() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let code = app.contact_code(&ada.token, NEW).await;
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    for _ in 0..5 {
        app.put_contact(&ada.token, NEW, &wrong).await.expect(422);
    }
    app.put_contact(&ada.token, NEW, &code).await.expect(422);
}

#[tokio::test]
async fn c_8_1_setting_a_contact_needs_a_fresh_session() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.clock.advance(minutes(10));
    let code = app.contact_code(&ada.token, NEW).await;
    let stale = app.put_contact(&ada.token, NEW, &code).await.expect(403);
    assert_eq!(stale.problem(), "not-fresh");
    app.freshen(&ada.token).await;
    app.put_contact(&ada.token, NEW, &code).await.expect(200);
}

#[tokio::test]
async fn c_8_1_a_code_for_a_contact_needs_a_session_and_no_age() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let ask = |body: Value| app.post("/v1/verifications").json(&body);
    let body = TestApp::contact_request(NEW);
    let before = rows(&app).await;
    ask(body.clone()).send().await.expect(401);
    ask(body.clone()).bearer("pct_x").send().await.expect(401);
    let mut aged = body.clone();
    aged["age"] = json!({"band": "adult"});
    let refused = ask(aged).bearer(&ada.token).send().await.expect(422);
    assert_eq!(refused.body["errors"][0]["at"], "/age");
    assert_eq!(rows(&app).await, before);
    app.cancel(&ada.token).await.expect(202);
    ask(body.clone()).bearer(&ada.token).send().await.expect(401);
    let token = app.log_in(&ada).await;
    assert_eq!(ask(body).bearer(&token).send().await.expect(409).problem(), "wrong-state");
}

#[tokio::test]
async fn c_7_3_a_taken_contact_is_told_to_its_holder_alone() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.register("bob@example.org").await;
    let code = app.contact_code(&ada.token, "bob@example.org").await;
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    app.put_contact(&ada.token, "bob@example.org", &wrong).await.expect(422);
    let taken = app.put_contact(&ada.token, "bob@example.org", &code).await.expect(409);
    assert_eq!(taken.problem(), "contact-taken");
    assert_eq!(app.me(&ada.token).await.expect(200).body["email"], ADA);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let to_ada = mails.iter().filter(|mail| mail.contains("To: ada@example.org"));
    assert_eq!(to_ada.count(), 1, "nobody is told of what did not happen");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn idempotency_keys_for_a_contact_are_the_persons_own() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let bob = app.register("bob@example.org").await;
    let ask = async |token: &str| {
        let call = app.post("/v1/verifications").bearer(token).header("idempotency-key", "k");
        let asked = call.json(&TestApp::contact_request(NEW)).send().await.expect(202);
        asked.body["verification"].clone()
    };
    let first = ask(&ada.token).await;
    assert_eq!(ask(&ada.token).await, first);
    assert_ne!(ask(&bob.token).await, first);
}
