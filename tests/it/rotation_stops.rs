//! A stop at each call of a rotation; a run that is cut off; an erasure in the midst
//! of it: the next run goes on, and no destroyed key comes back.

use crate::app::TestApp;
use crate::environments::{
    Environments, advance, begin, claims, current, cut_off, job, next_stage, root, stage,
    to_the_rest, under,
};
use crate::halt::Halt;
use crate::rows::of;
use crate::stops::at_every_stop;
use crate::tables::Tables;
use personal_center::role::acting;
use shared::domain::time::{days, minutes};
use shared::rotation::{self, Bounds, Stage};
use shared::store::Table;
use shared::testing::faults::{Fault, Key};
use shared::vault::RootUse;
use std::time::Duration;

const ADA: &str = "ada@example.org";

/// After whatever was stopped: goes on to the end, and looks at what is left.
async fn to_the_end(app: &TestApp, usage: RootUse, before: &str) {
    for _ in 0..10 {
        if job(app, usage).await.is_none() {
            break;
        }
        app.clock.advance(days(5 * 366));
        advance(app, usage).await;
    }
    assert!(job(app, usage).await.is_none(), "it ends");
    assert_ne!(current(app, usage).await, before);
    assert!(root(app, usage, before).await.is_none());
    let own = format!("{}#", usage.name());
    let roots = of(app, Table::Roots).await;
    let left = roots.iter().filter(|row| row.key.pk.starts_with(&own)).count();
    assert_eq!(left, 1, "one root, and no stray one");
    assert_eq!(claims(app).await.len(), 1);
    assert_eq!(under(app, before).await, 0);
    let login = serde_json::json!({"login": ADA, "password": crate::app::PASSWORD});
    app.post("/v1/sessions").json(&login).send().await.expect(201);
    Tables::whole(app).await;
}

/// Stops the rotation of a use in a stage, everywhere.
async fn stopped_everywhere(usage: RootUse, stopped: Stage) {
    at_every_stop(
        |_| {},
        async |app| {
            app.register(ADA).await;
            let before = current(app, usage).await;
            while stopped != Stage::Idle && job(app, usage).await.is_none() {
                begin(app, usage).await;
            }
            while stopped != Stage::Idle && advance(app, usage).await.stage != stopped {
                app.clock.advance(minutes(10));
            }
            app.clock.advance(days(2));
            if stopped == Stage::Resting && usage == RootUse::Receipts {
                app.clock.advance(days(5 * 366));
            }
            before
        },
        async |app, _| {
            let ports = &app.world.ports;
            if stopped == Stage::Idle {
                let _stopped = acting("sweep", rotation::begin(ports, usage)).await;
            } else {
                let _stopped =
                    acting("sweep", rotation::advance(ports, usage, Bounds::default())).await;
            }
        },
        async |app, before, (), _| to_the_end(app, usage, before).await,
    )
    .await;
}

#[tokio::test]
async fn a_branch_rotation_goes_on_after_any_stop() {
    for stage in [Stage::Idle, Stage::Announced, Stage::Passing, Stage::Resting] {
        stopped_everywhere(RootUse::Branch, stage).await;
    }
}

#[tokio::test]
async fn an_index_rotation_goes_on_after_any_stop() {
    for stage in [Stage::Idle, Stage::Announced, Stage::Passing, Stage::Resting] {
        stopped_everywhere(RootUse::Index, stage).await;
    }
}

#[tokio::test]
async fn a_rotation_of_the_signing_key_goes_on_after_any_stop() {
    for stage in [Stage::Idle, Stage::Announced, Stage::Passing, Stage::Resting] {
        stopped_everywhere(RootUse::Receipts, stage).await;
    }
}

#[tokio::test]
async fn a_run_that_is_killed_anywhere_is_taken_up_by_another_environment() {
    for usage in [RootUse::Branch, RootUse::Index] {
        let world = Environments::start(|options| options.config.max_sessions = 50).await;
        let app = &world.app;
        let mut people = Vec::new();
        for n in 0..6 {
            people.push(app.register(&format!("person-{n}@example.org")).await);
        }
        let before = current(app, usage).await;
        begin(app, usage).await;
        next_stage(app, usage).await;
        app.clock.advance(minutes(10));
        let bounds = Bounds { rows: 4, ..Bounds::default() };
        let (mut kills, mut polls) = (0, 0);
        while stage(app, usage).await.as_deref() == Some("passing") {
            polls += 1;
            // Each environment lives a little longer than the one before.
            let killed = world.another();
            kills += usize::from(
                cut_off(
                    acting("sweep", rotation::advance(&killed.world.ports, usage, bounds)),
                    polls,
                )
                .await
                .is_none(),
            );
            app.log_in(&people[polls % people.len()]).await;
            Tables::whole(app).await;
            assert!(polls < 200, "it ends");
        }
        assert!(kills > 5, "{kills} kills");
        assert_eq!(under(app, &before).await, 0);
        assert_eq!(claims(app).await.len(), people.len());
    }
}

#[tokio::test]
async fn two_runs_at_once_rotate_as_one() {
    for usage in RootUse::ALL {
        let world = Environments::start(|_| {}).await;
        let (app, other) = (&world.app, world.another());
        app.register(ADA).await;
        let before = current(app, usage).await;
        let begins = [app, &other].map(|e| acting("sweep", rotation::begin(&e.world.ports, usage)));
        let [one, two] = begins;
        let (one, two) = tokio::join!(one, two);
        let begun = [one, two].map(|begun| matches!(begun, Ok(rotation::Begun::Begun(_))));
        assert_eq!(begun.iter().filter(|begun| **begun).count(), 1);
        while job(app, usage).await.is_some() {
            tokio::join!(advance(app, usage), advance(&other, usage));
            app.clock.advance(days(366));
        }
        to_the_end(app, usage, &before).await;
    }
}

#[tokio::test]
async fn pointer_and_job_read_from_before_and_after_a_stage_change_nothing() {
    for usage in RootUse::ALL {
        let app = TestApp::start().await;
        app.register(ADA).await;
        let before = current(&app, usage).await;
        let parts = [
            Key::new("Roots", format!("current#{}", usage.name())),
            Key::new("Records", format!("job#rotation#{}", usage.name())).sk("job"),
        ];
        begin(&app, usage).await;
        let mut struck = 0;
        while let Some(at) = stage(&app, usage).await {
            app.clock.advance(minutes(10));
            for part in &parts {
                app.faults.take_calls();
                app.faults.on_call(0, Fault::Torn(Some(part.clone())));
                // It would note where it stops.
                let bounds = Bounds { rows: 1, ..Bounds::default() };
                acting("sweep", rotation::advance(&app.world.ports, usage, bounds))
                    .await
                    .expect("decides");
                let torn = app.faults.take_calls().iter().any(|call| call.fault.is_some());
                app.faults.clear();
                if torn && at != "announced" {
                    struck += 1;
                    assert_eq!(stage(&app, usage).await.as_ref(), Some(&at), "{usage:?} {part}");
                }
            }
            advance(&app, usage).await;
            app.clock.advance(days(if at == "resting" { 5 * 366 } else { 0 }));
        }
        assert!(struck > 0, "{usage:?}");
        to_the_end(&app, usage, &before).await;
    }
}

#[tokio::test]
async fn c_8_2_a_key_that_is_destroyed_while_it_is_wrapped_anew_stays_destroyed() {
    for held in ["erasure", "wrapping"] {
        let (app, halt) = Halt::start(|o| o.config.cooling_off = Duration::ZERO).await;
        let ada = app.register(ADA).await;
        let bob = app.register("bob@example.org").await;
        let before = current(&app, RootUse::Branch).await;
        begin(&app, RootUse::Branch).await;
        next_stage(&app, RootUse::Branch).await;
        app.clock.advance(minutes(10));
        let token = app.log_in(&ada).await;
        let (erase, pass) = (app.cancel(&token), advance(&app, RootUse::Branch));
        let (answer, progress) = if held == "erasure" {
            halt.overtake(("TransactWriteItems", 1), erase, pass).await
        } else {
            let (progress, answer) = halt.overtake(("TransactWriteItems", 0), pass, erase).await;
            (answer, progress)
        };
        answer.expect(202);
        assert_eq!(progress.missed, u64::from(held == "wrapping"), "{progress:?}");
        let key = format!("person#{}", ada.id);
        assert!(of(&app, Table::Keys).await.iter().all(|row| row.key.pk != key), "{held}");
        to_the_rest(&app, RootUse::Branch).await;
        assert_eq!(under(&app, &before).await, 0);
        app.log_in(&bob).await;
        app.deliver().await;
        app.sweep().await;
        Tables::whole(&app).await;
    }
}
