//! Writes that race with an erasure, each in the one order that matters: nothing lands after it.

use crate::app::{Answer, PASSWORD, Person, TestApp};
use crate::halt::Halt;
use crate::stops::calm;
use crate::tables::Tables;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::time::{days, hours, minutes};
use std::time::Duration;

const ADA: &str = "ada@example.org";
/// The call that a write is.
const WRITE: (&str, usize) = ("TransactWriteItems", 0);

/// What a person, or whoever has the person's token, can have under way.
#[derive(Clone, Copy, Debug)]
enum Write {
    Correction,
    Consent,
    Withdrawal,
    Export,
    Proof,
    WrongPassword,
    LogIn,
    LogInAtTheLimit,
    LogOut,
    EndOfAnother,
    LastUse,
    SecondCancellation,
}

impl Write {
    const ALL: [Self; 12] = [
        Self::Correction,
        Self::Consent,
        Self::Withdrawal,
        Self::Export,
        Self::Proof,
        Self::WrongPassword,
        Self::LogIn,
        Self::LogInAtTheLimit,
        Self::LogOut,
        Self::EndOfAnother,
        Self::LastUse,
        Self::SecondCancellation,
    ];

    async fn send(self, app: &TestApp, token: &str, other: &str) -> Answer {
        let log_in = json!({"login": ADA, "password": PASSWORD});
        let other = format!("/v1/sessions/ses_{}", other.split('_').nth(2).expect("an id"));
        let consent = "/v1/me/consents/profile";
        let proof = app.post("/v1/reauthentications").bearer(token);
        let call = match self {
            Self::Correction => {
                let call = app.patch("/v1/me").bearer(token).header("if-match", "\"1\"");
                call.json(&json!({"display_name": "Ada"}))
            }
            Self::Consent => app.call(http::Method::PUT, consent).bearer(token),
            Self::Withdrawal => app.delete(consent).bearer(token),
            Self::Export => app.post("/v1/me/exports").bearer(token),
            Self::Proof => proof.json(&json!({"password": PASSWORD})),
            Self::WrongPassword => proof.json(&json!({"password": "wrong horse battery"})),
            Self::LogIn | Self::LogInAtTheLimit => app.post("/v1/sessions").json(&log_in),
            Self::LogOut => app.delete("/v1/sessions/current").bearer(token),
            Self::EndOfAnother => app.delete(&other).bearer(token),
            Self::LastUse => app.get("/v1/me").bearer(token),
            Self::SecondCancellation => app.post("/v1/me/cancellation").bearer(token),
        };
        calm(call.send().await)
    }

    /// How many transactions it writes: a try is counted before it is checked.
    const fn calls(self) -> usize {
        match self {
            Self::Proof | Self::LogIn | Self::LogInAtTheLimit => 2,
            _ => 1,
        }
    }

    /// What it answers when the erasure was first.
    const fn refused(self) -> u16 {
        match self {
            Self::LogIn | Self::LogInAtTheLimit => 401,
            // It read before the erasure; only the note of it comes too late.
            Self::LastUse => 200,
            _ => 410,
        }
    }
}

/// A person with two sessions, both fresh.
async fn two_sessions(app: &TestApp) -> (Person, String) {
    let ada = app.register(ADA).await;
    let other = app.log_in(&ada).await;
    (ada, other)
}

/// Nothing is left but the tombstone and what the receipt names.
async fn assert_gone(app: &TestApp, ada: &Person, what: &str) {
    let tables = Tables::whole(app).await;
    assert_eq!(tables.kinds_of(&ada.id), ["account", "evidence", "network_log"], "{what}");
    assert_eq!((tables.count(Entity::Claim), tables.count(Entity::Session)), (0, 0), "{what}");
    assert_eq!(tables.actions().last(), Some(&"account.erased"), "{what}");
    assert!(!tables.data_keys().iter().any(|key| key.starts_with("person#")), "{what}");
}

#[tokio::test]
async fn c_8_4_no_write_lands_after_the_erasure() {
    for write in Write::ALL {
        for n in 0..write.calls() {
            overtaken_by_the_erasure(write, n).await;
        }
    }
}

/// Holds the `n`-th transaction of a write until the person is erased.
async fn overtaken_by_the_erasure(write: Write, n: usize) {
    let (app, halt) = Halt::start(|options| {
        options.config.cooling_off = Duration::ZERO;
        options.config.max_sessions = 3;
    })
    .await;
    let (ada, other) = two_sessions(&app).await;
    if matches!(write, Write::Withdrawal) {
        let consent = app.call(http::Method::PUT, "/v1/me/consents/profile");
        consent.bearer(&other).send().await.expect(204);
    }
    if matches!(write, Write::LogInAtTheLimit) {
        app.log_in(&ada).await;
    }
    if matches!(write, Write::LastUse) {
        app.clock.advance(hours(2));
    }
    let call = app.post("/v1/me/cancellation").bearer(&other);
    let cancel = call.json(&json!({"password": PASSWORD})).send();
    let write_now = write.send(&app, &ada.token, &other);
    let held = ("TransactWriteItems", n);
    let (answer, cancelled) = halt.overtake(held, write_now, cancel).await;
    cancelled.expect(202);
    assert_eq!(answer.status.as_u16(), write.refused(), "{write:?} {n} {}", answer.text);
    assert_gone(&app, &ada, &format!("{write:?} {n}")).await;
}

#[tokio::test]
async fn c_8_4_a_change_of_mind_after_the_erasure_comes_too_late() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    let token = app.log_in(&ada).await;
    let withdraw = app.delete("/v1/me/cancellation").bearer(&token).send();
    let (answer, report) = halt.overtake(WRITE, withdraw, app.sweep()).await;
    assert_eq!(report.erased, 1);
    assert_eq!(answer.expect(410).problem(), "erased");
    assert_gone(&app, &ada, "a change of mind").await;
}

#[tokio::test]
async fn c_8_4_a_change_of_mind_before_the_erasure_is_in_time() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    // A message given up in the same slice would be ended before the account.
    app.deliver().await;
    app.clock.advance(days(7));
    let token = app.log_in(&ada).await;
    let withdraw = app.delete("/v1/me/cancellation").bearer(&token).send();
    let held = ("TransactWriteItems", 1);
    let (report, answer) = halt.overtake(held, app.sweep_slice_of(&ada), withdraw).await;
    answer.expect(204);
    assert_eq!((report.erased, report.stale, report.failed), (0, 1, 0));
    let me = app.me(&token).await.expect(200);
    assert_eq!((&me.body["state"], &me.body["email"]), (&json!("active"), &json!(ADA)));
    assert_eq!(Tables::whole(&app).await.count(Entity::Receipt), 0);
}

#[tokio::test]
async fn c_8_4_a_change_of_mind_while_the_receipt_is_read_is_in_time() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    let token = app.log_in(&ada).await;
    // The sweep reads its job, the due row, all that an erasure needs, and then the receipt.
    let receipt = ("BatchGetItem", 3);
    let withdraw = app.delete("/v1/me/cancellation").bearer(&token).send();
    let (report, answer) = halt.overtake(receipt, app.sweep_slice_of(&ada), withdraw).await;
    answer.expect(204);
    assert_eq!((report.erased, report.stale, report.failed), (0, 1, 0));
    app.me(&token).await.expect(200);
    Tables::whole(&app).await;
}

#[tokio::test]
async fn c_8_4_a_session_opened_just_before_the_erasure_goes_with_it() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    app.clock.advance(days(7));
    let held = ("TransactWriteItems", 1);
    let (report, token) = halt.overtake(held, app.sweep_slice_of(&ada), app.log_in(&ada)).await;
    assert_eq!(report.erased, 1, "the erasure looked again");
    app.me(&token).await.expect(410);
    assert_gone(&app, &ada, "a session").await;
}

#[tokio::test]
async fn c_8_4_two_sweeps_at_once_erase_once() {
    let reads = (1..5).map(|n| ("BatchGetItem", n));
    for call in reads.chain((0..4).map(|n| ("TransactWriteItems", n))) {
        let (app, halt) = Halt::start(|_| {}).await;
        let ada = app.register(ADA).await;
        app.cancel(&ada.token).await.expect(202);
        app.clock.advance(days(7));
        app.log_in(&ada).await;
        let (one, other) =
            halt.overtake(call, app.sweep_slice_of(&ada), app.sweep_slice_of(&ada)).await;
        assert_eq!((one.failed, other.failed, other.erased), (0, 0, 1), "{call:?}");
        assert_gone(&app, &ada, &format!("{call:?}")).await;
    }
}

#[tokio::test]
async fn c_8_4_a_mail_about_the_person_is_not_sent_after_the_erasure() {
    let (app, halt) = Halt::start(|_| {}).await;
    let ada = app.register(ADA).await;
    app.cancel(&ada.token).await.expect(202);
    let mails = app.world.mailbox.mails().expect("mails").len();
    app.clock.advance(days(2));
    let token = app.log_in(&ada).await;
    app.delete("/v1/me/cancellation").bearer(&token).send().await.expect(204);
    app.cancel(&token).await.expect(202);
    app.clock.advance(minutes(1));
    app.faults.take_calls();
    // The first message is open, and whether its person lives is about to be read.
    let erase = async {
        app.clock.advance(days(7));
        app.sweep().await
    };
    let (report, swept) = halt.overtake(("BatchGetItem", 1), app.deliver(), erase).await;
    assert_eq!(swept.erased, 1);
    assert_eq!((report.delivered, report.failed), (0, 0), "nothing about the person leaves");
    app.deliver().await;
    let sent = app.world.mailbox.mails().expect("mails");
    assert_eq!(sent.len(), mails + 1, "the word that it is done, and nothing else");
    assert_gone(&app, &ada, "mails").await;
    assert_eq!(Tables::whole(&app).await.data_keys(), Vec::<&str>::new());
}
