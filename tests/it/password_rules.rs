//! Which new passwords are refused, where one is set; the answer quotes none (ASVS 5.0, 6.2).

use crate::app::{Answer, PASSWORD, TestApp};
use serde_json::json;

const ADA: &str = "lovelace@example.org";
const PHONE: &str = "+8613800138000";

/// Asserts that a password was refused for a reason, and that neither it nor a contact is quoted.
#[track_caller]
fn refused(answer: Answer, at: &str, password: &str, rule: &str) {
    let answer = answer.expect(422);
    let error = &answer.body["errors"][0];
    assert_eq!((&error["at"], &error["detail"]), (&json!(at), &json!(rule)), "{password}");
    for value in [password, "lovelace", "138000"] {
        assert!(!answer.text.contains(value), "{}", answer.text);
    }
}

#[tokio::test]
async fn c_7_3_a_common_password_or_ones_own_contact_registers_nothing() {
    let app = TestApp::start().await;
    let (verification, code) = app.code(ADA).await;
    let register = async |password: &str| {
        let mut body = TestApp::account_request(&verification, &code);
        body["password"] = json!(password);
        app.post("/v1/accounts").json(&body).send().await
    };
    let common = "is one of the commonest passwords";
    let contact = "needs 8 characters besides a contact of yours";
    let service = "needs 8 characters besides the name of the service";
    for (password, rule) in [
        ("Password1", common),
        ("12345678", common),
        ("Lovelace1815", contact),
        ("lovelace@example.org", contact),
        ("OpenDataLab26", service),
    ] {
        refused(register(password).await, "/password", password, rule);
    }
    register("lovelace wrote the first loop").await.expect(201);
}

#[tokio::test]
async fn c_7_3_a_change_of_password_knows_every_contact_and_the_name() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let me = app.me(&ada.token).await.expect(200);
    let etag = me.header("etag").expect("an ETag");
    app.correct(&ada.token, etag, &json!({"display_name": "Augusta King"})).await.expect(200);
    for (password, rule) in [
        ("iloveyou1", "is one of the commonest passwords"),
        ("13800138000", "needs 8 characters besides a contact of yours"),
        ("AugustaKing!", "needs 8 characters besides your display name"),
    ] {
        let answer = app.put_password(&ada.token, PASSWORD, password).await;
        refused(answer, "/new", password, rule);
    }
    app.put_password(&ada.token, PASSWORD, "another horse battery").await.expect(204);
}
