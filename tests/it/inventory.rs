//! The inventory declares what is stored, all of it and nothing else, and drives what is shown.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod in_clear;

use crate::app::TestApp;
use crate::stored::rows;
use crate::tour::{to_the_cancellation, to_the_end};
use in_clear::in_clear;
use serde_json::Value;
use shared::domain::account::Profile;
use shared::domain::inventory::{Declared, Entity, Item, Shown, items};
use shared::domain::locale::Locale;
use shared::domain::receipt::outcome;
use shared::ledger::{Chain, Facts};
use shared::outbox::Message;
use shared::records::authorization::Authorization;
use shared::records::configuration::{self, Delivery};
use shared::records::evidence::Evidence;
use shared::records::export::Export;
use shared::records::factors::Factors;
use shared::records::link::Link;
use shared::records::network_log::NetworkLog;
use shared::records::receipt::Receipt;
use shared::records::session::Session;
use shared::records::third_parties::ThirdParties;
use shared::records::tombstone::Tombstone;
use shared::records::verification::Verification;
use shared::store::Attr;
use std::collections::{BTreeMap, BTreeSet};

fn fields<T: Declared>() -> (Entity, &'static [&'static Item]) {
    (T::ENTITY, T::FIELDS)
}

/// Every struct that can be sealed.
fn sealed() -> [(Entity, &'static [&'static Item]); 16] {
    [
        fields::<Profile>(),
        fields::<Session>(),
        fields::<Factors>(),
        fields::<Link>(),
        fields::<Export>(),
        fields::<Chain>(),
        fields::<Evidence>(),
        fields::<NetworkLog>(),
        fields::<Verification>(),
        fields::<Authorization>(),
        fields::<Message>(),
        fields::<Delivery>(),
        fields::<ThirdParties>(),
        fields::<Receipt>(),
        fields::<Facts>(),
        fields::<Tombstone>(),
    ]
}

#[test]
fn c_2_1_every_sealed_field_is_declared_and_every_declaration_is_a_field() {
    let fields: Vec<_> = sealed().iter().flat_map(|(_, fields)| *fields).map(|i| i.id()).collect();
    let declared = items::ALL.iter().filter(|item| item.sealed).map(|item| item.id());
    let declared: BTreeSet<_> = declared.collect();
    assert_eq!(fields.iter().cloned().collect::<BTreeSet<_>>(), declared);
    assert_eq!(fields.len(), declared.len(), "each in one struct");
    for (entity, fields) in sealed() {
        assert!(fields.iter().all(|item| item.sealed && item.entity == entity), "{entity:?}");
    }
}

#[test]
fn c_2_1_every_declaration_in_clear_is_an_attribute_or_the_rows_own_id() {
    for item in items::ALL.iter().filter(|item| !item.sealed) {
        let known = item.field == "id" || Attr::parse(item.field).is_some();
        assert!(known, "{}", item.id());
    }
}

/// Kinds of rows that hold personal items, and so seal them.
fn seals(entity: Entity) -> bool {
    sealed().iter().any(|(sealed, _)| *sealed == entity)
}

async fn check_rows(app: &TestApp) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    for (key, row) in rows(app).await {
        let name = row.entity.name();
        kinds.insert(name);
        for attr in row.attributes.keys() {
            let due = matches!(attr, Attr::DueShard | Attr::DueAt);
            let clear = due || in_clear(row.entity).contains(&attr.name());
            let sealed = *attr == Attr::Sealed && seals(row.entity);
            assert!(clear || sealed, "{name}: {}", attr.name());
        }
        let text = format!("{key:?}");
        assert!(!text.contains('@') && !text.contains("example"), "{text}");
    }
    kinds
}

#[tokio::test]
async fn c_2_1_what_is_stored_is_what_is_declared() {
    let app = TestApp::start().await;
    to_the_end(&app, "ada@example.org").await;
    let mut kinds = check_rows(&app).await;
    to_the_cancellation(&app, "bob@example.org").await;
    let zoe = app.register("zoe@example.org").await;
    app.set_up_totp(&zoe.token).await;
    app.post("/v1/verifications")
        .json(&TestApp::code_request("eve@example.org"))
        .send()
        .await
        .expect(202);
    let providers = app.get("/v1/third-parties").send().await.expect(200);
    let provider = providers.body["third_parties"][0]["provider"].as_str().expect("a name");
    app.begin(provider, &crate::idp::log_in(), None).await.expect(201);
    let settings = Delivery { mail: None, text: None };
    configuration::write(&app.world.ports, &settings).await.expect("configures");
    kinds.extend(check_rows(&app).await);
    // The job of an erasure is there only until it is done.
    let job = |name: &&str| *name == "erasure";
    let all: BTreeSet<_> = Entity::ALL.iter().map(|e| e.name()).filter(|e| !job(e)).collect();
    assert_eq!(kinds, all, "the story writes every kind of row");
}

#[tokio::test]
async fn c_2_1_anyone_can_read_the_inventory_in_both_languages() {
    let app = TestApp::start().await;
    let mut texts = Vec::new();
    for (accept, locale) in [("en", Locale::En), ("zh-CN", Locale::Zh)] {
        let call = app.get("/v1/policy/inventory").header("accept-language", accept);
        let answer = call.send().await.expect(200);
        assert_eq!(answer.header("content-language"), Some(locale.tag()));
        let listed = by_id(&answer.body["items"], "id");
        assert_eq!(listed.len(), items::ALL.len());
        for item in items::ALL {
            let spec = item.entity.spec();
            let said = listed[&item.id()];
            assert_eq!(said["label"], item.label.of(locale));
            assert_eq!(said["purpose"], item.purpose.name());
            assert_eq!(said["basis"], item.basis.name());
            assert_eq!(said["scope"], item.scope.name());
            assert_eq!(said["retention"], spec.retention.words(locale));
            assert_eq!(said["key_owner"], spec.key_owner);
            assert_eq!(said["sealed"], item.sealed);
            assert!(said["seen_by"].as_str().is_some_and(|text| !text.is_empty()));
            assert_eq!(said["exported"], item.exported.name());
            let reason = item.exported.reason().map(|reason| reason.of(locale));
            assert_eq!(said["withheld"].as_str(), reason);
            let kept = said["erasure"] == "kept";
            assert_eq!(said["duty"].is_string(), kept, "{}", item.id());
        }
        let kinds: BTreeSet<_> = items::ALL.iter().map(|item| item.entity.name()).collect();
        let others = by_id(&answer.body["others"], "kind");
        for entity in Entity::ALL.map(Entity::name) {
            assert_ne!(kinds.contains(entity), others.contains_key(entity), "{entity}");
        }
        texts.push(answer.text);
    }
    assert_ne!(texts[0], texts[1]);
}

fn by_id<'a>(list: &'a Value, name: &str) -> BTreeMap<String, &'a Value> {
    let list = list.as_array().expect("a list").iter();
    list.map(|one| (one[name].as_str().expect("an id").to_owned(), one)).collect()
}

#[tokio::test]
async fn c_8_1_a_person_sees_exactly_what_the_inventory_says() {
    let app = TestApp::start().await;
    let seen = to_the_cancellation(&app, "ada@example.org").await;
    let declared = |shown: Shown| -> BTreeSet<&str> {
        items::ALL.iter().filter(|item| item.shown == shown).map(|item| item.field).collect()
    };
    let members = |value: &Value| -> BTreeSet<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let answers = |route: &str, member: &str| {
        let fits = |s: &&crate::tour::Seen| s.method == "GET" && s.route == route;
        let mut bodies = seen.iter().filter(fits).map(|s| s.answer.body.clone());
        bodies.rfind(|body| body.get(member).is_some()).expect("an answer")
    };
    let me = answers("/v1/me", "cancellation");
    let mut profile: BTreeSet<_> =
        declared(Shown::Profile).into_iter().map(str::to_owned).collect();
    for member in ["phone", "contact_change"] {
        assert!(profile.remove(member), "not there by then");
    }
    let mut shown = members(&me);
    assert!(shown.remove("cancellation"), "cancelled");
    assert_eq!(shown, profile);
    let sessions = answers("/v1/sessions", "sessions");
    let mut shown = members(&sessions["sessions"][0]);
    assert!(shown.remove("id") && shown.remove("current"), "named by its row's own id");
    let mut session: BTreeSet<_> =
        declared(Shown::Sessions).into_iter().map(str::to_owned).collect();
    assert!(session.remove("device"), "not known of a test");
    assert_eq!(shown, session);
    // The event in words; the failed tries of all sign-ins as one list.
    let security = answers("/v1/me/security", "sign_ins");
    let mut shown = members(&security["sign_ins"][0]);
    assert!(shown.remove("at") && shown.remove("what") && shown.insert("event".to_owned()));
    assert!(security["failed_tries"].is_array() && shown.insert("failed_at".to_owned()));
    let mut page: BTreeSet<_> =
        declared(Shown::SecurityPage).into_iter().map(str::to_owned).collect();
    assert!(page.remove("device"), "not known of a test");
    assert_eq!(shown, page);
}

#[tokio::test]
async fn c_8_2_erasure_accounts_for_every_item() {
    let app = TestApp::start().await;
    let (gone, stays) = outcome(app.world.ports.clock.now());
    let stays: Vec<_> = stays.into_iter().flat_map(|stay| stay.items).collect();
    let named: BTreeSet<_> = gone.iter().chain(&stays).collect();
    assert_eq!(named.len(), gone.len() + stays.len(), "each once");
    let answer = app.get("/v1/policy/inventory").send().await.expect(200);
    for (id, said) in by_id(&answer.body["items"], "id") {
        let outcome = match (gone.contains(&id), stays.contains(&id)) {
            (true, false) => "gone",
            (false, true) => "kept",
            _ => "apart",
        };
        assert_eq!(said["erasure"], outcome, "{id}");
    }
    for entity in Entity::ALL {
        let items: Vec<_> = items::ALL.iter().filter(|item| item.entity == entity).collect();
        if items.is_empty() && entity.spec().name != "tombstone" {
            let name = entity.name().to_owned();
            let apart = entity.spec().erased == shared::domain::inventory::Erased::Apart;
            assert_ne!(apart, named.contains(&name), "{name}");
        }
    }
}
