//! A stop at each call of the jobs: erasing, delivering, expiring.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::stops::{at_every_stop, calm, one_of};
use crate::tables::Tables;
use notify::carrier::{Carried, Cause};
use notify::{Carrier, Encoding, Handed, Letter, compose};
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

const ADA: &str = "ada@example.org";

/// What is left of an erased person, and what anyone with the receipt can see.
async fn assert_erased(app: &TestApp, ada: &Person) {
    let tables = Tables::whole(app).await;
    assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
    assert_eq!(tables.count(Entity::Claim), 0);
    assert!(!tables.data_keys().iter().any(|key| key.starts_with("person#")), "no key is left");
    let ends = tables.actions().iter().filter(|action| **action == "account.erased").count();
    assert_eq!(ends, 1);
    let gone = app.me(&ada.token).await.expect(410);
    assert_eq!(gone.problem(), "erased");
    let path = format!("/v1/receipts/{}", gone.body["receipt"].as_str().expect("a receipt"));
    let shown = app.get(&path).send().await.expect(200);
    assert_eq!((&shown.body["state"], &shown.body["verifies"]), (&json!("erased"), &json!(true)));
    app.deliver().await;
    let mails = app.world.mailbox.mails().expect("mails");
    let told =
        mails.iter().filter(|mail| mail.contains(shown.body["receipt"].as_str().expect("an id")));
    assert!(told.count() >= 1, "the last mail is on its way");
    let tables = Tables::whole(app).await;
    assert_eq!(tables.data_keys(), Vec::<&str>::new(), "no key is left");
    assert_eq!((tables.count(Entity::Message), tables.count(Entity::Session)), (0, 0));
    app.clock.advance(days(1));
    app.register(ADA).await;
}

#[tokio::test]
async fn c_8_4_the_sweep_erases_once_and_leaves_nothing() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.cancel(&ada.token).await.expect(202);
            app.deliver().await;
            app.log_in(&ada).await;
            app.clock.advance(days(7));
            ada
        },
        async |app, _| {
            // A job that fails is tried again.
            let ports = &app.world.ports;
            let _report = acting("sweep", sweep::handle(ports, sweep::Bounds::default())).await;
        },
        async |app, ada, (), _| assert_erased(app, ada).await,
    )
    .await;
}

#[tokio::test]
async fn c_8_4_erasing_at_once_completes_with_the_sweep() {
    at_every_stop(
        |options| options.config.cooling_off = Duration::ZERO,
        async |app| app.register(ADA).await,
        async |app, ada| calm(app.cancel(&ada.token).await),
        async |app, ada, done: Answer, _| {
            one_of(&done, &[202, 401, 410]);
            app.sweep().await;
            assert_erased(app, ada).await;
        },
    )
    .await;
}

/// A carrier that remembers what it sent, and can ask to come back later.
#[derive(Default)]
struct Post {
    sent: Mutex<BTreeMap<String, Vec<Vec<u8>>>>,
    refusals: Mutex<usize>,
}

impl Carrier for Post {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        let mut refusals = self.refusals.lock().expect("no panic before");
        let refused = *refusals > 0;
        *refusals = refusals.saturating_sub(1);
        let mut sent = self.sent.lock().expect("no panic before");
        let from = "Center <no-reply@center.example>".parse().expect("a mailbox");
        let mail = compose(letter, &from, Encoding::EightBit).expect("composes");
        sent.entry(letter.id.to_string()).or_default().push(mail.formatted());
        let later = Handed::Later(Cause::Busy, None);
        Box::pin(async move { if refused { later } else { Handed::Over } })
    }
}

/// Delivers what is due, as long after a run that was stopped as it had put the message off.
async fn deliver_later(app: &TestApp, post: &Post) {
    let _report = acting("notify", notify::deliver_due(&app.world.ports, post)).await;
    app.clock.advance(minutes(1));
}

async fn ask_for_a_code(app: &TestApp) -> Post {
    let call = app.post("/v1/verifications").json(&TestApp::code_request(ADA));
    call.send().await.expect(202);
    Post::default()
}

#[tokio::test]
async fn a_mail_is_delivered_at_least_once_as_the_same_mail() {
    at_every_stop(
        |_| {},
        ask_for_a_code,
        async |app, post| deliver_later(app, post).await,
        async |_, post, (), tables| {
            let sent = post.sent.lock().expect("no panic before");
            let copies = sent.values().next().expect("a mail");
            assert!(sent.len() == 1 && copies.len() <= 2, "{} copies", copies.len());
            assert!(copies.iter().all(|copy| *copy == copies[0]), "a copy differs");
            assert_eq!(tables.count(Entity::Message), 0);
            assert!(!tables.data_keys().iter().any(|key| key.starts_with("message#")));
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_put_off_and_delivered_later() {
    at_every_stop(
        |_| {},
        async |app| {
            let post = ask_for_a_code(app).await;
            *post.refusals.lock().expect("no panic before") = 1;
            post
        },
        async |app, post| deliver_later(app, post).await,
        async |app, post, (), _| {
            app.clock.advance(minutes(2));
            acting("notify", notify::deliver_due(&app.world.ports, post)).await.expect("delivers");
            let tables = Tables::whole(app).await;
            assert_eq!(tables.count(Entity::Message), 0);
            let sent = post.sent.lock().expect("no panic before");
            let copies = sent.values().next().expect("a mail");
            assert!(sent.len() == 1 && copies.len() >= 2);
            assert!(copies.iter().all(|copy| *copy == copies[0]), "a copy differs");
        },
    )
    .await;
}

#[tokio::test]
async fn an_expired_verification_goes_with_its_key() {
    at_every_stop(
        |_| {},
        async |app| {
            app.code(ADA).await;
            app.clock.advance(minutes(10));
        },
        async |app, ()| {
            let _report =
                acting("sweep", sweep::handle(&app.world.ports, sweep::Bounds::default())).await;
        },
        async |app, (), (), tables| {
            assert_eq!(tables.count(Entity::Verification), 0);
            assert_eq!(tables.data_keys(), Vec::<&str>::new());
            app.register(ADA).await;
        },
    )
    .await;
}

#[tokio::test]
async fn the_person_at_the_session_limit_gets_a_ticket_that_works() {
    at_every_stop(
        |options| options.config.max_sessions = 1,
        async |app| app.register(ADA).await,
        async |app, _| {
            let body = json!({"login": ADA, "password": PASSWORD});
            calm(app.post("/v1/sessions").json(&body).send().await)
        },
        async |app, ada, done, tables| {
            let full = done.expect(409);
            assert_eq!(tables.count(Entity::Session), 2, "the session, and one ticket");
            let ticket = full.body["ticket"].as_str().expect("a ticket");
            let listed = app.get("/v1/sessions").bearer(ticket).send().await.expect(200);
            let id = listed.body["sessions"][0]["id"].as_str().expect("an id").to_owned();
            let path = format!("/v1/sessions/{id}");
            app.delete(&path).bearer(ticket).send().await.expect(204);
            app.log_in(ada).await;
        },
    )
    .await;
}
