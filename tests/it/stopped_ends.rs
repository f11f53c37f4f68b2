//! A stop at each call of ending things: sessions, an account, a cancellation, a name.

use crate::app::{PASSWORD, TestApp};
use crate::stops::{at_every_stop, calm, one_of};
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn proving_identity_again_makes_the_session_fresh() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.clock.advance(minutes(10));
            ada
        },
        async |app, ada| {
            let call = app.post("/v1/reauthentications").bearer(&ada.token);
            calm(call.json(&json!({"password": PASSWORD})).send().await)
        },
        async |app, ada, done, tables| {
            done.expect(204);
            let actions = tables.actions();
            let times = actions.iter().filter(|action| **action == "session.freshened").count();
            assert!(times == 1 || times == 2, "{actions:?}");
            app.cancel(&ada.token).await.expect(202);
        },
    )
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_counted_and_closes_nothing() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, _| {
            let body = json!({"login": ADA, "password": "wrong horse battery"});
            calm(app.post("/v1/sessions").json(&body).send().await)
        },
        async |app, ada, done, tables| {
            assert_eq!(done.expect(401).problem(), "login-refused");
            let counters = tables.of_kind(Entity::Limit);
            let events = counters.filter(|row| row.key.pk.starts_with("limit#login#"));
            let counted: usize = events.map(|row| row.events().len()).sum();
            assert!(counted == 1 || counted == 2, "{counted}");
            app.log_in(ada).await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_counted_and_the_right_one_still_works() {
    at_every_stop(
        |_| {},
        async |app| app.code(ADA).await,
        async |app, (verification, code)| {
            let wrong = if code == "00000000" { "11111111" } else { "00000000" };
            let body = TestApp::account_request(verification, wrong);
            calm(app.post("/v1/accounts").json(&body).send().await)
        },
        async |app, (verification, code), done, tables| {
            assert_eq!(done.expect(422).problem(), "verification-failed");
            let row = tables.of_kind(Entity::Verification).next().expect("a verification");
            let tries = row.number(shared::store::Attr::Tries).expect("tries");
            assert!(tries == 1 || tries == 2, "{tries}");
            let body = TestApp::account_request(verification, code);
            app.post("/v1/accounts").json(&body).send().await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn ending_another_session_ends_that_one() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            let other = app.log_in(&ada).await;
            (ada, other)
        },
        async |app, (ada, other)| {
            let id = other.split('_').nth(2).expect("a session's id");
            let path = format!("/v1/sessions/ses_{id}");
            calm(app.delete(&path).bearer(&ada.token).send().await)
        },
        async |app, (ada, other), done, tables| {
            one_of(&done, &[204, 404]);
            app.me(other).await.expect(401);
            app.me(&ada.token).await.expect(200);
            assert_eq!(tables.actions()[2..], ["session.ended"]);
        },
    )
    .await;
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| calm(app.delete("/v1/sessions/current").bearer(&ada.token).send().await),
        async |app, ada, done, tables| {
            one_of(&done, &[204, 401]);
            app.me(&ada.token).await.expect(401);
            assert_eq!(tables.count(Entity::Session), 0);
            assert_eq!(tables.actions(), ["account.registered", "session.ended"]);
            app.log_in(ada).await;
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_4_cancelling_closes_the_account_once() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| calm(app.cancel(&ada.token).await),
        async |app, ada, done, tables| {
            one_of(&done, &[202, 401]);
            assert_eq!(tables.count(Entity::Receipt), 1);
            app.me(&ada.token).await.expect(401);
            assert_eq!(tables.count(Entity::Message), 1);
            assert_eq!(tables.actions(), ["account.registered", "cancellation.requested"]);
            let token = app.log_in(ada).await;
            assert_eq!(app.me(&token).await.expect(200).body["state"], "closing");
            app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_4_changing_ones_mind_opens_the_account_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.cancel(&ada.token).await.expect(202);
            app.log_in(&ada).await
        },
        async |app, token| calm(app.delete("/v1/me/cancellation").bearer(token).send().await),
        async |app, token, done, tables| {
            done.expect(204);
            assert_eq!(tables.count(Entity::Receipt), 0);
            assert_eq!(tables.count(Entity::Message), 2, "one tells of each");
            assert_eq!(tables.actions()[3..], ["cancellation.withdrawn"]);
            assert_eq!(app.me(token).await.expect(200).body["state"], "active");
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_4_changing_ones_mind_by_the_link_opens_the_account_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.cancel(&ada.token).await.expect(202);
            (app.mailed_link(ADA).await, ada)
        },
        async |app, (link, _)| calm(app.post(link).send().await),
        async |app, (_, ada), done, tables| {
            one_of(&done, &[200, 404]);
            assert_eq!((tables.count(Entity::Receipt), tables.count(Entity::Link)), (0, 0));
            assert_eq!(tables.count(Entity::Message), 1, "one tells of it");
            assert_eq!(tables.actions()[2..], ["cancellation.withdrawn"]);
            let token = app.log_in(ada).await;
            assert_eq!(app.me(&token).await.expect(200).body["state"], "active");
        },
    )
    .await;
}

#[tokio::test]
async fn the_last_use_of_a_session_is_noted_by_the_next_read() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.clock.advance(minutes(120));
            ada
        },
        async |app, ada| calm(app.me(&ada.token).await),
        async |_, _, done, tables| {
            done.expect(200);
            let session = tables.of_kind(Entity::Session).next().expect("a session");
            let [made, seen] = [shared::store::Attr::CreatedAt, shared::store::Attr::SeenAt]
                .map(|attr| session.time(attr).expect("a time"));
            assert_eq!(seen, made.plus(minutes(125)));
            assert_eq!(tables.actions(), ["account.registered"], "one's own reads are not entered");
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_3_removing_a_name_withdraws_its_consent_once() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            app.correct(&ada.token, "*", &json!({"display_name": "Ada"})).await.expect(200);
            ada
        },
        async |app, ada| {
            calm(app.correct(&ada.token, "\"2\"", &json!({"display_name": null})).await)
        },
        async |app, ada, done, tables| {
            one_of(&done, &[200, 412]);
            let me = app.me(&ada.token).await.expect(200);
            assert_eq!((me.header("etag"), me.body.get("display_name")), (Some("\"3\""), None));
            assert_eq!(tables.count(Entity::Evidence), 3, "accepted, given, withdrawn");
            let corrected = ["account.registered", "account.corrected", "account.corrected"];
            assert_eq!(tables.actions(), corrected);
        },
    )
    .await;
}
