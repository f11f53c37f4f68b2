//! Steps of more than one call.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::contact_calls::channel;
use crate::factor_calls::{TOTP, code};
use crate::idp::{self, Idp};
use http::Method;
use serde_json::{Value, json};
use shared::clock::Clock;

/// Registers with a code, where one is to be had.
pub(super) async fn register(app: &TestApp, address: &str) -> Answer {
    let asked = app.post("/v1/verifications").json(&TestApp::code_request(address)).send().await;
    if asked.status != 202 {
        return asked;
    }
    let code = code_to(app, address).await;
    let body: Value = TestApp::account_request(&asked.body["verification"], &code);
    assert_eq!(body["password"], PASSWORD);
    app.post("/v1/accounts").json(&body).send().await
}

/// Sets a contact by a code, where one is to be had.
pub(super) async fn set_contact(app: &TestApp, token: &str, address: &str) -> Answer {
    let body = TestApp::contact_request(address);
    let asked = app.post("/v1/verifications").bearer(token).json(&body).send().await;
    if asked.status != 202 {
        return asked;
    }
    let code = proof(&asked, &code_to(app, address).await);
    let path = format!("/v1/me/contacts/{}", channel(address));
    app.call(Method::PUT, &path).bearer(token).json(&code).send().await
}

/// Sets a password anew by a code, where one is to be had.
pub(super) async fn reset(app: &TestApp, address: &str, new: &str) -> Answer {
    let body = TestApp::holder_request("reset", address);
    let asked = app.post("/v1/verifications").json(&body).send().await;
    if asked.status != 202 {
        return asked;
    }
    app.reset(&proof(&asked, &code_to(app, address).await), new).await
}

/// Takes a contact out of whichever account has it, by a code where one is to be had.
pub(super) async fn detach(app: &TestApp, address: &str) -> Answer {
    let body = TestApp::holder_request("detach", address);
    let asked = app.post("/v1/verifications").json(&body).send().await;
    if asked.status != 202 {
        return asked;
    }
    app.detach(&proof(&asked, &code_to(app, address).await)).await
}

/// Proves identity by a code to an own contact, where there is one.
pub(super) async fn prove_by_code(app: &TestApp, token: &str, kind: &str) -> Answer {
    let me = app.me(token).await;
    if me.status != 200 {
        return me;
    }
    let body = TestApp::own_code_request(kind);
    let asked = app.post("/v1/verifications").bearer(token).json(&body).send().await;
    // Where the contact left just now, the code did too.
    let (202, Some(own)) = (asked.status.as_u16(), me.body[kind].as_str()) else { return asked };
    app.prove(token, &proof(&asked, &code_to(app, own).await)).await
}

/// Sets up an app. The answer gets the secret, and whose it is.
pub(super) async fn set_up(app: &TestApp, token: &str, person: &str) -> Answer {
    let begun = app.post(TOTP).bearer(token).send().await;
    if begun.status != 201 {
        return begun;
    }
    let secret = begun.body["secret"].as_str().expect("a secret");
    let mut confirmed = app.confirm_totp(token, &code(secret, app.clock.now())).await;
    if confirmed.status == 200 {
        confirmed.body["secret"] = json!(secret);
        confirmed.body["of"] = json!(person);
    }
    confirmed
}

/// Links an account at the third party.
pub(super) async fn link(app: &TestApp, (idp, whose): (&Idp, &str), token: &str) -> Answer {
    let link = json!({"intent": "link"});
    app.by_third_party((idp, "example"), whose, (&link, Some(token))).await
}

/// Logs in by the third party, with what is sent besides.
pub(super) async fn log_in_by(
    app: &TestApp,
    (idp, whose): (&Idp, &str),
    mut body: Value,
) -> Answer {
    let answer = app.begin("example", &idp::log_in(), None).await;
    if answer.status != 201 {
        return answer;
    }
    let begun = idp::begun("example", &answer);
    let (code, state) = idp.consent(&begun.url, whose);
    (body["code"], body["state"]) = (json!(code), json!(state));
    app.return_with(&begun, &body).await
}

/// The newest code that went to an address. Another client may have it in hands, or have let its time
/// pass: then a wrong one.
async fn code_to(app: &TestApp, address: &str) -> String {
    app.find_code(address).await.unwrap_or_else(|| "00000000".to_owned())
}

/// The members that prove a contact.
fn proof(asked: &Answer, code: &str) -> Value {
    json!({"verification": asked.body["verification"], "code": code})
}
