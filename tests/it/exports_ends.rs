//! Who gets a copy, how often, for how long; stops and races.

use crate::app::{Answer, Person, TestApp};
use crate::halt::Halt;
use crate::stops::{at_every_stop, calm};
use crate::tables::Tables;
use crate::unzipped::{Unzipped, hrefs, links};
use crate::withdrawals::put_into;
use http_body_util::BodyExt;
use lambda_http::IntoResponse;
use serde_json::json;
use shared::domain::account::State;
use shared::domain::inventory::Entity;
use shared::domain::time::{hours, minutes};
use std::time::Duration;

const ADA: &str = "ada@example.org";

async fn ask(app: &TestApp, token: &str, key: Option<&str>) -> Answer {
    let call = app.post("/v1/me/exports").bearer(token);
    let call = if let Some(key) = key { call.header("idempotency-key", key) } else { call };
    calm(call.send().await)
}

async fn read(app: &TestApp, token: &str, link: &str) -> Answer {
    calm(app.get(link).bearer(token).send().await)
}

#[tokio::test]
async fn c_8_5_a_copy_needs_a_fresh_session_and_its_links_a_live_one() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.post("/v1/me/exports").send().await.expect(401);
    let link = links(&app, &ada.token).await.remove(0);
    app.clock.advance(minutes(10));
    assert_eq!(ask(&app, &ada.token, None).await.expect(403).problem(), "not-fresh");
    // The proof was the request's; the link goes on for the hour.
    read(&app, &ada.token, &link).await.expect(200);
    app.get(&link).send().await.expect(401);
    let token = app.log_in(&ada).await;
    read(&app, &token, &link).await.expect(200);
    app.delete("/v1/sessions/current").bearer(&ada.token).send().await.expect(204);
    read(&app, &ada.token, &link).await.expect(401);
    app.clock.advance(minutes(50));
    read(&app, &token, &link).await.expect(404);
}

#[tokio::test]
async fn c_8_5_a_link_is_for_that_person_alone() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register(ADA).await, app.register("eve@example.org").await);
    let link = links(&app, &ada.token).await.remove(0);
    let refused = read(&app, &eve.token, &link).await.expect(404);
    assert_eq!(refused.problem(), "not-found");
    for other in ["-2", "-1", "-0", "-x", "x"] {
        read(&app, &ada.token, &format!("{link}{other}")).await.expect(404);
    }
}

#[tokio::test]
async fn c_8_5_ten_copies_a_day_and_then_a_wait() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    for _ in 0..10 {
        ask(&app, &ada.token, None).await.expect(201);
    }
    let limited = ask(&app, &ada.token, None).await.expect(429);
    assert_eq!(limited.header("retry-after"), Some("86400"));
    assert_eq!(Tables::whole(&app).await.count(Entity::Export), 10, "nothing more was made");
    app.clock.advance(hours(24));
    let token = app.log_in(&ada).await;
    ask(&app, &token, None).await.expect(201);
    // The counter is in the copy, as a count.
    let link = links(&app, &token).await.remove(0);
    let copy = Unzipped::of(&read(&app, &token, &link).await.expect(200).bytes);
    let counters = copy.csv("limit.csv");
    assert_eq!((counters[0]["id"].as_str(), counters[0]["count"].as_str()), ("export", "2"));
}

#[tokio::test]
async fn c_8_5_a_copy_is_read_sixty_times_and_then_there_is_another_one() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let link = links(&app, &ada.token).await.remove(0);
    for n in 0..60 {
        app.clock.advance(Duration::from_secs(n % 2));
        read(&app, &ada.token, &link).await.expect(200);
    }
    let limited = read(&app, &ada.token, &link).await.expect(429);
    assert_eq!(limited.problem(), "limited");
    assert_eq!(limited.header("retry-after"), Some("3570"), "until the first read is an hour ago");
    // Nobody is locked out of the right: the next copy has a count of its own.
    let next = links(&app, &ada.token).await.remove(0);
    read(&app, &ada.token, &next).await.expect(200);
    read(&app, &ada.token, &link).await.expect(429);
}

#[tokio::test]
async fn a_repeated_request_finds_its_links_from_any_network() {
    let mut app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let eve = app.register("eve@example.org").await;
    let first = ask(&app, &ada.token, Some("k")).await.expect(201);
    app.clock.advance(minutes(2));
    app.source = [198, 51, 100, 9].into();
    let again = ask(&app, &ada.token, Some("k")).await.expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(first.header("location"), Some(hrefs(&first)[0].as_str()));
    assert_ne!(ask(&app, &eve.token, Some("k")).await.expect(201).body, first.body);
    assert_eq!(Tables::whole(&app).await.count(Entity::Export), 2);
    // With its links the copy is gone: a repeat asks for another.
    app.clock.advance(minutes(63));
    app.freshen(&ada.token).await;
    let later = ask(&app, &ada.token, Some("k")).await.expect(201);
    assert_ne!(later.body, first.body);
    read(&app, &ada.token, &hrefs(&later)[0]).await.expect(200);
    assert_eq!(ask(&app, &ada.token, Some("k")).await.expect(201).body, later.body);
}

#[tokio::test]
async fn c_8_5_the_right_to_a_copy_is_not_locked_out() {
    for state in [State::Restricted, State::Suspended, State::PendingGuardian] {
        let app = TestApp::start().await;
        let ada = app.register(ADA).await;
        put_into(&app, &ada, state).await;
        let link = links(&app, &ada.token).await.remove(0);
        let copy = Unzipped::of(&read(&app, &ada.token, &link).await.expect(200).bytes);
        assert_eq!(copy.json("data.json")["rows"]["account"][0]["state"], state.name());
    }
}

#[tokio::test]
async fn c_8_5_asking_stopped_anywhere_gives_one_copy_for_one_key() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| ask(app, &ada.token, Some("k")).await,
        async |app, ada, done, tables| {
            let link = hrefs(&done.expect(201)).remove(0);
            assert_eq!(tables.count(Entity::Export), 1);
            assert_eq!(tables.actions(), ["account.registered", "account.exported"]);
            read(app, &ada.token, &link).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_5_reading_stopped_anywhere_is_whole_or_nothing() {
    at_every_stop(
        |_| {},
        async |app| {
            let ada = app.register(ADA).await;
            let link = links(app, &ada.token).await.remove(0);
            (ada, link)
        },
        async |app, (ada, link)| read(app, &ada.token, link).await,
        async |_, _, done, tables| {
            let copy = Unzipped::of(&done.expect(200).bytes);
            assert_eq!((copy.count("ledger_entry"), copy.count("evidence")), (2, 1));
            assert_eq!(tables.actions().len(), 2, "reading is not entered");
        },
    )
    .await;
}

/// A person with a link, in a world without cooling-off.
async fn linked() -> (TestApp, Halt, Person, String) {
    let change =
        |options: &mut personal_center::Options| options.config.cooling_off = Duration::ZERO;
    let (app, halt) = Halt::start(change).await;
    let ada = app.register(ADA).await;
    let link = links(&app, &ada.token).await.remove(0);
    (app, halt, ada, link)
}

#[tokio::test]
async fn c_8_4_a_copy_that_an_erasure_overtakes_is_not_handed_out() {
    for held in
        [("BatchGetItem", 1), ("Query", 0), ("Query", 1), ("BatchGetItem", 2), ("BatchGetItem", 3)]
    {
        let (app, halt, ada, link) = linked().await;
        let other = app.log_in(&ada).await;
        let erase = app.cancel(&other);
        let (answer, erased) = halt.overtake(held, read(&app, &ada.token, &link), erase).await;
        erased.expect(202);
        assert_eq!(answer.expect(410).problem(), "erased", "{held:?}");
        let gone = read(&app, &ada.token, &link).await.expect(410);
        assert_eq!(gone.problem(), "erased");
        assert_eq!(Tables::whole(&app).await.count(Entity::Export), 0);
    }
}

#[tokio::test]
async fn c_8_5_the_archive_leaves_a_function_as_bytes() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let link = links(&app, &ada.token).await.remove(0);
    let answer = read(&app, &ada.token, &link).await.expect(200);
    let mut response = http::Response::new(axum::body::Body::from(answer.bytes.clone()));
    *response.headers_mut() = answer.headers;
    let response = response.into_response().await;
    let lambda_http::Body::Binary(bytes) = response.body() else { panic!("not base 64") };
    assert_eq!(*bytes, answer.bytes);
    let whole = response.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(whole.len(), answer.bytes.len());
    assert_eq!(json!(Unzipped::of(&whole).0.len()), json!(14));
}

#[tokio::test]
async fn c_8_5_nothing_can_be_chosen_of_a_copy() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let ask = || app.post("/v1/me/exports").bearer(&ada.token);
    let refused = ask().json(&json!({"only": ["email"]})).send().await.expect(422);
    assert_eq!(refused.problem(), "invalid");
    ask().json(&json!({})).send().await.expect(201);
}
