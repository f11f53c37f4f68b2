//! A stop at each call of changes of contacts and of the password.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::stops::{at_every_stop, calm, one_of};
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::Value;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";

/// Asserts what was done since the registration, each once.
#[track_caller]
fn done_once(tables: &Tables, actions: &[&str]) {
    assert_eq!(tables.actions()[1..], *actions);
}

/// How many messages a transaction posted: those of the codes are delivered before.
#[track_caller]
fn told(tables: &Tables, messages: usize) {
    assert_eq!(tables.count(Entity::Message), messages);
}

async fn with_code(app: &TestApp, address: &str) -> (Person, Value) {
    let ada = app.register(ADA).await;
    let code = app.contact_code(&ada.token, address).await;
    (ada, code)
}

#[tokio::test]
async fn asking_for_a_code_for_a_contact_sends_codes_that_work() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| {
            let call = app.post("/v1/verifications").bearer(&ada.token);
            calm(call.json(&TestApp::contact_request(NEW)).send().await)
        },
        async |app, ada, done, tables| {
            let asked = done.expect(202);
            let sent = tables.count(Entity::Verification);
            assert!(sent == 1 || sent == 2, "{sent}");
            app.deliver().await;
            let mails = app.world.mailbox.mails().expect("mails");
            let mut works = 0;
            let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
            for code in mails.iter().flat_map(|m| m.split_whitespace().filter(is_code)) {
                let code = serde_json::json!({
                    "verification": asked.body["verification"], "code": code
                });
                let answer = app.put_contact(&ada.token, NEW, &code).await;
                works += usize::from(answer.status == 200);
            }
            assert_eq!(works, 1);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_1_adding_a_contact_adds_it_once() {
    at_every_stop(
        |_| {},
        async |app| with_code(app, PHONE).await,
        async |app, (ada, code)| calm(app.put_contact(&ada.token, PHONE, code).await),
        async |app, (ada, _), done, tables| {
            one_of(&done, &[200, 422]);
            assert_eq!(app.me(&ada.token).await.expect(200).body["phone"], PHONE);
            done_once(&tables, &["contact.added"]);
            told(&tables, 1);
            let left = (tables.count(Entity::Claim), tables.count(Entity::Verification));
            assert_eq!(left, (2, 0));
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_1_changing_a_contact_changes_it_once() {
    at_every_stop(
        |_| {},
        async |app| with_code(app, NEW).await,
        async |app, (ada, code)| calm(app.put_contact(&ada.token, NEW, code).await),
        async |app, (ada, _), done, tables| {
            one_of(&done, &[200, 422]);
            let me = app.me(&ada.token).await.expect(200);
            assert_eq!(
                (&me.body["email"], &me.body["contact_change"]["waiting"]),
                (&NEW.into(), &ADA.into())
            );
            done_once(&tables, &["contact.changed"]);
            told(&tables, 1);
            assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (2, 1));
        },
    )
    .await;
}

async fn changed(app: &TestApp) -> (Person, String) {
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    let link = app.mailed_link(ADA).await;
    (ada, link)
}

#[tokio::test]
async fn c_8_1_freezing_a_change_freezes_it_once() {
    at_every_stop(
        |_| {},
        async |app| changed(app).await,
        async |app, (_, link)| calm(app.post(link).send().await),
        async |app, (ada, _), done, tables| {
            one_of(&done, &[200, 404]);
            let me = app.me(&ada.token).await.expect(200);
            assert_eq!(
                (&me.body["email"], &me.body["contact_change"]["frozen"]),
                (&ADA.into(), &true.into())
            );
            done_once(&tables, &["contact.changed", "contact_change.frozen"]);
            told(&tables, 2);
            assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (2, 0));
        },
    )
    .await;
}

async fn take_back(app: &TestApp, ada: &Person) -> Answer {
    calm(app.take_back(&ada.token, "email").await)
}

#[tokio::test]
async fn c_8_1_taking_a_change_back_leaves_the_old_contact() {
    for frozen in [false, true] {
        let prepare = async |app: &TestApp| {
            let (ada, link) = changed(app).await;
            if frozen {
                app.post(&link).send().await.expect(200);
                app.deliver().await;
            }
            ada
        };
        at_every_stop(
            |_| {},
            prepare,
            take_back,
            async |app: &TestApp, ada: &Person, done: Answer, tables: Tables| {
                one_of(&done, &[204, 404]);
                let me = app.me(&ada.token).await.expect(200);
                assert_eq!((&me.body["email"], me.body.get("contact_change")), (&ADA.into(), None));
                assert_eq!(tables.actions().last(), Some(&"contact_change.taken_back"));
                told(&tables, 2);
                assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (1, 0));
            },
        )
        .await;
    }
}

#[tokio::test]
async fn c_8_1_removing_a_contact_removes_it_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let (ada, code) = with_code(app, PHONE).await;
            app.put_contact(&ada.token, PHONE, &code).await.expect(200);
            app.deliver().await;
            ada
        },
        async |app, ada| calm(app.remove_contact(&ada.token, "email").await),
        async |app, ada, done, tables| {
            one_of(&done, &[204, 409]);
            let me = app.me(&ada.token).await.expect(200);
            assert_eq!((me.body.get("email"), &me.body["phone"]), (None, &PHONE.into()));
            done_once(&tables, &["contact.added", "contact.removed"]);
            told(&tables, 2);
            assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (2, 1));
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_1_the_sweep_ends_a_change_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let (ada, _) = changed(app).await;
            app.clock.advance(HELD);
            ada
        },
        async |app, _| {
            acting("sweep", sweep::handle(&app.world.ports, sweep::Bounds::default())).await.is_ok()
        },
        async |app, _, _, tables| {
            // A stop that the sweep survives leaves the account due: the next one ends it.
            app.sweep().await;
            let after = Tables::whole(app).await;
            done_once(&after, &["contact.changed", "contact_change.finished"]);
            assert_eq!(after.count(Entity::Claim), 1);
            told(&tables, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_1_changing_the_password_changes_it_and_keeps_the_session() {
    const OTHER: &str = "another horse battery";
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.clock.advance(minutes(10));
            ada
        },
        async |app, ada| calm(app.put_password(&ada.token, PASSWORD, OTHER).await),
        async |app, ada, done, tables| {
            one_of(&done, &[204, 403]);
            app.me(&ada.token).await.expect(200);
            app.try_log_in(ADA, OTHER).await.expect(201);
            app.try_log_in(ADA, PASSWORD).await.expect(401);
            done_once(&tables, &["password.changed"]);
            told(&tables, 1);
        },
    )
    .await;
}
