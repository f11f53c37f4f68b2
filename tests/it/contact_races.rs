//! Two people, or two acts of one, over one contact: one wins, and nothing is orphaned.

use crate::app::{PASSWORD, Person, TestApp};
use crate::halt::Halt;
use crate::stops::{calm, one_of};
use crate::tables::Tables;
use serde_json::Value;
use shared::domain::contact::change::HELD;
use shared::domain::inventory::Entity;
use std::sync::Arc;
use tokio::task::JoinSet;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const NEW: &str = "wanted@example.net";
/// The write of an act whose first write counts a try.
const AFTER_TRY: (&str, usize) = ("TransactWriteItems", 1);
const WRITE: (&str, usize) = ("TransactWriteItems", 0);

fn named(email: &str) -> Person {
    Person { email: email.to_owned(), token: String::new(), id: String::new() }
}

async fn register(app: &TestApp, (verification, code): &(Value, String)) -> crate::app::Answer {
    let body = TestApp::account_request(verification, code);
    calm(app.post("/v1/accounts").json(&body).send().await)
}

#[tokio::test]
async fn c_7_3_of_a_registration_and_a_change_to_one_address_one_wins() {
    for change_first in [false, true] {
        let (app, halt) = Halt::start(|_| {}).await;
        let ada = app.register(ADA).await;
        let account = app.code(NEW).await;
        let contact = app.contact_code(&ada.token, NEW).await;
        let (changing, registering) =
            (app.put_contact(&ada.token, NEW, &contact), register(&app, &account));
        let (changed, registered) = if change_first {
            let (registered, changed) = halt.overtake(AFTER_TRY, registering, changing).await;
            (changed, registered)
        } else {
            halt.overtake(AFTER_TRY, changing, registering).await
        };
        let (won, lost) = if change_first { (changed, registered) } else { (registered, changed) };
        assert!(won.status.is_success(), "{}", won.text);
        assert_eq!(lost.expect(409).problem(), "contact-taken");
        let tables = Tables::whole(&app).await;
        assert_eq!(tables.count(Entity::Claim), 2, "one for each contact");
        let email = if change_first { NEW } else { ADA };
        assert_eq!(app.me(&ada.token).await.expect(200).body["email"], email);
    }
}

#[tokio::test]
async fn c_7_3_of_two_people_who_change_to_one_address_one_wins() {
    let (app, halt) = Halt::start(|_| {}).await;
    let (ada, bob) = (app.register(ADA).await, app.register(BOB).await);
    let (of_ada, of_bob) =
        (app.contact_code(&ada.token, NEW).await, app.contact_code(&bob.token, NEW).await);
    let slow = app.put_contact(&ada.token, NEW, &of_ada);
    let quick = app.put_contact(&bob.token, NEW, &of_bob);
    let (slow, quick) = halt.overtake(AFTER_TRY, slow, quick).await;
    quick.expect(200);
    assert_eq!(slow.expect(409).problem(), "contact-taken");
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 3);
}

#[tokio::test]
async fn c_8_1_of_two_changes_by_one_person_one_wins() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    let one = app.contact_code(&ada.token, NEW).await;
    let two = app.contact_code(&ada.token, "other@example.net").await;
    let slow = app.put_contact(&ada.token, NEW, &one);
    let quick = app.put_contact(&ada.token, "other@example.net", &two);
    let (slow, quick) = halt.overtake(AFTER_TRY, slow, quick).await;
    quick.expect(200);
    assert_eq!(slow.expect(409).problem(), "contact-change-open");
    // And of one that is sent twice at once.
    let code = app.contact_code(&ada.token, "+8613800138000").await;
    let send = || app.put_contact(&ada.token, "+8613800138000", &code);
    let (slow, quick) = halt.overtake(AFTER_TRY, send(), send()).await;
    quick.expect(200);
    assert_eq!(slow.expect(422).problem(), "verification-failed");
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 3);
}

#[tokio::test]
async fn c_8_1_of_a_freeze_and_a_taking_back_the_first_counts() {
    for freeze_first in [false, true] {
        let (app, halt) = Halt::start(|_| {}).await;
        let ada = app.register(ADA).await;
        app.set_contact(&ada.token, NEW).await.expect(200);
        let link = app.mailed_link(ADA).await;
        let (freeze, take_back) = (app.post(&link).send(), app.take_back(&ada.token, "email"));
        if freeze_first {
            let (taken, frozen) = halt.overtake(WRITE, take_back, freeze).await;
            frozen.expect(200);
            taken.expect(204);
        } else {
            let (frozen, taken) = halt.overtake(WRITE, freeze, take_back).await;
            taken.expect(204);
            assert_eq!(frozen.expect(404).problem(), "link-spent");
        }
        let tables = Tables::whole(&app).await;
        assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (1, 0));
        app.log_in(&named(ADA)).await;
    }
}

#[tokio::test]
async fn c_8_1_a_freeze_counts_for_a_log_in_that_it_overtakes() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    let link = app.mailed_link(ADA).await;
    let log_in = app.try_log_in(NEW, PASSWORD);
    let (log_in, frozen) = halt.overtake(AFTER_TRY, log_in, app.post(&link).send()).await;
    frozen.expect(200);
    log_in.expect(401);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_two_sweeps_at_once_end_a_change_once() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.deliver().await;
    app.clock.advance(HELD);
    let (one, other) = halt.overtake(WRITE, app.sweep(), app.sweep()).await;
    assert_eq!((one.failed, other.failed, one.settled + other.settled), (0, 0, 1));
    let tables = Tables::whole(&app).await;
    let ends = tables.actions().into_iter().filter(|a| *a == "contact_change.finished").count();
    assert_eq!((ends, tables.count(Entity::Claim)), (1, 1));
}

#[tokio::test]
async fn c_8_1_the_end_of_a_change_and_a_write_in_between_both_land() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.deliver().await;
    app.clock.advance(HELD);
    let (report, token) = halt.overtake(WRITE, app.sweep(), app.log_in(&named(NEW))).await;
    assert_eq!((report.settled, report.failed), (1, 0));
    app.me(&token).await.expect(200);
    // A further change ends the former by itself, and then begins: whoever comes first.
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    app.clock.advance(HELD);
    let token = app.log_in(&named(NEW)).await;
    let code = app.contact_code(&token, ADA).await;
    let (report, changed) = tokio::join!(app.sweep(), app.put_contact(&token, ADA, &code));
    changed.expect(200);
    assert_eq!(report.failed, 0);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 2);
}

#[tokio::test]
async fn c_8_4_no_change_of_contact_lands_after_the_erasure() {
    let codes = 3;
    for n in 0..codes {
        let (app, halt) = Halt::start(|o| o.config.cooling_off = std::time::Duration::ZERO).await;
        let ada = app.register(ADA).await;
        let other = app.log_in(&ada).await;
        let code = app.contact_code(&ada.token, NEW).await;
        let cancel = app.cancel(&other);
        let answer = match n {
            0 => {
                let put = app.put_contact(&ada.token, NEW, &code);
                halt.overtake(AFTER_TRY, put, cancel).await.0
            }
            1 => {
                let body = TestApp::contact_request(NEW);
                let ask = app.post("/v1/verifications").bearer(&ada.token).json(&body).send();
                halt.overtake(WRITE, ask, cancel).await.0
            }
            _ => {
                let put = app.put_password(&ada.token, PASSWORD, "another horse battery");
                halt.overtake(AFTER_TRY, put, cancel).await.0
            }
        };
        answer.expect(410);
        app.clock.advance(shared::domain::time::minutes(10));
        app.sweep().await;
        let tables = Tables::whole(&app).await;
        assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Verification)), (0, 0));
        assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_many_people_at_once_over_one_address_are_one_in_the_end() {
    let app = Arc::new(TestApp::start().await);
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(app.register(&format!("person-{n}@example.org")).await);
    }
    let mut tasks = JoinSet::new();
    for person in &people {
        let code = app.contact_code(&person.token, NEW).await;
        for _ in 0..3 {
            let (app, token, code) = (app.clone(), person.token.clone(), code.clone());
            tasks.spawn(async move { calm(app.put_contact(&token, NEW, &code).await) });
        }
    }
    let answers = tasks.join_all().await;
    for answer in &answers {
        one_of(answer, &[200, 409, 422]);
    }
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 4);
}
