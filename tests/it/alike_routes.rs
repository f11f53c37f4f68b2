//! Every route that anybody may ask about a contact, a code, a link or an id: what is there and what is
//! not are answered alike, after the same work.

use crate::alike::{KNOWN, KNOWN_NUMBER, Seen, Shape, UNKNOWN, UNKNOWN_NUMBER, seen, shape};
use crate::app::{Answer, PASSWORD, TestApp, cookie};
use crate::headers::NOBODYS;
use crate::passwords::take_password;
use axum::http::Method;
use serde_json::{Value, json};
use shared::domain::time::{days, minutes};
use std::collections::BTreeSet;

const WRONG: &str = "wrong horse battery";

/// Each of these routes, with the tests that compare.
const COMPARED: &[(&str, &[&str])] = &[
    (
        "POST /v1/verifications",
        &[
            "c_7_3_asking_for_a_code_does_not_tell_whether_the_address_is_known",
            "c_7_3_asking_for_a_further_contact_does_not_tell_whether_it_is_known",
            "c_7_3_asking_for_a_holders_code_does_not_tell_whether_the_address_is_known",
        ],
    ),
    ("POST /v1/accounts", &["c_7_3_a_wrong_code_does_not_tell_whether_the_contact_is_known"]),
    (
        "POST /v1/sessions",
        &[
            "c_7_3_a_refused_log_in_does_not_tell_whether_the_address_is_known",
            "c_7_3_a_refused_log_in_does_not_tell_what_the_account_has",
            "c_7_3_anothers_remembered_session_does_not_tell_whether_a_name_is_known",
        ],
    ),
    (
        "POST /v1/password-resets",
        &["c_7_3_a_wrong_code_does_not_tell_whether_the_contact_is_known"],
    ),
    (
        "POST /v1/contact-detachments",
        &[
            "c_7_3_a_wrong_code_does_not_tell_whether_the_contact_is_known",
            "c_7_3_a_detachment_does_not_tell_whether_the_contact_had_an_account",
        ],
    ),
    ("GET /v1/cancellation-links/{token}", LINKS),
    ("POST /v1/cancellation-links/{token}", LINKS),
    ("GET /v1/contact-change-links/{token}", LINKS),
    ("POST /v1/contact-change-links/{token}", LINKS),
    (
        "GET /v1/receipts/{id}",
        &[
            "c_8_2_a_receipt_that_is_gone_and_one_that_never_was_are_answered_alike",
            "c_7_3_a_receipt_does_not_tell_whether_it_ever_was",
        ],
    ),
    ("POST /v1/third-parties/{provider}/authorizations", RETURNS),
    ("GET /v1/third-party-returns/{provider}", RETURNS),
    ("POST /v1/third-party-returns/{provider}", RETURNS),
];
const RETURNS: &[&str] =
    &["c_7_3_a_log_in_by_a_third_party_does_not_tell_whether_an_account_is_linked"];
const LINKS: &[&str] = &["c_7_3_a_wrong_link_does_not_tell_whether_it_is_anyones"];
const SOURCES: [&str; 4] = [
    include_str!("alike.rs"),
    include_str!("alike_returns.rs"),
    include_str!("alike_routes.rs"),
    include_str!("missing.rs"),
];

#[test]
fn c_7_3_every_route_that_anybody_may_ask_is_compared() {
    let document: Value =
        serde_json::from_str(include_str!("../../docs/openapi.json")).expect("a document");
    let mut asked = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, says) in operations.as_object().expect("operations") {
            let schemes = says["security"].as_array();
            let open = schemes.is_none_or(|schemes| schemes.contains(&json!({})));
            let about = path.contains('{') || says.get("requestBody").is_some();
            // The policy has nothing to do with anybody.
            if open && about && !path.starts_with("/v1/policy") {
                asked.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let compared: BTreeSet<_> = COMPARED.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(asked, compared);
    for name in COMPARED.iter().flat_map(|(_, names)| *names) {
        let there = format!("async fn {name}()");
        assert!(SOURCES.iter().any(|source| source.contains(&there)), "{name}");
    }
}

/// A world with two people who are known, some days ago.
async fn world() -> TestApp {
    let app = TestApp::start().await;
    app.register(KNOWN).await;
    app.register(KNOWN_NUMBER).await;
    app.clock.advance(days(2));
    app
}

/// What an answer shows, and the calls since the last taking.
fn noted(app: &TestApp, answer: &Answer) -> (Seen, Vec<Shape>) {
    (seen(answer), app.faults.take_calls().iter().map(shape).collect())
}

/// Guesses at a code until it has no tries left, with no root key in memory at first, or warm.
async fn guessed(purpose: &str, address: &str, cold: bool) -> Vec<(Seen, Vec<Shape>)> {
    let app = world().await;
    let (path, body) = match purpose {
        "register" => ("/v1/accounts", TestApp::code_request(address)),
        "reset" => ("/v1/password-resets", TestApp::holder_request(purpose, address)),
        _ => ("/v1/contact-detachments", TestApp::holder_request(purpose, address)),
    };
    let asked = app.post("/v1/verifications").json(&body).send().await.expect(202);
    let verification = &asked.body["verification"];
    let mut body = json!({"verification": verification, "code": "wrong"});
    match purpose {
        "register" => body = TestApp::account_request(verification, "wrong"),
        "reset" => body["new"] = json!(WRONG),
        _ => {}
    }
    if cold {
        app.clock.advance(minutes(5));
    }
    app.faults.take_calls();
    let mut each = Vec::new();
    for _ in 0..6 {
        let answer = app.post(path).json(&body).send().await.expect(422);
        assert_eq!(answer.problem(), "verification-failed");
        each.push(noted(&app, &answer));
    }
    // An id that nobody gave out is answered no otherwise.
    body["verification"] = json!(format!("ver_{}", &NOBODYS[4..]));
    let nobodys = app.post(path).json(&body).send().await;
    assert_eq!(seen(&nobodys), each[0].0);
    each
}

#[tokio::test]
async fn c_7_3_a_wrong_code_does_not_tell_whether_the_contact_is_known() {
    for purpose in ["register", "reset", "detach"] {
        for (known, unknown) in [(KNOWN, UNKNOWN), (KNOWN_NUMBER, UNKNOWN_NUMBER)] {
            for cold in [false, true] {
                let known = guessed(purpose, known, cold).await;
                assert_eq!(known, guessed(purpose, unknown, cold).await, "{purpose}");
            }
        }
    }
}

/// What an account has, that a log-in with a wrong password may not tell.
#[derive(Clone, Copy, Debug)]
enum Has {
    App,
    NoPassword,
    Cancelled,
}

/// Tries to log in with a wrong password, and a code besides.
async fn tried(has: Has, login: &str, member: &str) -> Vec<(Seen, Vec<Shape>)> {
    let app = TestApp::start().await;
    let ada = app.register(KNOWN).await;
    match has {
        Has::App => drop(app.set_up_totp(&ada.token).await),
        Has::NoPassword => take_password(&app, &ada).await,
        Has::Cancelled => drop(app.cancel(&ada.token).await.expect(202)),
    }
    app.clock.advance(days(2));
    app.faults.take_calls();
    let mut body = json!({"login": login, "password": WRONG});
    body[member] = json!("000000");
    let mut each = Vec::new();
    for _ in 0..6 {
        each.push(noted(&app, &app.post("/v1/sessions").json(&body).send().await));
    }
    each
}

#[tokio::test]
async fn c_7_3_a_refused_log_in_does_not_tell_what_the_account_has() {
    for has in [Has::App, Has::NoPassword, Has::Cancelled] {
        for member in ["totp", "recovery_code"] {
            let known = tried(has, KNOWN, member).await;
            assert_eq!(known, tried(has, UNKNOWN, member).await, "{has:?}, {member}");
            let statuses: Vec<_> = known.iter().map(|((status, ..), _)| *status).collect();
            assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
        }
    }
}

#[tokio::test]
async fn c_7_3_anothers_remembered_session_does_not_tell_whether_a_name_is_known() {
    let tried = async |login: &str| {
        let app = world().await;
        app.register("mallory@example.org").await;
        let mut body = json!({"login": "mallory@example.org", "password": PASSWORD});
        (body["as"], body["remember"]) = (json!("cookie"), json!(true));
        let made = app.post("/v1/sessions").json(&body).send().await.expect(201);
        let own = cookie(&made).expect("a cookie");
        app.faults.take_calls();
        let mut each = Vec::new();
        for _ in 0..7 {
            let call = app.post("/v1/sessions").header("cookie", &own);
            let answer = call.json(&json!({"login": login, "password": WRONG})).send().await;
            each.push(noted(&app, &answer));
        }
        assert_eq!(each[6].0.0, 429);
        each
    };
    assert_eq!(tried(KNOWN).await, tried(UNKNOWN).await);
}

/// A token of a link with another body in one of its places: person, link, secret.
fn elsewhere(path: &str, place: usize) -> String {
    let (route, token) = path.rsplit_once('/').expect("a token");
    let mut parts: Vec<String> = token.split('_').map(str::to_owned).collect();
    let letters = parts[place].len();
    parts[place] = NOBODYS[4..].chars().cycle().take(letters).collect();
    format!("{route}/{}", parts.join("_"))
}

#[tokio::test]
async fn c_7_3_a_wrong_link_does_not_tell_whether_it_is_anyones() {
    let app = world().await;
    let ada = app.register("ada@example.net").await;
    app.set_contact(&ada.token, "new@example.net").await.expect(200);
    let change = app.mailed_link("ada@example.net").await;
    app.cancel(&ada.token).await.expect(202);
    let cancellation = app.mailed_link("new@example.net").await;
    for link in [&change, &cancellation] {
        app.get(link).send().await.expect(200);
        for method in [Method::GET, Method::POST] {
            let ask = async |place| {
                app.faults.take_calls();
                let path = elsewhere(link, place);
                let answer = app.call(method.clone(), &path).send().await.expect(404);
                assert_eq!(answer.problem(), "link-spent");
                noted(&app, &answer)
            };
            let nobodys = ask(1).await;
            assert_eq!((ask(2).await, ask(3).await), (nobodys.clone(), nobodys), "{link}");
        }
        app.get(link).send().await.expect(200);
    }
}

#[tokio::test]
async fn c_7_3_a_receipt_does_not_tell_whether_it_ever_was() {
    let app = TestApp::start().await;
    let ada = app.register(KNOWN).await;
    let cancelled = app.cancel(&ada.token).await.expect(202);
    let receipt = cancelled.body["receipt"].as_str().expect("an id").to_owned();
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    let read = async |id: &str| {
        app.faults.take_calls();
        let answer = app.get(&format!("/v1/receipts/{id}")).send().await.expect(404);
        noted(&app, &answer)
    };
    let never = format!("rcp_{}", &NOBODYS[4..]);
    assert_eq!(read(&receipt).await, read(&never).await);
    app.deliver().await;
}
