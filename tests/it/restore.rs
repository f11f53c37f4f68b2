//! Records restored from an old copy: nobody gets in before, and operators, jobs and rotations go on.

use crate::app::{PASSWORD, TestApp};
use crate::environments::{Environments, advance, begin as rotate, job};
use crate::restored::{apply, back_up, look, restore, restored, tell};
use crate::rows;
use crate::tables::Tables;
use personal_center::ledger::export;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use shared::ledger::verify::verify;
use shared::rotation::Stage;
use shared::store::{Attr, Row, Table, Transaction, When};
use shared::vault::RootUse;

async fn world() -> Environments {
    Environments::start(|_| {}).await
}

#[tokio::test]
async fn nobody_gets_in_before_a_restore_is_done() {
    let world = world().await;
    let ada = world.app.register("ada@example.org").await;
    world.app.deliver().await;
    let backup = back_up(&world.app, Table::Records).await;
    let app = restore(&world, &[&backup], "-restored").await;
    let closed = async |app: &TestApp| {
        let login = json!({"login": ada.email, "password": PASSWORD});
        let code = TestApp::code_request("eve@example.org");
        let answers = [
            app.me(&ada.token).await,
            app.cancel(&ada.token).await,
            app.post("/v1/sessions").json(&login).send().await,
            app.post("/v1/verifications").json(&code).send().await,
        ];
        for answer in answers {
            let answer = answer.expect(503);
            assert_eq!(
                (answer.problem(), answer.header("retry-after")),
                ("restoring", Some("300"))
            );
        }
        app.get("/v1/policy").send().await.expect(200);
        assert_eq!((app.deliver().await.delivered, app.sweep().await.taken()), (0, 0));
    };
    let before = (Tables::read(&app).await, Tables::read(&world.app).await);
    // From the first moment, and with nobody having said anything; the tables before stay open.
    closed(&app).await;
    world.app.me(&ada.token).await.expect(200);
    tell(&app, json!({"do": "begin"})).await.expect("begins");
    closed(&app).await;
    app.clock.advance(minutes(5));
    closed(&world.app).await;
    assert!(before.0.same_but_roots(&Tables::read(&app).await), "nothing was changed");
    assert!(before.1.same_but_roots(&Tables::read(&world.app).await), "nothing was changed");
    app.clock.advance(minutes(5));
    closed(&app).await;
    let looked = tell(&app, json!({"do": "status"})).await.expect("a status");
    assert_eq!(looked["stage"], "looked");
    assert!(before.0.same_but_roots(&Tables::read(&app).await), "a look changes nothing");
    closed(&app).await;
    apply(&app, &looked["counts"]).await;
    app.log_in(&ada).await;
    app.clock.advance(minutes(5));
    let left = world.app.me(&ada.token).await.expect(503);
    assert_eq!(left.problem(), "restoring", "the tables before are closed for good");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn an_operator_confirms_what_is_lost_and_can_go_back_before() {
    let world = world().await;
    let ada = world.app.register("ada@example.org").await;
    world.app.deliver().await;
    let backup = back_up(&world.app, Table::Records).await;
    let eve = world.app.register("eve@example.org").await;
    world.app.deliver().await;
    let refused = tell(&world.app, json!({"do": "begin"})).await.expect_err("nothing is restored");
    assert!(refused.contains("in use"), "{refused}");
    let app = restore(&world, &[&backup], "-restored").await;
    tell(&app, json!({"do": "apply", "lost": 0, "failed": 0})).await.expect_err("no look");
    let counts = look(&app).await;
    assert_eq!(counts["lost"], 1, "registered after the copy");
    tell(&app, json!({"do": "apply", "lost": 0, "failed": 0})).await.expect_err("not confirmed");
    // The copy is the wrong one: back to the tables before.
    tell(&app, json!({"do": "abandon"})).await.expect("goes back");
    world.app.me(&eve.token).await.expect(200);
    world.app.me(&ada.token).await.expect(200);
    Tables::whole(&world.app).await;
    // It is the right one after all.
    let counts = look(&app).await;
    apply(&app, &counts).await;
    app.me(&eve.token).await.expect(401);
    app.log_in(&ada).await;
    app.register("eve@example.org").await;
    let report = verify(&export(&app.world.ports).await.expect("an export"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let acts = Tables::read(&app).await;
    let lost = acts.all_actions().iter().filter(|act| **act == "account.lost").count();
    assert_eq!(lost, 1, "the chain of the lost is closed");
    let opened = acts.all_actions().iter().filter(|act| **act == "sweep.restore_opened").count();
    assert_eq!(opened, 1, "the ledger says who opened it");
}

#[tokio::test]
async fn c_7_5_a_chain_that_the_ledger_does_not_go_on_from_keeps_the_service_closed() {
    let world = world().await;
    let ada = world.app.register("ada@example.org").await;
    let backup = back_up(&world.app, Table::Records).await;
    world.app.log_in(&ada).await;
    world.app.deliver().await;
    let ledger = rows::of(&world.app, Table::Ledger).await;
    let first = |row: &&Row| row.number(Attr::Sequence).ok() == Some(1);
    let row = ledger.iter().find(first).expect("an entry");
    let mut transaction = Transaction::new();
    transaction.delete("entry", row.key.clone(), When::Present);
    world.app.world.ports.store.write(transaction).await.expect("a write");
    let app = restore(&world, &[&backup], "-restored").await;
    let counts = look(&app).await;
    assert_eq!(counts["failed"], 1);
    tell(&app, json!({"do": "apply", "lost": 0, "failed": 0})).await.expect_err("not confirmed");
    app.me(&ada.token).await.expect(503);
}

#[tokio::test]
async fn c_7_2_a_rotation_that_went_on_after_the_copy_goes_on() {
    for usage in [RootUse::Branch, RootUse::Index] {
        let world = world().await;
        let ada = world.app.register("ada@example.org").await;
        world.app.deliver().await;
        rotate(&world.app, usage).await;
        let backup = back_up(&world.app, Table::Records).await;
        world.app.clock.advance(minutes(10));
        advance(&world.app, usage).await;
        let (app, _) = restored(&world, &backup).await;
        app.log_in(&ada).await;
        let mut runs = 0;
        while job(&app, usage).await.is_some() {
            app.clock.advance(days(2));
            let progress = advance(&app, usage).await;
            assert!(runs < 10 && progress.stage != Stage::Announced, "{progress:?}");
            runs += 1;
        }
        let tables = Tables::whole(&app).await;
        assert_eq!(tables.count(Entity::Claim), 1);
        app.log_in(&ada).await;
    }
}

#[tokio::test]
async fn jobs_go_on_in_their_chains() {
    let world = world().await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    app.deliver().await;
    app.clock.advance(minutes(30));
    let backup = back_up(app, Table::Records).await;
    for command in ["stop", "start", "stop", "start"] {
        let event = json!({"do": command});
        let bounds = sweep::Bounds::default();
        sweep::respond(&app.world.ports, event, bounds).await.expect("an answer");
    }
    let first = back_up(app, Table::Records).await;
    let event = json!({"do": "stop"});
    let bounds = sweep::Bounds::default();
    sweep::respond(&app.world.ports, event.clone(), bounds).await.expect("an answer");
    for (backup, suffix) in [(&backup, "-one"), (&first, "-two")] {
        let app = restore(&world, &[backup], suffix).await;
        let counts = look(&app).await;
        apply(&app, &counts).await;
        sweep::respond(&app.world.ports, event.clone(), bounds).await.expect("goes on");
        let event = json!({"do": "start"});
        sweep::respond(&app.world.ports, event, bounds).await.expect("goes on");
        app.log_in(&ada).await;
        let report = verify(&export(&app.world.ports).await.expect("an export"));
        assert!(report.findings.is_empty(), "{suffix}: {:?}", report.findings);
    }
}
