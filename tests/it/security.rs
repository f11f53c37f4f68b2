//! The security page: sign-ins with device and address, tries that failed, changes.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, TestApp};
use serde_json::{Value, json};
use shared::domain::time::{days, minutes};
use std::net::IpAddr;

const ADA: &str = "ada@example.org";
const PHONE: &str = "+8613800138000";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn page(app: &TestApp, token: &str) -> Value {
    app.get("/v1/me/security").bearer(token).send().await.expect(200).body
}

/// Logs in with Firefox on Windows.
async fn log_in(app: &TestApp, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    app.post("/v1/sessions").header("user-agent", FIREFOX).json(&body).send().await
}

fn token(answer: &Answer) -> String {
    answer.body["token"].as_str().expect("a token").to_owned()
}

/// How many there are of a list.
fn count(page: &Value, list: &str) -> usize {
    page[list].as_array().expect("a list").len()
}

#[tokio::test]
async fn c_2_3_sign_ins_are_shown_with_address_and_device_newest_first() {
    let mut app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.clock.advance(minutes(1));
    app.source = IpAddr::from([198, 51, 100, 9]);
    let made = log_in(&app, ADA, PASSWORD).await.expect(201);
    let seen = page(&app, &token(&made)).await["sign_ins"].clone();
    let first = json!({
        "at": "2026-11-24T08:01:00Z", "what": "a log-in", "ip": "198.51.100.9",
        "device": "Firefox on Windows"
    });
    let registered = json!({
        "at": "2026-11-24T08:00:00Z", "what": "the account was registered", "ip": "203.0.113.7"
    });
    assert_eq!(seen, json!([first, registered]));
    // In the list of sessions too, and where no device is known, none is made up.
    let listed = app.get("/v1/sessions").bearer(&ada.token).send().await.expect(200).body;
    assert_eq!(listed["sessions"][0]["device"], "Firefox on Windows");
    assert_eq!(listed["sessions"][1]["device"], Value::Null);
    let chinese = app.get("/v1/me/security").bearer(&ada.token).header("accept-language", "zh-CN");
    let chinese = chinese.send().await.expect(200);
    assert_eq!(chinese.header("content-language"), Some("zh-CN"));
    assert_eq!(chinese.body["sign_ins"][0]["what"], "登录");
}

#[tokio::test]
async fn c_4_2_what_a_browser_says_of_itself_is_never_kept() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let body = json!({"login": ADA, "password": PASSWORD});
    let said = format!("{FIREFOX} fingerprint-canary");
    let call = app.post("/v1/sessions").header("user-agent", said).json(&body);
    let made = call.send().await.expect(201);
    let seen = page(&app, &token(&made)).await.to_string();
    let copy = app.post("/v1/me/exports").bearer(&ada.token).send().await.expect(201);
    let link = crate::unzipped::hrefs(&copy).remove(0);
    let copy = app.get(&link).bearer(&ada.token).send().await.expect(200);
    let copy = crate::unzipped::Unzipped::of(&copy.bytes);
    let data = String::from_utf8_lossy(&copy.0["data.json"]).into_owned();
    for text in [seen, data] {
        assert!(text.contains("Firefox on Windows") && !text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn c_7_3_failed_tries_are_told_to_the_owner_alone_at_once_and_after_the_log_in() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.register(ADA).await, app.register("bob@example.org").await);
    app.set_contact(&ada.token, PHONE).await.expect(200);
    for n in 1..=3 {
        app.clock.advance(minutes(1));
        let name = if n == 2 { PHONE } else { ADA };
        log_in(&app, name, "wrong horse battery").await.expect(401);
    }
    let at = |minute: u8| json!({"at": format!("2026-11-24T08:0{minute}:00Z")});
    let times = [at(3), at(2), at(1)];
    assert_eq!(page(&app, &ada.token).await["failed_tries"], json!(times));
    assert_eq!(count(&page(&app, &bob.token).await, "failed_tries"), 0);
    // A log-in takes those of its name along; it is no failed try itself, and none is told twice.
    app.clock.advance(minutes(1));
    log_in(&app, ADA, PASSWORD).await.expect(201);
    app.clock.advance(minutes(1));
    let made = log_in(&app, ADA, PASSWORD).await.expect(201);
    assert_eq!(page(&app, &token(&made)).await["failed_tries"], json!(times));
    // The counter is gone after a day, the log is not.
    app.clock.advance(days(2));
    let made = log_in(&app, ADA, PASSWORD).await.expect(201);
    assert_eq!(page(&app, &token(&made)).await["failed_tries"], json!([times[0], times[2]]));
}

#[tokio::test]
async fn c_7_3_no_way_in_hides_the_tries_of_another() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.set_contact(&ada.token, PHONE).await.expect(200);
    let own = app.set_up_totp(&ada.token).await;
    for _ in 0..4 {
        log_in(&app, ADA, "wrong horse battery").await.expect(401);
    }
    app.clock.advance(minutes(1));
    let body = json!({"totp": "000000"});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&body).send().await.expect(403);
    app.clock.advance(minutes(1));
    let body = json!({"login": PHONE, "password": PASSWORD, "totp": own.next(&app)});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    assert_eq!(count(&page(&app, &token(&made)).await, "failed_tries"), 5);
}

#[tokio::test]
async fn c_8_1_changes_to_what_guards_the_account_are_shown_and_who_made_them() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.clock.advance(minutes(1));
    app.set_contact(&ada.token, "ada@example.net").await.expect(200);
    let link = app.mailed_link(ADA).await;
    app.clock.advance(minutes(1));
    app.post(&link).send().await.expect(200);
    app.clock.advance(minutes(1));
    app.put_password(&ada.token, PASSWORD, "another correct battery").await.expect(204);
    let changes = page(&app, &ada.token).await["changes"].clone();
    let seen: Vec<_> = changes
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| (change["action"].as_str(), change["who"].as_str()))
        .collect();
    let link = "whoever opened a link sent to a contact of yours";
    let expected = [
        (Some("password.changed"), Some("you")),
        (Some("contact_change.frozen"), Some(link)),
        (Some("contact.changed"), Some("you")),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn c_7_3_the_page_is_bounded_and_shows_the_newest() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let mut last = String::new();
    for _ in 0..60 {
        app.clock.advance(minutes(1));
        let made = token(&log_in(&app, ADA, PASSWORD).await.expect(201));
        app.delete("/v1/sessions/current").bearer(&made).send().await.expect(204);
        last = app.world.ports.clock.now().rfc3339();
    }
    let seen = page(&app, &ada.token).await;
    assert_eq!((count(&seen, "sign_ins"), count(&seen, "changes")), (50, 50));
    assert_eq!(seen["sign_ins"][0]["at"], last);
    assert_eq!(seen["changes"][0]["at"], last);
}

#[tokio::test]
async fn c_7_3_only_a_whole_session_of_ones_own_opens_the_page() {
    let app = TestApp::with(|options| options.config.max_sessions = 1).await;
    let ada = app.register(ADA).await;
    app.get("/v1/me/security").send().await.expect(401);
    let full = log_in(&app, ADA, PASSWORD).await.expect(409);
    let ticket = full.body["ticket"].as_str().expect("a ticket");
    app.get("/v1/me/security").bearer(ticket).send().await.expect(401);
    app.delete("/v1/sessions/current").bearer(&ada.token).send().await.expect(204);
    app.get("/v1/me/security").bearer(&ada.token).send().await.expect(401);
}
