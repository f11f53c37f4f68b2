//! Limits on codes, on sending and on failed log-ins: they slide with the clock, and lock nobody out.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::stored::rows;
use http::Method;
use serde_json::{Value, json};
use shared::domain::limit::Window;
use shared::domain::time::{hours, minutes};
use std::net::IpAddr;
use std::time::Duration;

const WRONG: &str = "wrong horse battery";

async fn ask(app: &TestApp, email: &str) -> Answer {
    app.post("/v1/verifications").json(&TestApp::code_request(email)).send().await
}

async fn register(app: &TestApp, (id, code): &(Value, String)) -> Answer {
    app.post("/v1/accounts").json(&TestApp::account_request(id, code)).send().await
}

async fn log_in(app: &TestApp, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    app.post("/v1/sessions").json(&body).send().await
}

/// Asserts that a call is limited for exactly so long.
#[track_caller]
fn limited(answer: &Answer, wait: Duration) {
    assert_eq!((answer.status.as_u16(), answer.problem()), (429, "limited"), "{}", answer.text);
    let secs = wait.as_secs();
    assert_eq!(answer.header("retry-after"), Some(secs.to_string().as_str()));
    assert_eq!(answer.body["retry_after"], secs);
}

#[tokio::test]
async fn a_code_has_five_tries() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    let wrong = (id.clone(), "wrong".to_owned());
    for _ in 0..4 {
        register(&app, &wrong).await.expect(422);
    }
    // Asking again gives a code of its own, with five tries of its own.
    let other = app.code("ada@example.org").await;
    register(&app, &wrong).await.expect(422);
    let right = register(&app, &(id.clone(), code.clone())).await.expect(422);
    assert_eq!(right.problem(), "verification-failed");
    register(&app, &(id, other.1.clone())).await.expect(422);
    register(&app, &other).await.expect(201);
}

#[tokio::test]
async fn the_fifth_try_still_counts() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    for _ in 0..4 {
        register(&app, &(id.clone(), "wrong".to_owned())).await.expect(422);
    }
    register(&app, &(id, code)).await.expect(201);
}

#[tokio::test]
async fn tries_at_once_are_five_all_the_same() {
    let app = TestApp::start().await;
    let (id, code) = app.code("ada@example.org").await;
    let wrong = (id.clone(), "wrong".to_owned());
    let three = || async { tokio::join!(register(&app, &wrong), register(&app, &wrong)) };
    for _ in 0..3 {
        let (one, two) = three().await;
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (422, 422));
    }
    register(&app, &(id, code)).await.expect(422);
}

#[tokio::test]
async fn a_code_is_valid_for_ten_minutes_to_the_second() {
    let app = TestApp::start().await;
    let ada = app.code("ada@example.org").await;
    let bob = app.code("bob@example.org").await;
    app.clock.advance(Duration::from_secs(599));
    register(&app, &ada).await.expect(201);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(register(&app, &bob).await.expect(422).problem(), "verification-failed");
}

#[tokio::test]
async fn c_5_3_the_sweep_destroys_the_keys_of_expired_codes() {
    let app = TestApp::start().await;
    let (old, _) = app.code("ada@example.org").await;
    app.clock.advance(minutes(4));
    let young = app.code("bob@example.org").await;
    app.clock.advance(Duration::from_secs(359));
    assert_eq!(app.sweep().await, sweep::Report::default(), "nothing is due yet");
    app.clock.advance(Duration::from_secs(1));
    let flow = format!("flow#{}", old.as_str().expect("an id"));
    let held = async || rows(&app).await.keys().filter(|key| key.pk == flow).count();
    assert_eq!(held().await, 2, "a row and its key");
    assert_eq!(app.sweep().await, sweep::Report { expired: 1, ..sweep::Report::default() });
    assert_eq!(held().await, 0);
    register(&app, &young).await.expect(201);
}

#[tokio::test]
async fn an_address_has_three_live_codes() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        ask(&app, "ada@example.org").await.expect(202);
        app.clock.advance(minutes(2));
    }
    limited(&ask(&app, "ada@example.org").await, minutes(4));
    limited(&ask(&app, " ADA@Example.org").await, minutes(4));
    ask(&app, "bob@example.org").await.expect(202);
    app.clock.advance(Duration::from_secs(239));
    limited(&ask(&app, "ada@example.org").await, Duration::from_secs(1));
    app.clock.advance(Duration::from_secs(1));
    ask(&app, "ada@example.org").await.expect(202);
    limited(&ask(&app, "ada@example.org").await, minutes(2));
}

#[tokio::test]
async fn an_address_gets_ten_codes_a_day_known_or_not() {
    let app = TestApp::start().await;
    // A known address: what it got to register with counts too.
    app.register("ada@example.org").await;
    ask(&app, "bob@example.org").await.expect(202);
    for _ in 0..9 {
        app.clock.advance(minutes(10));
        for email in ["ada@example.org", "bob@example.org"] {
            ask(&app, email).await.expect(202);
        }
    }
    app.clock.advance(minutes(10));
    // The first of ten was 100 minutes ago.
    for email in ["ada@example.org", "bob@example.org"] {
        limited(&ask(&app, email).await, minutes(1_340));
    }
    app.clock.advance(minutes(1_340));
    ask(&app, "ada@example.org").await.expect(202);
    limited(&ask(&app, "ada@example.org").await, minutes(10));
}

#[tokio::test]
async fn a_source_gets_so_many_codes_an_hour() {
    let window = Window { most: 2, within: hours(1) };
    let mut app = TestApp::with(|options| options.config.sends_per_source = window).await;
    let source = |text: &str| -> IpAddr { text.parse().expect("an address") };
    for (email, from) in [("a@example.org", "2001:db8::1"), ("b@example.org", "2001:db8::ffff:2")] {
        app.source = source(from);
        ask(&app, email).await.expect(202);
        app.clock.advance(minutes(20));
    }
    // One network of IPv6 is one source; another is another, and so is an address of IPv4.
    app.source = source("2001:db8::3");
    limited(&ask(&app, "c@example.org").await, minutes(20));
    for other in ["2001:db8:0:1::1", "192.0.2.1"] {
        app.source = source(other);
        ask(&app, "c@example.org").await.expect(202);
    }
    app.source = source("::ffff:192.0.2.1");
    ask(&app, "d@example.org").await.expect(202);
    limited(&ask(&app, "e@example.org").await, hours(1));
    app.source = source("2001:db8::1");
    app.clock.advance(minutes(20));
    ask(&app, "e@example.org").await.expect(202);
}

#[tokio::test]
async fn failed_log_ins_are_limited_alike_for_known_and_unknown() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let names = [ada.email.as_str(), "nobody@example.org", "no address at all"];
    for n in 0..5 {
        for name in names {
            let refused = log_in(&app, name, WRONG).await.expect(401);
            assert_eq!(refused.problem(), "login-refused", "{n} {name}");
        }
        app.clock.advance(Duration::from_secs(30));
    }
    let wait = Duration::from_secs(150);
    for name in names {
        limited(&log_in(&app, name, WRONG).await, wait);
    }
    limited(&log_in(&app, &ada.email, PASSWORD).await, wait);
    limited(&log_in(&app, "ADA@example.org", PASSWORD).await, wait);
    app.clock.advance(wait);
    log_in(&app, &ada.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn c_8_4_a_limited_log_in_keeps_nobody_from_their_rights() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    for _ in 0..5 {
        log_in(&app, &ada.email, WRONG).await.expect(401);
    }
    limited(&log_in(&app, &ada.email, PASSWORD).await, minutes(5));
    assert_rights(&app, &ada).await;
    let body = json!({"password": PASSWORD});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&body).send().await.expect(204);
    app.post("/v1/me/cancellation").bearer(&ada.token).json(&body).send().await.expect(202);
}

/// Asserts that a live session reads, corrects, and ends sessions.
async fn assert_rights(app: &TestApp, person: &Person) {
    let me = app.me(&person.token).await.expect(200);
    let etag = me.header("etag").expect("an etag");
    app.correct(&person.token, etag, &json!({"display_name": "Ada"})).await.expect(200);
    app.get("/v1/sessions").bearer(&person.token).send().await.expect(200);
    app.call(Method::DELETE, "/v1/me/cancellation").bearer(&person.token).send().await.expect(204);
}

#[tokio::test]
async fn a_live_session_is_no_oracle_for_the_password() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let prove = async |path: &str, password: &str| {
        app.post(path).bearer(&ada.token).json(&json!({"password": password})).send().await
    };
    let paths = ["/v1/reauthentications", "/v1/me/cancellation"];
    for n in 0..10 {
        let refused = prove(paths[n % 2], WRONG).await.expect(403);
        assert_eq!(refused.problem(), "password-refused");
    }
    for path in paths {
        limited(&prove(path, WRONG).await, minutes(15));
        limited(&prove(path, PASSWORD).await, minutes(15));
    }
    // Rights go on, log-in has a counter of its own, and who is fresh needs no password.
    assert_rights(&app, &ada).await;
    log_in(&app, &ada.email, PASSWORD).await.expect(201);
    app.cancel(&ada.token).await.expect(202);
}
