//! A backup taken before an erasure, and what the erasure leaves.

use crate::app::{Person, TestApp};
use crate::rows;
use serde_json::{Value, json};
use shared::domain::account::Profile;
use shared::domain::gate::{Refusal, Use};
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::ids::SubjectId;
use shared::ledger::{Chain, Facts};
use shared::records::evidence::Evidence;
use shared::records::network_log::{Event, NetworkLog};
use shared::records::receipt::Receipt;
use shared::records::session::Session;
use shared::records::subject;
use shared::store::{Attr, Row, Table};
use shared::vault::{DataKey, Denied, Owner};
use std::collections::BTreeSet;

/// A person with something in every kind of row, and the id.
async fn story(app: &TestApp) -> (Person, SubjectId) {
    let ada = app.register("ada@example.org").await;
    let patch = json!({"display_name": "Ada"});
    app.correct(&ada.token, "\"1\"", &patch).await.expect(200);
    app.log_in(&ada).await;
    let wrong = json!({"password": "wrong horse battery"});
    let call = app.post("/v1/reauthentications").bearer(&ada.token).json(&wrong);
    call.send().await.expect(403);
    let id = SubjectId::parse(&ada.id).expect("an id");
    (ada, id)
}

/// Erases, and gives what the receipt states.
async fn erase(app: &TestApp, person: &Person) -> Value {
    let erased = app.cancel(&person.token).await.expect(202);
    let receipt = format!("/v1/receipts/{}", erased.body["receipt"].as_str().expect("an id"));
    app.get(&receipt).send().await.expect(200).body["statement"].clone()
}

/// Tries a row with a key as everything that a person's key seals.
fn opens(key: &DataKey, row: &Row) -> bool {
    key.open::<Profile>(row).is_ok()
        || key.open::<Session>(row).is_ok()
        || key.open::<Chain>(row).is_ok()
}

/// Every period's key that the live table holds.
async fn period_keys(app: &TestApp) -> Vec<DataKey> {
    let mut keys = Vec::new();
    for row in rows::of(app, Table::Keys).await {
        if let Some(period) = row.key.pk.strip_prefix("period#") {
            let owner = Owner::Period(Period::parse(period).expect("a period"));
            let opened = app.world.ports.vault.open(owner, Some(&row)).await;
            keys.extend(opened.expect("opens"));
        }
    }
    keys
}

/// The rows of a backup that the person's key seals.
fn sealed_for<'a>(backup: &'a [Row], id: &SubjectId) -> Vec<&'a Row> {
    let of_the_person = |row: &&Row| {
        row.key.pk == subject::partition(id)
            && matches!(row.entity, Entity::Account | Entity::Session | Entity::Chain)
    };
    backup.iter().filter(of_the_person).collect()
}

#[tokio::test]
async fn c_8_2_after_an_erasure_a_backup_of_the_records_does_not_open() {
    let app = TestApp::without_cooling_off().await;
    let (ada, id) = story(&app).await;
    let backup = rows::of(&app, Table::Records).await;
    let sealed = sealed_for(&backup, &id);
    let account = sealed.iter().copied().find(|row| row.entity == Entity::Account);
    let store = &app.world.ports.store;
    let vault = &app.world.ports.vault;

    // While the person lives, the backup opens with the live key: the test can fail.
    let [key] = store.get(&[Owner::Person(id.clone()).key()]).await.expect("a read");
    let opened = vault.open_person(&id, account, key.as_ref(), Use::Storage).await;
    let person = opened.expect("the account of the backup");
    assert_eq!(sealed.len(), 4, "account, chain, two sessions");
    assert!(sealed.iter().all(|row| opens(&person.key, row)));

    erase(&app, &ada).await;
    let [key] = store.get(&[Owner::Person(id.clone()).key()]).await.expect("a read");
    assert_eq!(key, None);
    for wanted in [Use::Storage, Use::Rights] {
        let refused = vault.open_person(&id, account, None, wanted).await.err();
        assert!(matches!(refused, Some(Denied::Refused(Refusal::Erasing))), "{refused:?}");
    }
    // No key that is still there serves in its place.
    let live = rows::of(&app, Table::Keys).await;
    assert!(live.iter().any(|row| row.entity == Entity::DataKey));
    for row in live.iter().filter(|row| row.entity == Entity::DataKey) {
        let refused = vault.open_person(&id, account, Some(row), Use::Storage).await.err();
        assert!(matches!(refused, Some(Denied::Failed(_))), "{:?}", row.key);
    }
    let periods = period_keys(&app).await;
    assert_eq!(periods.len(), 2, "a month of logs, a year of evidence");
    assert!(!sealed.iter().any(|row| periods.iter().any(|key| opens(key, row))));
}

#[tokio::test]
async fn c_2_3_logs_and_evidence_of_the_erased_stay_under_their_periods_keys() {
    let app = TestApp::without_cooling_off().await;
    let (ada, id) = story(&app).await;
    erase(&app, &ada).await;
    let records = rows::of(&app, Table::Records).await;
    let theirs: Vec<_> =
        records.iter().filter(|row| row.key.pk == subject::partition(&id)).collect();
    let keys = period_keys(&app).await;
    let [month, year] = [Period::logs(crate::app::BEGIN), Period::evidence(crate::app::BEGIN)]
        .map(|period| keys.iter().find(|key| *key.owner() == Owner::Period(period)));
    let (month, year) = (month.expect("a key"), year.expect("a key"));

    let logs = theirs.iter().filter(|row| row.entity == Entity::NetworkLog);
    let logs: Vec<NetworkLog> = logs.map(|row| month.open(row).expect("a log")).collect();
    let counted = |event| logs.iter().filter(|log| log.event == event).count();
    assert_eq!([Event::Registered, Event::LoggedIn].map(counted), [1, 1]);
    assert_eq!(logs.len(), 2);
    assert!(logs.iter().all(|log| *log.ip.expose() == app.source));
    let evidence: Vec<_> = theirs.iter().filter(|row| row.entity == Entity::Evidence).collect();
    assert_eq!(evidence.len(), 2, "of the policy and of the name");
    for row in evidence {
        let evidence: Evidence = year.open(row).expect("evidence");
        assert_eq!(evidence.policy_version, "general-2022-08-16");
    }
    for entry in rows::of(&app, Table::Ledger).await {
        if entry.entity == Entity::LedgerEntry {
            year.open::<Facts>(&entry).expect("an entry");
        }
    }
    let receipt = records.iter().find(|row| row.entity == Entity::Receipt).expect("a receipt");
    assert_eq!(year.open::<Receipt>(receipt).expect("opens").sequence, 5);
}

/// Whether the receipt names a kind of row among what stays.
fn stays(statement: &Value, kind: &str) -> bool {
    let named = |item: &Value| item.as_str().and_then(|item| item.split('.').next()) == Some(kind);
    let mut stays = statement["stays"].as_array().into_iter().flatten();
    stays.any(|stay| stay["items"].as_array().is_some_and(|items| items.iter().any(named)))
}

#[tokio::test]
async fn c_8_2_an_erasure_leaves_what_the_receipt_names_and_nothing_else() {
    let app = TestApp::without_cooling_off().await;
    let (ada, _) = story(&app).await;
    assert!(rows::all(&app).await.iter().any(|row| row.entity == Entity::Claim));
    let statement = erase(&app, &ada).await;
    let left = rows::all(&app).await;
    let mentioned: Vec<_> = left.iter().filter(|row| rows::mentions(row, &ada.id)).collect();
    let kinds: BTreeSet<_> = mentioned.iter().map(|row| row.entity.name()).collect();
    assert_eq!(kinds, ["account", "evidence", "network_log"].into());
    // Nobody else was ever here: whatever is left, the erasure left it.
    for row in &left {
        let kind = row.entity.name();
        let expected = match row.entity {
            // Nobody's: the keys of the service, the ends of periods, the count of erasures.
            Entity::Root | Entity::Period | Entity::Brake => true,
            Entity::DataKey => {
                row.key.pk.starts_with("period#")
                    || (row.key.pk.starts_with("message#") && stays(&statement, "message"))
            }
            _ => stays(&statement, kind),
        };
        assert!(expected, "{kind} {:?}", row.key);
    }
    let tombstone = left.iter().find(|row| row.entity == Entity::Account).expect("a tombstone");
    let shown = [Attr::State, Attr::GateEpoch, Attr::ErasedAt, Attr::ExpiresAt, Attr::Receipt];
    assert_eq!(tombstone.attributes.keys().copied().collect::<BTreeSet<_>>(), shown.into());
    // The last message goes with its delivery, and so does its key.
    app.deliver().await;
    let left = rows::all(&app).await;
    let message = |row: &Row| row.key.pk.contains("msg_");
    assert!(!left.iter().any(message));
    assert_eq!(app.sweep().await.taken(), 0);
}
