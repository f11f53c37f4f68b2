//! Records restored from an old copy: what people did since is done again.

use crate::app::{PASSWORD, Person, TestApp};
use crate::consents::{grant, listed, withdraw};
use crate::environments::Environments;
use crate::restored::{apply, back_up, look, restore, restored};
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::domain::time::days;
use shared::store::Table;
use std::time::Duration;

const OTHER: &str = "another correct battery";

async fn world() -> Environments {
    Environments::start(|_| {}).await
}

async fn receipt(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/receipts/{id}")).send().await.expect(200).body
}

#[tokio::test]
async fn c_8_2_who_was_erased_after_the_copy_stays_erased() {
    let world = Environments::start(|o| o.config.cooling_off = Duration::ZERO).await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    let bob = app.register("bob@example.org").await;
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let cancelled = app.cancel(&ada.token).await.expect(202);
    let id = cancelled.body["receipt"].as_str().expect("a receipt");
    let before = (app.me(&ada.token).await.expect(410).body, receipt(app, id).await);
    app.deliver().await;

    let (app, done) = restored(&world, &backup).await;
    assert_eq!(
        (&done["erased"], &done["people"], &done["receipts"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let gone = app.me(&ada.token).await.expect(410);
    for member in ["type", "erased_at", "receipt"] {
        assert_eq!(gone.body[member], before.0[member], "{member}");
    }
    // The receipt is the same, though its table never had it.
    assert_eq!(receipt(&app, id).await, before.1);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
    app.try_log_in(&ada.email, PASSWORD).await.expect(401);
    app.register("ada@example.org").await;
    // Who lives has to log in again, and goes on.
    app.me(&bob.token).await.expect(401);
    let token = app.log_in(&bob).await;
    app.correct(&token, "\"2\"", &json!({"display_name": "Bob"})).await.expect(200);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_3_what_was_withdrawn_or_corrected_after_the_copy_does_not_come_back() {
    let world = world().await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    let bob = app.register("bob@example.org").await;
    let eve = app.register("eve@example.org").await;
    for (person, name) in [(&ada, "Ada"), (&bob, "Bob"), (&eve, "Eve")] {
        let patch = json!({"display_name": name});
        app.correct(&person.token, "\"1\"", &patch).await.expect(200);
    }
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    withdraw(app, &ada.token).await.expect(204);
    let patch = json!({"display_name": "Robert"});
    app.correct(&bob.token, "\"2\"", &patch).await.expect(200);

    let (app, done) = restored(&world, &backup).await;
    assert_eq!((&done["withdrawn"], &done["corrected"]), (&json!(1), &json!(1)));
    let shown = async |person: &Person| {
        let token = app.log_in(person).await;
        let me = app.me(&token).await.expect(200);
        (
            me.body["display_name"].clone(),
            listed(&app, &token, "profile").await["consented"].clone(),
        )
    };
    assert_eq!(shown(&ada).await, (Value::Null, json!(false)), "withdrawn");
    assert_eq!(
        shown(&bob).await,
        (Value::Null, json!(true)),
        "the name before is known to be wrong"
    );
    assert_eq!(shown(&eve).await, (json!("Eve"), json!(true)), "nothing was done since");
    let token = app.log_in(&ada).await;
    grant(&app, &token).await.expect(204);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_sessions_are_over_and_a_password_that_was_changed_is_reset() {
    let world = world().await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    let bob = app.register("bob@example.org").await;
    app.put_password(&bob.token, PASSWORD, OTHER).await.expect(204);
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let since = app.log_in(&ada).await;
    app.put_password(&since, PASSWORD, OTHER).await.expect(204);
    app.deliver().await;

    let (app, done) = restored(&world, &backup).await;
    assert_eq!(done["resets"], 1);
    for token in [&ada.token, &since, &bob.token] {
        app.me(token).await.expect(401);
    }
    for password in [PASSWORD, OTHER] {
        app.try_log_in(&ada.email, password).await.expect(401);
    }
    // Changed before the copy: the copy has it.
    app.try_log_in(&bob.email, OTHER).await.expect(201);
    app.try_log_in(&bob.email, PASSWORD).await.expect(401);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_cancellations_and_changes_of_mind_are_done_again() {
    let world = world().await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    let bob = app.register("bob@example.org").await;
    let bobs = app.cancel(&bob.token).await.expect(202).body;
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let adas = app.cancel(&ada.token).await.expect(202).body;
    let token = app.log_in(&bob).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.deliver().await;

    let (app, done) = restored(&world, &backup).await;
    assert_eq!(done["cancellations"], 2);
    Tables::whole(&app).await;
    let id = adas["receipt"].as_str().expect("an id");
    assert_eq!(receipt(&app, id).await["state"], "scheduled");
    let path = format!("/v1/receipts/{}", bobs["receipt"].as_str().expect("an id"));
    app.get(&path).send().await.expect(404);
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    assert_eq!(receipt(&app, id).await["state"], "erased");
    let token = app.log_in(&bob).await;
    assert_eq!(app.me(&token).await.expect(200).body["state"], "active");
    app.deliver().await;
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_1_a_contact_that_was_given_up_after_the_copy_is_not_given_back() {
    let world = world().await;
    let app = &world.app;
    let ada = app.register("ada@example.org").await;
    let bob = app.register("bob@example.org").await;
    app.set_contact(&ada.token, "+8613800138000").await.expect(200);
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    app.remove_contact(&ada.token, "email").await.expect(204);
    app.freshen(&bob.token).await;
    app.set_contact(&bob.token, "robert@example.org").await.expect(200);
    app.deliver().await;
    app.clock.advance(days(4));
    app.sweep().await;
    // Somebody else has the address by now.
    app.register("ada@example.org").await;
    app.deliver().await;

    let app = restore(&world, &[&backup], "-restored").await;
    let counts = look(&app).await;
    assert_eq!((&counts["contacts"], &counts["lost"]), (&json!(2), &json!(1)), "{counts}");
    apply(&app, &counts).await;
    let token = app.try_log_in("+8613800138000", PASSWORD).await.expect(201);
    let me = app.me(token.body["token"].as_str().expect("a token")).await.expect(200);
    assert_eq!((&me.body["email"], &me.body["phone"]), (&Value::Null, &json!("+8613800138000")));
    for address in ["ada@example.org", "bob@example.org", "robert@example.org"] {
        app.try_log_in(address, PASSWORD).await.expect(401);
        app.register(address).await;
    }
}

#[tokio::test]
async fn c_8_1_a_contact_that_left_after_the_copy_does_not_come_back() {
    let world = world().await;
    let app = &world.app;
    let (email, phone) = ("ada@example.org", "+8613800138000");
    let ada = app.register(email).await;
    app.set_contact(&ada.token, phone).await.expect(200);
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let code = app.holder_code("detach", phone).await;
    app.detach(&code).await.expect(204);
    let code = app.holder_code("reset", email).await;
    app.reset(&code, OTHER).await.expect(204);
    app.deliver().await;

    let (app, done) = restored(&world, &backup).await;
    assert_eq!((&done["contacts"], &done["resets"]), (&json!(1), &json!(1)));
    // The password before may be known to somebody, and the one since is lost.
    for password in [PASSWORD, OTHER] {
        app.try_log_in(email, password).await.expect(401);
    }
    let code = app.holder_code("reset", email).await;
    app.reset(&code, OTHER).await.expect(204);
    let token = app.try_log_in(email, OTHER).await.expect(201).body["token"].clone();
    let me = app.me(token.as_str().expect("a token")).await.expect(200);
    assert_eq!((&me.body["email"], me.body.get("phone")), (&json!(email), None));
    app.register(phone).await;
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_second_factors_that_were_changed_or_used_after_the_copy_are_over() {
    let world = world().await;
    let app = &world.app;
    let mut people = Vec::new();
    for name in ["ada", "bob", "eve"] {
        let person = app.register(&format!("{name}@example.org")).await;
        let own = app.set_up_totp(&person.token).await;
        people.push((person, own));
    }
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let [(ada, _), (bob, his), (eve, hers)] = &people[..] else { panic!("three") };
    app.delete(crate::factor_calls::TOTP).bearer(&ada.token).send().await.expect(204);
    app.log_in_with(&bob.email, "recovery_code", &his.recovery[0]).await.expect(201);
    app.log_in_with(&eve.email, "totp", &hers.next(app)).await.expect(201);
    app.deliver().await;

    let (app, done) = restored(&world, &backup).await;
    assert_eq!(done["resets"], 2);
    // Removed since, and one whose used code would work again: the password alone is asked for.
    for person in [ada, bob] {
        let token = app.log_in(person).await;
        assert_eq!(app.factors(&token).await["totp"], Value::Null);
    }
    app.try_log_in(&eve.email, PASSWORD).await.expect(401);
    app.log_in_with(&eve.email, "totp", &hers.next(&app)).await.expect(201);
    Tables::whole(&app).await;
}
