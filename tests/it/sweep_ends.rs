//! What the sweep ends besides accounts, what that costs, and what a dry run tells of it.

use crate::app::TestApp;
use crate::stops::at_every_stop;
use crate::sweep::invoke;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::domain::time::{days, hours, minutes};
use shared::vault::Owner;
use sweep::Bounds;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn c_5_3_a_message_that_nobody_took_goes_with_its_key() {
    at_every_stop(
        |_| {},
        async |app| {
            let call = app.post("/v1/verifications").json(&TestApp::code_request(ADA));
            call.send().await.expect(202);
            // Its code is of no use after ten minutes; `notify` has an hour to take it.
            app.clock.advance(minutes(59));
            assert_eq!(app.sweep().await.messages, 0);
            app.clock.advance(minutes(1));
        },
        async |app, ()| {
            let _report = acting("sweep", sweep::handle(&app.world.ports, Bounds::default())).await;
        },
        async |app, (), (), tables| {
            assert_eq!(tables.count(Entity::Message), 0);
            assert_eq!(tables.data_keys(), Vec::<&str>::new());
            assert_eq!(app.sweep().await.taken(), 0);
        },
    )
    .await;
}

#[tokio::test]
async fn messages_that_wait_for_notify_stay_until_their_time_is_over() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(app.register(&format!("p{n}@example.org")).await);
    }
    for person in &people {
        app.cancel(&person.token).await.expect(202);
    }
    app.clock.advance(hours(2));
    assert_eq!(app.sweep().await.messages, 0);
    assert_eq!(Tables::whole(&app).await.count(Entity::Message), 3);
}

#[tokio::test]
async fn c_2_3_a_months_key_goes_six_months_after_it() {
    at_every_stop(
        |_| {},
        async |app| {
            app.register(ADA).await;
            app.sweep().await;
            // BEGIN is in November 2026.
            app.clock.advance(days(188));
            assert_eq!(app.sweep().await.periods, 0, "May is not over");
            app.clock.advance(days(1));
        },
        async |app, ()| {
            let _report = acting("sweep", sweep::handle(&app.world.ports, Bounds::default())).await;
        },
        async |app, (), (), _| {
            let month = Owner::Period(Period::Logs { year: 2026, month: 11 });
            let [key] = app.world.ports.store.get(&[month.key()]).await.expect("a read");
            assert_eq!(key, None);
            let year = Owner::Period(Period::Evidence { year: 2026 });
            let [key] = app.world.ports.store.get(&[year.key()]).await.expect("a read");
            assert!(key.is_some());
        },
    )
    .await;
}

/// Every line of a dry run.
async fn dry_run(app: &TestApp) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = invoke(app, json!({"do": "dry_run", "after": after})).await;
        lines.extend(page["lines"].as_array().expect("lines").clone());
        after = page["next"].clone();
        if after.is_null() {
            return lines;
        }
    }
}

#[tokio::test]
async fn the_dry_run_knows_changes_of_contact_rotations_and_last_notices() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let eve = app.register("eve@example.org").await;
    let bob = app.register("bob@example.org").await;
    app.set_contact(&ada.token, "ada@example.net").await.expect(200);
    app.set_contact(&eve.token, "eve@example.net").await.expect(200);
    app.cancel(&eve.token).await.expect(202);
    app.clock.advance(days(3));
    invoke(&app, json!({"rotate": "index"})).await;
    app.clock.advance(hours(1));
    let said = |lines: &[Value], who: &str| {
        let of = |line: &&Value| line["who"] == who;
        let told = lines.iter().filter(of).map(|line| (line["what"].clone(), line["why"].clone()));
        told.collect::<Vec<_>>()
    };
    let lines = dry_run(&app).await;
    for person in [&ada, &eve] {
        let finish = vec![(json!("finish_contact_change"), json!("C-8.1"))];
        assert_eq!(said(&lines, &person.id), finish);
    }
    assert_eq!(said(&lines, "rotation#index"), [(json!("advance_rotation"), json!("C-7.2"))]);
    let report = app.sweep().await;
    assert_eq!((report.settled, report.rotated), (2, 1));
    // A last notice is told from an erasure by when the person was told, and not by the due time.
    app.clock.advance(days(725));
    app.sweep().await;
    app.deliver().await;
    app.clock.advance(days(8));
    let lines = dry_run(&app).await;
    assert_eq!(said(&lines, &bob.id), [(json!("erase_unused"), json!("C-5.3"))]);
    assert!(said(&lines, &ada.id).iter().all(|(what, _)| what == "erase_unused"));
}

#[tokio::test]
async fn the_dry_run_tells_what_the_sweep_then_does() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let bob = app.register("bob@example.org").await;
    app.cancel(&ada.token).await.expect(202);
    app.sweep().await;
    app.clock.advance(days(701));
    let before = crate::stored::rows(&app).await;
    let lines = dry_run(&app).await;
    assert_eq!(crate::stored::rows(&app).await, before, "it changes nothing");
    let line = |who: &str, what: &str| {
        let fits = |l: &&Value| l["who"] == who && l["what"] == what;
        assert_eq!(lines.iter().filter(fits).count(), 1, "{who} {what} {lines:#?}");
    };
    line(&ada.id, "erase_cancelled");
    line(&bob.id, "first_notice");
    line("logs#2026-11", "end_period");
    assert!(!json!(lines).to_string().contains('@'), "opaque ids alone");
    let report = app.sweep().await;
    assert_eq!((report.erased, report.told, report.periods), (1, 1, 1));
    assert_eq!(report.taken(), lines.len());
}
