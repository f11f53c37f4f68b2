//! Consents: listed with what they cover, given and withdrawn at any time, each with its evidence.

use crate::app::{Answer, Person, TestApp};
use crate::rows;
use crate::tables::Tables;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use shared::domain::gate::{Refusal, Use};
use shared::domain::inventory::{Entity, Purpose, items};
use shared::domain::locale::Locale;
use shared::domain::period::Period;
use shared::domain::time::minutes;
use shared::ids::SubjectId;
use shared::records::evidence::{Act, Evidence, Means};
use shared::records::subject;
use shared::store::Attr;
use shared::vault::{Denied, Owner};

pub(crate) const ADA: &str = "ada@example.org";
const PROFILE: &str = "/v1/me/consents/profile";

pub(crate) async fn grant(app: &TestApp, token: &str) -> Answer {
    app.call(http::Method::PUT, PROFILE).bearer(token).send().await
}

pub(crate) async fn withdraw(app: &TestApp, token: &str) -> Answer {
    app.delete(PROFILE).bearer(token).send().await
}

pub(crate) async fn listed(app: &TestApp, token: &str, purpose: &str) -> Value {
    let list = app.get("/v1/me/consents").bearer(token).send().await.expect(200);
    let all = list.body["purposes"].as_array().expect("purposes").clone();
    all.into_iter().find(|one| one["purpose"] == purpose).expect("the purpose")
}

/// Every piece of evidence about a person, in the order of its time.
pub(crate) async fn evidence(app: &TestApp, ada: &Person) -> Vec<Evidence> {
    let partition = format!("subject#{}", ada.id);
    let mut found = Vec::new();
    for row in rows::all(app).await {
        if row.key.pk == partition && row.entity == Entity::Evidence {
            let at = row.time(Attr::CreatedAt).expect("a time");
            let owner = Owner::Period(Period::evidence(at));
            let [key] = app.world.ports.store.get(&[owner.key()]).await.expect("a read");
            let key = app.world.ports.vault.open(owner, key.as_ref()).await.expect("a key");
            found.push((at, key.expect("a key").open::<Evidence>(&row).expect("evidence")));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, evidence)| evidence).collect()
}

fn digest(text: &Value) -> String {
    let text = text.as_str().expect("a text").as_bytes();
    HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text).as_ref())
}

pub(crate) async fn opened(
    app: &TestApp,
    ada: &Person,
    wanted: Use,
) -> Result<shared::vault::Person, Denied> {
    let id = SubjectId::parse(&ada.id).expect("an id");
    let ports = &app.world.ports;
    let keys = [subject::account(&id), Owner::Person(id.clone()).key()];
    let [account, key] = ports.store.get(&keys).await.expect("a read");
    ports.vault.open_person(&id, account.as_ref(), key.as_ref(), wanted).await
}

#[tokio::test]
async fn c_8_3_the_list_says_beforehand_what_stops_and_what_is_erased() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    for (accept, locale) in [("en", Locale::En), ("zh-CN", Locale::Zh)] {
        let call = app.get("/v1/me/consents").bearer(&ada.token).header("accept-language", accept);
        let list = call.send().await.expect(200);
        assert_eq!(list.header("content-language"), Some(locale.tag()));
        let all = list.body["purposes"].as_array().expect("purposes");
        assert_eq!(all.len(), Purpose::ALL.len());
        for (said, purpose) in all.iter().zip(Purpose::ALL) {
            assert_eq!(said["purpose"], purpose.name());
            assert_eq!(said["why"], purpose.why().of(locale));
            assert_eq!(said["withdrawal"]["stops"], purpose.stops().of(locale));
            assert_eq!(said["basic"], purpose.is_basic());
            assert_eq!(said["consented"], purpose.is_basic(), "nothing is bundled");
            let of_purpose = items::ALL.iter().filter(|item| item.purpose == purpose);
            let of_purpose = of_purpose.filter(|item| item.entity != Entity::Configuration);
            let named: Vec<_> =
                of_purpose.map(|i| json!({"id": i.id(), "label": i.label.of(locale)})).collect();
            assert_eq!(said["items"], json!(named));
        }
        let profile = &all[2];
        let name =
            json!({"id": "account.display_name", "label": items::DISPLAY_NAME.label.of(locale)});
        assert_eq!(profile["withdrawal"]["erases"], json!([name]));
        assert_eq!(profile["withdrawal"]["by"], "DELETE /v1/me/consents/profile");
        assert_eq!(all[0]["withdrawal"]["by"], "POST /v1/me/cancellation");
    }
}

#[tokio::test]
async fn c_8_3_a_consent_is_given_with_evidence_of_what_was_shown() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.clock.advance(minutes(1));
    let call = app.call(http::Method::PUT, PROFILE).bearer(&ada.token);
    let body = json!({"policy_version": "general-2022-08-16"});
    call.header("accept-language", "zh-CN").json(&body).send().await.expect(204);
    let call = app.get("/v1/me/consents").bearer(&ada.token).header("accept-language", "zh-CN");
    let shown = call.send().await.expect(200).body["purposes"][2].clone();
    assert_eq!(shown["since"], "2026-11-24T08:01:00Z");
    assert_eq!(
        (&shown["consented"], &shown["policy_version"]),
        (&json!(true), &body["policy_version"])
    );
    let [accepted, granted] = &evidence(&app, &ada).await[..] else { panic!("two pieces") };
    assert_eq!((accepted.act, accepted.purposes.len()), (Act::Accepted, 0));
    assert_eq!((granted.act, &granted.purposes[..]), (Act::Granted, &[Purpose::Profile][..]));
    assert_eq!((granted.language, granted.channel), (Locale::Zh, Means::Call));
    assert_eq!(granted.text_digest, digest(&shown["text"]));
    // Once more changes nothing.
    app.clock.advance(minutes(1));
    grant(&app, &ada.token).await.expect(204);
    assert_eq!(evidence(&app, &ada).await.len(), 2);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actions(), ["account.registered", "consent.granted"]);
    assert_eq!(listed(&app, &ada.token, "profile").await["since"], shown["since"]);
}

#[tokio::test]
async fn c_8_3_withdrawal_holds_at_once_erases_its_items_and_touches_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.clock.advance(minutes(1));
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada", "language": "zh-CN"}))
        .await
        .expect(200);
    assert!(opened(&app, &ada, Use::For(Purpose::Profile)).await.is_ok());
    let before = app.me(&ada.token).await.expect(200).body;
    let epoch = opened(&app, &ada, Use::Rights).await.expect("opens").gate_epoch();
    app.clock.advance(minutes(1));
    withdraw(&app, &ada.token).await.expect(204);
    let refused = opened(&app, &ada, Use::For(Purpose::Profile)).await;
    let Err(Denied::Refused(refused)) = refused else { panic!("the gate is open") };
    assert_eq!(refused, Refusal::NoConsent(Purpose::Profile));
    for other in Purpose::ALL.into_iter().filter(|other| other.is_basic()) {
        assert!(opened(&app, &ada, Use::For(other)).await.is_ok(), "{other:?}");
    }
    let mut expected = before.clone();
    expected.as_object_mut().expect("members").remove("display_name");
    assert_eq!(app.me(&ada.token).await.expect(200).body, expected);
    let person = opened(&app, &ada, Use::Rights).await.expect("opens");
    assert_eq!(person.gate_epoch(), epoch + 1, "what read before writes nothing after");
    // Earlier evidence stays as it was, and a second withdrawal adds none.
    withdraw(&app, &ada.token).await.expect(204);
    let acts: Vec<_> = evidence(&app, &ada).await.iter().map(|e| e.act).collect();
    assert_eq!(acts, [Act::Accepted, Act::Granted, Act::Withdrawn]);
    let actions = ["account.registered", "account.corrected", "consent.withdrawn"];
    assert_eq!(Tables::whole(&app).await.actions(), actions);
}

#[tokio::test]
async fn c_8_3_a_basic_purpose_means_the_account_and_says_where_to_go() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    for purpose in Purpose::ALL.into_iter().filter(|purpose| purpose.is_basic()) {
        let path = format!("/v1/me/consents/{}", purpose.name());
        let refused = app.delete(&path).bearer(&ada.token).send().await.expect(409);
        assert_eq!(
            (refused.problem(), &refused.body["purpose"]),
            ("basic-purpose", &json!(purpose))
        );
        assert!(refused.text.contains("POST /v1/me/cancellation"), "{}", refused.text);
        app.call(http::Method::PUT, &path).bearer(&ada.token).send().await.expect(204);
    }
    let unknown = "/v1/me/consents/advertising";
    app.delete(unknown).bearer(&ada.token).send().await.expect(404);
    app.call(http::Method::PUT, unknown).bearer(&ada.token).send().await.expect(404);
    let call = app.call(http::Method::PUT, PROFILE).bearer(&ada.token);
    let old = call.json(&json!({"policy_version": "general-2022-03-11"})).send().await.expect(422);
    assert_eq!(old.problem(), "policy-outdated");
    assert_eq!(evidence(&app, &ada).await.len(), 1, "nothing was appended");
}

#[tokio::test]
async fn c_2_2_a_name_is_a_consent_and_its_removal_a_withdrawal_each_with_evidence() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let name = |name: Value| json!({"display_name": name});
    for (etag, patch) in
        [("\"1\"", json!("Ada")), ("\"2\"", json!("Lady A")), ("\"3\"", Value::Null)]
    {
        app.clock.advance(minutes(1));
        app.correct(&ada.token, etag, &name(patch)).await.expect(200);
    }
    let held = evidence(&app, &ada).await;
    let acts: Vec<_> = held.iter().map(|e| (e.act, e.channel)).collect();
    let by = |act| (act, Means::Correction);
    assert_eq!(acts, [(Act::Accepted, Means::Call), by(Act::Granted), by(Act::Withdrawn)]);
    assert_eq!(listed(&app, &ada.token, "profile").await["consented"], false);
}

#[tokio::test]
async fn c_2_2_registration_keeps_optional_purposes_only_each_once() {
    let app = TestApp::start().await;
    let (verification, code) = app.code(ADA).await;
    let mut body = TestApp::account_request(&verification, &code);
    body["consents"] = json!(["profile", "security", "account", "profile"]);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    let id = app.me(&token).await.body["id"].as_str().expect("an id").to_owned();
    let ada = Person { email: ADA.to_owned(), token, id };
    let person = opened(&app, &ada, Use::Rights).await.expect("opens");
    assert_eq!(person.profile.consented(), [Purpose::Profile]);
    // The policy is one text, and what the consent covers another: each has its evidence.
    let held = evidence(&app, &ada).await;
    let of = |act| held.iter().find(|evidence| evidence.act == act).expect("a piece");
    assert_eq!((held.len(), &of(Act::Accepted).purposes[..]), (2, &[Purpose::Profile][..]));
    assert_eq!(of(Act::Granted).purposes, [Purpose::Profile]);
    let text = listed(&app, &ada.token, "profile").await["text"].clone();
    assert_eq!(of(Act::Granted).text_digest, digest(&text));
    assert_ne!(of(Act::Accepted).text_digest, of(Act::Granted).text_digest);
}
