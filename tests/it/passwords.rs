//! A change of password ends every other session, and is told to every contact (C-8.1).

use crate::app::{PASSWORD, Person, TestApp, cookie};
use crate::halt::Halt;
use crate::tables::Tables;
use http::Method;
use serde_json::json;
use shared::domain::gate::Use;
use shared::domain::time::minutes;
use shared::ids::SubjectId;
use shared::records::subject;
use shared::store::Transaction;
use shared::vault::Owner;

const ADA: &str = "ada@example.org";
const OTHER: &str = "another horse battery";

#[tokio::test]
async fn c_8_1_a_password_is_changed_and_every_other_session_ends() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, "+8613800138000").await.expect(200);
    let other = app.log_in(&ada).await;
    app.clock.advance(minutes(10));
    app.put_password(&ada.token, PASSWORD, OTHER).await.expect(204);
    app.me(&other).await.expect(401);
    app.me(&ada.token).await.expect(200);
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    app.try_log_in(ADA, OTHER).await.expect(201);
    // The session goes on, is the caller's in the list, and is fresh.
    let listed = app.get("/v1/sessions").bearer(&ada.token).send().await.expect(200);
    let sessions = listed.body["sessions"].as_array().expect("a list");
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    assert_eq!(sessions.len(), 2);
    app.remove_contact(&ada.token, "phone").await.expect(204);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told =
        mails.iter().filter(|mail| mail.contains("The password of your account was changed"));
    assert_eq!(told.count(), 2, "every contact");
    let tables = Tables::whole(&app).await;
    assert!(tables.actions().contains(&"password.changed"));
    assert!(!tables.show(OTHER));
}

#[tokio::test]
async fn c_4_1_the_session_of_a_cookie_goes_on_with_a_new_secret() {
    let app = TestApp::start().await;
    app.register(ADA).await;
    let body = json!({"login": ADA, "password": PASSWORD, "as": "cookie"});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    let before = cookie(&made).expect("a cookie");
    let body = json!({"current": PASSWORD, "new": OTHER});
    let call = app.call(Method::PUT, "/v1/me/password").header("cookie", &before);
    let after = cookie(&call.json(&body).send().await.expect(204)).expect("a cookie");
    app.get("/v1/me").header("cookie", &before).send().await.expect(401);
    app.get("/v1/me").header("cookie", &after).send().await.expect(200);
}

#[tokio::test]
async fn c_8_1_the_password_now_is_needed_and_its_tries_are_counted() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let put = |body| app.call(Method::PUT, "/v1/me/password").bearer(&ada.token).json(&body);
    let blind = put(json!({"new": OTHER})).send().await.expect(422);
    assert_eq!(blind.body["errors"][0]["at"], "/current");
    for new in ["short", &"x".repeat(129)] {
        let refused = app.put_password(&ada.token, PASSWORD, new).await.expect(422);
        assert_eq!(refused.body["errors"][0]["at"], "/new");
    }
    for _ in 0..10 {
        let wrong = app.put_password(&ada.token, "wrong horse battery", OTHER).await.expect(403);
        assert_eq!(wrong.problem(), "password-refused");
    }
    app.put_password(&ada.token, PASSWORD, OTHER).await.expect(429);
    app.call(Method::PUT, "/v1/me/password").json(&json!({"new": OTHER})).send().await.expect(401);
    app.try_log_in(ADA, PASSWORD).await.expect(201);
}

/// Takes the password away, as an account that logs in by other means has none.
pub(crate) async fn take_password(app: &TestApp, person: &Person) {
    let id = SubjectId::parse(&person.id).expect("an id");
    let ports = &app.world.ports;
    let keys = [subject::account(&id), Owner::Person(id.clone()).key()];
    let [account, key] = ports.store.get(&keys).await.expect("a read");
    let opened = ports.vault.open_person(&id, account.as_ref(), key.as_ref(), Use::Storage).await;
    let mut person = opened.expect("an account");
    person.profile.password = None;
    let account = person.key.seal(person.account.next(), &person.profile).expect("sealed");
    let mut transaction = Transaction::new();
    transaction.replace("account", account);
    ports.store.write(transaction).await.expect("a write");
}

#[tokio::test]
async fn c_8_1_whoever_has_no_password_sets_one_with_a_fresh_session() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    take_password(&app, &ada).await;
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    app.put_password(&ada.token, PASSWORD, OTHER).await.expect(403);
    let put = || {
        let call = app.call(Method::PUT, "/v1/me/password").bearer(&ada.token);
        call.json(&json!({"new": OTHER})).send()
    };
    app.clock.advance(minutes(10));
    assert_eq!(put().await.expect(403).problem(), "not-fresh");
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    take_password(&app, &ada).await;
    let call = app.call(Method::PUT, "/v1/me/password").bearer(&ada.token);
    call.json(&json!({"new": OTHER})).send().await.expect(204);
    app.try_log_in(ADA, OTHER).await.expect(201);
}

#[tokio::test]
async fn the_same_password_again_is_a_change_like_any_other() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let other = app.log_in(&ada).await;
    app.put_password(&ada.token, PASSWORD, PASSWORD).await.expect(204);
    app.me(&other).await.expect(401);
    app.me(&ada.token).await.expect(200);
}

#[tokio::test]
async fn c_8_4_the_link_of_a_cancellation_survives_a_change_of_password() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, "ada@example.net").await.expect(200);
    app.put_password(&ada.token, PASSWORD, OTHER).await.expect(204);
    app.post(&app.mailed_link(ADA).await).send().await.expect(200);
    app.try_log_in(ADA, OTHER).await.expect(201);
    let refused = app.cancel(&ada.token).await.expect(202);
    assert!(refused.body["receipt"].is_string());
    app.post(&app.mailed_link(ADA).await).send().await.expect(200);
}

#[tokio::test]
async fn c_8_1_of_two_changes_by_one_session_the_second_proves_too_late() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    // The first write counts the try, the second changes the password.
    let slow = app.put_password(&ada.token, PASSWORD, "slow horse battery");
    let quick = app.put_password(&ada.token, PASSWORD, OTHER);
    let (slow, quick) = halt.overtake(("TransactWriteItems", 1), slow, quick).await;
    quick.expect(204);
    assert_eq!(slow.expect(403).problem(), "password-refused");
    app.try_log_in(ADA, OTHER).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_a_log_in_overtaken_by_a_change_of_password_is_refused() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    let log_in = app.try_log_in(ADA, PASSWORD);
    let change = app.put_password(&ada.token, PASSWORD, OTHER);
    let (log_in, changed) = halt.overtake(("TransactWriteItems", 1), log_in, change).await;
    changed.expect(204);
    log_in.expect(401);
    Tables::whole(&app).await;
}
