//! A session is made fresh by anything that the person can prove identity with; a cookie has a new
//! secret then (C-4.1, C-7.3).

use crate::app::{Answer, PASSWORD, Person, TestApp, cookie};
use crate::passwords::take_password;
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::time::minutes;
use std::sync::Arc;

const ADA: &str = "ada@example.org";
const PHONE: &str = "+8613800138000";

/// Whether a session is fresh: a copy needs one.
async fn is_fresh(app: &TestApp, token: &str) -> bool {
    app.post("/v1/me/exports").bearer(token).send().await.status == 201
}

#[tokio::test]
async fn c_7_3_each_factor_makes_a_session_fresh_once() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let own = app.set_up_totp(&ada.token).await;
    app.clock.advance(minutes(10));
    let proof = async |which: &str| match which {
        "totp" => json!({"totp": own.next(&app)}),
        "recovery_code" => json!({"recovery_code": own.recovery[0]}),
        address => app.own_code(&ada.token, address).await,
    };
    for which in ["totp", "recovery_code", ADA, PHONE] {
        assert!(!is_fresh(&app, &ada.token).await, "{which}");
        let proof = proof(which).await;
        app.prove(&ada.token, &proof).await.expect(204);
        assert!(is_fresh(&app, &ada.token).await, "{which}");
        let again = app.prove(&ada.token, &proof).await;
        assert!([403, 422].contains(&again.status.as_u16()), "{which}: {}", again.text);
        app.clock.advance(minutes(10));
    }
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actions().iter().filter(|act| **act == "session.freshened").count(), 4);
}

#[tokio::test]
async fn a_proof_is_exactly_one() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let wrong = [
        (json!({}), ""),
        (json!({"rotate": true}), ""),
        (json!({"password": PASSWORD, "totp": "123456"}), ""),
        (json!({"totp": "123456", "recovery_code": "aaaa"}), ""),
        (json!({"password": PASSWORD, "verification": "ver_x", "code": "12345678"}), ""),
        (json!({"verification": "ver_x"}), "/code"),
        (json!({"code": "12345678"}), "/verification"),
    ];
    for (proof, at) in wrong {
        let refused = app.prove(&ada.token, &proof).await.expect(422);
        assert_eq!((refused.problem(), &refused.body["errors"][0]["at"]), ("invalid", &json!(at)));
    }
    let none = app.prove(&ada.token, &json!({"totp": "123456"})).await.expect(403);
    assert_eq!(none.problem(), "proof-refused", "who has no app proves nothing by one");
    let none = app.prove(&ada.token, &json!({"verification": "ver_x", "code": "1"})).await;
    assert_eq!(none.expect(422).problem(), "verification-failed");
}

#[tokio::test]
async fn c_7_3_a_code_to_a_contact_works_for_its_person_and_purpose_while_the_contact_counts() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let bob = app.register("bob@example.org").await;
    let code = app.own_code(&ada.token, ADA).await;
    app.prove(&bob.token, &code).await.expect(422);
    app.put_contact(&ada.token, ADA, &code).await.expect(422);
    let other = app.contact_code(&ada.token, PHONE).await;
    app.prove(&ada.token, &other).await.expect(422);
    app.prove(&ada.token, &code).await.expect(204);
    // A code is on its way to a contact that is removed meanwhile.
    app.put_contact(&ada.token, PHONE, &other).await.expect(200);
    let code = app.own_code(&ada.token, PHONE).await;
    app.remove_contact(&ada.token, "phone").await.expect(204);
    app.prove(&ada.token, &code).await.expect(422);
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    for _ in 0..4 {
        app.prove(&ada.token, &wrong).await.expect(422);
    }
    app.take_back(&ada.token, "phone").await.expect(204);
    app.prove(&ada.token, &code).await.expect(422);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_code_to_an_own_contact_needs_a_session_and_no_address() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let body = TestApp::own_code_request("email");
    let ask = |body: &Value| app.post("/v1/verifications").json(body);
    ask(&body).send().await.expect(401);
    ask(&TestApp::own_code_request("phone")).bearer(&ada.token).send().await.expect(404);
    for (member, value) in [("address", json!(ADA)), ("age", json!({"band": "adult"}))] {
        let mut body = body.clone();
        body[member] = value;
        let refused = ask(&body).bearer(&ada.token).send().await.expect(422);
        assert_eq!(refused.body["errors"][0]["at"], format!("/{member}"));
    }
    let missing = json!({"purpose": "contact", "channel": "email"});
    let missing = ask(&missing).bearer(&ada.token).send().await.expect(422);
    assert_eq!(missing.body["errors"][0]["at"], "");
    // With a key it is sent once; then the limit of the person is the only one that counts.
    let keyed = || ask(&body).bearer(&ada.token).header("idempotency-key", "k").send();
    let first = keyed().await.expect(202).body["verification"].clone();
    assert_eq!(keyed().await.expect(202).body["verification"], first);
    for _ in 0..2 {
        ask(&body).bearer(&ada.token).send().await.expect(202);
    }
    ask(&body).bearer(&ada.token).send().await.expect(429);
    app.clock.advance(minutes(10));
    ask(&body).bearer(&ada.token).send().await.expect(202);
}

#[tokio::test]
async fn c_7_3_nobody_uses_the_codes_up_that_a_person_needs() {
    let app = TestApp::with(|o| o.config.sends_per_source.most = 4).await;
    let ada = app.register(ADA).await;
    for _ in 0..4 {
        app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await;
    }
    let full = app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await;
    full.expect(429);
    // The codes of the others are there before, so that the newest one is hers.
    app.deliver().await;
    let code = app.own_code(&ada.token, ADA).await;
    app.prove(&ada.token, &code).await.expect(204);
}

#[tokio::test]
async fn c_8_1_whoever_has_no_password_can_use_every_right() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    take_password(&app, &ada).await;
    assert_eq!(app.factors(&ada.token).await["password"], false);
    app.clock.advance(minutes(10));
    app.prove(&ada.token, &json!({"password": PASSWORD})).await.expect(403);
    let code = app.own_code(&ada.token, ADA).await;
    app.prove(&ada.token, &code).await.expect(204);
    app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.remove_contact(&ada.token, "phone").await.expect(204);
    app.take_back(&ada.token, "phone").await.expect(204);
    let name = json!({"display_name": "Ada"});
    let etag = app.me(&ada.token).await.header("etag").expect("a version").to_owned();
    app.correct(&ada.token, &etag, &name).await.expect(200);
    app.delete("/v1/me/consents/profile").bearer(&ada.token).send().await.expect(204);
    let own = app.set_up_totp(&ada.token).await;
    app.clock.advance(minutes(11));
    app.prove(&ada.token, &json!({"totp": own.code(&app)})).await.expect(204);
    app.cancel(&ada.token).await.expect(202);
    app.post(&app.mailed_link(ADA).await).send().await.expect(200);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_5_a_cancelled_account_without_a_password_still_proves_who_it_is() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&ada).await;
    take_password(&app, &ada).await;
    app.clock.advance(minutes(10));
    app.post("/v1/me/exports").bearer(&token).send().await.expect(403);
    let code = app.own_code(&token, ADA).await;
    app.prove(&token, &code).await.expect(204);
    app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
}

/// Logs in with a cookie.
async fn by_cookie(app: &TestApp, remember: bool) -> String {
    let body = json!({"login": ADA, "password": PASSWORD, "as": "cookie", "remember": remember});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    cookie(&made).expect("a cookie")
}

async fn prove_by(app: &TestApp, cookie: &str, proof: &Value) -> Answer {
    let call = app.post("/v1/reauthentications").header("cookie", cookie);
    call.json(proof).send().await
}

#[tokio::test]
async fn c_4_1_a_cookie_has_a_new_secret_after_each_proof_and_the_one_before_is_over() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    let me = |cookie: &str| app.get("/v1/me").header("cookie", cookie).send();
    let id = async |cookie: &str| {
        let listed = app.get("/v1/sessions").header("cookie", cookie).send().await.expect(200);
        let sessions = listed.body["sessions"].as_array().expect("a list").clone();
        sessions.into_iter().find(|s| s["current"] == true).expect("the own one")["id"].clone()
    };
    for remember in [false, true] {
        let before = by_cookie(&app, remember).await;
        let session = id(&before).await;
        app.clock.advance(minutes(11));
        let proved = prove_by(&app, &before, &json!({"password": PASSWORD})).await.expect(204);
        let set = proved.header("set-cookie").expect("a cookie").to_owned();
        assert!(set.contains("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{set}");
        let left = 30 * 24 * 60 * 60 - 11 * 60;
        assert_eq!(set.contains(&format!("Max-Age={left}")), remember, "{set}");
        assert_eq!(set.contains("Max-Age"), remember, "{set}");
        let after = cookie(&proved).expect("a cookie");
        assert_ne!(before, after);
        me(&before).await.expect(401);
        me(&after).await.expect(200);
        assert_eq!(id(&after).await, session, "the session is the same");
        let call = app.post("/v1/me/exports").header("cookie", &after);
        call.send().await.expect(201);
    }
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_4_1_a_bearer_token_is_replaced_where_that_is_asked_for() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    // A cookie of another name is none of a session.
    let call = app.post("/v1/reauthentications").bearer(&ada.token).header("cookie", "theme=dark");
    let kept = call.json(&json!({"password": PASSWORD})).send().await.expect(204);
    assert!(kept.header("set-cookie").is_none() && kept.text.is_empty());
    app.me(&ada.token).await.expect(200);
    let proof = json!({"password": PASSWORD, "rotate": true});
    let renewed = app.prove(&ada.token, &proof).await.expect(200);
    assert!(renewed.header("set-cookie").is_none());
    assert_eq!(renewed.body["expires_at"], "2026-11-25T08:00:00Z");
    app.me(&ada.token).await.expect(401);
    let token = renewed.body["token"].as_str().expect("a token");
    app.me(token).await.expect(200);
    assert!(is_fresh(&app, token).await);
    let tables = Tables::whole(&app).await;
    assert!(!tables.show(token.rsplit('_').next().expect("a secret")));
}

#[tokio::test(flavor = "multi_thread")]
async fn c_7_3_a_session_is_no_oracle_for_the_codes_of_an_app() {
    let app = Arc::new(TestApp::start().await);
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    let mut tasks = Vec::new();
    for n in 0..40 {
        let (app, token) = (app.clone(), ada.token.clone());
        tasks.push(tokio::spawn(async move {
            app.prove(&token, &json!({"totp": format!("{n:06}")})).await
        }));
    }
    let mut checked = 0;
    for task in tasks {
        checked += usize::from(task.await.expect("no panic").problem() == "proof-refused");
    }
    assert!((1..=10).contains(&checked), "{checked}");
    // Over a day there are twenty, and the password still proves who it is.
    let mut of_the_day = checked;
    for _ in 0..8 {
        app.clock.advance(minutes(16));
        for _ in 0..10 {
            let refused = app.prove(&ada.token, &json!({"totp": "000000"})).await;
            of_the_day += usize::from(refused.problem() == "proof-refused");
        }
    }
    assert_eq!(of_the_day, 20);
    app.freshen(&ada.token).await;
    // A change of the password starts the count anew.
    app.put_password(&ada.token, PASSWORD, "another horse battery").await.expect(204);
    app.prove(&ada.token, &json!({"totp": own.code(&app)})).await.expect(204);
}

#[tokio::test]
async fn c_7_3_right_codes_are_not_counted() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    for _ in 0..25 {
        app.prove(&ada.token, &json!({"totp": own.next(&app)})).await.expect(204);
    }
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_one_persons_codes_prove_nothing_for_another() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let bob = app.register("bob@example.org").await;
    let (hers, his) = (app.set_up_totp(&ada.token).await, app.set_up_totp(&bob.token).await);
    let refused = async |person: &Person, proof: Value| {
        assert_eq!(app.prove(&person.token, &proof).await.expect(403).problem(), "proof-refused");
    };
    refused(&ada, json!({"totp": his.next(&app)})).await;
    refused(&bob, json!({"recovery_code": hers.recovery[0]})).await;
    app.log_in_with(ADA, "recovery_code", &his.recovery[0]).await.expect(401);
    app.prove(&bob.token, &json!({"totp": his.code(&app)})).await.expect(204);
    app.prove(&ada.token, &json!({"recovery_code": hers.recovery[0]})).await.expect(204);
}
