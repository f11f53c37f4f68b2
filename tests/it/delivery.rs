//! The outbox over a mail server that speaks SMTP, with settings given as the operator gives them.

use crate::app::TestApp;
use crate::log::Log;
use crate::needles::Needles;
use crate::peer::{At, Does, Peer, Secured};
use crate::rows;
use crate::tables::Tables;
use notify::event::{Done, handle};
use notify::{Office, Report};
use personal_center::role::acting;
use serde_json::{Value as Json, json};
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::{hours, minutes};
use shared::outbox::{self, Content, Message};
use shared::store::{Table, Transaction, Value};
use shared::testing::events;
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";
const PASSWORD: &str = "open sesame";
const USER: &str = "center";

/// The event that configures mail to a peer.
pub(crate) fn settings(peer: &Peer) -> Json {
    json!({"do": "configure", "mail": {
        "host": "127.0.0.1", "port": peer.port, "tls": "loopback",
        "login": {"user": USER, "password": PASSWORD},
        "from": "Center <no-reply@center.example>",
    }})
}

/// Sends an event to the function.
pub(crate) async fn invoke(app: &TestApp, office: &Office, event: &Json) -> shared::Result<Done> {
    let event = serde_json::from_value(event.clone()).expect("an event");
    acting("notify", handle(&app.world.ports, office, &event, notify::TIMEOUT)).await
}

/// Runs the schedule's event.
pub(crate) async fn run(app: &TestApp, office: &Office) -> Report {
    match invoke(app, office, &events::schedule()).await.expect("delivers") {
        Done::Delivered(report) => report,
        Done::Configured { .. } | Done::Hosts { .. } => Report::default(),
    }
}

pub(crate) async fn ask_for_a_code(app: &TestApp) {
    app.post("/v1/verifications").json(&TestApp::code_request(ADA)).send().await.expect(202);
}

/// Posts a message that is of use for 72 hours.
pub(crate) async fn post(app: &TestApp, channel: Channel, to: &str) {
    let ports = &app.world.ports;
    let content = Content::CancellationWithdrawn;
    let to = Personal::new(to.to_owned());
    let message = Message { channel, to, language: Locale::En, content };
    let mut transaction = Transaction::new();
    outbox::post(ports, &mut transaction, &message, None, ports.clock.now()).await.expect("posts");
    ports.store.write(transaction).await.expect("a write");
}

/// Nothing is left of any message.
pub(crate) async fn assert_nothing_left(app: &TestApp) {
    let tables = Tables::whole(app).await;
    assert_eq!(tables.count(Entity::Message), 0);
    assert!(!tables.data_keys().iter().any(|key| key.starts_with("message#")));
}

#[tokio::test]
async fn a_mail_leaves_by_the_configured_server() {
    let app = TestApp::start().await;
    let (office, peer) = (Office::default(), Peer::start(Secured::No, &[]).await);
    let done = invoke(&app, &office, &settings(&peer)).await.expect("configures");
    assert_eq!(done, Done::Configured { mail: true, text: false });
    let hosts = invoke(&app, &office, &json!({"do": "hosts"})).await.expect("answers");
    assert_eq!(hosts, Done::Hosts { mail: Some("127.0.0.1".to_owned()), text: None });
    ask_for_a_code(&app).await;
    assert_eq!(run(&app, &office).await, Report { delivered: 1, ..Report::default() });
    assert_eq!(peer.got().len(), 1);
    assert_nothing_left(&app).await;
    // Another environment reads what was stored; new settings take the place of the old.
    let (other, next) = (Office::default(), Peer::start(Secured::No, &[]).await);
    invoke(&app, &office, &settings(&next)).await.expect("configures again");
    post(&app, Channel::Email, ADA).await;
    assert_eq!(run(&app, &other).await.delivered, 1);
    assert_eq!((peer.got().len(), next.got().len()), (1, 1));
    assert_eq!(rows::of(&app, Table::Roots).await.len(), 2 * 3 + 2, "one row, replaced");
}

#[tokio::test]
async fn without_settings_messages_wait_and_then_leave() {
    let app = TestApp::start().await;
    let office = Office::default();
    post(&app, Channel::Email, ADA).await;
    post(&app, Channel::Phone, "+8613800138000").await;
    let log = Log::default();
    let guard = log.capture();
    assert_eq!(run(&app, &office).await, Report { failed: 2, ..Report::default() });
    drop(guard);
    let said = String::from_utf8(log.taken()).expect("text");
    assert!(said.contains("no settings for this channel") && said.contains("unconfigured"));
    let peer = Peer::start(Secured::No, &[]).await;
    invoke(&app, &office, &settings(&peer)).await.expect("configures");
    app.clock.advance(minutes(10));
    let report = run(&app, &office).await;
    assert_eq!((report.delivered, report.failed), (1, 1), "text messages have none still");
    app.clock.advance(hours(72));
    assert_eq!(run(&app, &office).await.dead, 1);
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn settings_that_do_not_fit_change_nothing() {
    let app = TestApp::start().await;
    let (office, peer) = (Office::default(), Peer::start(Secured::No, &[]).await);
    let mut bad = settings(&peer);
    bad["mail"]["from"] = json!("nobody");
    let error = invoke(&app, &office, &bad).await.expect_err("no address").chain();
    assert!(error.contains("mail.from") && !error.contains("nobody"), "{error}");
    bad["mail"]["tls"] = json!("maybe");
    assert!(invoke(&app, &office, &bad).await.expect_err("no mode").chain().contains("mail.tls"));
    assert_eq!(rows::of(&app, Table::Roots).await.len(), 2 * 3 + 1, "nothing was stored");
}

#[tokio::test]
async fn a_mistyped_event_delivers_nothing_and_names_what_is_understood() {
    let app = TestApp::start().await;
    post(&app, Channel::Email, ADA).await;
    let office = Office::default();
    for event in [
        json!({"do": "dance"}),
        json!({"do": "hosts", "mail": null}),
        json!({"do": 1}),
        json!({"Do": "hosts"}),
        json!({"hosts": true}),
        json!({"Records": "x"}),
        json!({"Records": [], "do": "hosts"}),
        json!({"version": "0"}),
        json!("x"),
        json!([]),
        json!(null),
    ] {
        let error = invoke(&app, &office, &event).await.expect_err("refused").chain();
        assert!(error.contains(r#"{"do": "hosts"}"#), "{event}: {error}");
    }
    let empty = invoke(&app, &office, &json!({"Records": []})).await;
    assert_eq!(empty.expect("nothing to do"), Done::Delivered(Report::default()));
    assert_eq!(run(&app, &office).await.failed, 1, "the schedule takes it up");
}

#[tokio::test]
async fn c_7_2_secrets_of_servers_and_values_of_people_are_not_readable() {
    let log = Log::default();
    let _guard = log.capture();
    let app = TestApp::start().await;
    let (office, peer) = (Office::default(), Peer::start(Secured::No, &[]).await);
    invoke(&app, &office, &settings(&peer)).await.expect("configures");
    ask_for_a_code(&app).await;
    post(&app, Channel::Email, "nobody.here@example.org").await;
    assert_eq!(run(&app, &office).await.delivered, 2);
    // Every way to fail: refused, put off, cut, and a server that quotes the address.
    for does in
        [Does::Says("550 no ada@example.org here"), Does::Says("451 ada@example.org"), Does::Cuts]
    {
        let refusing = Peer::start(Secured::No, &[(At::Rcpt, does)]).await;
        invoke(&app, &office, &settings(&refusing)).await.expect("configures");
        post(&app, Channel::Email, ADA).await;
        let report = run(&app, &office).await;
        assert_eq!(report.delivered + report.dead + report.failed, 1, "{does:?}");
    }
    let login = "AGNlbnRlcgBvcGVuIHNlc2FtZQ==";
    let needles = Needles::of(&[
        ("address", ADA),
        ("another address", "nobody.here@example.org"),
        ("password", PASSWORD),
        ("login", login),
        ("server", "no-reply@center.example"),
    ]);
    assert!(peer.heard().contains(login), "it was said to the server");
    let said = log.taken();
    let text = String::from_utf8_lossy(&said);
    for expected in ["messages_delivered", "messages_dead", "messages_failed", "outbox_oldest_age"]
    {
        assert!(text.contains(expected), "{expected} was not measured");
    }
    assert_eq!(needles.found_in(&said), BTreeSet::new());
    for row in rows::all(&app).await {
        for value in row.attributes.values() {
            let bytes = match value {
                Value::Text(text) => text.as_bytes().to_vec(),
                Value::Bytes(bytes) => bytes.clone(),
                other => format!("{other:?}").into_bytes(),
            };
            assert_eq!(needles.found_in(&bytes), BTreeSet::new(), "{:?}", row.key);
        }
    }
}

#[tokio::test]
async fn c_8_1_a_code_past_its_use_is_not_sent() {
    let app = TestApp::start().await;
    ask_for_a_code(&app).await;
    app.clock.advance(minutes(10));
    assert_eq!(app.deliver().await, Report { dead: 1, ..Report::default() });
    assert_eq!(app.world.mailbox.mails().expect("mails").len(), 0);
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_dead_at_once_and_so_is_its_key() {
    let app = TestApp::start().await;
    let office = Office::default();
    let peer = Peer::start(Secured::No, &[(At::Rcpt, Does::Says("550 nobody"))]).await;
    invoke(&app, &office, &settings(&peer)).await.expect("configures");
    ask_for_a_code(&app).await;
    assert_eq!(run(&app, &office).await, Report { dead: 1, ..Report::default() });
    assert_nothing_left(&app).await;
    app.clock.advance(hours(1));
    assert_eq!(run(&app, &office).await, Report::default());
}

#[tokio::test]
async fn a_text_message_is_kept_as_a_plain_mail_in_local_mode() {
    let app = TestApp::start().await;
    post(&app, Channel::Phone, "+8613800138000").await;
    post(&app, Channel::Email, ADA).await;
    assert_eq!(app.deliver().await.delivered, 2);
    let mails = app.world.mailbox.mails().expect("mails");
    let to = |to: &str| mails.iter().find(|mail| mail.contains(to)).expect("a mail");
    let text = to("To: +8613800138000@sms.invalid");
    assert!(text.contains("text/plain") && !text.contains("html"), "{text}");
    assert!(to("To: ada@example.org").contains("multipart/alternative"));
}

#[test]
fn c_7_2_settings_show_no_secret_in_debug_output() {
    let secret = || Secret::new("canary".to_owned());
    let login = shared::records::configuration::Login { user: secret(), password: secret() };
    assert!(!format!("{login:?}").contains("canary"));
}
