//! A password hash of a lower cost than today's is renewed when its password is known: at a log-in.

use crate::app::{PASSWORD, Person, TestApp};
use crate::consents::opened;
use crate::opener::cheap_hash;
use crate::stops::{at_every_stop, calm};
use crate::tables::Tables;
use serde_json::json;
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::domain::personal::Secret;
use shared::store::Transaction;
use shared::vault::password::{Cost, costs_less};

const ADA: &str = "ada@example.org";

/// A person whose hash was made when hashes cost less.
async fn ada(app: &TestApp) -> Person {
    let ada = app.register(ADA).await;
    let mut person = opened(app, &ada, Use::Rights).await.expect("opens");
    person.profile.password = Some(cheap_hash(PASSWORD));
    let row = person.key.seal(person.account.clone().next(), &person.profile).expect("seals");
    let mut transaction = Transaction::new();
    transaction.replace("account", row);
    app.world.ports.store.write(transaction).await.expect("writes");
    ada
}

fn is_cheap(hash: &Secret) -> bool {
    costs_less(hash, Cost::NEW)
}

async fn held(app: &TestApp, ada: &Person) -> (Secret, u64) {
    let person = opened(app, ada, Use::Rights).await.expect("opens");
    (person.profile.password.expect("a hash"), person.account.version)
}

#[tokio::test]
async fn c_7_3_a_hash_of_a_lower_cost_is_renewed_at_a_log_in_and_only_then() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.try_log_in(ADA, "wrong horse battery").await.expect(401);
    let (before, version) = held(&app, &ada).await;
    assert!(is_cheap(&before), "a wrong password renews nothing");
    app.try_log_in(ADA, PASSWORD).await.expect(201);
    let (after, renewed) = held(&app, &ada).await;
    assert!(!is_cheap(&after) && renewed == version + 1);
    // It is the same password, and what is as it should be stays.
    app.try_log_in(ADA, "wrong horse battery").await.expect(401);
    app.try_log_in(ADA, PASSWORD).await.expect(201);
    let (same, again) = held(&app, &ada).await;
    assert_eq!((same.expose(), again), (after.expose(), renewed));
    app.me(&ada.token).await.expect(200);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_7_3_a_stop_at_a_renewal_leaves_one_hash_that_opens() {
    at_every_stop(
        |_| {},
        async |app| ada(app).await,
        async |app, _| {
            let body = json!({"login": ADA, "password": PASSWORD});
            let call = app.post("/v1/sessions").header("idempotency-key", "once");
            calm(call.json(&body).send().await)
        },
        async |app, ada, done, tables| {
            done.expect(201);
            assert_eq!(tables.count(Entity::Session), 2, "the registration's, and this one");
            assert!(!is_cheap(&held(app, ada).await.0));
            app.try_log_in(ADA, PASSWORD).await.expect(201);
        },
    )
    .await;
}
