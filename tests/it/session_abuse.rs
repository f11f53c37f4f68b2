//! Sessions in the wrong hands, at the wrong time, and sent twice (C-7.3, OWASP ASVS 5.0, V7).

use crate::app::{BEGIN, PASSWORD, TestApp, cookie};
use crate::call::Call;
use crate::environments::Environments;
use crate::tables::Tables;
use http::Method;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, hours};
use shared::testing::FixedClock;
use std::sync::Arc;

const ADA: &str = "ada@example.org";

/// Every operation that needs a session, with an id in the place of each parameter.
fn operations_of_sessions() -> Vec<(Method, String)> {
    let document: Value =
        serde_json::from_str(include_str!("../../docs/openapi.json")).expect("JSON");
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, says) in methods.as_object().expect("methods") {
            let schemes = says["security"].as_array().map_or(&[][..], Vec::as_slice);
            if !schemes.is_empty() && schemes.iter().all(|scheme| *scheme != json!({})) {
                let method = method.to_uppercase().parse().expect("a method");
                let path = path.replace("{id}", "current").replace("{channel}", "email");
                found.push((method, path.replace("{purpose}", "profile")));
            }
        }
    }
    assert!(found.len() > 15, "{found:?}");
    found
}

/// A body that is right, of those that operations take.
fn body(path: &str) -> Option<Value> {
    let code = json!({"verification": "ver_aaaaaaaaaaaaaaaaaaaaaaaaaa", "code": "12345678"});
    let bodies = [
        ("/v1/reauthentications", json!({"password": PASSWORD})),
        ("/v1/me/contacts/email", code),
        ("/v1/me/password", json!({"current": PASSWORD, "new": PASSWORD})),
        ("/v1/me", json!({"display_name": "Mallory"})),
        ("/v1/me/consents/profile", json!({"policy_version": "general-2022-08-16"})),
        ("/v1/verifications", TestApp::contact_request("mallory@example.org")),
    ];
    bodies.into_iter().find(|(of, _)| *of == path).map(|(_, body)| body)
}

/// Asserts that a credential is answered alike by every operation that needs one.
async fn opens_nothing(app: &TestApp, (name, value): (&str, &str), status: u16) {
    for (method, path) in operations_of_sessions() {
        let reads = method == Method::GET;
        let mut call = app.call(method.clone(), &path).header(name, value).header("if-match", "*");
        if let Some(body) = body(&path).filter(|_| !reads) {
            call = call.json(&body);
        }
        let answer = call.send().await;
        // A body that is not known here may be refused first.
        let refused = [status, 415, 422];
        let wanted = if reads || body(&path).is_some() { &refused[..1] } else { &refused[..] };
        assert!(wanted.contains(&answer.status.as_u16()), "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn c_7_3_a_log_in_never_goes_on_with_a_session_that_was_brought() {
    let app = TestApp::start().await;
    let (ada, mallory) = (app.register(ADA).await, app.register("mallory@example.org").await);
    let log_in = |login: &str| {
        let body = json!({"login": login, "password": PASSWORD, "as": "cookie"});
        app.post("/v1/sessions").json(&body)
    };
    let planted = cookie(&log_in(&mallory.email).send().await.expect(201)).expect("a cookie");
    let invented = planted.replace(&planted[planted.len() - 52..], &"a".repeat(52));
    for brought in [&planted, &invented, "__Host-pc=chosen"] {
        let made = log_in(ADA).header("cookie", brought).send().await.expect(201);
        let given = cookie(&made).expect("a cookie");
        assert_ne!(given.as_str(), brought);
        let me = app.get("/v1/me").header("cookie", &given).send().await.expect(200);
        assert_eq!(me.body["id"], ada.id);
    }
    // What was planted is still the session of the one who planted it, and no other.
    let me = app.get("/v1/me").header("cookie", &planted).send().await.expect(200);
    assert_eq!(me.body["id"], mallory.id);
    app.get("/v1/me").header("cookie", &invented).send().await.expect(401);
}

#[tokio::test]
async fn c_7_3_after_the_log_out_token_and_cookie_open_nothing() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    app.delete("/v1/sessions/current").bearer(&ada.token).send().await.expect(204);
    let bearer = format!("Bearer {}", ada.token);
    opens_nothing(&app, ("authorization", &bearer), 401).await;
    let body = json!({"login": ADA, "password": PASSWORD, "as": "cookie", "remember": true});
    let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
    let cookie = cookie(&made).expect("a cookie");
    app.delete("/v1/sessions/current").header("cookie", &cookie).send().await.expect(204);
    opens_nothing(&app, ("cookie", &cookie), 401).await;
    // Nor does it count again after another log-in.
    app.log_in(&ada).await;
    app.me(&ada.token).await.expect(401);
}

#[tokio::test]
async fn c_8_4_after_the_erasure_a_token_opens_nothing() {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    let bearer = format!("Bearer {}", ada.token);
    opens_nothing(&app, ("authorization", &bearer), 410).await;
    // Whoever registers with the address then is somebody else.
    let other = app.register(ADA).await;
    assert_ne!(other.id, ada.id);
    app.me(&ada.token).await.expect(410);
}

/// The same rows, served by a function whose clock stands so many seconds after the beginning.
fn at(world: &Environments, secs: i64) -> TestApp {
    world.another_with(Arc::new(FixedClock::at(Timestamp::from_secs(BEGIN.secs() + secs))))
}

#[tokio::test]
async fn c_7_3_clocks_that_differ_by_minutes_open_and_end_nothing() {
    const SKEW: i64 = 300;
    let world = Environments::start(|_| {}).await;
    let ada = world.app.register(ADA).await;
    let (behind, before) = (at(&world, -SKEW), at(&world, SKEW));
    // Opened by one clock, used by the others.
    for app in [&before, &behind] {
        app.me(&ada.token).await.expect(200);
        let token = app.log_in(&ada).await;
        for other in [&before, &world.app, &behind] {
            other.me(&token).await.expect(200);
            other.freshen(&token).await;
        }
    }
    // Tries that one clock counted are there for another one that is behind.
    while before.try_log_in(ADA, "wrong horse battery").await.status == 401 {}
    behind.try_log_in(ADA, "wrong horse battery").await.expect(429);
}

#[tokio::test]
async fn c_4_1_each_clock_ends_a_session_by_itself_whatever_another_one_noted() {
    let world = Environments::start(|_| {}).await;
    let ada = world.app.register(ADA).await;
    let ends = i64::try_from(hours(24).as_secs()).expect("seconds");
    for secs in [ends / 3, ends * 2 / 3, ends - 1] {
        at(&world, secs).me(&ada.token).await.expect(200);
    }
    at(&world, ends).me(&ada.token).await.expect(401);
    // Nothing but the time is noted: a clock that is right opens it still.
    at(&world, ends - 1).me(&ada.token).await.expect(200);
}

/// Sends one request twice at once; gives both statuses, the lower one first.
async fn twice<'a>(call: impl Fn() -> Call<'a>) -> [u16; 2] {
    let (one, other) = tokio::join!(call().send(), call().send());
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn c_7_3_what_is_sent_twice_at_once_is_done_once() {
    let app = TestApp::start().await;
    let ada = app.register(ADA).await;
    let code = app.contact_code(&ada.token, "+8613800138000").await;
    let set = || app.call(Method::PUT, "/v1/me/contacts/phone").bearer(&ada.token).json(&code);
    assert!([[200, 422], [200, 503]].contains(&twice(set).await));
    let body = json!({"current": PASSWORD, "new": "other horse battery"});
    let change = || app.call(Method::PUT, "/v1/me/password").bearer(&ada.token).json(&body);
    assert!([[204, 403], [204, 503]].contains(&twice(change).await));
    let body = json!({"current": "other horse battery", "new": PASSWORD});
    app.call(Method::PUT, "/v1/me/password")
        .bearer(&ada.token)
        .json(&body)
        .send()
        .await
        .expect(204);
    let other = app.log_in(&ada).await;
    let id = format!("/v1/sessions/ses_{}", other.split('_').nth(2).expect("an id"));
    assert_eq!(twice(|| app.delete(&id).bearer(&ada.token)).await, [204, 404]);
    assert_eq!(twice(|| app.delete("/v1/sessions/current").bearer(&ada.token)).await, [204, 401]);
    let token = app.log_in(&ada).await;
    // The second one meets sessions that are over, or the receipt of the first.
    let cancelled = twice(|| app.post("/v1/me/cancellation").bearer(&token)).await;
    assert!([[202, 202], [202, 401]].contains(&cancelled), "{cancelled:?}");
    assert_eq!(Tables::whole(&app).await.count(Entity::Receipt), 1);
    let token = app.log_in(&ada).await;
    let kept = twice(|| app.delete("/v1/me/cancellation").bearer(&token)).await;
    assert_eq!(kept, [204, 204]);
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.count(Entity::Receipt), 0);
    let acts = tables.actions();
    let done = |action: &str| acts.iter().filter(|act| **act == action).count();
    for action in ["contact.added", "cancellation.requested", "cancellation.withdrawn"] {
        assert_eq!(done(action), 1, "{action}: {acts:?}");
    }
    assert_eq!(done("session.ended"), 2, "{acts:?}");
}
