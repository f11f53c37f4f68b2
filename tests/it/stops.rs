//! A stop at each call of what a person does: run again, it completes, and nothing
//! is lost, doubled or left readable.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::referee;
use crate::rights::TRANSACTION;
use crate::tables::Tables;
use axum::http::StatusCode;
use personal_center::Options;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::minutes;
use shared::testing::faults::{Call, Faults};

const ADA: &str = "ada@example.org";

/// Runs an operation with a stop before each of its calls and after each that writes, every time in
/// a new world and with no root key in memory; then runs it again as its caller would, and looks at
/// the end. After a read all is as before it, and its caller learns no more.
///
/// At the referee's, where a world takes its time, every fifth call is stopped, before or after it.
pub(crate) async fn at_every_stop<S, O>(
    options: fn(&mut Options),
    prepare: impl AsyncFn(&TestApp) -> S,
    run: impl AsyncFn(&TestApp, &S) -> O,
    ended: impl AsyncFn(&TestApp, &S, O, Tables),
) {
    let once = async |stop: &dyn Fn(&Faults)| run_once(options, &prepare, &run, &ended, stop).await;
    let calls = once(&|_| {}).await.len();
    assert!(calls > 1, "an operation of several calls");
    let at_referee = referee::is_on();
    for call in (0..calls).step_by(if at_referee { 5 } else { 1 }) {
        let before = !at_referee || call % 2 == 0;
        let mut made = Vec::new();
        if before {
            eprintln!("a stop before call {call} of {calls}");
            made = once(&|faults| faults.stop_before(call)).await;
        }
        let writes = made.get(call).is_some_and(|call| call.operation == TRANSACTION);
        if writes && !at_referee || !before {
            eprintln!("a stop after call {call} of {calls}");
            once(&|faults| faults.stop_after(call)).await;
        }
    }
}

/// One world: a run that may be stopped, and where it was, another. Gives the calls of the first.
async fn run_once<S, O>(
    options: fn(&mut Options),
    prepare: &impl AsyncFn(&TestApp) -> S,
    run: &impl AsyncFn(&TestApp, &S) -> O,
    ended: &impl AsyncFn(&TestApp, &S, O, Tables),
    stop: &dyn Fn(&Faults),
) -> Vec<Call> {
    let app = TestApp::with(options).await;
    let state = prepare(&app).await;
    app.clock.advance(minutes(5));
    app.faults.take_calls();
    stop(&app.faults);
    let mut done = run(&app, &state).await;
    let calls = app.faults.take_calls();
    app.faults.clear();
    if calls.iter().any(|call| call.fault.is_some()) {
        done = run(&app, &state).await;
    }
    let tables = Tables::whole(&app).await;
    ended(&app, &state, done, tables).await;
    Tables::whole(&app).await;
    calls
}

/// An answer that is no fault of ours: a stop reads as `unavailable`, never as `internal`.
#[track_caller]
pub(crate) fn calm(answer: Answer) -> Answer {
    let down = answer.status == StatusCode::SERVICE_UNAVAILABLE;
    assert!(!answer.status.is_server_error() || down, "{}", answer.text);
    answer
}

/// Asserts that the status is one of these.
#[track_caller]
pub(crate) fn one_of(answer: &Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text);
}

async fn post(app: &TestApp, path: &str, body: &Value, key: Option<&str>) -> Answer {
    let call = app.post(path).json(body);
    let call = if let Some(key) = key { call.header("idempotency-key", key) } else { call };
    calm(call.send().await)
}

async fn log_in(app: &TestApp, key: Option<&str>) -> Answer {
    post(app, "/v1/sessions", &json!({"login": ADA, "password": PASSWORD}), key).await
}

fn token(answer: &Answer) -> String {
    answer.body["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn asking_for_a_code_with_a_key_sends_one_code() {
    at_every_stop(
        |_| {},
        async |_| (),
        async |app, ()| {
            post(app, "/v1/verifications", &TestApp::code_request(ADA), Some("k")).await
        },
        async |app, (), done, tables| {
            let asked = done.expect(202);
            assert_eq!(tables.count(Entity::Verification), 1);
            assert_eq!(tables.count(Entity::Message), 1);
            let code = app.mailed_code(ADA).await;
            assert_eq!(app.world.mailbox.mails().expect("mails").len(), 1);
            let body = TestApp::account_request(&asked.body["verification"], &code);
            app.post("/v1/accounts").json(&body).send().await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn asking_for_a_code_without_a_key_sends_a_code_that_works() {
    at_every_stop(
        |_| {},
        async |_| (),
        async |app, ()| post(app, "/v1/verifications", &TestApp::code_request(ADA), None).await,
        async |app, (), done, tables| {
            let asked = done.expect(202);
            let sent = tables.count(Entity::Verification);
            assert!(sent == 1 || sent == 2, "{sent}");
            assert_eq!(tables.count(Entity::Message), sent);
            app.deliver().await;
            let mails = app.world.mailbox.mails().expect("mails");
            assert_eq!(mails.len(), sent);
            let mut made = 0;
            for code in mails.iter().flat_map(|mail| mail.split_whitespace()) {
                if code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()) {
                    let body = TestApp::account_request(&asked.body["verification"], code);
                    let answer = app.post("/v1/accounts").json(&body).send().await;
                    made += usize::from(answer.status == StatusCode::CREATED);
                }
            }
            assert_eq!(made, 1, "one of the mails has the code of this verification");
        },
    )
    .await;
}

async fn registers_once(key: Option<&'static str>, statuses: &[u16]) {
    at_every_stop(
        |_| {},
        async |app| app.code(ADA).await,
        async |app, (verification, code)| {
            let body = TestApp::account_request(verification, code);
            post(app, "/v1/accounts", &body, key).await
        },
        async |app, _, done, tables| {
            one_of(&done, statuses);
            for entity in [Entity::Account, Entity::Claim, Entity::Session, Entity::Evidence] {
                assert_eq!(tables.count(entity), 1, "{}", entity.name());
            }
            assert_eq!(tables.count(Entity::NetworkLog), 1);
            assert_eq!(tables.count(Entity::Verification), 0, "the code is used up");
            assert_eq!(tables.actions(), ["account.registered"]);
            assert!(!tables.show(ADA));
            log_in(app, None).await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn registering_with_a_key_makes_one_account_and_says_so() {
    registers_once(Some("k"), &[201]).await;
}

#[tokio::test]
async fn registering_without_a_key_makes_one_account() {
    registers_once(None, &[201, 422]).await;
}

#[tokio::test]
async fn logging_in_with_a_key_opens_one_session() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, _| log_in(app, Some("k")).await,
        async |_, _, done, tables| {
            done.expect(201);
            assert_eq!(tables.count(Entity::Session), 2);
            assert_eq!(tables.actions(), ["account.registered", "session.opened"]);
        },
    )
    .await;
}

#[tokio::test]
async fn logging_in_without_a_key_leaves_sessions_that_can_be_ended() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, _| log_in(app, None).await,
        async |app, _, done, tables| {
            let token = token(&done.expect(201));
            let open = tables.count(Entity::Session);
            assert!(open == 2 || open == 3, "{open}");
            assert_eq!(tables.actions().len(), open, "each is in the ledger");
            let listed = app.get("/v1/sessions").bearer(&token).send().await.expect(200);
            let sessions = listed.body["sessions"].as_array().expect("a list");
            assert_eq!(sessions.len(), open);
            for session in sessions.iter().filter(|s| s["current"] == false) {
                let path = format!("/v1/sessions/{}", session["id"].as_str().expect("an id"));
                app.delete(&path).bearer(&token).send().await.expect(204);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn c_8_1_correcting_changes_once() {
    at_every_stop(
        |_| {},
        async |app| app.register(ADA).await,
        async |app, ada| {
            calm(app.correct(&ada.token, "\"1\"", &json!({"display_name": "Ada"})).await)
        },
        async |app, ada, done, tables| {
            one_of(&done, &[200, 412]);
            let me = app.me(&ada.token).await.expect(200);
            assert_eq!(
                (me.header("etag"), &me.body["display_name"]),
                (Some("\"2\""), &json!("Ada"))
            );
            assert_eq!(tables.actions(), ["account.registered", "account.corrected"]);
        },
    )
    .await;
}
