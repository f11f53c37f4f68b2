//! The holder of an old contact freezes a change of it, sees nothing, and takes nothing over (C-8.1).

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::stored::rows;
use crate::tables::Tables;
use axum::http::Method;
use serde_json::json;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::domain::time::hours;
use shared::testing::faults::Call;
use std::time::Duration;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";
/// One second before a freeze is over.
const ALMOST: Duration = Duration::from_secs(72 * 3600 - 1);

fn named(email: &str) -> Person {
    Person { email: email.to_owned(), token: String::new(), id: String::new() }
}

/// Ada, who changed her address, and the link that went to the old one.
async fn changed(app: &TestApp) -> (Person, String) {
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    let link = app.mailed_link(ADA).await;
    (ada, link)
}

async fn browse(app: &TestApp, method: Method, path: &str) -> Answer {
    app.call(method, path).header("accept", "text/html,*/*").send().await
}

#[tokio::test]
async fn c_8_1_a_frozen_change_gives_the_old_contact_back_for_three_days() {
    let app = TestApp::start().await;
    let (ada, link) = changed(&app).await;
    app.clock.advance(hours(5));
    let page = browse(&app, Method::GET, &link).await.expect(200);
    assert!(page.text.contains("<form method=\"post\"><button>Freeze the change"), "{}", page.text);
    let done = browse(&app, Method::POST, &link).await.expect(200);
    assert!(done.text.contains("The change is frozen"), "{}", done.text);
    let me = app.me(&ada.token).await.expect(200);
    assert_eq!(me.body["email"], ADA);
    let change = json!({
        "channel": "email", "waiting": NEW, "changed_at": "2026-11-24T08:00:00Z",
        "final_at": "2026-11-27T13:00:00Z", "frozen": true
    });
    assert_eq!(me.body["contact_change"], change);
    app.log_in(&ada).await;
    assert_eq!(app.try_log_in(NEW, PASSWORD).await.expect(401).problem(), "login-refused");
    // It ends by the clock: the freeze takes nothing over.
    app.clock.advance(ALMOST);
    app.log_in(&ada).await;
    app.clock.advance(Duration::from_secs(1));
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    let token = app.log_in(&named(NEW)).await;
    assert_eq!(app.sweep().await.settled, 1);
    let me = app.me(&token).await.expect(200);
    assert_eq!((&me.body["email"], me.body.get("contact_change")), (&json!(NEW), None));
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
}

#[tokio::test]
async fn c_8_1_a_frozen_change_is_taken_back_for_good() {
    let app = TestApp::start().await;
    let (_, link) = changed(&app).await;
    app.post(&link).send().await.expect(200);
    assert_eq!(Tables::whole(&app).await.actor("contact_change.frozen"), "link");
    let token = app.log_in(&named(ADA)).await;
    app.take_back(&token, "email").await.expect(204);
    assert_eq!(Tables::whole(&app).await.actor("contact_change.taken_back"), "self");
    app.clock.advance(HELD);
    let report = app.sweep().await;
    assert_eq!((report.settled, report.erased), (0, 0));
    app.log_in(&named(ADA)).await;
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
    app.register(NEW).await;
}

#[tokio::test]
async fn c_8_1_a_freeze_acts_once_and_a_preview_changes_nothing() {
    let app = TestApp::start().await;
    let (ada, link) = changed(&app).await;
    let before = rows(&app).await;
    for method in [Method::GET, Method::HEAD] {
        browse(&app, method, &link).await.expect(200);
    }
    assert_eq!(rows(&app).await, before);
    app.post(&link).send().await.expect(200);
    for method in [Method::GET, Method::POST] {
        assert_eq!(app.call(method, &link).send().await.expect(404).problem(), "link-spent");
    }
    // While it is frozen, no other change of anything.
    app.set_contact(&ada.token, "ada@example.com").await.expect(409);
}

#[tokio::test]
async fn c_8_1_the_link_of_a_change_that_is_over_or_taken_back_does_nothing() {
    let app = TestApp::start().await;
    let (ada, first) = changed(&app).await;
    app.take_back(&ada.token, "email").await.expect(204);
    app.post(&first).send().await.expect(404);
    app.set_contact(&ada.token, NEW).await.expect(200);
    let second = app.mailed_link(ADA).await;
    assert_ne!(first, second);
    app.post(&first).send().await.expect(404);
    app.clock.advance(HELD);
    assert_eq!(app.post(&second).send().await.expect(404).problem(), "link-spent");
    // A link of another act is none either.
    let token = app.log_in(&named(NEW)).await;
    app.cancel(&token).await.expect(202);
    let cancellation = app.mailed_link(NEW).await;
    let other = cancellation.replace("cancellation-links", "contact-change-links");
    app.get(&other).send().await.expect(404);
    app.get(&cancellation).send().await.expect(200);
}

#[tokio::test]
async fn c_8_1_whoever_freezes_sees_nothing_and_gets_no_session() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.set_contact(&ada.token, NEW).await.expect(200);
    let link = app.mailed_link(ADA).await;
    let sessions = Tables::whole(&app).await.count(Entity::Session);
    for method in [Method::GET, Method::POST] {
        let page = browse(&app, method, &link).await.expect(200);
        assert_eq!(page.header("set-cookie"), None);
        for value in [ADA, NEW, PHONE, &ada.id, "pct_"] {
            assert!(!page.text.contains(value), "{value}");
        }
    }
    assert_eq!(Tables::whole(&app).await.count(Entity::Session), sessions);
    app.me(&ada.token).await.expect(200);
    // Everyone is told: the one side, the other side, and who has nothing to do with it.
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told =
        |to: &str| mails.iter().any(|m| m.contains(to) && m.contains("has frozen its change"));
    assert!([ADA, NEW, "+8613800138000@sms.invalid"].iter().all(|to| told(&format!("To: {to}"))));
}

#[tokio::test]
async fn c_8_1_a_removal_is_frozen_like_a_change() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.remove_contact(&ada.token, "email").await.expect(204);
    app.post(&app.mailed_link(ADA).await).send().await.expect(200);
    let token = app.log_in(&ada).await;
    let me = app.me(&token).await.expect(200);
    assert_eq!((&me.body["email"], &me.body["phone"]), (&json!(ADA), &json!(PHONE)));
    assert_eq!(me.body["contact_change"].get("waiting"), None);
    app.clock.advance(HELD);
    app.try_log_in(ADA, PASSWORD).await.expect(401);
    assert_eq!(app.sweep().await.settled, 1);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 1);
}

#[tokio::test]
async fn c_8_4_a_cancellation_is_told_to_the_contact_before_too() {
    let app = TestApp::start().await;
    let (ada, _) = changed(&app).await;
    app.deliver().await;
    app.cancel(&ada.token).await.expect(202);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    for address in [ADA, NEW] {
        let to = format!("To: {address}\n");
        let told =
            mails.iter().filter(|m| m.contains(&to) && m.contains("/v1/cancellation-links/"));
        assert_eq!(told.count(), 1, "{address}");
    }
}

#[tokio::test]
async fn c_8_4_a_cancellation_by_a_stranger_can_be_frozen_and_withdrawn() {
    let app = TestApp::start().await;
    let (ada, link) = changed(&app).await;
    app.cancel(&ada.token).await.expect(202);
    app.post(&link).send().await.expect(200);
    Tables::whole(&app).await;
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.take_back(&token, "email").await.expect(204);
    app.clock.advance(HELD * 3);
    let report = app.sweep().await;
    assert_eq!((report.settled, report.erased), (0, 0));
    assert_eq!(app.me(&app.log_in(&ada).await).await.expect(200).body["email"], ADA);
}

/// The calls of a refused log-in: operation, and how many rows it is about.
fn shape(calls: &[Call]) -> Vec<(String, usize)> {
    calls.iter().map(|call| (call.operation.clone(), call.actions.len())).collect()
}

#[tokio::test]
async fn c_7_3_a_name_that_does_not_count_is_refused_like_a_wrong_password() {
    let app = TestApp::start().await;
    let (_, link) = changed(&app).await;
    app.post(&link).send().await.expect(200);
    app.faults.take_calls();
    let mut seen = Vec::new();
    for (login, password) in
        [(NEW, PASSWORD), (ADA, "wrong horse battery"), ("eve@example.org", PASSWORD)]
    {
        let answer = app.try_log_in(login, password).await.expect(401);
        seen.push((answer.problem().to_owned(), shape(&app.faults.take_calls())));
    }
    assert_eq!((&seen[0], &seen[0]), (&seen[1], &seen[2]));
    // Its tries are counted like those of any name.
    for _ in 0..4 {
        app.try_log_in(NEW, PASSWORD).await.expect(401);
    }
    app.try_log_in(NEW, PASSWORD).await.expect(429);
}

#[tokio::test]
async fn c_8_1_a_contact_added_in_an_open_change_is_told_to_the_contact_before() {
    let app = TestApp::start().await;
    let (ada, link) = changed(&app).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.deliver().await;
    let told = |to: &str| {
        let mails = app.world.mailbox.mails().expect("mails");
        let to = format!("To: {to}\n");
        mails.iter().filter(|m| m.contains(&to) && m.contains("A new phone number")).count()
    };
    assert_eq!((told(ADA), told(NEW)), (1, 1));
    // Who takes the change back is told that the number stays.
    app.post(&link).send().await.expect(200);
    app.take_back(&ada.token, "email").await.expect(204);
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let says = |m: &&String| m.contains(&format!("To: {ADA}\n")) && m.contains("added meanwhile");
    assert_eq!(mails.iter().filter(says).count(), 1);
    Tables::whole(&app).await;
}
