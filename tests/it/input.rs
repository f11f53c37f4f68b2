//! Bad input gets a precise problem, quotes nothing back, and stores nothing.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use crate::app::{Answer, Call, Person, TestApp};
use crate::stored::{changed, rows};
use serde_json::{Value, json};

/// A text that no answer may repeat.
pub(crate) const CANARY: &str = "canary-7391";

/// What a refusal looks like: status, end of the type, place in `errors`.
pub(crate) type Refusal = (u16, &'static str, Option<&'static str>);

/// Asserts that a call is refused as told, in both languages, and that nothing is stored.
pub(crate) async fn refuses<'a>(
    app: &'a TestApp,
    name: &str,
    call: impl Fn() -> Call<'a>,
    refusal: Refusal,
) {
    let before = rows(app).await;
    let mut titles = Vec::new();
    for (accept, language) in [("en-GB, zh;q=0.5", "en"), ("zh-Hans", "zh-CN")] {
        let answer = call().header("accept-language", accept).send().await;
        check(name, &answer, refusal);
        assert_eq!(answer.header("content-language"), Some(language), "{name}");
        titles.push(answer.body["title"].clone());
    }
    assert_ne!(titles[0], titles[1], "{name}: each language has its words");
    let stored = changed(&before, &rows(app).await);
    assert!(stored.is_empty(), "{name}: changed {stored:?}");
}

/// Asserts what every problem has.
#[track_caller]
fn check(name: &str, answer: &Answer, (status, problem, at): Refusal) {
    let text = &answer.text;
    assert_eq!((answer.status.as_u16(), answer.problem()), (status, problem), "{name}: {text}");
    assert_eq!(answer.body["status"], status, "{name}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    assert_eq!(answer.header("x-request-id"), answer.body["instance"].as_str(), "{name}");
    assert!(answer.body["instance"].as_str().is_some_and(|id| id.starts_with("req_")), "{name}");
    assert!(answer.body["detail"].as_str().is_some_and(|d| !d.is_empty()), "{name}");
    assert!(!text.contains("canary"), "{name} quotes what was sent: {text}");
    let place = answer.body["errors"][0]["at"].as_str();
    assert_eq!(place, at, "{name}: {text}");
    assert_eq!(answer.body["errors"][0]["detail"].is_string(), at.is_some(), "{name}");
}

/// Asserts the refusal of bodies sent to a path as JSON.
async fn refuses_bodies(app: &TestApp, who: Option<&Person>, cases: Vec<(&str, String, Refusal)>) {
    for (route, body, refusal) in cases {
        let (method, path) = route.split_once(' ').expect("method and path");
        let method: http::Method = method.parse().expect("a method");
        let call = || {
            let call = app.call(method.clone(), path).header("content-type", "application/json");
            let call = call.header("if-match", "\"1\"").bytes(body.clone());
            match who {
                Some(person) => call.bearer(&person.token),
                None => call,
            }
        };
        refuses(app, &format!("{route} {body:.80}"), call, refusal).await;
    }
}

const VERIFY: &str = "POST /v1/verifications";
const REGISTER: &str = "POST /v1/accounts";
const LOG_IN: &str = "POST /v1/sessions";
const FRESHEN: &str = "POST /v1/reauthentications";
const CONFIRM: &str = "PUT /v1/me/factors/totp";
const CORRECT: &str = "PATCH /v1/me";
const CONSENT: &str = "PUT /v1/me/consents/profile";
const CANCEL: &str = "POST /v1/me/cancellation";

/// A valid body with one member set to another value; a pointer's last part may be new.
fn with(mut body: Value, pointer: &str, value: Value) -> String {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("the parent")[name] = value;
    body.to_string()
}

fn without(mut body: Value, name: &str) -> String {
    body.as_object_mut().and_then(|members| members.remove(name)).expect("the member");
    body.to_string()
}

fn code_request() -> Value {
    TestApp::code_request("canary-7391@example.org")
}

fn account_request() -> Value {
    TestApp::account_request(&json!("ver_canary"), CANARY)
}

fn log_in_request() -> Value {
    json!({"login": "canary-7391@example.org", "password": CANARY, "as": "token", "remember": false})
}

#[tokio::test]
async fn a_member_of_a_wrong_type_is_named_by_its_place() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let wrong = |at| (422, "invalid", Some(at));
    let bodies = [
        (VERIFY, code_request(), "/purpose", vec![json!(5), json!(CANARY), json!([CANARY])]),
        (VERIFY, code_request(), "/channel", vec![json!(true), json!(CANARY)]),
        (VERIFY, code_request(), "/address", vec![json!(5), json!([CANARY])]),
        (VERIFY, code_request(), "/age", vec![json!(CANARY), json!(5), json!(null)]),
        (VERIFY, code_request(), "/age/band", vec![json!(CANARY), json!(18)]),
        (VERIFY, code_request(), "/age/turns_18", vec![json!(5), json!({CANARY: 1})]),
        (REGISTER, account_request(), "/verification", vec![json!(5), json!({CANARY: 1})]),
        (REGISTER, account_request(), "/code", vec![json!(12_345_678), json!(null)]),
        (REGISTER, account_request(), "/password", vec![json!(12_345_678), json!([CANARY])]),
        (REGISTER, account_request(), "/policy_version", vec![json!(2022), json!(null)]),
        (REGISTER, account_request(), "/policy_language", vec![json!(CANARY), json!(1)]),
        (REGISTER, account_request(), "/consents", vec![json!(CANARY), json!({CANARY: 1})]),
        (LOG_IN, log_in_request(), "/login", vec![json!(5), json!(null)]),
        (LOG_IN, log_in_request(), "/password", vec![json!({CANARY: 1}), json!(null)]),
        (LOG_IN, log_in_request(), "/as", vec![json!(CANARY), json!(1)]),
        (LOG_IN, log_in_request(), "/remember", vec![json!(CANARY), json!(1), json!(null)]),
        (FRESHEN, json!({}), "/password", vec![json!(5), json!([CANARY])]),
        (FRESHEN, json!({}), "/totp", vec![json!(123_456), json!({CANARY: 1})]),
        (FRESHEN, json!({}), "/recovery_code", vec![json!(5)]),
        (FRESHEN, json!({}), "/rotate", vec![json!(CANARY), json!(null)]),
        (LOG_IN, log_in_request(), "/totp", vec![json!(123_456), json!([CANARY])]),
        (CONFIRM, json!({}), "/code", vec![json!(123_456), json!(null)]),
        (CORRECT, json!({}), "/language", vec![json!(CANARY), json!(null), json!(["en"])]),
        (CORRECT, json!({}), "/display_name", vec![json!(5), json!([CANARY]), json!({CANARY: 1})]),
        (CONSENT, json!({}), "/policy_version", vec![json!(5), json!([CANARY])]),
        (CANCEL, json!({}), "/password", vec![json!(5), json!([CANARY])]),
    ];
    let mut cases = Vec::new();
    for (route, body, at, values) in bodies {
        cases.extend(values.into_iter().map(|v| (route, with(body.clone(), at, v), wrong(at))));
    }
    let purposes = with(account_request(), "/consents", json!(["account", CANARY]));
    cases.push((REGISTER, purposes, wrong("/consents/1")));
    refuses_bodies(&app, Some(&ada), cases).await;
}

#[tokio::test]
async fn unknown_and_missing_members_are_refused() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let mut cases = Vec::new();
    let age = with(code_request(), "/age/canary", json!(1));
    cases.push((VERIFY, age, (422, "invalid", Some("/age"))));
    let bodies = [
        (VERIFY, code_request(), vec!["purpose", "channel", "address"]),
        (REGISTER, account_request(), vec!["verification", "code", "password", "policy_version"]),
        (LOG_IN, log_in_request(), vec!["login", "password"]),
        (FRESHEN, json!({"password": CANARY}), vec!["password"]),
        (CONFIRM, json!({"code": CANARY}), vec!["code"]),
        (CORRECT, json!({}), vec![]),
        (CONSENT, json!({"policy_version": CANARY}), vec![]),
        (CANCEL, json!({"password": CANARY}), vec![]),
    ];
    for (route, body, needed) in bodies {
        let top: Refusal = (422, "invalid", Some(""));
        cases.push((route, with(body.clone(), "/canary", json!(1)), top));
        cases.extend(needed.into_iter().map(|name| (route, without(body.clone(), name), top)));
        for other in ["null", "5", "\"canary\"", "[]", "[\"canary\"]", "true"] {
            cases.push((route, other.to_owned(), top));
        }
    }
    cases.push((VERIFY, without(code_request(), "age"), (422, "invalid", Some("/age"))));
    let listed = json!(["adult", null, null]);
    cases.push((VERIFY, with(code_request(), "/age", listed), (422, "invalid", Some("/age"))));
    refuses_bodies(&app, Some(&ada), cases).await;
}

#[tokio::test]
async fn c_9_1_an_adult_gives_no_date() {
    let app = TestApp::start().await;
    let body = with(code_request(), "/age/turns_18", json!("2028-01-01"));
    refuses_bodies(&app, None, vec![(VERIFY, body, (422, "invalid", Some("/age")))]).await;
}

#[tokio::test]
async fn c_9_1_a_day_that_no_calendar_has_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let days = ["2030-02-30", "2030-13-01", "2030-2-1", "2030-01-01T00:00:00Z", "", CANARY];
    let mut cases = Vec::new();
    for (band, at) in [("14_17", "/age/turns_18"), ("under_14", "/age/turns_14")] {
        let mut body = code_request();
        body["age"]["band"] = json!(band);
        let refused =
            |day| (VERIFY, with(body.clone(), at, json!(day)), (422, "invalid", Some(at)));
        cases.extend(days.map(refused));
    }
    refuses_bodies(&app, None, cases).await;
}

#[tokio::test]
async fn what_is_no_json_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let broken: Refusal = (400, "malformed-json", Some(""));
    let deep = |n: usize| format!("{{\"password\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let mut cases: Vec<(&str, String, Refusal)> = Vec::new();
    for route in [VERIFY, REGISTER, LOG_IN, FRESHEN, CORRECT] {
        for body in
            ["", " ", "{", "{\"canary\"", "canary", "{'a':1}", "{} {}", "{}canary", "\u{feff}{}"]
        {
            cases.push((route, body.to_owned(), broken));
        }
    }
    cases.push((VERIFY, "{\"purpose\": }".to_owned(), broken));
    cases.push((LOG_IN, "{\"login\":\"\\ud800\"}".to_owned(), broken));
    cases.push((LOG_IN, "{\"login\":\"a\u{0}\"}".to_owned(), broken));
    cases.push((FRESHEN, deep(20_000), (422, "invalid", Some("/password"))));
    let twice = "{\"login\":\"canary\",\"login\":\"canary\",\"password\":\"canary\"}";
    cases.push((LOG_IN, twice.to_owned(), (400, "malformed-json", Some("/login"))));
    let twice = "{\"display_name\":null,\"display_name\":\"canary\"}";
    cases.push((CORRECT, twice.to_owned(), (400, "malformed-json", Some("/display_name"))));
    refuses_bodies(&app, Some(&ada), cases).await;
    for bytes in [&b"{\"login\":\"\xff\xfe\",\"password\":\"x\"}"[..], b"\xff", b"{\"\xc3\x28\":1}"]
    {
        let call =
            || app.post("/v1/sessions").header("content-type", "application/json").bytes(bytes);
        refuses(&app, "not UTF-8", call, broken).await;
    }
}

/// Addresses that no mail can or should go to.
pub(crate) const ADDRESSES: &str = "|canary|@canary.org|canary@|canary@host|canary@@example.org|\
    canary @example.org|canary@exa mple.org|canary@example.org.|\"canary\"@example.org|\
    canary@[127.0.0.1]|<canary@example.org>|Canary <canary@example.org>|.canary@example.org|\
    canary@example.org,canary@example.net|canary@example.org;canary@example.net|\
    canary@example.org\r\nBcc: canary@example.net|canary\r\nBcc: canary@example.net|\
    canary\r\nBcc:canary@example.net|canary@example.org\n|canary\u{0}@example.org|\
    canary\u{202e}@example.org|canary@example.org\u{202e}|canary@exa\r\n\u{20}mple.org";
/// Names that could be taken for others.
const NAMES: &str = "| \t |canary\u{0}|canary\u{7f}|canary\ncanary|can\u{85}ary|\u{202e}canary|\
    canary\u{200b}|\u{2066}canary\u{2069}|canary\u{feff}canary|can\u{200d}ary|can\u{2028}ary";

#[tokio::test]
async fn values_that_break_a_rule_are_named_by_their_place() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let wrong = |at| (422, "invalid", Some(at));
    let mut cases = Vec::new();
    let long = format!("{}@example.org", "canary".repeat(11));
    let longer = format!("canary@{}.org", "canary.".repeat(40));
    for address in ADDRESSES.split('|').chain([long.as_str(), &longer]) {
        cases.push((VERIFY, with(code_request(), "/address", json!(address)), wrong("/address")));
    }
    for password in ["", "canary7", "\u{1f511}canary", &"canary".repeat(22)] {
        cases.push((
            REGISTER,
            with(account_request(), "/password", json!(password)),
            wrong("/password"),
        ));
    }
    let long = "canary".repeat(11);
    for name in NAMES.split('|').chain([long.as_str()]) {
        cases.push((CORRECT, json!({"display_name": name}).to_string(), wrong("/display_name")));
    }
    refuses_bodies(&app, Some(&ada), cases).await;
}
