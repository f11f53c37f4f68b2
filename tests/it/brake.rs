//! The brake on mass erasure: who erases counts, what is stopped waits, and it takes two releases.

use crate::app::{Person, TestApp};
use crate::log::Log;
use crate::sweep::invoke;
use crate::sweep_overdue::values;
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, hours, minutes};
use std::time::Duration;

/// A world that stops after so many erasures in an hour, and people in it.
async fn world(limit: u32, people: usize, cooling_off: Duration) -> (TestApp, Vec<Person>) {
    let app = TestApp::with(|options| {
        options.config.erasures_per_hour = limit;
        options.config.cooling_off = cooling_off;
    })
    .await;
    let mut all = Vec::new();
    for n in 0..people {
        all.push(app.register(&format!("p{n}@example.org")).await);
    }
    (app, all)
}

async fn cancel_all(app: &TestApp, people: &[Person]) {
    for person in people {
        app.cancel(&person.token).await.expect(202);
    }
}

#[tokio::test]
async fn c_8_2_too_many_erasures_in_an_hour_stop_and_are_not_lost() {
    let (app, people) = world(3, 5, days(7)).await;
    cancel_all(&app, &people).await;
    app.clock.advance(days(7));
    let report = app.sweep().await;
    assert_eq!((report.erased, report.braked, report.failed), (3, 2, 0));
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Claim), 2, "whoever was not erased is whole");
    // Time alone does not let them go on.
    app.clock.advance(hours(5));
    assert_eq!(app.sweep().await.erased, 0);
    let status = invoke(&app, json!({"do": "status"})).await;
    assert_eq!(status["brake"]["on"], true);
    for person in &people {
        let answer = app.me(&person.token).await;
        assert!([401, 410].contains(&answer.status.as_u16()), "{}", answer.text);
    }
}

#[tokio::test]
async fn c_8_2_what_alarms_is_measured_for_as_long_as_the_brake_is_on() {
    let (app, people) = world(1, 3, days(7)).await;
    cancel_all(&app, &people).await;
    let log = Log::default();
    let _guard = log.capture();
    let measured = || values(&log, "erasures_stopped");
    app.sweep().await;
    assert_eq!(measured(), [0; 8], "each slice says so");
    app.clock.advance(days(7));
    app.sweep().await;
    assert!(measured().contains(&1), "at the pull");
    app.clock.advance(hours(5));
    app.sweep().await;
    assert_eq!(measured(), [1; 8]);
    invoke(&app, json!({"do": "stop"})).await;
    app.sweep().await;
    assert_eq!(measured(), [1; 8], "whether anything is swept or not");
    invoke(&app, json!({"do": "release_brake"})).await;
    app.sweep().await;
    assert_eq!(measured(), [1; 8], "one release is none");
    app.clock.advance(minutes(10));
    invoke(&app, json!({"do": "release_brake"})).await;
    app.sweep().await;
    assert_eq!(measured(), [0; 8]);
}

#[tokio::test]
async fn c_8_2_it_takes_two_releases_ten_minutes_apart() {
    let (app, people) = world(1, 3, days(7)).await;
    cancel_all(&app, &people).await;
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    let release = async || invoke(&app, json!({"do": "release_brake"})).await;
    assert_eq!(release().await["second_release_from"], "2026-12-01T08:10:00Z");
    assert_eq!(app.sweep().await.erased, 0, "one is not enough");
    app.clock.advance(minutes(9));
    assert_eq!(release().await["too_soon"], true);
    assert_eq!(app.sweep().await.erased, 0);
    app.clock.advance(minutes(1));
    assert_eq!(release().await, json!({"brake": "off"}));
    // The count begins anew, and so does the brake.
    assert_eq!(app.sweep().await.erased, 1);
    assert_eq!(app.sweep().await.erased, 0);
    let tables = Tables::whole(&app).await;
    let mut acts = tables.all_actions();
    acts.retain(|act| act.starts_with("brake."));
    let expected = ["brake.pulled", "brake.release_asked", "brake.released", "brake.pulled"];
    assert_eq!(acts, expected, "each is entered");
    assert_eq!(release().await["brake"], "on");
}

#[tokio::test]
async fn c_8_2_erasures_at_once_are_counted_with_those_of_the_sweep() {
    let (app, people) = world(3, 5, Duration::ZERO).await;
    cancel_all(&app, &people).await;
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Claim), 2);
    for person in &people[..3] {
        app.me(&person.token).await.expect(410);
    }
    let token = app.log_in(&people[4]).await;
    assert_eq!(app.me(&token).await.expect(200).body["state"], "closing", "and due");
    assert_eq!(app.sweep().await.braked, 2);
}

#[tokio::test]
async fn c_8_2_an_hour_that_is_over_does_not_count() {
    let (app, people) = world(2, 4, Duration::ZERO).await;
    cancel_all(&app, &people[..2]).await;
    app.clock.advance(minutes(70));
    for person in &people[2..] {
        let token = app.log_in(person).await;
        app.cancel(&token).await.expect(202);
        app.me(&token).await.expect(410);
    }
}

#[tokio::test]
async fn c_8_2_many_workers_at_once_erase_no_more_than_the_limit() {
    let (app, people) = world(5, 12, days(7)).await;
    cancel_all(&app, &people).await;
    app.clock.advance(days(7));
    let mut tasks = Vec::new();
    for slice in (0..sweep::SLICES).chain(0..sweep::SLICES) {
        let ports = app.world.ports.clone();
        tasks.push(tokio::spawn(async move {
            acting("sweep", sweep::sweep_slice(&ports, slice, sweep::Bounds::default()))
                .await
                .expect("sweeps")
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Tombstone), 5);
    assert_eq!(tables.count(Entity::Claim), 7);
}
