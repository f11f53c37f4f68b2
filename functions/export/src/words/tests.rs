//! That every coded value has words, and that no value is lost by them.

use super::*;
use serde_json::json;
use shared::domain::inventory::Exported;

fn words(entity: Entity, name: &str, code: &str) -> Option<Text> {
    match form(entity, name) {
        Some(Form::Code(words)) => words(code),
        _ => None,
    }
}

#[test]
fn c_8_5_it_is_decided_for_every_column_how_it_is_read() {
    for entity in Entity::ALL {
        for column in crate::sheet::columns(entity) {
            let in_copy = match column {
                crate::sheet::Column::Technical(_) => true,
                crate::sheet::Column::Declared(item) => item.exported == Exported::Value,
            };
            let name = column.name();
            assert!(!in_copy || form(entity, name).is_some(), "{}.{name}", entity.name());
        }
    }
}

#[test]
fn c_8_5_every_code_of_a_copy_has_words() {
    let columns = [
        (Entity::Account, "state", &["active", "restricted", "closing"][..]),
        (Entity::Account, "age_band", &["adult", "14_17", "under_14"]),
        (Entity::Account, "language", &["en", "zh-CN"]),
        (Entity::Session, "scope", &["full", "sessions"]),
        (Entity::Link, "act", &["withdraw_cancellation", "freeze_contact_change"]),
        (Entity::Evidence, "act", &["accepted", "granted", "withdrawn"]),
        (Entity::Evidence, "channel", &["api", "correction"]),
        (Entity::NetworkLog, "event", &["registered", "logged_in"]),
        (Entity::LedgerEntry, "actor", &["self", "link", "sweep", "restore", "rotation"]),
        (Entity::LedgerEntry, "basis", &["rights", "storage", "C-5.3", "C-7.5", "profile"]),
    ];
    for (entity, name, codes) in columns {
        for code in codes {
            assert!(words(entity, name, code).is_some(), "{}.{name}: {code}", entity.name());
        }
    }
    let names = Purpose::ALL.map(Purpose::name);
    assert!(names.iter().all(|name| words(Entity::Evidence, "purposes", name).is_some()));
    let acts = Action::ALL.iter().map(|act| act.name());
    assert!(acts.into_iter().all(|name| words(Entity::LedgerEntry, "action", name).is_some()));
    let ids = items::ALL.iter().map(|item| item.id());
    assert!(ids.into_iter().all(|id| words(Entity::LedgerEntry, "items", &id).is_some()));
    let counters = Counter::ALL.map(Counter::name);
    assert!(counters.iter().all(|name| words(Entity::Limit, "id", name).is_some()));
}

#[test]
fn c_8_5_a_code_a_time_and_an_answer_read_in_both_languages() {
    let state = shown(Entity::Account, "state", &json!("closing"));
    for said in [State::Closing.words().en, State::Closing.words().zh, "<code>closing</code>"] {
        assert!(state.contains(said), "{state}");
    }
    let at = shown(Entity::Account, "used_at", &json!("2026-11-24T08:00:00Z"));
    assert_eq!(at, "<time datetime=\"2026-11-24T08:00:00Z\">2026-11-24 08:00:00 UTC</time>");
    let yes = shown(Entity::Session, "remembered", &json!(true));
    assert!(yes.contains("yes") && yes.contains('是'), "{yes}");
    let none = shown(Entity::Account, "phone", &Value::Null);
    assert!(none.contains("nothing") && none.contains('无'), "{none}");
}

#[test]
fn c_8_5_an_object_is_lines_and_no_member_is_left_out() {
    let consents =
        json!([{"purpose": "profile", "given_at": "2026-11-24T08:00:00Z", "more": "<x>"}]);
    let lines = shown(Entity::Account, "consents", &consents);
    let expected = [
        "目的",
        Purpose::Profile.words().zh,
        Purpose::Profile.words().en,
        "2026-11-24 08:00:00 UTC",
        "<code>more</code>: &lt;x&gt;",
    ];
    for said in expected {
        assert!(lines.contains(said), "{said}: {lines}");
    }
    assert!(!lines.contains("{&quot;"), "{lines}");
    let begins = shown(Entity::Chain, "begins", &json!([{"until": 1_660_608_000, "sequence": 1}]));
    assert!(begins.contains("2022-08-16 00:00:00 UTC"), "{begins}");
}

#[test]
fn c_8_5_what_is_not_known_stands_as_it_is() {
    for (entity, name) in [(Entity::Account, "state"), (Entity::LedgerEntry, "items")] {
        assert_eq!(shown(entity, name, &json!("<new>")), "<code>&lt;new&gt;</code>");
    }
    assert_eq!(shown(Entity::Account, "used_at", &json!("soon")), "soon");
    assert_eq!(shown(Entity::Account, "email", &json!("a&b@example.org")), "a&amp;b@example.org");
    assert_eq!(shown(Entity::Account, "shoe_size", &json!(7)), "7");
}
