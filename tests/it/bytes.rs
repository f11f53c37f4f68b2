//! What stands in the files of the database, byte by byte.

use crate::app::{PASSWORD, Person, TestApp};
use crate::needles::{Needles, files};
use serde_json::json;
use shared::domain::contact::change::HELD;
use shared::domain::time::days;
use shared::ids::SubjectId;
use shared::records::subject;
use shared::store::{Attr, Table};
use shared::vault::Owner;
use std::path::PathBuf;
use std::time::Duration;

const EMAIL: &str = "zephyrine.quillfeather@example.org";
const NEW: &str = "zephyrine.brandywine@example.net";
const PHONE: &str = "+8613817263548";
const NAME: &str = "Zéphyrine Quillfeather-Brandywine";
const SOURCE: &str = "2001:db8:c0ff:ee:dead:beef:cafe:f00d";

fn folder(app: &TestApp) -> PathBuf {
    app.folder.path().join("db")
}

/// A world on files that erases at once.
async fn on_file_without_cooling_off() -> TestApp {
    TestApp::with(|options| {
        let folder = options.mailbox.parent().expect("a folder").to_owned();
        options.data = Some(folder.join("db"));
        options.config.cooling_off = Duration::ZERO;
    })
    .await
}

/// The person's key, as it stands wrapped in its row.
async fn wrapped_key(app: &TestApp, person: &Person) -> Vec<u8> {
    let id = SubjectId::parse(&person.id).expect("an id");
    let [row] = app.world.ports.store.get(&[Owner::Person(id).key()]).await.expect("a read");
    row.expect("a key").bytes(Attr::Wrapped).expect("wrapped").to_vec()
}

/// What the person's account seals, as it stands in its row.
async fn sealed_account(app: &TestApp, person: &Person) -> Vec<u8> {
    let id = SubjectId::parse(&person.id).expect("an id");
    let [row] = app.world.ports.store.get(&[subject::account(&id)]).await.expect("a read");
    row.expect("an account").bytes(Attr::Sealed).expect("sealed").to_vec()
}

/// The hash that the person's first contact is found by.
async fn claim(app: &TestApp, person: &Person) -> String {
    claims(app, person).await.remove(0)
}

/// The hashes that the person's contacts are found by, from the rows of the claims.
async fn claims(app: &TestApp, person: &Person) -> Vec<String> {
    let id = SubjectId::parse(&person.id).expect("an id");
    let keys = [subject::account(&id), Owner::Person(id.clone()).key()];
    let [account, key] = app.world.ports.store.get(&keys).await.expect("a read");
    let (account, key) = (account.as_ref(), key.as_ref());
    let storage = shared::domain::gate::Use::Storage;
    let opened = app.world.ports.vault.open_person(&id, account, key, storage).await;
    let claims = opened.expect("an account").profile.claims;
    claims.iter().map(|claim| claim.trim_start_matches("login#").to_owned()).collect()
}

#[tokio::test]
async fn c_7_2_no_planted_value_stands_in_a_file() {
    let mut app = TestApp::on_file().await;
    app.source = SOURCE.parse().expect("an address");
    let (verification, code) = app.code(EMAIL).await;
    let body = TestApp::account_request(&verification, &code);
    let made = app.post("/v1/accounts").json(&body).send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    let patch = json!({"display_name": NAME});
    let me = app.correct(&token, "\"1\"", &patch).await.expect(200);
    let wrong = "mistyped horse battery";
    let log_in = |password| json!({"login": EMAIL, "password": password});
    app.post("/v1/sessions").json(&log_in(wrong)).send().await.expect(401);
    let second = app.post("/v1/sessions").json(&log_in(PASSWORD)).send().await.expect(201);
    let second = second.body["token"].as_str().expect("a token").to_owned();
    let (_, unused) = app.code("never.registered@example.org").await;
    let undelivered = "not.yet.delivered@example.org";
    let body = TestApp::code_request(undelivered);
    app.post("/v1/verifications").json(&body).send().await.expect(202);

    let mut needles = Needles::of(&[
        ("address", EMAIL),
        ("part of the address", "quillfeather"),
        ("address without an account", "never.registered"),
        ("address of a message on its way", undelivered),
        ("display name", NAME),
        ("part of the display name", "Brandywine"),
        ("source", SOURCE),
        ("password", PASSWORD),
        ("mistyped password", wrong),
        ("code", &code),
        ("code that nobody used", &unused),
        ("token", &token),
        ("secret of the token", &token[token.len() - 52..]),
        ("token of the second session", &second[second.len() - 52..]),
    ]);
    let source: std::net::Ipv6Addr = SOURCE.parse().expect("an address");
    needles.plant("source as bytes", &source.octets());
    assert_eq!(needles.found_under(&folder(&app)), [].into());
    // The scan sees what is there: the random id, in clear.
    let id = me.body["id"].as_str().expect("an id");
    assert!(!Needles::of(&[("id", id)]).found_under(&folder(&app)).is_empty());
}

#[tokio::test]
async fn c_8_1_after_a_change_nothing_of_the_old_contact_stands_in_a_file() {
    let app = TestApp::on_file().await;
    let ada = app.register(EMAIL).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    app.set_contact(&ada.token, NEW).await.expect(200);
    let mut needles = Needles::of(&[
        ("address", EMAIL),
        ("new address", NEW),
        ("number", PHONE),
        ("digits of the number", &PHONE[3..]),
    ]);
    assert_eq!(needles.found_under(&folder(&app)), [].into(), "sealed from the start");
    needles.plant("old claim", claim(&app, &ada).await.as_bytes());
    app.world.work().await.expect("works");
    assert!(!needles.found_under(&folder(&app)).is_empty(), "held meanwhile");
    app.clock.advance(HELD);
    app.world.work().await.expect("works");
    assert_eq!(needles.found_under(&folder(&app)), [].into());
    let log_in = json!({"login": NEW, "password": PASSWORD});
    app.post("/v1/sessions").json(&log_in).send().await.expect(201);
}

#[tokio::test]
async fn c_8_3_what_a_withdrawal_or_a_correction_replaced_stands_in_no_file_even_sealed() {
    let app = TestApp::on_file().await;
    let ada = app.register(EMAIL).await;
    let name = |name: &str| json!({"display_name": name});
    app.correct(&ada.token, "\"1\"", &name(NAME)).await.expect(200);
    let mut needles = Needles::none();
    needles.plant("first name", &sealed_account(&app, &ada).await);
    assert!(!needles.found_under(&folder(&app)).is_empty(), "held meanwhile");
    app.correct(&ada.token, "\"2\"", &name("Zephyr")).await.expect(200);
    assert_eq!(needles.found_under(&folder(&app)), [].into());
    needles.plant("second name", &sealed_account(&app, &ada).await);
    app.delete("/v1/me/consents/profile").bearer(&ada.token).send().await.expect(204);
    assert_eq!(needles.found_under(&folder(&app)), [].into());
}

#[tokio::test]
async fn c_8_1_of_a_change_taken_back_the_new_contact_s_claim_stands_in_no_file() {
    let app = TestApp::on_file().await;
    let ada = app.register(EMAIL).await;
    let before = claims(&app, &ada).await;
    app.set_contact(&ada.token, NEW).await.expect(200);
    let mut needles = Needles::none();
    for new in claims(&app, &ada).await.iter().filter(|claim| !before.contains(claim)) {
        needles.plant("new claim", new.as_bytes());
    }
    assert!(!needles.found_under(&folder(&app)).is_empty());
    app.take_back(&ada.token, "email").await.expect(204);
    assert_eq!(needles.found_under(&folder(&app)), [].into());
}

#[tokio::test]
async fn c_8_2_an_erased_person_s_key_stands_in_no_file() {
    let app = on_file_without_cooling_off().await;
    let ada = app.register(EMAIL).await;
    let mut needles = Needles::of(&[("key", wrapped_key(&app, &ada).await)]);
    needles.plant("claim", claim(&app, &ada).await.as_bytes());
    let before = needles.found_under(&folder(&app));
    for planted in ["key", "claim"] {
        assert!(before.iter().any(|found| found.contains(planted)), "{before:?}");
    }
    app.cancel(&ada.token).await.expect(202);
    assert_eq!(needles.found_under(&folder(&app)), [].into());
    let log = files(&folder(&app)).into_iter().find(|(name, _)| name.ends_with("-wal"));
    assert_eq!(log.map(|(_, bytes)| bytes.len()), Some(0), "the log is cut");
}

#[tokio::test]
async fn c_8_4_a_key_that_the_sweep_destroys_stands_in_no_file() {
    let app = TestApp::on_file().await;
    let ada = app.register(EMAIL).await;
    let needles = Needles::of(&[("key", wrapped_key(&app, &ada).await)]);
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    assert!(!needles.found_under(&folder(&app)).is_empty());
    app.world.work().await.expect("works");
    app.me(&ada.token).await.expect(410);
    assert_eq!(needles.found_under(&folder(&app)), [].into());
}

#[tokio::test]
async fn c_8_2_the_key_of_the_last_message_goes_with_its_delivery() {
    let app = on_file_without_cooling_off().await;
    let ada = app.register(EMAIL).await;
    app.cancel(&ada.token).await.expect(202);
    let mut needles = Needles::none();
    for row in app.world.ports.store.scan(Table::Keys, None).await.expect("a scan").items {
        if row.key.pk.starts_with("message#") {
            needles.plant(&row.key.pk, row.bytes(Attr::Wrapped).expect("wrapped"));
        }
    }
    assert!(!needles.found_under(&folder(&app)).is_empty(), "the message is on its way");
    app.world.work().await.expect("works");
    assert_eq!(needles.found_under(&folder(&app)), [].into());
}

#[tokio::test]
async fn c_8_2_among_many_people_the_erased_ones_keys_are_gone_and_no_others() {
    let app = on_file_without_cooling_off().await;
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    let mut erased = Needles::none();
    for n in 0..50 {
        let person = app.register(&format!("person-{n}@example.org")).await;
        // Rows that grow and shrink split and merge the database's pages.
        for (version, length) in [(1, 1 + n), (2, 64 - n), (3, 30)] {
            let patch = json!({"display_name": "n".repeat(length)});
            let etag = format!("\"{version}\"");
            app.correct(&person.token, &etag, &patch).await.expect(200);
        }
        let key = wrapped_key(&app, &person).await;
        if n % 2 == 0 {
            erased.plant(&format!("claim {n}"), claim(&app, &person).await.as_bytes());
            erased.plant(&format!("key {n}"), &key);
            go.push(person);
        } else {
            stay.push((person, Needles::of(&[("key", key)])));
        }
    }
    for person in &go {
        app.cancel(&person.token).await.expect(202);
    }
    assert_eq!(erased.found_under(&folder(&app)), [].into());
    for (person, key) in &stay {
        app.me(&person.token).await.expect(200);
        assert!(!key.found_under(&folder(&app)).is_empty(), "{}", person.email);
    }
}
