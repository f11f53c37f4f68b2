//! A stop at each call of what a person does with second factors.

use crate::app::{Answer, PASSWORD, Person, TestApp, cookie};
use crate::factor_calls::{App, TOTP, code, codes};
use crate::stops::{at_every_stop, calm, one_of};
use crate::tables::Tables;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::inventory::Entity;

const ADA: &str = "ada@example.org";

/// Asserts what was done after the registration.
#[track_caller]
fn done(tables: &Tables, actions: &[&str]) {
    assert_eq!(tables.actions()[1..], *actions);
}

async fn with_app(app: &TestApp) -> (Person, App) {
    let ada = app.register(ADA).await;
    let own = app.set_up_totp(&ada.token).await;
    app.deliver().await;
    (ada, own)
}

async fn prove(app: &TestApp, token: &str, proof: &Value) -> Answer {
    calm(app.prove(token, proof).await)
}

#[tokio::test]
async fn beginning_leaves_an_app_that_can_be_confirmed() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| calm(app.post(TOTP).bearer(&ada.token).send().await),
        async |app, ada, begun, tables| {
            let secret = begun.expect(201).body["secret"].as_str().expect("a secret").to_owned();
            assert_eq!(tables.count(Entity::Factors), 1);
            let code = code(&secret, app.clock.now());
            app.confirm_totp(&ada.token, &code).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_confirming_confirms_once_and_leaves_a_way_to_recovery_codes() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            let secret = app.begin_totp(&ada.token).await;
            (ada, secret)
        },
        async |app, (ada, secret)| {
            calm(app.confirm_totp(&ada.token, &code(secret, app.clock.now())).await)
        },
        async |app, (ada, _), confirmed, tables| {
            // Where the answer was lost there is nothing more to confirm.
            one_of(&confirmed, &[200, 404]);
            done(&tables, &["totp.begun", "totp.confirmed"]);
            assert_eq!(tables.count(Entity::Message), 1);
            let path = "/v1/me/factors/recovery-codes";
            let made = app.post(path).bearer(&ada.token).send().await.expect(201);
            app.log_in_with(ADA, "recovery_code", &codes(&made)[0]).await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_recovery_codes_that_were_shown_work() {
    at_every_stop(
        |_| {},
        async |app| with_app(app).await,
        async |app, (ada, _)| {
            let path = "/v1/me/factors/recovery-codes";
            calm(app.post(path).bearer(&ada.token).send().await)
        },
        async |app, (_, own), made, _| {
            let shown = codes(&made.expect(201));
            app.log_in_with(ADA, "recovery_code", &own.recovery[0]).await.expect(401);
            app.log_in_with(ADA, "recovery_code", &shown[0]).await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_removing_removes_once() {
    at_every_stop(
        |_| {},
        async |app| with_app(app).await,
        async |app, (ada, _)| calm(app.delete(TOTP).bearer(&ada.token).send().await),
        async |app, (ada, _), removed, tables| {
            one_of(&removed, &[204, 404]);
            done(&tables, &["totp.begun", "totp.confirmed", "totp.removed"]);
            assert_eq!((tables.count(Entity::Factors), tables.count(Entity::Message)), (0, 1));
            app.log_in(ada).await;
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_a_log_in_by_a_code_is_stopped_and_goes_on_with_the_next() {
    at_every_stop(
        |_| {},
        async |app| with_app(app).await,
        async |app, (_, own)| calm(app.log_in_with(ADA, "totp", &own.next(app)).await),
        async |_, _, opened, tables| {
            opened.expect(201);
            let open = tables.count(Entity::Session);
            assert!(open == 2 || open == 3, "{open}");
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_a_recovery_code_opens_at_most_one_session() {
    at_every_stop(
        |_| {},
        async |app| with_app(app).await,
        async |app, (_, own)| calm(app.log_in_with(ADA, "recovery_code", &own.recovery[0]).await),
        async |app, (ada, _), opened, tables| {
            one_of(&opened, &[201, 401]);
            assert_eq!((tables.count(Entity::Session), tables.count(Entity::Message)), (2, 1));
            assert_eq!(app.factors(&ada.token).await["recovery_codes"], 9);
        },
    )
    .await;
}

#[tokio::test]
async fn c_7_3_proving_by_each_factor_freshens_once() {
    for which in ["totp", "recovery_code", "contact"] {
        at_every_stop(
            |_| {},
            async |app| {
                let (ada, own) = with_app(app).await;
                let proof = match which {
                    "contact" => app.own_code(&ada.token, ADA).await,
                    "totp" => json!({"totp": null}),
                    _ => json!({"recovery_code": own.recovery[0]}),
                };
                (ada, own, proof)
            },
            async |app, (ada, own, proof)| {
                let now = json!({"totp": own.code(app)});
                prove(app, &ada.token, if which == "totp" { &now } else { proof }).await
            },
            async |app, (ada, ..), proved, tables| {
                one_of(&proved, &[204, 403, 422]);
                done(&tables, &["totp.begun", "totp.confirmed", "session.freshened"]);
                assert_eq!(tables.count(Entity::Verification), 0);
                app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn asking_for_a_code_to_an_own_contact_sends_a_code_that_works() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| {
            let call = app.post("/v1/verifications").bearer(&ada.token);
            calm(call.json(&TestApp::own_code_request("email")).send().await)
        },
        async |app, ada, asked, tables| {
            let asked = asked.expect(202);
            let sent = tables.count(Entity::Verification);
            assert!(sent == 1 || sent == 2, "{sent}");
            app.deliver().await;
            let mails = app.world.mailbox.mails().expect("mails");
            let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
            let mut works = 0;
            for code in mails.iter().flat_map(|m| m.split_whitespace().filter(is_code)) {
                let proof = json!({"verification": asked.body["verification"], "code": code});
                works += usize::from(app.prove(&ada.token, &proof).await.status == 204);
            }
            assert_eq!(works, 1);
        },
    )
    .await;
}

#[tokio::test]
async fn c_4_1_a_cookie_whose_new_secret_was_lost_is_over_and_a_log_in_goes_on() {
    at_every_stop(
        |_| {},
        async |app| {
            app.register(ADA).await;
            let body = json!({"login": ADA, "password": PASSWORD, "as": "cookie"});
            cookie(&app.post("/v1/sessions").json(&body).send().await.expect(201)).expect("one")
        },
        async |app, before| {
            let call = app.post("/v1/reauthentications").header("cookie", before);
            calm(call.json(&json!({"password": PASSWORD})).send().await)
        },
        async |app, before, proved, tables| {
            one_of(&proved, &[204, 401]);
            done(&tables, &["session.opened", "session.freshened"]);
            app.get("/v1/me").header("cookie", before).send().await.expect(401);
            if let Some(after) = cookie(&proved).filter(|_| proved.status == 204) {
                app.get("/v1/me").header("cookie", &after).send().await.expect(200);
            }
            app.try_log_in(ADA, PASSWORD).await.expect(201);
        },
    )
    .await;
}
