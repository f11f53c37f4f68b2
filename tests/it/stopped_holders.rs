//! A stop at each call of what the holder of a contact does by a code alone.

use crate::app::{Person, TestApp};
use crate::stops::{at_every_stop, calm, one_of};
use crate::tables::Tables;
use serde_json::Value;
use shared::domain::inventory::Entity;
use shared::domain::limit::SECOND_PROOF_AFTER;

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const PHONE: &str = "+8613800138000";
const OTHER: &str = "another horse battery";

/// A code to reset the password of an account in use, or two for one that lay idle.
async fn to_reset(app: &TestApp, idle: bool) -> Value {
    let ada = app.register(ADA).await;
    if idle {
        app.set_contact(&ada.token, PHONE).await.expect(200);
        app.clock.advance(SECOND_PROOF_AFTER);
    }
    let mut body = app.holder_code("reset", ADA).await;
    if idle {
        body["second"] = app.holder_code("reset", PHONE).await;
    }
    body
}

#[tokio::test]
async fn c_8_1_resetting_the_password_resets_it_once() {
    for idle in [false, true] {
        at_every_stop(
            |_| {},
            async |app: &TestApp| to_reset(app, idle).await,
            async |app: &TestApp, body: &Value| calm(app.reset(body, OTHER).await),
            async |app: &TestApp, _: &Value, done, tables| {
                one_of(&done, &[204, 422]);
                app.try_log_in(ADA, OTHER).await.expect(201);
                assert_eq!(tables.actions().last(), Some(&"password.reset"));
                let resets = tables.actions().iter().filter(|a| **a == "password.reset").count();
                assert_eq!((resets, tables.count(Entity::Verification)), (1, 0));
                assert_eq!(tables.count(Entity::Message), if idle { 2 } else { 1 });
            },
        )
        .await;
    }
}

#[tokio::test]
async fn c_8_1_detaching_a_contact_takes_it_out_once() {
    for changed in [false, true] {
        at_every_stop(
            |_| {},
            async |app: &TestApp| {
                let ada = app.register(ADA).await;
                let other = if changed { NEW } else { PHONE };
                app.set_contact(&ada.token, other).await.expect(200);
                (ada, app.holder_code("detach", ADA).await)
            },
            async |app: &TestApp, (_, code): &(Person, Value)| calm(app.detach(code).await),
            async |app: &TestApp, (ada, _): &(Person, Value), done, tables: Tables| {
                one_of(&done, &[204, 422]);
                let me = app.me(&ada.token).await.expect(200);
                let email = changed.then(|| NEW.into());
                assert_eq!(
                    (me.body.get("email"), me.body.get("contact_change")),
                    (email.as_ref(), None)
                );
                let detached =
                    tables.actions().iter().filter(|a| **a == "contact.detached").count();
                assert_eq!((detached, tables.count(Entity::Verification)), (1, 0));
                assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Link)), (1, 0));
                assert_eq!(tables.count(Entity::Message), 1);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn c_7_3_detaching_a_contact_of_nobody_uses_the_code_up() {
    at_every_stop(
        |_| {},
        async |app| app.holder_code("detach", NEW).await,
        async |app, code| calm(app.detach(code).await),
        async |app, code, done, tables| {
            one_of(&done, &[204, 422]);
            assert_eq!(tables.count(Entity::Verification), 0);
            app.detach(code).await.expect(422);
        },
    )
    .await;
}
