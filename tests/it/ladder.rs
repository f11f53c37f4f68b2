//! Guesses at passwords climb a ladder, by name and by source; the owner of the name does not.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, PASSWORD, Person, TestApp, cookie};
use crate::delivery_tries::measured;
use crate::log::Log;
use http::Method;
use serde_json::{Value, json};
use shared::domain::limit::Window;
use shared::domain::time::{hours, minutes};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const WRONG: &str = "wrong horse battery";

/// A world with the deployed ladder of sources.
async fn start() -> TestApp {
    TestApp::with(|options| {
        options.config.tries_per_source = Window { most: 30, within: minutes(5) };
        options.config.tries_per_source_hour = Window { most: 150, within: hours(1) };
    })
    .await
}

fn body(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password})
}

async fn log_in(app: &TestApp, login: &str, password: &str) -> Answer {
    app.post("/v1/sessions").json(&body(login, password)).send().await
}

/// Uses up the first rung of a name.
async fn use_up(app: &TestApp, login: &str) {
    for _ in 0..5 {
        log_in(app, login, WRONG).await.expect(401);
    }
}

/// Asserts that a call is limited for so long.
#[track_caller]
fn limited(answer: &Answer, wait: Duration) {
    assert_eq!((answer.status.as_u16(), answer.problem()), (429, "limited"), "{}", answer.text);
    assert_eq!(answer.body["retry_after"], wait.as_secs());
}

/// Plays a thousand guesses, one every so often; gives how many were checked.
async fn thousand(app: &mut TestApp, every: Duration, guess: impl Fn(u32) -> (String, u32)) -> u32 {
    let mut through = 0;
    for n in 0..1_000 {
        let (name, source) = guess(n);
        app.source = Ipv4Addr::from_bits(0xC612_0000 + source).into();
        match log_in(app, &name, &format!("wrong horse {n}")).await.status.as_u16() {
            401 => through += 1,
            status => assert_eq!(status, 429),
        }
        app.clock.advance(every);
    }
    through
}

#[tokio::test]
async fn c_7_3_of_a_thousand_guesses_at_one_name_few_get_through_from_wherever() {
    // A guess every ten seconds, for 2.8 hours; every quarter of an hour, for 10.4 days.
    let unknown = "nobody@example.org";
    for (name, secs, through) in [(ADA, 10, 20), (unknown, 10, 20), (ADA, 900, 220)] {
        let mut app = start().await;
        app.register(ADA).await;
        // Each from a source of its own.
        let guess = |n| (name.to_owned(), n);
        let checked = thousand(&mut app, Duration::from_secs(secs), guess).await;
        assert_eq!(checked, through, "{name}, every {secs} s");
    }
}

#[tokio::test]
async fn c_7_3_of_a_thousand_guesses_from_one_source_few_get_through_at_whomever() {
    // For 17 minutes; for 83.
    for (secs, through) in [(1, 120), (5, 300)] {
        let mut app = start().await;
        // Each at a name of its own.
        let guess = |n| (format!("person{n}@example.org"), 1);
        let checked = thousand(&mut app, Duration::from_secs(secs), guess).await;
        assert_eq!(checked, through, "every {secs} s");
    }
}

#[tokio::test]
async fn c_7_3_the_rungs_are_as_documented_to_the_second() {
    let app = start().await;
    app.register(ADA).await;
    use_up(&app, ADA).await;
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(5));
    app.clock.advance(minutes(5));
    use_up(&app, ADA).await;
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(55));
    app.clock.advance(minutes(55));
    use_up(&app, ADA).await;
    app.clock.advance(minutes(5));
    use_up(&app, ADA).await;
    // Twenty: the first five were 65 minutes ago.
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(24 * 60 - 65));
    app.clock.advance(minutes(24 * 60 - 65));
    log_in(&app, ADA, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn c_7_3_only_tries_that_fail_count() {
    let app = start().await;
    let ada = app.register(ADA).await;
    for _ in 0..4 {
        log_in(&app, ADA, WRONG).await.expect(401);
    }
    // More of them than any rung has, and none is left in the way of the next.
    for _ in 0..40 {
        let token = app.log_in(&ada).await;
        app.delete("/v1/sessions/current").bearer(&token).send().await.expect(204);
    }
    // Those before still count: whoever guesses gets no more tries for a log-in of the owner's.
    log_in(&app, ADA, WRONG).await.expect(401);
    limited(&log_in(&app, ADA, WRONG).await, minutes(5));
}

#[tokio::test]
async fn c_7_3_a_log_in_at_the_session_limit_and_a_repeated_one_do_not_count() {
    let app = start().await;
    let ada = app.register(ADA).await;
    for _ in 0..4 {
        app.log_in(&ada).await;
    }
    for _ in 0..8 {
        log_in(&app, ADA, PASSWORD).await.expect(409);
    }
    app.delete("/v1/sessions/current").bearer(&ada.token).send().await.expect(204);
    for _ in 0..8 {
        let call = app.post("/v1/sessions").header("idempotency-key", "once");
        call.json(&body(ADA, PASSWORD)).send().await.expect(201);
    }
}

/// A session that is remembered: its cookie.
async fn remembered(app: &TestApp, person: &Person) -> String {
    let mut body = body(&person.email, PASSWORD);
    body["remember"] = json!(true);
    body["as"] = json!("cookie");
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    cookie(&made).expect("a cookie")
}

#[tokio::test]
async fn c_7_3_others_do_not_lock_the_owner_out_of_a_remembered_device() {
    let mut app = start().await;
    let (ada, bob) = (app.register(ADA).await, app.register("bob@example.org").await);
    let (device, bobs) = (remembered(&app, &ada).await, remembered(&app, &bob).await);
    let with = async |app: &TestApp, cookie: &str, password: &str| {
        app.post("/v1/sessions").header("cookie", cookie).json(&body(ADA, password)).send().await
    };
    app.source = IpAddr::from([198, 18, 0, 1]);
    use_up(&app, ADA).await;
    // Nothing else passes: no session, another's, one that is not remembered, one that is over.
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(5));
    limited(&with(&app, &bobs, PASSWORD).await, minutes(5));
    let passing = format!("__Host-pc={}", ada.token);
    limited(&with(&app, &passing, PASSWORD).await, minutes(5));
    limited(&with(&app, "__Host-pc=pct_canary", PASSWORD).await, minutes(5));
    with(&app, &device, PASSWORD).await.expect(201);
    // As a bearer token it is the same; a wrong password stays wrong.
    let token = device.trim_start_matches("__Host-pc=");
    let call = app.post("/v1/sessions").bearer(token).json(&body(ADA, PASSWORD));
    call.send().await.expect(201);
    with(&app, &device, WRONG).await.expect(401);
    app.delete("/v1/sessions/current").header("cookie", &device).send().await.expect(204);
    limited(&with(&app, &device, PASSWORD).await, minutes(5));
}

#[tokio::test]
async fn c_7_3_a_stolen_remembered_session_is_no_way_around_the_ladder() {
    let mut app = start().await;
    let ada = app.register(ADA).await;
    let stolen = remembered(&app, &ada).await;
    use_up(&app, ADA).await;
    let mut checked = 0;
    for n in 0..40 {
        app.source = IpAddr::from([198, 18, 1, n]);
        let call = app.post("/v1/sessions").header("cookie", &stolen);
        let answer = call.json(&body(ADA, WRONG)).send().await;
        checked += u32::from(answer.status == 401);
    }
    assert_eq!(checked, 10, "as many as re-checks of the password");
}

#[tokio::test]
async fn c_7_3_a_source_has_its_own_ladder_which_a_remembered_session_does_not_pass() {
    let mut app = start().await;
    let ada = app.register(ADA).await;
    let device = remembered(&app, &ada).await;
    for n in 0..30 {
        log_in(&app, &format!("person{n}@example.org"), WRONG).await.expect(401);
    }
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(5));
    let call = app.post("/v1/sessions").header("cookie", &device);
    limited(&call.json(&body(ADA, PASSWORD)).send().await, minutes(5));
    app.source = IpAddr::from([198, 18, 0, 2]);
    log_in(&app, ADA, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn c_8_4_no_right_waits_for_a_name_or_a_source_that_is_used_up() {
    let app = start().await;
    let ada = app.register(ADA).await;
    for n in 0..25 {
        log_in(&app, &format!("person{n}@example.org"), WRONG).await.expect(401);
    }
    use_up(&app, ADA).await;
    limited(&log_in(&app, ADA, PASSWORD).await, minutes(5));
    let send = async |method: Method, path: &str, body: Option<Value>| {
        let call = app.call(method, path).bearer(&ada.token);
        match body {
            Some(body) => call.json(&body).send().await,
            None => call.send().await,
        }
    };
    let reads =
        ["/v1/me", "/v1/me/retention", "/v1/me/consents", "/v1/me/security", "/v1/sessions"];
    for path in reads {
        send(Method::GET, path, None).await.expect(200);
    }
    let again = json!({"password": PASSWORD});
    send(Method::POST, "/v1/reauthentications", Some(again)).await.expect(204);
    send(Method::PUT, "/v1/me/consents/profile", None).await.expect(204);
    send(Method::DELETE, "/v1/me/consents/profile", None).await.expect(204);
    send(Method::POST, "/v1/me/exports", None).await.expect(201);
    app.set_contact(&ada.token, "+8613800138000").await.expect(200);
    app.put_password(&ada.token, PASSWORD, "another correct battery").await.expect(204);
    send(Method::POST, "/v1/me/cancellation", None).await.expect(202);
}

#[tokio::test]
async fn c_7_3_refused_log_ins_are_counted_by_cause_and_an_alarm_watches_them() {
    let few = Window { most: 7, within: minutes(5) };
    let app = TestApp::with(|options| options.config.tries_per_source = few).await;
    app.register(ADA).await;
    let log = Log::default();
    let _guard = log.capture();
    let causes = async |login: &str, password: &str| {
        let status = log_in(&app, login, password).await.status.as_u16();
        let measured = measured(&log, "proofs_refused");
        (status, measured.into_iter().map(|(n, [_, cause])| (n, cause)).collect::<Vec<_>>())
    };
    let once = |cause: &str| vec![(json!(1), json!(cause))];
    for _ in 0..5 {
        assert_eq!(causes(ADA, WRONG).await, (401, once("password")));
    }
    assert_eq!(causes(ADA, PASSWORD).await, (429, once("name")));
    for _ in 0..2 {
        assert_eq!(causes("nobody@example.org", WRONG).await, (401, once("password")));
    }
    assert_eq!(causes(ADA, PASSWORD).await, (429, once("source")));
    app.clock.advance(minutes(5));
    assert_eq!(causes(ADA, PASSWORD).await, (201, vec![]));
    let template = include_str!("../../template.yaml");
    assert!(template.contains("MetricName: proofs_refused"), "an alarm watches it");
}
