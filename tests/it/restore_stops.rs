//! A restore that is stopped before and after each of its calls, killed, or run twice at once.

use crate::app::{PASSWORD, TestApp};
use crate::consents::{listed, withdraw};
use crate::environments::{Environments, cut_off};
use crate::restored::{back_up, look, restore, tell};
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::time::days;
use shared::restore::{Bounds, advance};
use shared::store::Table;

/// A world in which something was done after a copy.
struct Story {
    world: Environments,
    backups: Vec<crate::restored::Backup>,
    erased: crate::app::Person,
    left: crate::app::Person,
}

impl Story {
    async fn tell() -> Self {
        let world = Environments::start(|_| {}).await;
        let app = &world.app;
        let erased = app.register("ada@example.org").await;
        let left = app.register("bob@example.org").await;
        let patch = json!({"display_name": "Bob"});
        app.correct(&left.token, "\"1\"", &patch).await.expect(200);
        app.cancel(&erased.token).await.expect(202);
        app.deliver().await;
        let records = back_up(app, Table::Records).await;
        app.clock.advance(days(7));
        app.sweep().await;
        let token = app.log_in(&left).await;
        withdraw(app, &token).await.expect(204);
        app.deliver().await;
        // Each try has tables of its own.
        let mut backups = vec![records];
        for table in [Table::Keys, Table::Roots, Table::Ledger] {
            backups.push(back_up(app, table).await);
        }
        Self { world, backups, erased, left }
    }

    async fn again(&self, n: usize) -> TestApp {
        let backups: Vec<_> = self.backups.iter().collect();
        restore(&self.world, &backups, &format!("-{n}")).await
    }

    async fn ended(&self, app: &TestApp, counts: &Value) {
        let status = tell(app, json!({"do": "status"})).await.expect("a status");
        assert_eq!((&status["stage"], &status["open"]), (&json!("open"), &json!(true)), "{status}");
        assert_eq!(counts["failed"], 0);
        // What a stop left of an erasure is due.
        app.sweep().await;
        let tables = Tables::whole(app).await;
        assert_eq!(tables.kinds_of(&self.erased.id), ["account", "evidence", "network_log"]);
        let acts = tables.all_actions();
        for once in ["account.restored", "account.erased", "sweep.restore_opened"] {
            assert_eq!(acts.iter().filter(|act| **act == once).count(), 1, "{once}");
        }
        app.me(&self.erased.token).await.expect(410);
        app.me(&self.left.token).await.expect(401);
    }

    async fn people_are_as_they_were(&self, app: &TestApp) {
        let token = app.log_in(&self.left).await;
        assert_eq!(listed(app, &token, "profile").await["consented"], false);
        app.try_log_in("ada@example.org", PASSWORD).await.expect(401);
    }
}

async fn confirm(app: &TestApp) {
    look(app).await;
    let told = json!({"do": "apply", "lost": 0, "failed": 0});
    tell(app, told).await.expect("applies");
}

#[tokio::test]
async fn c_8_2_a_restore_goes_on_after_any_stop() {
    let story = Story::tell().await;
    let (mut n, mut calls) = (0, usize::MAX);
    while n < calls {
        let app = story.again(n).await;
        confirm(&app).await;
        app.faults.take_calls();
        // What was written is written, and nobody hears of it: also a stop before the next call.
        app.faults.stop_after(n);
        let _stopped = advance(&app.world.ports, Bounds::default()).await;
        let made = app.faults.take_calls();
        app.faults.clear();
        if made.iter().all(|call| call.fault.is_none()) {
            calls = n;
        }
        let done = advance(&app.world.ports, Bounds::default()).await.expect("goes on");
        story.ended(&app, &json!(done.counts)).await;
        n += 1;
    }
    let app = story.again(n).await;
    confirm(&app).await;
    advance(&app.world.ports, Bounds::default()).await.expect("nothing stops it");
    story.people_are_as_they_were(&app).await;
    assert!(n > 20, "{n} calls");
}

#[tokio::test]
async fn a_look_goes_on_after_any_stop() {
    let story = Story::tell().await;
    let (mut n, mut calls) = (0, usize::MAX);
    while n < calls {
        let app = story.again(n).await;
        tell(&app, json!({"do": "begin"})).await.expect("begins");
        app.clock.advance(shared::domain::time::minutes(10));
        app.faults.take_calls();
        app.faults.stop_after(n);
        let _stopped = advance(&app.world.ports, Bounds::default()).await;
        let made = app.faults.take_calls();
        app.faults.clear();
        if made.iter().all(|call| call.fault.is_none()) {
            calls = n;
        }
        let looked = advance(&app.world.ports, Bounds::default()).await.expect("goes on");
        assert_eq!((looked.counts.people, looked.counts.erased), (1, 1), "{looked:?}");
        n += 1;
    }
    assert!(n > 10, "{n} calls");
}

#[tokio::test]
async fn a_restore_that_is_killed_again_and_again_ends() {
    let story = Story::tell().await;
    let app = story.again(0).await;
    confirm(&app).await;
    let bounds = Bounds { rows: 3, ..Bounds::default() };
    let (mut kills, mut polls) = (0, 0);
    loop {
        polls += 1;
        let run = cut_off(advance(&app.world.ports, bounds), polls).await;
        kills += usize::from(run.is_none());
        let status = tell(&app, json!({"do": "status"})).await.expect("a status");
        if status["open"] == true {
            break;
        }
        app.me(&story.left.token).await.expect(503);
        assert!(polls < 300, "it ends: {status}");
    }
    assert!(kills > 5, "{kills} kills");
    story.ended(&app, &json!({"failed": 0})).await;
    story.people_are_as_they_were(&app).await;
}

#[tokio::test]
async fn two_runs_at_once_restore_as_one() {
    let story = Story::tell().await;
    let app = story.again(0).await;
    confirm(&app).await;
    for _ in 0..20 {
        let run = || advance(&app.world.ports, Bounds { rows: 7, ..Bounds::default() });
        let (one, two) = tokio::join!(run(), run());
        for progress in [one, two] {
            if let Err(error) = progress {
                assert!(error.is_conflict(), "{}", error.chain());
            }
        }
    }
    advance(&app.world.ports, Bounds::default()).await.expect("goes on");
    story.ended(&app, &json!({"failed": 0})).await;
    story.people_are_as_they_were(&app).await;
}
