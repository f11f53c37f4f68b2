//! A third-party account takes part in everything that a contact does: the copy, the erasure, the end
//! of an unused account, the rotation of the index key, a restore.

use crate::app::{Answer, TestApp};
use crate::environments::{Environments, begin, to_the_rest};
use crate::idp::{Idp, configure, log_in, registration};
use crate::restored::{back_up, restored};
use crate::tables::Tables;
use crate::unzipped::copy;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, minutes};
use shared::store::Table;
use shared::vault::RootUse;

async fn world(app: &TestApp) -> Idp {
    let idp = Idp::start(app).await;
    configure(app, &[idp.settings("example"), idp.peculiar("peculiar")]).await.expect("taken");
    idp
}

fn token(answer: Answer) -> String {
    answer.expect(201).body["token"].as_str().expect("a token").to_owned()
}

async fn registered(app: &TestApp, idp: &Idp, subject: &str) -> String {
    token(app.by_third_party((idp, "example"), subject, (&registration(), None)).await)
}

async fn logs_in(app: &TestApp, idp: &Idp, subject: &str) -> Answer {
    app.by_third_party((idp, "example"), subject, (&log_in(), None)).await
}

#[tokio::test]
async fn c_8_5_the_copy_has_the_linked_accounts() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    let session = registered(&app, &idp, "sub-1").await;
    let copy = copy(&app, &session).await;
    let account = &copy.json("data.json")["rows"]["account"][0];
    let kept = json!([{"provider": "example", "subject": "sub-1"}]);
    assert_eq!(account["third_parties"], kept, "{account}");
    let retention = app.get("/v1/me/retention").bearer(&session).send().await.expect(200);
    assert!(retention.text.contains("account.third_parties"), "{}", retention.text);
}

#[tokio::test]
async fn c_8_4_an_erasure_frees_the_third_party_account() {
    let app = TestApp::without_cooling_off().await;
    let idp = world(&app).await;
    let session = registered(&app, &idp, "sub-1").await;
    app.cancel(&session).await.expect(202);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Claim), 0);
    assert!(!tables.show("sub-1"));
    assert_eq!(logs_in(&app, &idp, "sub-1").await.expect(409).problem(), "third-party-unknown");
    registered(&app, &idp, "sub-1").await;
}

#[tokio::test]
async fn c_5_3_an_account_that_nobody_can_tell_ends_unused_all_the_same() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    registered(&app, &idp, "sub-1").await;
    let mut erased = 0;
    for _ in 0..40 {
        app.clock.advance(days(20));
        erased += app.sweep().await.erased;
        app.deliver().await;
        Tables::whole(&app).await;
        if erased > 0 {
            break;
        }
    }
    assert_eq!(erased, 1);
    assert_eq!(Tables::whole(&app).await.count(Entity::Claim), 0);
}

#[tokio::test]
async fn c_7_3_a_rotation_moves_the_claim_of_a_third_party_account() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    registered(&app, &idp, "sub-1").await;
    let ada = app.register("ada@example.org").await;
    let link = json!({"intent": "link"});
    let linked = app.by_third_party((&idp, "example"), "ada-1", (&link, Some(&ada.token))).await;
    linked.expect(204);
    let before = crate::environments::claims(&app).await;
    begin(&app, RootUse::Index).await;
    to_the_rest(&app, RootUse::Index).await;
    let after = crate::environments::claims(&app).await;
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|claim| !before.contains(claim)), "each under the new key");
    Tables::whole(&app).await;
    logs_in(&app, &idp, "ada-1").await.expect(201);
    let taken = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
    assert_eq!(taken.expect(409).problem(), "third-party-taken");
    let session = token(logs_in(&app, &idp, "ada-1").await);
    let unlink = app.delete("/v1/me/third-parties/example").bearer(&session).send().await;
    unlink.expect(204);
    assert_eq!(crate::environments::claims(&app).await.len(), 2);
}

#[tokio::test]
async fn c_7_3_a_log_in_in_the_middle_of_a_rotation_finds_its_account() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    registered(&app, &idp, "sub-1").await;
    begin(&app, RootUse::Index).await;
    for _ in 0..4 {
        token(logs_in(&app, &idp, "sub-1").await);
        let taken = app.by_third_party((&idp, "example"), "sub-1", (&registration(), None)).await;
        assert_eq!(taken.expect(409).problem(), "third-party-taken");
        crate::environments::next_stage(&app, RootUse::Index).await;
    }
}

#[tokio::test]
async fn c_8_2_what_was_unlinked_after_the_copy_does_not_come_back() {
    let world = Environments::start(|_| {}).await;
    let app = &world.app;
    let idp = self::world(app).await;
    let ada = app.register("ada@example.org").await;
    for provider in ["example", "peculiar"] {
        let link = json!({"intent": "link"});
        let whose = (&link, Some(ada.token.as_str()));
        app.by_third_party((&idp, provider), "ada-1", whose).await.expect(204);
    }
    registered(app, &idp, "sub-1").await;
    app.deliver().await;
    let backup = back_up(app, Table::Records).await;
    let unlink = app.delete("/v1/me/third-parties/example").bearer(&ada.token);
    unlink.send().await.expect(204);

    let (app, done) = restored(&world, &backup).await;
    assert_eq!(done["contacts"], json!(1), "{done}");
    let session = app.log_in(&ada).await;
    let me = app.me(&session).await.expect(200);
    let kept = json!([{"provider": "peculiar", "subject": "ada-1"}]);
    assert_eq!(me.body["third_parties"], kept, "what is known to be ada's stays");
    logs_in(&app, &idp, "sub-1").await.expect(201);
    logs_in(&app, &idp, "ada-1").await.expect(409);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_2_4_a_name_stands_for_one_third_party_for_good() {
    let app = TestApp::start().await;
    let (one, other) = (Idp::start(&app).await, Idp::start(&app).await);
    configure(&app, &[one.settings("example")]).await.expect("taken");
    let refused = configure(&app, &[other.settings("example")]).await.expect_err("another");
    assert!(refused.chain().contains("providers[0].name"), "{}", refused.chain());
    let twice = [one.settings("example"), one.settings("example")];
    assert!(configure(&app, &twice).await.is_err());
    let mut secret = one.settings("example");
    secret["client_secret"] = json!("a new one");
    configure(&app, &[secret, other.settings("other")])
        .await
        .expect("a new secret is no new party");
    // Nor does a name become free while nobody has it.
    configure(&app, &[]).await.expect("none");
    let refused = configure(&app, &[other.settings("example")]).await.expect_err("another");
    assert!(refused.chain().contains("providers[0].name"), "{}", refused.chain());
    configure(&app, &[one.peculiar("peculiar")]).await.expect("a third");
    configure(&app, &[one.settings("example")]).await.expect("the same again");
    for at in ["authorization_endpoint", "user_endpoint", "subject"] {
        let mut elsewhere = one.peculiar("peculiar");
        let place = if at == "subject" { "/id".to_owned() } else { format!("{}/x", other.issuer) };
        elsewhere["protocol"]["oauth2"][at] = json!(place);
        let refused = configure(&app, &[elsewhere]).await.expect_err(at).chain();
        assert!(refused.contains("providers[0].name"), "{at}: {refused}");
    }
    assert!(configure(&app, &[one.settings("peculiar")]).await.is_err(), "another protocol");
}

#[tokio::test]
async fn c_2_4_unlinking_never_waits() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    let ada = app.register("ada@example.org").await;
    let link = async |provider| {
        let link = json!({"intent": "link"});
        app.by_third_party((&idp, provider), "mallory", (&link, Some(&ada.token))).await
    };
    let unlink = async |provider| {
        let path = format!("/v1/me/third-parties/{provider}");
        app.delete(&path).bearer(&ada.token).send().await
    };
    link("example").await.expect(204);
    for _ in 0..9 {
        link("peculiar").await.expect(204);
        unlink("peculiar").await.expect(204);
    }
    // Whoever had the session used up what every contact is told of.
    link("peculiar").await.expect(429);
    unlink("example").await.expect(204);
    assert_eq!(app.me(&ada.token).await.body["third_parties"], json!([]));
}

#[tokio::test]
async fn c_2_4_a_third_party_that_is_gone_is_no_way_in() {
    let app = TestApp::start().await;
    let idp = world(&app).await;
    let session = registered(&app, &idp, "sub-1").await;
    let link = json!({"intent": "link"});
    let linked = app.by_third_party((&idp, "peculiar"), "7", (&link, Some(&session))).await;
    linked.expect(204);
    configure(&app, &[idp.settings("example")]).await.expect("taken");
    // Another environment takes new settings up within five minutes.
    app.clock.advance(minutes(5));
    let unlink =
        |provider| app.delete(&format!("/v1/me/third-parties/{provider}")).bearer(&session);
    let last = unlink("example").send().await.expect(409);
    assert_eq!(last.problem(), "last-proof");
    unlink("peculiar").send().await.expect(204);
}

#[tokio::test]
async fn c_7_2_settings_that_do_not_fit_are_named_and_not_quoted() {
    let app = TestApp::start().await;
    let idp = Idp::start(&app).await;
    let changed = |at: &str, value: serde_json::Value| {
        let mut settings = idp.settings("example");
        *settings.pointer_mut(at).expect("a member") = value;
        settings
    };
    for (at, value) in [
        ("/name", json!("Canary canary")),
        ("/label/en", json!(" ")),
        ("/client_id", json!("canary\n")),
        ("/client_secret", json!("")),
        ("/timeout_secs", json!(11)),
        ("/protocol/openid/issuer", json!("http://canary.example")),
        ("/protocol/openid/issuer", json!(7)),
    ] {
        let error = configure(&app, &[changed(at, value)]).await.expect_err(at).chain();
        let part = at.split('/').nth(1).expect("a part");
        assert!(error.contains(part), "{at}: {error}");
        assert!(!error.contains("anary"), "{error}");
    }
    let mut peculiar = idp.peculiar("peculiar");
    peculiar["protocol"]["oauth2"]["subject"] = json!("canary");
    peculiar["protocol"]["oauth2"]["authorization_parameters"]["state"] = json!("canary");
    let error = configure(&app, &[peculiar]).await.expect_err("two faults").chain();
    for fault in ["oauth2.subject", "oauth2.authorization_parameters"] {
        assert!(error.contains(fault) && !error.contains("canary"), "{error}");
    }
    for event in [json!({"do": "configure"}), json!({"do": "else"}), json!({}), json!([])] {
        let event = serde_json::from_value(event).expect("an event");
        let desk = federation::Desk::default();
        let work = federation::event::handle(&app.world.ports, &desk, event);
        assert!(acting("federation", work).await.is_err());
    }
}
