//! An account that nobody uses ends: two notices, an erasure with a receipt, and a log-in that
//! keeps it.

use crate::app::{Answer, Person, TestApp};
use crate::halt::Halt;
use crate::stops::at_every_stop;
use crate::stored;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::{days, minutes};
use shared::ids::SubjectId;
use shared::ledger::Facts;
use shared::records::subject;
use shared::store::{Attr, Row};
use shared::vault::Owner;
use sweep::{Bounds, Report};

const ADA: &str = "ada@example.org";

/// Advances to a day since the test began, and runs the jobs.
async fn on_day(app: &TestApp, day: u64) -> Report {
    let now = app.world.ports.clock.now();
    let then = crate::app::BEGIN.plus(days(day));
    let by = u64::try_from(then.secs() - now.secs()).expect("a later day");
    app.clock.advance(std::time::Duration::from_secs(by));
    let report = app.sweep().await;
    app.deliver().await;
    report
}

/// The notices that went to an address.
fn notices(app: &TestApp, email: &str) -> Vec<String> {
    let mails = app.world.mailbox.mails().expect("mails");
    let to = format!("To: {email}");
    let about = |mail: &String| mail.contains(&to) && mail.contains("about to end");
    mails.into_iter().filter(about).collect()
}

async fn receipt_of(app: &TestApp, person: &Person) -> Answer {
    let gone = app.me(&person.token).await.expect(410);
    let receipt = gone.body["receipt"].as_str().expect("a receipt").to_owned();
    app.get(&format!("/v1/receipts/{receipt}")).send().await.expect(200)
}

#[tokio::test]
async fn c_5_3_an_unused_account_is_told_twice_and_then_erased_with_a_receipt() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    assert_eq!(on_day(&app, 699).await.told, 0);
    assert_eq!(on_day(&app, 700).await.told, 1);
    assert_eq!(on_day(&app, 722).await.told, 0);
    assert_eq!(on_day(&app, 723).await.told, 1);
    let told = notices(&app, ADA);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|mail| mail.contains("2028-11-23 08:00:00 UTC")), "{told:?}");
    assert_eq!(on_day(&app, 729).await.erased, 0);
    Tables::whole(&app).await;
    assert_eq!(on_day(&app, 730).await.erased, 1);

    let receipt = receipt_of(&app, &ada).await;
    assert_eq!(
        (&receipt.body["state"], &receipt.body["verifies"]),
        (&json!("erased"), &json!(true))
    );
    let statement = &receipt.body["statement"];
    assert_eq!(statement["ground"], "C-5.3");
    assert_eq!(statement["requested_at"], "2028-11-23T08:00:00Z");
    let tables = Tables::whole(&app).await;
    let acts = tables.actions();
    let expected =
        ["account.registered", "account.end_announced", "account.end_announced", "account.erased"];
    assert_eq!(acts, expected);
    assert_eq!(tables.count(Entity::Claim), 0);
    assert!(!tables.show(ADA));
    app.register(ADA).await;
}

#[tokio::test]
async fn c_5_3_a_log_in_keeps_the_account_and_writes_no_index() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    on_day(&app, 723).await;
    let key = subject::account(&SubjectId::parse(&ada.id).expect("an id"));
    let due = async || {
        let [row] = app.world.ports.store.get(std::array::from_ref(&key)).await.expect("a read");
        row.expect("an account").time(Attr::DueAt).expect("a time")
    };
    let before = due().await;
    app.log_in(&ada).await;
    assert_eq!(due().await, before, "a log-in costs no write of the index");
    app.clock.advance(days(8));
    let report = app.sweep().await;
    assert_eq!((report.moved, report.erased, report.told), (1, 0, 0));
    let logged_in = crate::app::BEGIN.plus(days(723));
    assert_eq!(due().await, logged_in.plus(days(700)));
    Tables::whole(&app).await;
    // And from then on it all begins anew.
    assert_eq!(on_day(&app, 723 + 699).await.told, 0);
    assert_eq!(on_day(&app, 723 + 700).await.told, 1);
}

#[tokio::test]
async fn c_5_3_however_late_the_sweep_is_nobody_is_erased_without_a_week() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let report = on_day(&app, 900).await;
    assert_eq!((report.told, report.erased), (1, 0));
    assert!(notices(&app, ADA)[0].contains("2029-05-19 08:00:00 UTC"), "a week from then");
    assert_eq!(on_day(&app, 906).await.erased, 0);
    assert_eq!(on_day(&app, 907).await.erased, 1);
    receipt_of(&app, &ada).await;
}

/// Advances to a day and lets the jobs run, while nothing is delivered; what waited too long is given
/// up.
async fn on_silent_day(app: &TestApp, day: u64) -> Report {
    let by = crate::app::BEGIN.plus(days(day)).secs() - app.world.ports.clock.now().secs();
    app.clock.advance(std::time::Duration::from_secs(by.try_into().expect("a later day")));
    app.sweep().await
}

#[tokio::test]
async fn c_5_3_an_account_does_not_end_before_a_notice_was_handed_over() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.deliver().await;
    for (day, told, erased) in [(700, 1, 0), (723, 1, 0), (729, 0, 0), (731, 1, 0)] {
        let report = on_silent_day(&app, day).await;
        assert_eq!((report.told, report.erased), (told, erased), "day {day}");
    }
    app.deliver().await;
    assert_eq!(notices(&app, ADA).len(), 1, "those before it were too late");
    let token = app.log_in(&ada).await;
    app.me(&token).await.expect(200);
    // And whoever was reached and stays away is erased a week later.
    assert_eq!(on_day(&app, 731 + 700).await.told, 1);
    assert_eq!(on_day(&app, 731 + 723).await.told, 1);
    assert_eq!(on_day(&app, 731 + 730).await.erased, 1);
}

#[tokio::test]
async fn c_5_3_an_address_that_never_works_keeps_no_account_for_ever() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.deliver().await;
    for day in [700, 723, 730, 737] {
        assert_eq!(on_silent_day(&app, day).await.told, 1, "day {day}");
    }
    assert_eq!(on_silent_day(&app, 743).await.erased, 0);
    assert_eq!(on_silent_day(&app, 744).await.erased, 1);
    assert_eq!(receipt_of(&app, &ada).await.body["statement"]["ground"], "C-5.3");
    let erased = |row: &Row| row.text(Attr::Action).is_ok_and(|action| action == "account.erased");
    let entry = stored::rows(&app).await.into_values().find(erased).expect("an entry");
    let owner = Owner::Period(Period::evidence(entry.time(Attr::At).expect("a time")));
    let [key] = app.world.ports.store.get(&[owner.key()]).await.expect("a read");
    let key = app.world.ports.vault.open(owner, key.as_ref()).await.expect("a key");
    let facts: Facts = key.expect("a key").open(&entry).expect("facts");
    assert_eq!(facts.basis, "unheard");
}

#[tokio::test]
async fn c_5_3_without_a_limit_no_account_ends_for_being_unused() {
    let app = TestApp::with(|options| options.config.unused = None).await;
    let ada = app.register(ADA).await;
    for year in 1..=6 {
        let report = on_day(&app, year * 365).await;
        assert_eq!((report.told, report.erased, report.moved), (0, 0, 1), "year {year}");
    }
    app.log_in(&ada).await;
}

#[tokio::test]
async fn c_8_4_whoever_keeps_the_account_by_a_link_uses_it() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    on_day(&app, 723).await;
    app.log_in(&ada).await;
    on_day(&app, 723 + 728).await;
    let token = app.log_in(&ada).await;
    app.cancel(&token).await.expect(202);
    let link = app.mailed_link(ADA).await;
    app.post(&link).send().await.expect(200);
    assert_eq!(on_day(&app, 723 + 728 + 699).await.erased, 0);
    app.log_in(&ada).await;
}

#[tokio::test]
async fn c_5_3_a_notice_that_is_stopped_goes_out_once() {
    at_every_stop(
        |_| {},
        async |app| {
            app.register(ADA).await;
            app.clock.advance(days(700));
        },
        async |app, ()| {
            let _report = acting("sweep", sweep::handle(&app.world.ports, Bounds::default())).await;
        },
        async |app, (), (), tables| {
            app.deliver().await;
            assert_eq!(notices(app, ADA).len(), 1);
            let told = tables.actions();
            assert_eq!(told, ["account.registered", "account.end_announced"]);
            assert_eq!(app.sweep().await.told, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn c_5_3_an_erasure_for_being_unused_that_is_stopped_completes_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            on_day(app, 700).await;
            on_day(app, 723).await;
            app.clock.advance(days(7));
            ada
        },
        async |app, _| {
            let _report = acting("sweep", sweep::handle(&app.world.ports, Bounds::default())).await;
        },
        async |app, ada, (), tables| {
            let receipt = receipt_of(app, ada).await;
            assert_eq!(receipt.body["statement"]["ground"], "C-5.3");
            assert_eq!(tables.count(Entity::Receipt), 1);
            assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
            app.deliver().await;
            assert_eq!(Tables::whole(app).await.count(Entity::Message), 0);
        },
    )
    .await;
}

#[tokio::test]
async fn c_5_3_a_log_in_at_the_last_moment_is_in_time() {
    // Of its slice: the job, the due row, the account; then the erasure, whose write is the second.
    for call in [("TransactWriteItems", 1), ("BatchGetItem", 2), ("BatchGetItem", 3)] {
        let (app, halt) = Halt::start(|_| {}).await;
        let ada = app.register(ADA).await;
        on_day(&app, 700).await;
        on_day(&app, 723).await;
        app.clock.advance(minutes(7 * 24 * 60 - 1));
        app.sweep().await;
        app.clock.advance(minutes(1));
        let (report, token) = halt.overtake(call, app.sweep_slice_of(&ada), app.log_in(&ada)).await;
        assert_eq!(report.erased, 0, "{call:?} {report:?}");
        app.me(&token).await.expect(200);
        Tables::whole(&app).await;
    }
}

#[tokio::test]
async fn c_5_3_a_log_in_during_a_notice_is_not_forgotten() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.clock.advance(days(700));
    let held = ("TransactWriteItems", 1);
    let (report, token) = halt.overtake(held, app.sweep_slice_of(&ada), app.log_in(&ada)).await;
    assert_eq!((report.told, report.moved), (0, 1), "{report:?}");
    let me = app.me(&token).await.expect(200);
    assert_eq!(me.body["used_at"], "2028-10-24T08:00:00Z");
    app.deliver().await;
    assert_eq!(notices(&app, ADA).len(), 0);
}
