//! Many at once: one address, one account, one limit; and an erasure in the middle of it.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::halt::Halt;
use crate::stops::{calm, one_of};
use crate::tables::Tables;
use axum::http::StatusCode;
use serde_json::{Value, json};
use shared::domain::inventory::Entity;
use shared::domain::time::{hours, minutes};
use std::sync::Arc;
use tokio::task::JoinSet;

/// The call that a write is, of those that count no try before.
const WRITE: (&str, usize) = ("TransactWriteItems", 0);
const ADA: &str = "ada@example.org";

/// Three codes for one address, the most that it can have at a time, each with its verification.
async fn three_codes(app: &TestApp) -> Vec<(Value, String)> {
    let mut codes = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for _ in 0..3 {
        let call = app.post("/v1/verifications").json(&TestApp::code_request(ADA));
        let asked = call.send().await.expect(202).body["verification"].clone();
        app.deliver().await;
        let mails = app.world.mailbox.mails().expect("mails");
        let new = mails.iter().find(|mail| !known.contains(mail)).expect("a new mail");
        let is_code = |w: &&str| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit());
        codes.push((asked, new.split_whitespace().find(is_code).expect("a code").to_owned()));
        known = mails;
    }
    codes
}

/// Everything that a stranger can see of an answer.
fn seen(answer: &Answer) -> (StatusCode, String) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("instance");
    }
    (answer.status, body.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_fifty_registrations_at_once_make_one_account_and_teach_nothing() {
    let app = Arc::new(TestApp::start().await);
    let codes = three_codes(&app).await;
    let mut tasks = JoinSet::new();
    for n in 0..50 {
        let app = app.clone();
        // Every fifth is a stranger, who knows one of the ids and no code: the other ids have all
        // their tries.
        let stranger = n % 5 == 4;
        let (verification, code) = codes[if stranger { 2 } else { n % 3 }].clone();
        let code = if stranger { "guess".to_owned() } else { code };
        tasks.spawn(async move {
            let body = TestApp::account_request(&verification, &code);
            (stranger, app.post("/v1/accounts").json(&body).send().await)
        });
    }
    let answers = tasks.join_all().await;
    let made = answers.iter().filter(|(_, answer)| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 1);
    let mut strangers: Vec<_> =
        answers.iter().filter(|(stranger, _)| *stranger).map(|(_, answer)| seen(answer)).collect();
    assert_eq!(strangers.len(), 10);
    strangers.dedup();
    assert_eq!(strangers.len(), 1, "{strangers:?}");
    assert_eq!(strangers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    for (stranger, answer) in &answers {
        // Who has the code has the address, and may know that it is taken.
        one_of(answer, if *stranger { &[422] } else { &[201, 409, 422] });
    }
    let tables = Tables::whole(&app).await;
    for entity in [Entity::Account, Entity::Claim, Entity::Session, Entity::Evidence] {
        assert_eq!(tables.count(entity), 1, "{}", entity.name());
    }
    assert_eq!(tables.actions(), ["account.registered"]);
    app.clock.advance(minutes(10));
    app.sweep().await;
    assert_eq!(Tables::whole(&app).await.count(Entity::Verification), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_log_ins_at_once_never_exceed_the_limit() {
    let app = Arc::new(TestApp::start().await);
    let ada = app.register(ADA).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        tasks.spawn(async move {
            let body = json!({"login": ADA, "password": PASSWORD});
            app.post("/v1/sessions").json(&body).send().await
        });
    }
    let answers = tasks.join_all().await;
    for answer in &answers {
        one_of(answer, &[201, 409, 429, 503]);
    }
    let opened = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    let listed = app.get("/v1/sessions").bearer(&ada.token).send().await.expect(200);
    let live = listed.body["sessions"].as_array().expect("a list").len();
    assert_eq!(live, opened + 1, "what was promised is there");
    assert_eq!(live, 5, "the limit is reached and not passed");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actions().len(), live);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_8_1_of_corrections_at_once_one_wins() {
    let app = Arc::new(TestApp::start().await);
    let ada = app.register(ADA).await;
    let mut tasks = JoinSet::new();
    for n in 0..10 {
        let (app, token) = (app.clone(), ada.token.clone());
        tasks.spawn(async move {
            let patch = json!({"display_name": format!("Ada {n}")});
            app.correct(&token, "\"1\"", &patch).await
        });
    }
    let answers = tasks.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == StatusCode::OK);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(answer.expect(412).problem(), "stale-version");
    }
    assert_eq!(app.me(&ada.token).await.expect(200).body, won[0].body);
    assert_eq!(Tables::whole(&app).await.actions().len(), 2);
}

/// One of the things that go on while a person is erased.
async fn meddle(app: &TestApp, n: usize, ada: &Person) -> Answer {
    let wrong = json!({"password": "wrong horse battery"});
    let call = match n % 6 {
        0 => app.post("/v1/sessions").json(&json!({"login": ADA, "password": PASSWORD})),
        1 => app.post("/v1/reauthentications").bearer(&ada.token).json(&wrong),
        2 => app.get("/v1/me").bearer(&ada.token),
        3 => app.get("/v1/sessions").bearer(&ada.token),
        4 => {
            let patch = json!({"display_name": format!("Ada {n}")});
            app.patch("/v1/me").bearer(&ada.token).header("if-match", "*").json(&patch)
        }
        _ => {
            app.post("/v1/me/cancellation").bearer(&ada.token).json(&json!({"password": PASSWORD}))
        }
    };
    calm(call.send().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_8_4_an_erasure_in_the_middle_of_a_crowd_leaves_nothing() {
    for round in 0..4 {
        let app = TestApp::without_cooling_off().await;
        let ada = app.register(ADA).await;
        // The last use of the session is due to be noted, by everyone.
        app.clock.advance(hours(2));
        let app = Arc::new(app);
        let mut tasks = JoinSet::new();
        for n in 0..24 {
            let (app, ada) = (app.clone(), ada.clone());
            tasks.spawn(async move {
                meddle(&app, n + round, &ada).await;
            });
        }
        tasks.join_all().await;
        app.sweep().await;
        app.deliver().await;
        let tables = Tables::whole(&app).await;
        assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"]);
        assert_eq!(tables.data_keys(), Vec::<&str>::new());
        assert_eq!(tables.actions().last(), Some(&"account.erased"));
        app.me(&ada.token).await.expect(410);
    }
}

#[tokio::test]
async fn c_8_1_a_correction_overtaken_by_another_is_refused() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    let (slow, quick) = (json!({"display_name": "Slow"}), json!({"display_name": "Quick"}));
    let first = app.correct(&ada.token, "\"1\"", &slow);
    let second = app.correct(&ada.token, "\"1\"", &quick);
    let (slow, quick) = halt.overtake(WRITE, first, second).await;
    quick.expect(200);
    assert_eq!(slow.expect(412).problem(), "stale-version");
    assert_eq!(app.me(&ada.token).await.expect(200).body["display_name"], "Quick");
    let tables = Tables::whole(&app).await;
    assert_eq!(tables.actions(), ["account.registered", "account.corrected"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_7_3_one_registration_sent_eight_times_at_once_has_one_answer() {
    let app = Arc::new(TestApp::start().await);
    let (verification, code) = app.code(ADA).await;
    let body = TestApp::account_request(&verification, &code);
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (app, body) = (app.clone(), body.clone());
        tasks.spawn(async move {
            app.post("/v1/accounts").header("idempotency-key", "k").json(&body).send().await
        });
    }
    let answers = tasks.join_all().await;
    for answer in &answers {
        one_of(answer, &[201, 503]);
    }
    let tokens = answers.iter().filter(|answer| answer.body["token"].is_string()).count();
    assert_eq!(tokens, 1);
    let tables = Tables::whole(&app).await;
    assert_eq!((tables.count(Entity::Account), tables.count(Entity::Session)), (1, 1));
}

#[tokio::test]
async fn c_7_3_the_right_password_at_the_limit_of_sessions_locks_nobody_out() {
    let app = TestApp::with(|options| options.config.max_sessions = 2).await;
    app.register(ADA).await;
    let body = json!({"login": ADA, "password": PASSWORD});
    let log_in = || app.post("/v1/sessions").header("idempotency-key", "k").json(&body);
    for _ in 0..12 {
        log_in().send().await.expect(201);
    }
    for _ in 0..12 {
        let full = app.post("/v1/sessions").json(&body).send().await.expect(409);
        assert_eq!(full.problem(), "session-limit");
    }
    // Wrong ones count as before.
    for _ in 0..5 {
        app.try_log_in(ADA, "wrong").await.expect(401);
    }
    app.try_log_in(ADA, PASSWORD).await.expect(429);
}

#[tokio::test]
async fn c_7_3_a_log_in_overtaken_at_the_limit_is_refused() {
    let (app, halt) = Halt::start(|options| options.config.max_sessions = 2).await;
    let ada = app.register(ADA).await;
    let body = json!({"login": ADA, "password": PASSWORD});
    let first = app.post("/v1/sessions").json(&body).send();
    // The first write counts the try.
    let opens = ("TransactWriteItems", 1);
    let (slow, token) = halt.overtake(opens, first, app.log_in(&ada)).await;
    assert_eq!(slow.expect(409).problem(), "session-limit");
    let listed = app.get("/v1/sessions").bearer(&token).send().await.expect(200);
    assert_eq!(listed.body["sessions"].as_array().map(Vec::len), Some(2));
    Tables::whole(&app).await;
}
