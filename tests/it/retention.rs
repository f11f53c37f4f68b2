//! What a person reads about how long each item stays, and why.

use crate::app::{BEGIN, PASSWORD, Person, TestApp};
use serde_json::{Value, json};
use shared::domain::contact::change::HELD;
use shared::domain::inventory::{Entity, items};
use shared::domain::time::days;
use std::collections::BTreeMap;

const ADA: &str = "ada@example.org";
const PATH: &str = "/v1/me/retention";

async fn read(app: &TestApp, token: &str) -> BTreeMap<String, Value> {
    let answer = app.get(PATH).bearer(token).send().await.expect(200);
    let items = answer.body["items"].as_array().expect("items").clone();
    items.into_iter().map(|i| (i["item"].as_str().expect("an id").to_owned(), i)).collect()
}

#[tokio::test]
async fn c_5_2_a_person_reads_what_is_kept_why_and_until_when() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let held = read(&app, &ada.token).await;
    let email = &held["account.email"];
    assert_eq!(
        (&email["ground"], &email["unless_used"]),
        (&json!("function"), &json!("2028-11-23T08:00:00Z"))
    );
    assert_eq!(email["until"], Value::Null);
    let words =
        "as long as the account is used; if you do not log in again: until 2028-11-23T08:00:00Z";
    assert_eq!(email["ends"], words);
    let ip = &held["network_log.ip"];
    assert_eq!(
        (&ip["ground"], &ip["until"], &ip["count"]),
        (&json!("law"), &json!("2027-06-01T00:00:00Z"), &json!(1))
    );
    assert!(ip["why"].as_str().is_some_and(|why| why.contains("Cybersecurity Law")));
    let session = &held["session.ends_at"];
    assert_eq!(session["until"], "2026-11-25T08:00:00Z");
    let entries = &held["ledger_entry.items"];
    assert_eq!((&entries["count"], &entries["until"]), (&json!(1), &json!("2030-01-01T00:00:00Z")));
    // What was not given is not held.
    for absent in [
        "account.phone",
        "account.display_name",
        "account.told_at",
        "link.act",
        "receipt.statement",
    ] {
        assert!(!held.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn c_5_2_what_is_kept_follows_what_the_person_does() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await.expect(200);
    app.clock.advance(days(10));
    let token = app.log_in(&ada).await;
    let held = read(&app, &token).await;
    assert_eq!(held["account.display_name"]["unless_used"], "2028-12-03T08:00:00Z");
    assert_eq!(held["network_log.ip"]["count"], 2);
    assert_eq!(held["network_log.ip"]["until"], "2027-07-01T00:00:00Z", "the later of two months");
    assert_eq!(held["ledger_entry.items"]["count"], 3);
    assert_eq!(held["session.ends_at"]["count"], 1, "the first one is over");
    app.cancel(&token).await.expect(202);
    let token = app.log_in(&ada).await;
    let held = read(&app, &token).await;
    assert_eq!(held["account.email"]["until"], "2026-12-11T08:00:00Z");
    assert_eq!(held["account.email"]["ends"], "until 2026-12-11T08:00:00Z");
    assert_eq!(
        held["network_log.ip"]["until"], "2027-07-01T00:00:00Z",
        "the law outlives the account"
    );
    assert!(held.contains_key("link.act"));
}

#[tokio::test]
async fn c_5_2_the_answer_is_in_both_languages_and_covers_the_inventory() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.log_in(&ada).await;
    let zh = app.get(PATH).bearer(&ada.token).header("accept-language", "zh-CN").send().await;
    assert_eq!(zh.header("content-language"), Some("zh-CN"));
    let ends = zh.body["items"][0]["ends"].as_str().expect("words").to_owned();
    assert!(ends.contains("不再登录"), "{ends}");
    let named = |member: &str| -> Vec<String> {
        let list = zh.body[member].as_array().expect("a list").iter();
        list.map(|i| i["item"].as_str().expect("an id").to_owned()).collect()
    };
    let (held, passing) = (named("items"), named("passing"));
    for item in items::ALL {
        let id = item.id();
        let later = matches!(item.entity, Entity::Receipt | Entity::Tombstone);
        let elsewhere =
            later || matches!(item.entity, Entity::Factors | Entity::Link | Entity::Export);
        let optional = [
            "account.phone",
            "account.contact_change",
            "account.display_name",
            "account.told_at",
            "account.heard_at",
            "account.email_detached_at",
            "account.phone_detached_at",
            "account.notices",
        ];
        // Nothing about a person.
        let elsewhere = elsewhere || item.entity == Entity::Configuration;
        let expected = !elsewhere && !optional.contains(&id.as_str());
        assert_eq!(held.contains(&id) || passing.contains(&id), expected, "{id}");
    }
    // What is counted is in the copy, and holds no item.
    assert!(passing.contains(&"limit".to_owned()));
}

#[tokio::test]
async fn c_5_2_nobody_reads_it_without_a_session() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.get(PATH).send().await.expect(401);
    app.post("/v1/me/cancellation")
        .bearer(&ada.token)
        .json(&json!({"password": PASSWORD}))
        .send()
        .await
        .expect(202);
    app.clock.advance(days(7));
    app.sweep().await;
    app.get(PATH).bearer(&ada.token).send().await.expect(410);
}

#[tokio::test]
async fn c_5_2_an_open_change_of_contact_ends_when_it_is_final() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, "new@example.org").await.expect(200);
    let held = read(&app, &ada.token).await;
    let change = &held["account.contact_change"];
    assert_eq!(change["until"], BEGIN.plus(HELD).rfc3339());
    assert!(change["unless_used"].is_null(), "a log-in does not keep it longer");
}

#[tokio::test]
async fn c_5_2_nothing_is_promised_beyond_the_account() {
    let app = TestApp::with(|options| options.config.cooling_off = days(1)).await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, "new@example.org").await.expect(200);
    app.cancel(&ada.token).await.expect(202);
    let token = app.log_in(&Person { email: "new@example.org".to_owned(), ..ada }).await;
    let held = read(&app, &token).await;
    assert_eq!(held["account.contact_change"]["until"], BEGIN.plus(days(1)).rfc3339());
    assert_eq!(held["account.email"]["until"], BEGIN.plus(days(1)).rfc3339());
}
