//! What a rotation leaves to verify, and what it leaves nowhere.

use crate::app::{Person, TestApp};
use crate::environments::{begin, claims, job, next_stage, root, to_the_rest};
use crate::needles::Needles;
use serde_json::{Value, json};
use shared::domain::gate::Use;
use shared::domain::time::{days, minutes};
use shared::ids::SubjectId;
use shared::records::subject;
use shared::rotation::Stage;
use shared::store::{Attr, Key, Transaction};
use shared::vault::{Owner, PublicKey, RootUse, key_id, verify};
use std::time::Duration;

const RECEIPTS: RootUse = RootUse::Receipts;

/// What the receipt of an erasure shows, from anyone's side.
async fn receipt(app: &TestApp, erased: &Person) -> Value {
    let gone = app.me(&erased.token).await.expect(410);
    let path = format!("/v1/receipts/{}", gone.body["receipt"].as_str().expect("a receipt"));
    app.get(&path).send().await.expect(200).body
}

async fn erased(app: &TestApp, email: &str) -> (Person, String) {
    let person = app.register(email).await;
    app.cancel(&person.token).await.expect(202);
    let signed = receipt(app, &person).await["signed"].as_str().expect("a statement").to_owned();
    (person, signed)
}

/// The ids of the published keys.
async fn published(app: &TestApp) -> Vec<String> {
    let keys = app.get("/v1/keys").send().await.expect(200).body["keys"].clone();
    let keys = keys.as_array().expect("keys").clone();
    keys.iter().map(|key| key["kid"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn c_8_2_a_receipt_verifies_as_long_as_it_is_kept_whichever_key_signs_now() {
    let app = TestApp::without_cooling_off().await;
    let (ada, of_ada) = erased(&app, "ada@example.org").await;
    let before = key_id(&of_ada).expect("a key");
    begin(&app, RECEIPTS).await;
    let (next, then) = (published(&app).await, erased(&app, "bob@example.org").await.1);
    assert_eq!(next.len(), 2, "whoever keeps the keys knows the next one before it signs");
    assert_eq!((&next[0], key_id(&then).as_ref()), (&before, Some(&before)));
    next_stage(&app, RECEIPTS).await;
    app.clock.advance(minutes(5));
    let (eve, of_eve) = erased(&app, "eve@example.org").await;
    assert_eq!(key_id(&of_eve).as_ref(), Some(&next[1]));
    assert_eq!(published(&app).await, [next[1].clone(), before.clone()]);
    assert!(root(&app, RECEIPTS, &before).await.expect("there").bytes(Attr::Wrapped).is_ok());
    next_stage(&app, RECEIPTS).await;
    let row = root(&app, RECEIPTS, &before).await.expect("its public part");
    assert!(row.bytes(Attr::Wrapped).is_err(), "nobody signs under it any more");
    assert_eq!(published(&app).await, [next[1].clone(), before.clone()]);
    for (person, kid) in [(&ada, &before), (&eve, &next[1])] {
        let shown = receipt(&app, person).await;
        assert_eq!((&shown["verifies"], &shown["key"]["kid"]), (&json!(true), &json!(kid)));
    }
    let key = app.world.ports.vault.receipt_key(&before).await.expect("a read").expect("a key");
    assert!(verify(&of_ada, &PublicKey { kid: before.clone(), ..key }).is_some());

    // The evidence of this year ends with the year 2029.
    app.clock.advance(days(1130));
    app.sweep().await;
    assert_eq!(published(&app).await.len(), 2);
    app.clock.advance(days(5));
    assert_eq!(published(&app).await, [next[1].clone()]);
    app.sweep().await;
    assert!(root(&app, RECEIPTS, &before).await.is_none());
    assert!(job(&app, RECEIPTS).await.is_none());
}

/// Wherever its wrapped key and its claims are now, as bytes to look for.
async fn plant(needles: &mut Needles, app: &TestApp, person: &Person) {
    let key = Key::keys(format!("person#{}", person.id));
    let [row] = app.world.ports.store.get(&[key]).await.expect("a read");
    let row = row.expect("a key");
    needles.plant(&format!("key {}", row.version), row.bytes(Attr::Wrapped).expect("wrapped"));
    for claim in claims(app).await {
        needles.plant(&claim, claim.trim_start_matches("login#").as_bytes());
    }
}

#[tokio::test]
async fn c_8_2_neither_wrapping_of_an_erased_person_s_key_stands_in_a_file() {
    let app = TestApp::with(|options| {
        let folder = options.mailbox.parent().expect("a folder").to_owned();
        options.data = Some(folder.join("db"));
        options.config.cooling_off = Duration::ZERO;
    })
    .await;
    let ada = app.register("ada@example.org").await;
    let mut needles = Needles::none();
    plant(&mut needles, &app, &ada).await;
    for usage in [RootUse::Branch, RootUse::Index] {
        begin(&app, usage).await;
        to_the_rest(&app, usage).await;
        plant(&mut needles, &app, &ada).await;
    }
    let folder = app.folder.path().join("db");
    let found = needles.found_under(&folder);
    for planted in ["key 1", "key 2", "login#"] {
        assert!(found.iter().any(|found| found.contains(planted)), "{planted}: {found:?}");
    }
    let token = app.log_in(&ada).await;
    app.cancel(&token).await.expect(202);
    assert_eq!(needles.found_under(&folder), [].into());
}

#[tokio::test]
async fn a_claim_of_no_contact_keeps_the_key_that_it_is_under() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let id = SubjectId::parse(&ada.id).expect("an id");
    let ports = &app.world.ports;
    let keys = [subject::account(&id), Owner::Person(id.clone()).key()];
    let [account, key] = ports.store.get(&keys).await.expect("a read");
    let storage = Use::Storage;
    let opened = ports.vault.open_person(&id, account.as_ref(), key.as_ref(), storage).await;
    let mut person = opened.expect("an account");
    person.profile.claims.push("login#of-nothing-known".to_owned());
    let row = person.key.seal(person.account.next(), &person.profile).expect("sealed");
    let mut transaction = Transaction::new();
    transaction.replace("account", row);
    ports.store.write(transaction).await.expect("a write");
    begin(&app, RootUse::Index).await;
    next_stage(&app, RootUse::Index).await;
    for _ in 0..2 {
        let progress = next_stage(&app, RootUse::Index).await;
        assert_eq!((progress.stage, progress.failed), (Stage::Passing, 1));
    }
    let row = job(&app, RootUse::Index).await.expect("a job");
    assert!(row.text(Attr::Cursor).is_err(), "each pass begins anew");
    app.log_in(&ada).await;
}
