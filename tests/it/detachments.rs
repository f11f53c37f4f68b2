//! "My contact, not my account": its holder takes it out by a code, and sees nothing (C-8.1).

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::environments::{begin, next_stage};
use crate::halt::Halt;
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::vault::RootUse;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";
const OTHER: &str = "another horse battery";

/// Takes a contact out, and asserts that its holder is told nothing.
async fn detach(app: &TestApp, address: &str) {
    let code = app.holder_code("detach", address).await;
    silent(&app.detach(&code).await.expect(204));
}

#[track_caller]
fn silent(answer: &Answer) {
    assert!(answer.text.is_empty() && answer.header("set-cookie").is_none(), "{}", answer.text);
}

/// The mails to an address with some words.
fn mails(app: &TestApp, to: &str, words: &str) -> usize {
    let mails = app.world.mailbox.mails().expect("mails");
    let to = format!("To: {to}");
    mails.iter().filter(|mail| mail.contains(&to) && mail.contains(words)).count()
}

#[tokio::test]
async fn c_8_1_a_contact_is_taken_out_by_its_holder_and_the_sessions_go_on() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    detach(&app, PHONE).await;
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((&me.body["email"], me.body.get("phone")), (&json!(ADA), None));
    app.try_log_in(PHONE, PASSWORD).await.expect(401);
    app.try_log_in(ADA, PASSWORD).await.expect(201);
    app.deliver().await;
    let told = "said that the account is not theirs";
    assert_eq!((mails(&app, ADA, told), mails(&app, PHONE, told)), (1, 0));
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actor("contact.detached"), "holder");
    assert_eq!(tables.count(Entity::Claim), 1);
    // It is free at once, for its holder.
    app.register(PHONE).await;
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_a_sole_contact_leaves_and_the_account_lives_on() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    detach(&app, ADA).await;
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((me.body.get("email"), me.body.get("phone")), (None, None));
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 0);
    // Its session and its password are proof enough for another one.
    app.freshen(&ada.token).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.try_log_in(PHONE, PASSWORD).await.expect(201);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_an_account_without_a_contact_is_cancelled_and_erased() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register(ADA).await;
    detach(&app, ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.me(&ada.token).await.expect(410);
    detach(&app, ADA).await;
    Tables::whole(&app).await;
}

/// What is done about a change before the contact leaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Before {
    Nothing,
    Freeze,
    Wait,
}

#[tokio::test]
async fn c_8_1_a_change_ends_with_either_side_and_the_other_counts() {
    for before in [Before::Nothing, Before::Freeze, Before::Wait] {
        for (gone, stays) in [(ADA, NEW), (NEW, ADA)] {
            let app = TestApp::start().await;
            let ada = app.register(ADA).await;
            app.set_contact(&ada.token, NEW).await.expect(200);
            let link = app.mailed_link(ADA).await;
            let mut token = ada.token.clone();
            match before {
                Before::Nothing => {}
                Before::Freeze => drop(app.post(&link).send().await.expect(200)),
                Before::Wait => {
                    app.clock.advance(HELD);
                    let new = Person { email: NEW.to_owned(), ..ada.clone() };
                    token = app.log_in(&new).await;
                }
            }
            detach(&app, gone).await;
            let me = app.me(&token).await.expect(200);
            // After its time nothing of the contact before comes back.
            let over = before == Before::Wait && gone == NEW;
            let email = (!over).then(|| json!(stays));
            let shown = (me.body.get("email"), me.body.get("contact_change"));
            assert_eq!(shown, (email.as_ref(), None), "{before:?} {gone}");
            app.post(&link).send().await.expect(404);
            app.try_log_in(gone, PASSWORD).await.expect(401);
            app.try_log_in(stays, PASSWORD).await.expect(if over { 401 } else { 201 });
            let tables = Tables::whole(&app).await;
            assert_eq!(tables.count(Entity::Claim), usize::from(!over), "{before:?} {gone}");
            app.sweep().await;
            app.register(gone).await;
            Tables::whole(&app).await;
        }
    }
}

#[tokio::test]
async fn c_8_1_a_contact_that_was_removed_is_free_before_its_time() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.remove_contact(&ada.token, "email").await.expect(204);
    detach(&app, ADA).await;
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((&me.body["phone"], me.body.get("contact_change")), (&json!(PHONE), None));
    app.register(ADA).await;
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_what_is_on_its_way_to_a_contact_that_left_is_not_sent() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let code = app.holder_code("detach", PHONE).await;
    app.put_password(&ada.token, PASSWORD, OTHER).await.expect(204);
    app.detach(&code).await.expect(204);
    app.deliver().await;
    let words = "The password of your account was changed";
    assert_eq!((mails(&app, ADA, words), mails(&app, PHONE, words)), (1, 0));
    assert_eq!(Tables::whole(&app).await.count(Entity::Message), 0);
    // What comes later goes to the one that is there then.
    app.clock.advance(shared::domain::time::minutes(10));
    app.freshen_with(&ada.token, OTHER).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.put_password(&ada.token, OTHER, PASSWORD).await.expect(204);
    app.deliver().await;
    assert_eq!((mails(&app, ADA, words), mails(&app, PHONE, words)), (2, 1));
}

#[tokio::test]
async fn c_7_3_a_code_detaches_once_and_only_one_that_was_asked_for_it() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let reset = app.holder_code("reset", ADA).await;
    assert_eq!(app.detach(&reset).await.expect(422).problem(), "verification-failed");
    let code = app.holder_code("detach", ADA).await;
    app.reset(&code, OTHER).await.expect(422);
    let wrong = json!({"verification": code["verification"], "code": "wrong"});
    for _ in 0..4 {
        app.detach(&wrong).await.expect(422);
    }
    app.detach(&code).await.expect(422);
    assert_eq!(app.me(&ada.token).await.expect(200).body["email"], ADA);
    app.detach(&json!({"verification": "x", "code": "1"})).await.expect(422);
    let mut aged = TestApp::holder_request("detach", PHONE);
    aged["age"] = json!({"band": "adult"});
    app.post("/v1/verifications").json(&aged).send().await.expect(422);
    let code: Value = app.holder_code("detach", PHONE).await;
    app.detach(&code).await.expect(204);
    app.detach(&code).await.expect(422);
}

#[tokio::test]
async fn c_8_1_a_contact_leaves_under_whichever_index_key_its_claim_is() {
    for stages in 1..4 {
        let app = TestApp::start().await;
        app.register(ADA).await;
        begin(&app, RootUse::Index).await;
        for _ in 0..stages {
            next_stage(&app, RootUse::Index).await;
        }
        detach(&app, ADA).await;
        assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 0, "{stages}");
    }
}

#[tokio::test]
async fn c_8_1_a_change_that_overtakes_a_detachment_loses_only_that_contact() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    let code = app.holder_code("detach", ADA).await;
    let new = app.contact_code(&ada.token, NEW).await;
    // The first write counts the try, the second takes the contact out.
    let (detached, put) = (app.detach(&code), app.put_contact(&ada.token, NEW, &new));
    let (detached, put) = halt.overtake(("TransactWriteItems", 1), detached, put).await;
    put.expect(200);
    silent(&detached.expect(204));
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((&me.body["email"], me.body.get("contact_change")), (&json!(NEW), None));
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_of_two_detachments_by_one_code_one_is_done() {
    let (app, halt) = Halt::start(|_| {}).await;
    app.register(ADA).await;
    let code = app.holder_code("detach", ADA).await;
    let (slow, quick) = (app.detach(&code), app.detach(&code));
    let (slow, quick) = halt.overtake(("TransactWriteItems", 1), slow, quick).await;
    quick.expect(204);
    slow.expect(422);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 0);
}
