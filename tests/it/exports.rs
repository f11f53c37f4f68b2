//! A copy of one's information: every item of the inventory, in open formats, of that person alone.

use crate::app::{PASSWORD, Person, TestApp};
use crate::consents::opened;
use crate::unzipped::{Unzipped, copy};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use shared::domain::contact::Channel;
use shared::domain::contact::change::{ContactChange, Held};
use shared::domain::gate::Use;
use shared::domain::inventory::{Entity, Exported, Purpose, items};
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::time::minutes;
use shared::ledger::verify::verify;
use shared::records::evidence;
use shared::store::{Attr, Row, Transaction};
use shared::vault::Owner;
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";
const NAME: &str = "=Ada 洛芙莱斯";
const PHONE: &str = "+8613800138000";

/// A person of whom every item is held, cancelled, with a fresh session; and one who is another.
pub(crate) async fn everything(app: &TestApp) -> (Person, Person) {
    let eve = app.register("eve@example.net").await;
    let ada = app.register(ADA).await;
    app.correct(&ada.token, "\"1\"", &json!({"display_name": NAME})).await.expect(200);
    let mut person = opened(app, &ada, Use::Storage).await.expect("opens");
    person.profile.phone = Some(Personal::new(PHONE.to_owned()));
    person.profile.told_at = Some(crate::app::BEGIN);
    let held = |address: &str| Held {
        address: Personal::new(address.to_owned()),
        claim: person.profile.claims[0].clone(),
    };
    person.profile.contact_change = Some(ContactChange {
        channel: Channel::Email,
        old: held("ada@before.example"),
        new: Some(held(ADA)),
        changed_at: crate::app::BEGIN,
        frozen_until: None,
        link: "lnk_x".to_owned(),
    });
    let row = person.account.clone().next();
    let row = row.with(Attr::HeardAt, crate::app::BEGIN).with(Attr::Notices, 1);
    let row = row.with(Attr::EmailDetachedAt, crate::app::BEGIN);
    let row = row.with(Attr::PhoneDetachedAt, crate::app::BEGIN);
    let mut transaction = Transaction::new();
    transaction.replace("account", person.key.seal(row, &person.profile).expect("seals"));
    // As if it had ended in a later year.
    let mut proof = evidence::of_profile(&person.profile).remove(0);
    proof.given_at = Some(crate::app::BEGIN);
    let (ports, owner) = (&app.world.ports, Owner::Period(Period::evidence(crate::app::BEGIN)));
    let [key] = ports.store.get(&[owner.key()]).await.expect("a read");
    let year = ports.vault.open(owner, key.as_ref()).await.expect("a key").expect("a key");
    let whose = (&person.subject, &*ports.entropy);
    let at = (crate::app::BEGIN, &year);
    evidence::append(&mut transaction, whose, &proof, at).expect("a row");
    app.world.ports.store.write(transaction).await.expect("writes");
    // An app that is confirmed, and one that is not yet.
    let own = app.set_up_totp(&ada.token).await;
    app.begin_totp(&ada.token).await;
    let proof = json!({"password": PASSWORD});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&proof).send().await.expect(204);
    app.cancel(&ada.token).await.expect(202);
    let log_in = json!({"login": ADA, "password": PASSWORD, "recovery_code": own.recovery[0]});
    let log_in = app.post("/v1/sessions").header("user-agent", "curl/8.5.0").json(&log_in);
    let made = log_in.send().await.expect(201);
    let token = made.body["token"].as_str().expect("a token").to_owned();
    app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
    (Person { token, ..ada }, eve)
}

#[tokio::test]
async fn c_8_5_every_item_of_the_inventory_is_in_the_copy_or_named_with_a_reason() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let (data, manifest) = (copy.json("data.json"), copy.json("manifest.json"));
    for list in ["withheld", "not_included"] {
        assert_eq!(manifest[list], data[list], "whoever reads the manifest alone knows it too");
    }
    for item in items::ALL {
        let (id, kind) = (item.id(), item.entity.name());
        let cells = || {
            let rows = data["rows"][kind].as_array().unwrap_or_else(|| panic!("{id}: no rows"));
            rows.iter().map(|row| row[item.field].clone()).collect::<Vec<_>>()
        };
        let columns = || copy.csv(&format!("{kind}.csv"));
        match item.exported {
            Exported::Value => {
                let there = cells().iter().any(|cell| !cell.is_null());
                assert!(there, "{id}: {:?}", cells());
                assert!(columns()[0].contains_key(item.field), "{id}");
            }
            Exported::Masked(reason) => {
                assert!(cells().iter().all(|cell| *cell == json!({"withheld": true})), "{id}");
                assert!(columns().iter().all(|row| row[item.field] == "[withheld]"), "{id}");
                assert!(says(&data["withheld"], &id, reason.zh), "{id}");
            }
            Exported::No(reason) => {
                assert!(data["rows"].get(kind).is_none(), "{id}");
                assert!(says(&data["not_included"], &id, reason.zh), "{id}");
            }
        }
    }
    for entity in Entity::ALL {
        let named = items::ALL.iter().any(|item| item.entity == entity);
        if let Exported::No(reason) = entity.spec().exported {
            assert!(!reason.en.is_empty() && !reason.zh.is_empty(), "{entity:?}");
        }
        if !named && let Exported::No(reason) = entity.spec().exported {
            assert!(says(&data["not_included"], entity.name(), reason.zh), "{entity:?}");
        }
    }
}

fn says(list: &Value, id: &str, reason: &str) -> bool {
    let list = list.as_array().expect("a list");
    list.iter().any(|one| one["item"] == id && one["reason"]["zh-CN"] == reason)
}

#[tokio::test]
async fn c_8_5_planted_values_are_there_and_no_secret_and_nobody_elses() {
    let app = TestApp::start().await;
    let (ada, eve) = everything(&app).await;
    let person = opened(&app, &ada, Use::Rights).await.expect("opens");
    let copy = copy(&app, &ada.token).await;
    let account = &copy.json("data.json")["rows"]["account"][0];
    assert_eq!((&account["email"], &account["phone"]), (&json!(ADA), &json!(PHONE)));
    assert_eq!((&account["display_name"], &account["id"]), (&json!(NAME), &json!(ada.id)));
    assert_eq!(
        (&account["state"], &account["told_at"]),
        (&json!("closing"), &json!("2026-11-24T08:00:00Z"))
    );
    assert!(account["receipt"].is_string() && account["erases_at"].is_string());
    let sheet = &copy.csv("account.csv")[0];
    assert_eq!(sheet["email"], ADA);
    // What a spreadsheet could take for a formula has an apostrophe in front.
    assert_eq!(
        (sheet["phone"].clone(), sheet["display_name"].clone()),
        (format!("'{PHONE}"), format!("'{NAME}"))
    );
    let log = copy.csv("network_log.csv");
    assert!(log.len() == 2 && log.iter().all(|row| row["ip"] == "203.0.113.7"), "{log:?}");
    let password = person.profile.password.as_ref().expect("a hash").expose().to_owned();
    let own = [password, person.profile.claims[0].clone()];
    let secrets = own.iter().map(String::as_str);
    let secret_of_the_token = ada.token.rsplit('_').next();
    for (name, file) in &copy.0 {
        let text = String::from_utf8_lossy(file);
        let others = [eve.id.as_str(), "eve@example.net", "example.net"];
        for needle in secrets.clone().chain(secret_of_the_token).chain(others) {
            assert!(!text.contains(needle), "{name}: {needle}");
        }
    }
    // The other one's copy has hers: the comparison sees values.
    let hers = crate::unzipped::copy(&app, &eve.token).await;
    assert!(hers.text("data.json").contains("eve@example.net"));
}

#[tokio::test]
async fn c_8_5_the_manifest_counts_and_digests_what_is_there() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let manifest = copy.json("manifest.json");
    assert_eq!((&manifest["part"], &manifest["of"]), (&json!(1), &json!(1)));
    assert_eq!(manifest["policy_version"], "general-2022-08-16");
    let published = app.get("/v1/policy/inventory").send().await.expect(200);
    assert_eq!(manifest["inventory_version"], published.body["version"]);
    let mut listed = BTreeSet::new();
    for file in manifest["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        let bytes = &copy.0[name];
        assert_eq!(file["bytes"], bytes.len(), "{name}");
        assert_eq!(file["sha256"], sha256(bytes), "{name}");
        if let Some(kind) = name.strip_suffix(".csv") {
            let rows = copy.csv(name).len();
            assert_eq!((&file["rows"], &manifest["counts"][kind]), (&json!(rows), &json!(rows)));
            assert_eq!(copy.count(kind), rows, "{name}");
        }
        listed.insert(name.to_owned());
    }
    let there: BTreeSet<_> = copy.0.keys().filter(|n| *n != "manifest.json").cloned().collect();
    assert_eq!(listed, there);
    let counted = |kind: &str| manifest["counts"][kind].as_u64().expect("a count");
    assert_eq!([counted("account"), counted("chain"), counted("evidence")], [1, 1, 3]);
    assert_eq!([counted("session"), counted("link"), counted("export")], [2, 1, 2]);
    let acts = ["registered", "corrected", "begun", "confirmed", "begun"].len()
        + ["freshened", "cancelled", "opened", "exported", "exported"].len();
    assert_eq!((counted("ledger_entry"), counted("factors")), (acts as u64, 1));
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

#[tokio::test]
async fn c_8_5_the_page_explains_every_item_in_both_languages_and_loads_nothing() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let page = copy.text("index.html");
    let escaped = |text: &str| shared::http::page::escape(text);
    for item in items::ALL {
        let words = [item.label.en, item.label.zh].map(escaped);
        assert!(
            page.contains(&item.id()) && words.iter().all(|w| page.contains(w)),
            "{}",
            item.id()
        );
        let reason = item.exported.reason();
        assert!(reason.is_none_or(|r| page.contains(&escaped(r.en)) && page.contains(r.zh)));
    }
    for entity in Entity::ALL {
        let words = entity.words();
        assert!(page.contains(&escaped(words.en)) && page.contains(words.zh), "{entity:?}");
    }
    for purpose in Purpose::ALL {
        assert!(page.contains(purpose.why().en) && page.contains(purpose.why().zh));
    }
    for load in
        ["<script", "src=", "http:", "https:", "url(", "@import", "<iframe", "<img", "<link"]
    {
        assert!(!page.contains(load), "{load}");
    }
    for href in page.split("href=\"").skip(1) {
        let file = href.split('"').next().expect("a file");
        assert!(copy.0.contains_key(file), "{file}");
    }
    assert!(page.contains("=Ada 洛芙莱斯"), "a name can be read");
}

#[tokio::test]
async fn c_8_5_the_ledger_in_the_copy_verifies_and_its_facts_are_open() {
    let app = TestApp::start().await;
    let (ada, _) = everything(&app).await;
    let copy = copy(&app, &ada.token).await;
    let report = verify(copy.text("ledger.jsonl"));
    assert_eq!((report.findings.as_slice(), report.chains), (&[][..], 1));
    assert_eq!(report.entries, copy.count("ledger_entry"));
    let entries = copy.csv("ledger_entry.csv");
    let acts: Vec<_> = entries.iter().map(|row| row["action"].as_str()).collect();
    assert_eq!(acts[..2], ["account.registered", "account.corrected"]);
    assert_eq!(acts.last(), Some(&"account.exported"), "the export is entered");
    assert_eq!(entries[1]["items"], "account.display_name; account.consents");
    assert!(entries[1]["request"].starts_with("req_"));
}

#[tokio::test]
async fn c_8_5_the_same_data_gives_the_same_bytes_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let links = crate::unzipped::links(&app, &ada.token).await;
    let before = crate::rows::all(&app).await;
    let read = async || app.get(&links[0]).bearer(&ada.token).send().await.expect(200);
    let (one, other) = (read().await, read().await);
    assert_eq!(one.bytes, other.bytes);
    // But for the count of reads, all is as before.
    let copy = |row: &Row| row.entity == Entity::Export;
    let (mut after, mut before) = (crate::rows::all(&app).await, before);
    let reads = after.iter().find(|row| copy(row)).expect("the copy").events();
    assert_eq!(reads, [crate::app::BEGIN; 2]);
    after.retain(|row| !copy(row));
    before.retain(|row| !copy(row));
    assert_eq!(after, before);
    assert_eq!(one.header("content-type"), Some("application/zip"));
    assert_eq!(one.header("cache-control"), Some("no-store"));
    let name = "attachment; filename=\"personal-center-2026-11-24-part-1-of-1.zip\"";
    assert_eq!(one.header("content-disposition"), Some(name));
    // It is built as it is read.
    app.clock.advance(minutes(1));
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    let later = Unzipped::of(&read().await.bytes);
    assert_eq!(later.json("data.json")["rows"]["account"][0]["display_name"], "Ada");
}
