//! Further contacts, their change and their removal (C-8.1).

use crate::app::{PASSWORD, Person, TestApp};
use crate::tables::Tables;
use serde_json::json;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;
use std::time::Duration;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";
/// One second before a change is final.
const ALMOST: Duration = Duration::from_secs(72 * 3600 - 1);

/// The mails that went to an address.
async fn mails_to(app: &TestApp, address: &str) -> Vec<String> {
    app.deliver().await;
    let mut mails = app.world.mailbox.mails().expect("mails");
    let at = if address.contains('@') { "" } else { "@sms.invalid" };
    mails.retain(|mail| mail.contains(&format!("To: {address}{at}\n")));
    mails
}

/// Asserts that an address got a mail that says this; gives whether it has a link to freeze by.
#[track_caller]
fn says(mails: &[String], text: &str) -> bool {
    let about: Vec<_> = mails.iter().filter(|mail| mail.contains(text)).collect();
    assert!(!about.is_empty(), "{text}: {mails:?}");
    about.iter().any(|mail| mail.contains("/v1/contact-change-links/pcl_"))
}

fn named(email: &str) -> Person {
    Person { email: email.to_owned(), token: String::new(), id: String::new() }
}

#[tokio::test]
async fn c_8_1_a_phone_is_added_beside_the_address() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let me = app.set_contact(&ada.token, PHONE).await.expect(200);
    assert_eq!((&me.body["email"], &me.body["phone"]), (&json!(ADA), &json!(PHONE)));
    assert_eq!(me.header("etag"), Some("\"2\""));
    assert_eq!(me.body.get("contact_change"), None, "nothing was replaced");
    assert_eq!(app.me(&ada.token).await.expect(200).body, me.body);
    // Both are names to log in with, and the other contact was told.
    app.log_in(&ada).await;
    app.log_in(&named("138 0013 8000")).await;
    assert!(!says(&mails_to(&app, ADA).await, "A new phone number was added"));
    assert_eq!(mails_to(&app, PHONE).await.len(), 1, "the code, and nothing else");
    let tables = Tables::whole(&app).await;
    assert_eq!((tables.actions()[1], tables.count(Entity::Claim)), ("contact.added", 2));
    assert!(!tables.show("13800138000"));
}

#[tokio::test]
async fn c_8_1_a_change_counts_at_once_and_the_old_contact_is_told() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let other = app.log_in(&ada).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let me = app.set_contact(&ada.token, NEW).await.expect(200);
    assert_eq!(me.body["email"], NEW);
    let change = json!({
        "channel": "email", "waiting": ADA, "changed_at": "2026-11-24T08:00:00Z",
        "final_at": "2026-11-27T08:00:00Z", "frozen": false
    });
    assert_eq!(me.body["contact_change"], change);
    app.me(&other).await.expect(200);
    app.log_in(&named(NEW)).await;
    assert_eq!(app.try_log_in(ADA, PASSWORD).await.expect(401).problem(), "login-refused");
    assert!(says(&mails_to(&app, ADA).await, "was replaced"), "a link to the old one");
    assert!(!says(&mails_to(&app, PHONE).await, "was replaced"), "and to no other");
    assert_eq!(mails_to(&app, NEW).await.len(), 1, "the code");
}

#[tokio::test]
async fn c_8_1_the_contact_that_is_there_stays_as_it_is() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let me = app.set_contact(&ada.token, ADA).await.expect(200);
    assert_eq!((&me.body["email"], me.header("etag")), (&json!(ADA), Some("\"1\"")));
    assert!(me.body.get("contact_change").is_none());
    let tables = Tables::whole(&app).await;
    assert_eq!((tables.count(Entity::Verification), tables.count(Entity::Claim)), (0, 1));
    assert_eq!(tables.actions(), ["account.registered"]);
}

#[tokio::test]
async fn c_8_1_a_change_is_final_by_the_clock_and_the_sweep_only_cleans() {
    for swept in [false, true] {
        let app = TestApp::start().await;
        let ada = app.register(ADA).await;
        app.set_contact(&ada.token, NEW).await.expect(200);
        app.clock.advance(ALMOST);
        assert_eq!(app.sweep().await.settled, 0);
        app.clock.advance(Duration::from_secs(1));
        if swept {
            let report = app.sweep().await;
            assert_eq!((report.settled, report.stale, report.failed), (1, 0, 0));
            assert_eq!(app.sweep().await.taken(), 0);
            assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
        }
        let token = app.log_in(&named(NEW)).await;
        app.try_log_in(ADA, PASSWORD).await.expect(401);
        let me = app.me(&token).await.expect(200);
        assert_eq!((&me.body["email"], me.body.get("contact_change")), (&json!(NEW), None));
        assert_eq!(app.take_back(&token, "email").await.expect(404).problem(), "not-found");
        // The next change begins where this one ended, the former contact included.
        app.set_contact(&token, ADA).await.expect(200);
        app.clock.advance(HELD);
        app.sweep().await;
        assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
        app.log_in(&ada).await;
    }
}

#[tokio::test]
async fn c_7_3_the_old_contact_is_held_until_the_change_is_final() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    for address in [ADA, NEW] {
        let (verification, code) = app.code(address).await;
        let body = TestApp::account_request(&verification, &code);
        let taken = app.post("/v1/accounts").json(&body).send().await.expect(409);
        assert_eq!(taken.problem(), "contact-taken");
    }
    app.clock.advance(HELD);
    app.sweep().await;
    let other = app.register(ADA).await;
    assert_ne!(other.id, ada.id);
}

#[tokio::test]
async fn c_8_1_a_change_is_taken_back_and_leaves_the_new_contact_free() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.clock.advance(minutes(10));
    assert_eq!(app.take_back(&ada.token, "email").await.expect(403).problem(), "not-fresh");
    app.freshen(&ada.token).await;
    app.take_back(&ada.token, "phone").await.expect(404);
    app.take_back(&ada.token, "email").await.expect(204);
    app.take_back(&ada.token, "email").await.expect(404);
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((&me.body["email"], me.body.get("contact_change")), (&json!(ADA), None));
    app.try_log_in(NEW, PASSWORD).await.expect(401);
    app.log_in(&ada).await;
    for address in [ADA, NEW] {
        says(&mails_to(&app, address).await, "was taken back");
    }
    let tables = Tables::whole(&app).await;
    assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (1, 0));
    app.clock.advance(HELD);
    assert_eq!(app.sweep().await.taken(), 0, "nothing is due any more");
    app.register(NEW).await;
}

#[tokio::test]
async fn c_8_1_one_change_at_a_time() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    // A contact where there was none replaces nothing.
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let again = app.set_contact(&ada.token, "ada@example.com").await.expect(409);
    assert_eq!(again.problem(), "contact-change-open");
    assert_eq!(again.body["final_at"], "2026-11-27T08:00:00Z");
    app.set_contact(&ada.token, "+8613900139000").await.expect(409);
    for channel in ["email", "phone"] {
        let removal = app.remove_contact(&ada.token, channel).await.expect(409);
        assert_eq!(removal.problem(), "contact-change-open");
    }
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_a_contact_is_removed_where_another_one_stays() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let last = app.remove_contact(&ada.token, "email").await.expect(409);
    assert_eq!(last.problem(), "last-contact");
    app.remove_contact(&ada.token, "phone").await.expect(404);
    app.remove_contact(&ada.token, "fax").await.expect(404);
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.remove_contact(&ada.token, "email").await.expect(204);
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!((me.body.get("email"), &me.body["phone"]), (None, &json!(PHONE)));
    assert_eq!(me.body["contact_change"]["waiting"], ADA);
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    assert!(says(&mails_to(&app, ADA).await, "was removed"), "a link to that one");
    assert!(!says(&mails_to(&app, PHONE).await, "was removed"), "and to no other");
    assert_eq!(
        app.remove_contact(&ada.token, "phone").await.expect(409).problem(),
        "contact-change-open"
    );
    app.clock.advance(HELD);
    assert_eq!(app.sweep().await.settled, 1);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
    let token = app.log_in(&named(PHONE)).await;
    assert_eq!(app.remove_contact(&token, "phone").await.expect(409).problem(), "last-contact");
}

#[tokio::test]
async fn c_8_4_erasure_frees_both_sides_of_a_change() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.cancel(&ada.token).await.expect(202);
    let tables = Tables::whole(&app).await;
    assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (0, 0));
    says(&mails_to(&app, NEW).await, "was erased");
    app.register(ADA).await;
    app.register(NEW).await;
}

#[tokio::test]
async fn c_8_4_a_change_ends_in_the_middle_of_the_cooling_off() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.cancel(&ada.token).await.expect(202);
    Tables::whole(&app).await;
    app.clock.advance(HELD);
    let report = app.sweep().await;
    assert_eq!((report.settled, report.erased, report.failed), (1, 0, 0));
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
    app.clock.advance(HELD * 2);
    assert_eq!(app.sweep().await.erased, 1);
}

#[tokio::test]
async fn c_8_4_a_change_of_mind_leaves_the_change_due() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&named(NEW)).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    Tables::whole(&app).await;
    app.clock.advance(HELD);
    assert_eq!(app.sweep().await.settled, 1);
}
