//! Keys restored from an old copy, alone and together with the records.

use crate::app::{PASSWORD, TestApp};
use crate::environments::{Environments, advance, begin as rotate, current, under};
use crate::restored::{apply, back_up, look, restore};
use crate::rows;
use crate::tables::Tables;
use personal_center::ledger::export;
use serde_json::json;
use shared::domain::time::minutes;
use shared::ledger::verify::verify;
use shared::rotation::Stage;
use shared::store::Table;
use shared::vault::RootUse;
use std::time::Duration;

const ADA: &str = "ada@example.org";

async fn world() -> Environments {
    Environments::start(|o| o.config.cooling_off = Duration::ZERO).await
}

/// Whether a person's key is there.
async fn has_key(app: &TestApp, id: &str) -> bool {
    let key = format!("person#{id}");
    rows::of(app, Table::Keys).await.iter().any(|row| row.key.pk == key)
}

#[tokio::test]
async fn c_8_2_keys_of_the_erased_that_come_back_with_a_copy_are_destroyed_again() {
    let world = world().await;
    let ada = world.app.register(ADA).await;
    let bob = world.app.register("bob@example.org").await;
    world.app.deliver().await;
    let (records, keys) =
        (back_up(&world.app, Table::Records).await, back_up(&world.app, Table::Keys).await);
    world.app.cancel(&ada.token).await.expect(202);
    world.app.deliver().await;
    for (backups, suffix) in [(vec![&keys], "-keys"), (vec![&records, &keys], "-both")] {
        let app = restore(&world, &backups, suffix).await;
        assert!(has_key(&app, &ada.id).await, "the copy has it: the test can fail");
        let counts = look(&app).await;
        assert!(has_key(&app, &ada.id).await, "a look changes nothing");
        let done = apply(&app, &counts).await;
        assert!(done["keys_removed"].as_u64() >= Some(1), "{done}");
        assert!(!has_key(&app, &ada.id).await);
        assert!(has_key(&app, &bob.id).await);
        let tables = Tables::whole(&app).await;
        assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
        app.me(&ada.token).await.expect(410);
        app.try_log_in(ADA, PASSWORD).await.expect(401);
        app.log_in(&bob).await;
    }
}

#[tokio::test]
async fn c_8_2_records_without_their_keys_are_given_up() {
    let world = world().await;
    let ada = world.app.register(ADA).await;
    world.app.deliver().await;
    let keys = back_up(&world.app, Table::Keys).await;
    let eve = world.app.register("eve@example.org").await;
    world.app.deliver().await;
    let app = restore(&world, &[&keys], "-keys").await;
    let counts = look(&app).await;
    assert_eq!((&counts["lost"], &counts["people"]), (&json!(1), &json!(1)), "{counts}");
    apply(&app, &counts).await;
    assert_eq!(app.me(&eve.token).await.expect(410).problem(), "erased");
    assert_eq!(
        Tables::read(&app).await.kinds_of(&eve.id),
        ["account", "evidence", "network_log"],
        "nothing is left that does not open"
    );
    app.register("eve@example.org").await;
    app.log_in(&ada).await;
    let report = verify(&export(&app.world.ports).await.expect("an export"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[tokio::test]
async fn c_8_1_a_contact_that_was_given_up_does_not_come_back_with_its_claim() {
    let world = world().await;
    let ada = world.app.register(ADA).await;
    world.app.set_contact(&ada.token, "+8613800138000").await.expect(200);
    world.app.deliver().await;
    let (records, keys) =
        (back_up(&world.app, Table::Records).await, back_up(&world.app, Table::Keys).await);
    world.app.remove_contact(&ada.token, "email").await.expect(204);
    world.app.deliver().await;
    world.app.clock.advance(minutes(3 * 24 * 60));
    world.app.sweep().await;
    for (backups, suffix) in [(vec![&keys], "-keys"), (vec![&records, &keys], "-both")] {
        let app = restore(&world, &backups, suffix).await;
        let counts = look(&app).await;
        apply(&app, &counts).await;
        Tables::whole(&app).await;
        app.try_log_in(ADA, PASSWORD).await.expect(401);
        app.try_log_in("+8613800138000", PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn c_7_2_keys_from_before_a_rotation_are_wrapped_anew_and_claims_are_named_anew() {
    for usage in [RootUse::Branch, RootUse::Index] {
        let world = world().await;
        let ada = world.app.register(ADA).await;
        world.app.deliver().await;
        let (keys, before) =
            (back_up(&world.app, Table::Keys).await, current(&world.app, usage).await);
        rotate(&world.app, usage).await;
        while advance(&world.app, usage).await.stage != Stage::Resting {
            world.app.clock.advance(minutes(10));
        }
        let app = restore(&world, &[&keys], "-keys").await;
        let counts = look(&app).await;
        apply(&app, &counts).await;
        assert_eq!(under(&app, &before).await, 0, "a day later the root before is gone");
        Tables::whole(&app).await;
        app.log_in(&ada).await;
    }
}
