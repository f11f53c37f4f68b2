//! A forgotten password is set anew by a code to a contact, and by two where the account lay idle
//! (C-7.3, C-8.1).

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::halt::Halt;
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::domain::limit::SECOND_PROOF_AFTER;
use shared::domain::time::{days, minutes};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const PHONE: &str = "+8613800138000";
const OTHER: &str = "another horse battery";
/// One second before an account counts as idle.
const ALMOST: Duration = Duration::from_secs(90 * 24 * 3600 - 1);

#[tokio::test]
async fn c_8_1_a_forgotten_password_is_reset_and_every_session_ends() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let other = app.log_in(&ada).await;
    let code = app.holder_code("reset", PHONE).await;
    let done = app.reset(&code, OTHER).await.expect(204);
    assert!(done.text.is_empty() && done.header("set-cookie").is_none(), "no session begins");
    for token in [&ada.token, &other] {
        app.me(token).await.expect(401);
    }
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    app.try_log_in(ADA, OTHER).await.expect(201);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told = mails.iter().filter(|mail| mail.contains("password of your account was reset"));
    assert_eq!(told.count(), 2, "every contact");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actor("password.reset"), "holder");
    assert!(!tables.show(OTHER));
}

#[tokio::test]
async fn c_7_3_a_reset_starts_the_tries_of_the_name_anew() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    while app.try_log_in(ADA, "wrong horse battery").await.status != 429 {}
    app.try_log_in(ADA, PASSWORD).await.expect(429);
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, OTHER).await.expect(204);
    app.try_log_in(ADA, OTHER).await.expect(201);
}

#[tokio::test]
async fn c_8_1_a_reset_starts_the_limits_of_the_account_anew() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    while app.post("/v1/me/exports").bearer(&ada.token).send().await.status != 429 {}
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, OTHER).await.expect(204);
    let token = app.try_log_in(ADA, OTHER).await.expect(201).body["token"].clone();
    let token = token.as_str().expect("a token");
    app.post("/v1/me/exports").bearer(token).send().await.expect(201);
}

#[tokio::test]
async fn c_7_3_a_code_resets_once_and_only_one_that_was_asked_for_it() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let (verification, code) = app.code(ADA).await;
    let register = json!({"verification": verification, "code": code});
    assert_eq!(app.reset(&register, OTHER).await.expect(422).problem(), "verification-failed");
    app.clock.advance(minutes(10));
    let contact = app.contact_code(&ada.token, PHONE).await;
    app.reset(&contact, OTHER).await.expect(422);
    let code = app.holder_code("reset", ADA).await;
    app.freshen(&ada.token).await;
    app.put_contact(&ada.token, ADA, &code).await.expect(422);
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    for _ in 0..3 {
        app.reset(&wrong, OTHER).await.expect(422);
    }
    // The fifth try still counts.
    app.reset(&code, OTHER).await.expect(204);
    app.reset(&code, OTHER).await.expect(422);
    let code = app.holder_code("reset", ADA).await;
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    for _ in 0..5 {
        app.reset(&wrong, OTHER).await.expect(422);
    }
    app.reset(&code, OTHER).await.expect(422);
}

#[tokio::test]
async fn c_8_1_a_code_to_reset_needs_no_age_and_a_password_that_fits() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    let mut body = TestApp::holder_request("reset", ADA);
    body["age"] = json!({"band": "adult"});
    let refused = app.post("/v1/verifications").json(&body).send().await.expect(422);
    assert_eq!(refused.body["errors"][0]["at"], "/age");
    let code = app.holder_code("reset", ADA).await;
    for password in ["short", "password1", "ada@example.org"] {
        let refused = app.reset(&code, password).await.expect(422);
        assert_eq!(refused.body["errors"][0]["at"], "/new", "{password}");
    }
    app.reset(&code, OTHER).await.expect(204);
}

/// Asserts that the holder of a contact learns that no account has it, and no more.
async fn of_nobody(app: &TestApp, address: &str) -> Value {
    let code = app.holder_code("reset", address).await;
    let mut answer = app.reset(&code, OTHER).await.expect(404);
    assert_eq!(answer.problem(), "no-account");
    app.reset(&code, OTHER).await.expect(422);
    answer.body["instance"] = Value::Null;
    answer.body.clone()
}

#[tokio::test]
async fn c_7_3_a_contact_that_does_not_count_is_answered_like_one_of_nobody() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let unknown = of_nobody(&app, "eve@example.org").await;
    app.set_contact(&ada.token, "ada@example.net").await.expect(200);
    assert_eq!(of_nobody(&app, ADA).await, unknown, "held by a change");
    let link = app.mailed_link(ADA).await;
    app.post(&link).send().await.expect(200);
    assert_eq!(of_nobody(&app, "ada@example.net").await, unknown, "frozen");
    let app = TestApp::without_cooling_off().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    assert_eq!(of_nobody(&app, ADA).await, unknown, "erased");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_a_cancelled_account_is_reset_too_and_its_link_goes_on() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    let link = app.mailed_link(ADA).await;
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, OTHER).await.expect(204);
    app.post(&link).send().await.expect(200);
    app.try_log_in(ADA, OTHER).await.expect(201);
}

/// Ada with both contacts, and Bob, whom nobody saw for a time.
async fn idle(app: &TestApp, time: Duration) -> Person {
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.register(BOB).await;
    app.clock.advance(time);
    ada
}

async fn reset_by_two(app: &TestApp, first: &Value, second: &Value, new: &str) -> Answer {
    let mut body = first.clone();
    body["second"] = second.clone();
    app.reset(&body, new).await
}

#[tokio::test]
async fn c_7_3_an_idle_account_wants_a_second_proof() {
    let app = TestApp::start().await;
    idle(&app, SECOND_PROOF_AFTER).await;
    let number = app.holder_code("reset", PHONE).await;
    let needed = app.reset(&number, OTHER).await.expect(403);
    assert_eq!(needed.problem(), "second-proof-needed");
    assert!(!needed.text.contains("example.org"), "whoever has the number learns no address");
    // What the password is held against is not for them either.
    app.reset(&number, "ada@example.org").await.expect(403);
    let bobs = app.holder_code("reset", BOB).await;
    reset_by_two(&app, &number, &bobs, OTHER).await.expect(403);
    let mut wrong = app.holder_code("reset", ADA).await;
    wrong["code"] = json!("wrong");
    reset_by_two(&app, &number, &wrong, OTHER).await.expect(422);
    // Each of these was a try of the code to the number; the one before the last counts.
    let address = app.holder_code("reset", ADA).await;
    reset_by_two(&app, &number, &address, OTHER).await.expect(204);
    app.try_log_in(PHONE, OTHER).await.expect(201);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Verification), 2, "Bob's, and the one with a wrong code");
}

#[tokio::test]
async fn c_7_3_a_second_factor_is_a_second_proof_and_its_guesses_are_counted() {
    let app = TestApp::start().await;
    let ada = idle(&app, Duration::ZERO).await;
    let own = app.set_up_totp(&ada.token).await;
    app.clock.advance(SECOND_PROOF_AFTER);
    let number = app.holder_code("reset", PHONE).await;
    for second in [json!({}), json!({"totp": "1", "recovery_code": "2"}), json!({"code": "1"})] {
        let refused = reset_by_two(&app, &number, &second, OTHER).await.expect(422);
        assert_eq!(refused.body["errors"][0]["at"], "/second");
    }
    for second in [json!({"totp": "000000"}), json!({"recovery_code": own.recovery[0][1..]})] {
        let refused = reset_by_two(&app, &number, &second, OTHER).await.expect(403);
        assert_eq!(refused.problem(), "proof-refused");
    }
    // Who has no app is told the same.
    let bobs = app.holder_code("reset", BOB).await;
    let refused = reset_by_two(&app, &bobs, &json!({"totp": "000000"}), OTHER).await.expect(403);
    assert_eq!(refused.problem(), "proof-refused");
    let code = own.code(&app);
    reset_by_two(&app, &number, &json!({"totp": code}), OTHER).await.expect(204);
    let number = app.holder_code("reset", PHONE).await;
    let refused = reset_by_two(&app, &number, &json!({"totp": code}), PASSWORD).await.expect(403);
    assert_eq!(refused.problem(), "proof-refused", "it is used up");
    let recovery = json!({"recovery_code": own.recovery[0]});
    reset_by_two(&app, &number, &recovery, PASSWORD).await.expect(204);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    assert!(mails.iter().any(|mail| mail.contains("A recovery code of your account was used")));
    // Right ones were taken back: three were wrong, of ten within a quarter of an hour.
    let codes = [app.holder_code("reset", ADA).await, app.holder_code("reset", ADA).await];
    for code in codes.iter().flat_map(|code| [code; 5]).take(7) {
        reset_by_two(&app, code, &json!({"totp": "000000"}), OTHER).await.expect(403);
    }
    let right = json!({"totp": own.next(&app)});
    reset_by_two(&app, &codes[1], &right, OTHER).await.expect(429);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_an_app_that_is_new_goes_with_a_reset_and_an_older_one_stays() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_up_totp(&ada.token).await;
    app.clock.advance(Duration::from_secs(HELD.as_secs() - 1));
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, OTHER).await.expect(204);
    let made = app.try_log_in(ADA, OTHER).await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    assert_eq!(app.factors(&token).await["totp"], Value::Null);
    app.set_up_totp(&token).await;
    app.clock.advance(HELD);
    let code = app.holder_code("reset", ADA).await;
    app.reset(&code, PASSWORD).await.expect(204);
    let asked = app.try_log_in(ADA, PASSWORD).await.expect(401);
    assert_eq!(asked.problem(), "second-factor-needed");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_reset_gives_no_further_guesses_at_the_app() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    app.clock.advance(HELD);
    let guess = json!({"login": ADA, "password": PASSWORD, "totp": "000000"});
    for _ in 0..2 {
        for _ in 0..5 {
            app.post("/v1/sessions").json(&guess).send().await.expect(401);
        }
        app.post("/v1/sessions").json(&guess).send().await.expect(429);
        let code = app.holder_code("reset", ADA).await;
        app.reset(&code, PASSWORD).await.expect(204);
    }
    let body = json!({"login": ADA, "password": PASSWORD, "totp": own.next(&app)});
    app.post("/v1/sessions").json(&body).send().await.expect(429);
    app.clock.advance(minutes(15));
    let body = json!({"login": ADA, "password": PASSWORD, "totp": own.next(&app)});
    app.post("/v1/sessions").json(&body).send().await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_the_same_contact_twice_is_no_second_proof() {
    let app = TestApp::start().await;
    idle(&app, SECOND_PROOF_AFTER).await;
    let [one, other] =
        [app.holder_code("reset", PHONE).await, app.holder_code("reset", PHONE).await];
    reset_by_two(&app, &one, &one, OTHER).await.expect(403);
    reset_by_two(&app, &one, &other, OTHER).await.expect(403);
}

#[tokio::test]
async fn c_7_3_an_account_in_use_wants_one_proof_and_takes_two() {
    let app = TestApp::start().await;
    let ada = idle(&app, Duration::ZERO).await;
    app.clock.advance(days(60));
    app.log_in(&ada).await;
    app.clock.advance(ALMOST);
    let number = app.holder_code("reset", PHONE).await;
    reset_by_two(&app, &number, &number, OTHER).await.expect(204);
    let number = app.holder_code("reset", PHONE).await;
    let address = app.holder_code("reset", ADA).await;
    app.clock.advance(Duration::from_secs(1));
    reset_by_two(&app, &number, &address, PASSWORD).await.expect(204);
    app.try_log_in(ADA, PASSWORD).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_of_two_resets_by_one_code_one_is_done() {
    let (app, halt) = Halt::start(|_| {}).await;
    app.register(ADA).await;
    let code = app.holder_code("reset", ADA).await;
    // The first write counts the try, the second resets.
    let (slow, quick) = (app.reset(&code, "slow horse battery"), app.reset(&code, OTHER));
    let (slow, quick) = halt.overtake(("TransactWriteItems", 1), slow, quick).await;
    quick.expect(204);
    assert_eq!(slow.expect(422).problem(), "verification-failed");
    app.try_log_in(ADA, OTHER).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_log_in_overtaken_by_a_reset_is_refused() {
    let (app, halt) = Halt::start(|_| {}).await;
    app.register(ADA).await;
    let code = app.holder_code("reset", ADA).await;
    let (log_in, reset) = (app.try_log_in(ADA, PASSWORD), app.reset(&code, OTHER));
    let (log_in, reset) = halt.overtake(("TransactWriteItems", 1), log_in, reset).await;
    reset.expect(204);
    log_in.expect(401);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_reset_overtaken_by_a_log_in_is_done_and_ends_its_session() {
    let (app, halt) = Halt::start(|_| {}).await;
    app.register(ADA).await;
    let code = app.holder_code("reset", ADA).await;
    let (reset, log_in) = (app.reset(&code, OTHER), app.try_log_in(ADA, PASSWORD));
    let (reset, log_in) = halt.overtake(("TransactWriteItems", 1), reset, log_in).await;
    reset.expect(204);
    let log_in = log_in.expect(201);
    app.me(log_in.body["token"].as_str().expect("a token")).await.expect(401);
    Tables::whole(&app).await;
}
