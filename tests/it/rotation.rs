//! Root keys are rotated while traffic goes on; the ones before go when nothing needs them.

use crate::app::TestApp;
use crate::environments::{
    Environments, advance, begin, current, job, next_stage, root, to_the_rest, under,
};
use crate::tables::Tables;
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::time::{days, hours, minutes};
use shared::ids::MessageId;
use shared::rotation::{self, Begun, Bounds, Stage};
use shared::store::{Attr, Key, Transaction, When};
use shared::vault::{Owner, RootUse};

const BRANCH: RootUse = RootUse::Branch;

#[tokio::test]
async fn c_7_2_a_branch_root_is_replaced_and_goes_when_no_backup_needs_it() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let before = current(&app, BRANCH).await;
    assert!(under(&app, &before).await > 0);
    begin(&app, BRANCH).await;
    app.register("bob@example.org").await;
    assert_eq!(advance(&app, BRANCH).await.stage, Stage::Announced, "not known everywhere yet");
    assert_eq!(current(&app, BRANCH).await, before);

    assert_eq!(next_stage(&app, BRANCH).await.stage, Stage::Passing);
    let after = current(&app, BRANCH).await;
    assert_ne!(after, before);
    app.register("eve@example.org").await;
    assert!(under(&app, &before).await > 0, "they come with the pass");
    let passed = next_stage(&app, BRANCH).await;
    assert_eq!(passed.stage, Stage::Resting);
    assert!(passed.changed > 0 && passed.missed + passed.failed == 0, "{passed:?}");
    assert_eq!(under(&app, &before).await, 0);
    let token = app.log_in(&ada).await;
    app.correct(&token, "*", &json!({"display_name": "Ada"})).await.expect(200);
    Tables::whole(&app).await;

    app.clock.advance(hours(24));
    app.sweep().await;
    assert!(root(&app, BRANCH, &before).await.is_some(), "a restored table needs it");
    app.clock.advance(minutes(10));
    assert_eq!(app.sweep().await.rotated, 1);
    assert!(root(&app, BRANCH, &before).await.is_none());
    assert!(job(&app, BRANCH).await.is_none());
    app.log_in(&ada).await;
    assert_eq!(app.sweep().await.taken(), 0);
}

#[tokio::test]
async fn a_second_rotation_waits_for_the_first_and_not_for_its_rest() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    for usage in RootUse::ALL {
        let first = current(&app, usage).await;
        begin(&app, usage).await;
        for stage in [Stage::Announced, Stage::Passing] {
            let refused =
                acting("sweep", rotation::begin(&app.world.ports, usage)).await.expect("answers");
            assert!(matches!(refused, Begun::Refused(p) if p.stage == stage), "{refused:?}");
            next_stage(&app, usage).await;
        }
        let second = current(&app, usage).await;
        assert_eq!(advance(&app, usage).await.stage, Stage::Resting);
        begin(&app, usage).await;
        to_the_rest(&app, usage).await;
        assert!(root(&app, usage, &first).await.is_some(), "{usage:?}: it waits for its own end");
        assert!(root(&app, usage, &second).await.is_some());
        app.log_in(&ada).await;
        app.clock.advance(days(5 * 366));
        advance(&app, usage).await;
        advance(&app, usage).await;
        assert!(root(&app, usage, &first).await.is_none(), "{usage:?}");
        assert!(root(&app, usage, &second).await.is_none(), "{usage:?}");
        assert!(job(&app, usage).await.is_none(), "{usage:?}");
    }
}

/// Keys of many owners, to pass over.
async fn many_keys(app: &TestApp, many: usize) {
    let ports = &app.world.ports;
    for _ in 0..many / 50 {
        let mut transaction = Transaction::new();
        for _ in 0..50 {
            let owner = Owner::Message(MessageId::draw(&*ports.entropy));
            let (_, row) = ports.vault.mint(owner).await.expect("a key");
            transaction.put("key", row, When::Absent);
        }
        ports.store.write(transaction).await.expect("a write");
    }
}

#[tokio::test]
async fn a_run_stops_at_its_bounds_and_another_environment_goes_on_at_the_cursor() {
    let world = Environments::start(|_| {}).await;
    let app = &world.app;
    for name in ["ada", "bob", "eve"] {
        app.register(&format!("{name}@example.org")).await;
    }
    many_keys(app, 500).await;
    let before = current(app, BRANCH).await;
    let all = under(app, &before).await;
    begin(app, BRANCH).await;
    next_stage(app, BRANCH).await;
    app.clock.advance(minutes(10));
    let (mut changed, mut runs) = (0, 0);
    while changed < all {
        let bounds = Bounds { rows: 120, ..Bounds::default() };
        let done =
            acting("sweep", rotation::advance(&world.another().world.ports, BRANCH, bounds)).await;
        let done = done.expect("goes on");
        changed += usize::try_from(done.changed).expect("a count");
        runs += 1;
        assert!(runs < 50, "the runs go on");
        assert!(done.stage == Stage::Passing && done.visited <= 320, "{done:?}");
        if changed < all {
            assert_eq!(under(app, &before).await, all - changed, "no row twice");
            let row = job(app, BRANCH).await.expect("a job");
            let cursor = row.text(Attr::Cursor).expect("a cursor");
            assert!(!cursor.starts_with("login#"), "no hash of an address: {cursor}");
            assert!(row.number(Attr::Visited).expect("a count") > 0);
        }
    }
    assert!(runs >= 3, "{runs} runs");
    assert_eq!(advance(app, BRANCH).await.stage, Stage::Resting);
    assert_eq!(under(app, &before).await, 0);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_keeps_its_branch_and_stops_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let key = Key::keys(format!("person#{}", ada.id));
    let store = &app.world.ports.store;
    let [row] = store.get(&[key]).await.expect("a read");
    let row = row.expect("a key");
    let change = |row: shared::store::Row, wrapped: Vec<u8>| async {
        let mut transaction = Transaction::new();
        transaction.replace("key", row.next().with(Attr::Wrapped, wrapped));
        store.write(transaction).await.expect("a write");
    };
    let whole = row.bytes(Attr::Wrapped).expect("wrapped").to_vec();
    let mut broken = whole.clone();
    *broken.last_mut().expect("a byte") ^= 1;
    change(row.clone(), broken).await;
    let before = current(&app, BRANCH).await;
    begin(&app, BRANCH).await;
    next_stage(&app, BRANCH).await;
    for _ in 0..3 {
        let progress = next_stage(&app, BRANCH).await;
        assert_eq!(progress.stage, Stage::Passing);
        assert!(progress.failed > 0, "{progress:?}");
    }
    assert_eq!(under(&app, &before).await, 1);
    app.register("bob@example.org").await;
    change(row.next(), whole).await;
    assert_eq!(next_stage(&app, BRANCH).await.stage, Stage::Resting);
    assert_eq!(under(&app, &before).await, 0);
    app.log_in(&ada).await;
}

#[tokio::test]
async fn a_rotation_is_wished_for_by_an_event_and_goes_on_with_the_schedule() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let before = current(&app, BRANCH).await;
    let event = async |event: Value| {
        acting("sweep", sweep::respond(&app.world.ports, event, sweep::Bounds::default())).await
    };
    for (wished, outcome) in [("begun", "announced"), ("refused", "announced")] {
        let answer = event(json!({"rotate": "branch"})).await.expect("answers");
        assert_eq!((&answer["rotation"], &answer["stage"]), (&json!(wished), &json!(outcome)));
    }
    let slip = event(json!({"rotate": "branches"})).await;
    assert!(slip.is_err(), "a slip of the pen sweeps nothing");
    for _ in 0..300 {
        app.clock.advance(minutes(5));
        event(json!({})).await.expect("sweeps");
    }
    assert_ne!(current(&app, BRANCH).await, before);
    assert!(root(&app, BRANCH, &before).await.is_none(), "25 hours later it is over");
    app.log_in(&ada).await;
    Tables::whole(&app).await;
}
