//! Withdrawals and consents in every state, in races, and stopped anywhere.

use crate::app::{Person, TestApp};
use crate::consents::{ADA, grant, listed, opened, withdraw};
use crate::halt::Halt;
use crate::stops::{at_every_stop, calm};
use crate::tables::Tables;
use serde_json::json;
use shared::domain::account::State;
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::domain::time::days;
use shared::store::{Attr, Row, Transaction};

/// Puts the account into a state, as a decision about it would.
pub(crate) async fn put_into(app: &TestApp, ada: &Person, state: State) {
    let person = opened(app, ada, Use::Storage).await.expect("opens");
    let row: Row = person.account.clone().next().with(Attr::State, state.name());
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(row, &person.profile).expect("seals"));
    app.world.ports.store.write(transaction).await.expect("writes");
}

#[tokio::test]
async fn c_8_3_withdrawal_works_in_every_state_that_lives() {
    for state in [State::Restricted, State::Suspended, State::PendingGuardian] {
        let app = TestApp::start().await;
        let ada = app.register(ADA).await;
        grant(&app, &ada.token).await.expect(204);
        put_into(&app, &ada, state).await;
        withdraw(&app, &ada.token).await.expect(204);
        assert_eq!(listed(&app, &ada.token, "profile").await["consented"], false, "{state:?}");
        assert_eq!(grant(&app, &ada.token).await.expect(409).problem(), "wrong-state");
    }
    // A cancelled account keeps the end that it has.
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    grant(&app, &ada.token).await.expect(204);
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&ada).await;
    withdraw(&app, &token).await.expect(204);
    Tables::whole(&app).await;
    app.deliver().await;
    app.clock.advance(days(7));
    assert_eq!(app.sweep().await.erased, 1);
    assert_eq!(withdraw(&app, &token).await.expect(410).problem(), "erased");
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_3_a_name_that_a_withdrawal_overtakes_does_not_come_back() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let name = json!({"display_name": "Countess"});
    let rename = app.correct(&ada.token, "\"2\"", &name);
    let held = ("TransactWriteItems", 0);
    let (renamed, withdrawn) = halt.overtake(held, rename, withdraw(&app, &ada.token)).await;
    withdrawn.expect(204);
    renamed.expect(412);
    assert!(app.me(&ada.token).await.expect(200).body.get("display_name").is_none());
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_3_a_consent_stopped_anywhere_has_one_piece_of_evidence() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| calm(grant(app, &ada.token).await),
        async |_, _, done, tables| {
            done.expect(204);
            assert_eq!(tables.count(Entity::Evidence), 2);
            assert_eq!(tables.actions(), ["account.registered", "consent.granted"]);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_3_a_withdrawal_stopped_anywhere_is_complete_when_run_again() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            let name = json!({"display_name": "Ada"});
            app.correct(&ada.token, "\"1\"", &name).await.expect(200);
            ada
        },
        async |app, ada| calm(withdraw(app, &ada.token).await),
        async |app, ada, done, tables| {
            done.expect(204);
            assert_eq!(tables.count(Entity::Evidence), 3);
            assert_eq!(tables.actions().last(), Some(&"consent.withdrawn"));
            assert!(app.me(&ada.token).await.expect(200).body.get("display_name").is_none());
        },
    )
    .await;
}
