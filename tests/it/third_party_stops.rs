//! A stop at each call of log-ins by third parties: begun anew, each completes, once.

use crate::app::{Person, TestApp};
use crate::idp::{Idp, configure, log_in, registration};
use crate::stops::{at_every_stop, calm, one_of};
use personal_center::role::acting;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;

const ADA: &str = "ada@example.org";

struct Ready {
    idp: Idp,
    ada: Person,
}

async fn ready(app: &TestApp) -> Ready {
    let idp = Idp::start(app).await;
    configure(app, &[idp.settings("example")]).await.expect("taken");
    let ada = app.register(ADA).await;
    app.deliver().await;
    Ready { idp, ada }
}

async fn linked(app: &TestApp) -> Ready {
    let ready = ready(app).await;
    let link = json!({"intent": "link"});
    let whose = (&link, Some(ready.ada.token.as_str()));
    app.by_third_party((&ready.idp, "example"), "ada-1", whose).await.expect(204);
    app.deliver().await;
    ready
}

async fn go(app: &TestApp, ready: &Ready, body: &Value) -> crate::app::Answer {
    let held = matches!(body["intent"].as_str(), Some("link" | "prove"));
    let whose = (body, held.then_some(ready.ada.token.as_str()));
    // Proofs last five minutes less here: the world was left cold.
    calm(app.by_third_party((&ready.idp, "example"), "ada-1", whose).await)
}

#[tokio::test]
async fn registering_with_a_third_party_account_makes_one_account() {
    at_every_stop(
        |_| {},
        ready,
        async |app, ready| go(app, ready, &registration()).await,
        async |_, _, done, tables| {
            // A stop after the account was there: whoever comes again is told to log in.
            one_of(&done, &[201, 409]);
            assert_eq!((tables.count(Entity::Account), tables.count(Entity::Claim)), (2, 2));
        },
    )
    .await;
}

#[tokio::test]
async fn logging_in_by_a_third_party_opens_a_session() {
    at_every_stop(
        |_| {},
        linked,
        async |app, ready| go(app, ready, &log_in()).await,
        async |app, _, done, tables| {
            let token = done.expect(201).body["token"].as_str().expect("a token").to_owned();
            app.me(&token).await.expect(200);
            let sessions = tables.count(Entity::Session);
            assert!(sessions == 2 || sessions == 3, "{sessions}");
        },
    )
    .await;
}

#[tokio::test]
async fn linking_links_once_and_tells_once() {
    at_every_stop(
        |_| {},
        ready,
        async |app, ready| go(app, ready, &json!({"intent": "link"})).await,
        async |app, ready, done, tables| {
            done.expect(204);
            let me = app.me(&ready.ada.token).await.expect(200);
            assert_eq!(me.body["third_parties"].as_array().map(Vec::len), Some(1));
            assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Message)), (2, 1));
        },
    )
    .await;
}

#[tokio::test]
async fn proving_makes_fresh() {
    at_every_stop(
        |_| {},
        linked,
        async |app, ready| go(app, ready, &json!({"intent": "prove"})).await,
        async |app, ready, done, _| {
            done.expect(204);
            app.clock.advance(shared::domain::time::minutes(6));
            app.cancel(&ready.ada.token).await.expect(202);
        },
    )
    .await;
}

#[tokio::test]
async fn unlinking_unlinks_once_and_tells_once() {
    at_every_stop(
        |_| {},
        linked,
        async |app, ready| {
            let call = app.delete("/v1/me/third-parties/example").bearer(&ready.ada.token);
            calm(call.send().await)
        },
        async |app, ready, done, tables| {
            one_of(&done, &[204, 404]);
            let me = app.me(&ready.ada.token).await.expect(200);
            assert_eq!(me.body["third_parties"], json!([]));
            assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Message)), (1, 1));
        },
    )
    .await;
}

#[tokio::test]
async fn configuring_replaces_all_or_nothing() {
    at_every_stop(
        |_| {},
        ready,
        async |app, ready| {
            let both = [ready.idp.settings("example"), ready.idp.peculiar("peculiar")];
            let event = json!({"do": "configure", "providers": both});
            let event = serde_json::from_value(event).expect("an event");
            let desk = federation::Desk::default();
            let work = federation::event::handle(&app.world.ports, &desk, event);
            acting("federation", work).await.map(|done| done.providers.len())
        },
        async |app, _, done, _| {
            assert_eq!(done.expect("taken"), 2);
            let listed = app.get("/v1/third-parties").send().await.expect(200);
            assert_eq!(listed.body["third_parties"].as_array().map(Vec::len), Some(2));
        },
    )
    .await;
}
