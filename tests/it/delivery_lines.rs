//! Which messages leave in a run, and in which order: no channel waits for another, and codes are
//! first.

use crate::app::TestApp;
use crate::delivery::{assert_nothing_left, post};
use crate::{raw, rows};
use notify::carrier::{Carried, Cause};
use notify::{Carrier, Handed, Letter, Report};
use personal_center::role::acting;
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::minutes;
use shared::ids::MessageId;
use shared::outbox::{self, Content, Message};
use shared::store::{Attr, Table, Transaction};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

const ADA: &str = "ada@example.org";
const PHONE: &str = "+8613800138000";
/// How long a mail server may stay silent.
const SILENT: Duration = Duration::from_secs(10);

/// Posts a code by mail, or by text message.
async fn post_code(app: &TestApp, channel: Channel) {
    let ports = &app.world.ports;
    let to = Personal::new(if channel == Channel::Email { ADA } else { PHONE }.to_owned());
    let content = Content::RegistrationCode { code: Secret::new("123456".to_owned()) };
    let message = Message { channel, to, language: Locale::En, content };
    let mut transaction = Transaction::new();
    outbox::post(ports, &mut transaction, &message, None, ports.clock.now()).await.expect("posts");
    ports.store.write(transaction).await.expect("a write");
}

/// How often each message that waits was tried.
async fn tries(app: &TestApp) -> Vec<i64> {
    let rows = rows::of(app, Table::Records).await;
    let waiting = rows.iter().filter(|row| row.entity == Entity::Message);
    let mut tries: Vec<_> =
        waiting.map(|row| row.number(Attr::Attempts).expect("a number")).collect();
    tries.sort_unstable();
    tries
}

/// A mail server that says nothing for ten seconds each time, beside a gateway that works. No mail
/// is over before the text message has left.
struct SilentMail<'a>(&'a TestApp, Semaphore);

impl Carrier for SilentMail<'_> {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        Box::pin(async {
            if letter.message.channel == Channel::Phone {
                self.1.add_permits(1);
                return Handed::Over;
            }
            // Given back at once: it has left for those that follow too.
            let _left = self.1.acquire().await.expect("open");
            self.0.clock.advance(SILENT);
            Handed::Later(Cause::Timeout, None)
        })
    }
}

#[tokio::test]
async fn a_silent_mail_server_keeps_no_text_message_waiting() {
    let app = TestApp::start().await;
    for _ in 0..24 {
        post_code(&app, Channel::Email).await;
    }
    post_code(&app, Channel::Phone).await;
    let carrier = SilentMail(&app, Semaphore::new(0));
    let run = acting("notify", notify::deliver_due(&app.world.ports, &carrier));
    let report = timeout(Duration::from_mins(1), run).await.expect("an end").expect("delivers");
    assert_eq!(report, Report { delivered: 1, failed: 4, left: 20, ..Report::default() });
    let tries = tries(&app).await;
    assert_eq!(tries, [[0; 20].as_slice(), &[1; 4]].concat(), "what was not tried counts no try");
}

#[tokio::test]
async fn a_batch_of_the_stream_is_no_different() {
    let app = TestApp::start().await;
    for _ in 0..9 {
        post_code(&app, Channel::Email).await;
    }
    post_code(&app, Channel::Phone).await;
    let rows = rows::of(&app, Table::Records).await;
    let ids: Vec<MessageId> =
        rows.iter().filter_map(|row| outbox::of_partition(&row.key.pk)).collect();
    let carrier = SilentMail(&app, Semaphore::new(0));
    let run = notify::deliver_these(&app.world.ports, &carrier, &ids, notify::TIMEOUT);
    let run = acting("notify", run);
    let report = timeout(Duration::from_mins(1), run).await.expect("an end");
    assert_eq!(report, Report { delivered: 1, failed: 4, left: 5, ..Report::default() });
    assert_eq!(tries(&app).await, [0, 0, 0, 0, 0, 1, 1, 1, 1]);
}

#[tokio::test]
async fn what_an_invocation_has_no_time_for_is_left_as_it_was() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        post_code(&app, Channel::Email).await;
    }
    let carrier = Slow(&app, SILENT, Mutex::default());
    let run = async |left_secs| {
        let left = Duration::from_secs(left_secs);
        let run = notify::deliver_due_in(&app.world.ports, &carrier, left);
        acting("notify", run).await.expect("delivers")
    };
    // One that is taken up now would not be done in time.
    assert_eq!(run(29).await, Report { left: 3, ..Report::default() });
    assert_eq!(tries(&app).await, [0, 0, 0], "no try is counted");
    assert_eq!(run(31).await, Report { delivered: 1, left: 2, ..Report::default() });
    assert_eq!(run(90).await, Report { delivered: 2, ..Report::default() }, "it was still due");
    assert_nothing_left(&app).await;
    let said = format!("Timeout: {}", notify::TIMEOUT.as_secs());
    assert!(crate::template::resources()["Notify"].contains(&said.as_str()), "{said}");
}

/// A slow server that takes everything on, and what it took on.
struct Slow<'a>(&'a TestApp, Duration, Mutex<Vec<bool>>);

impl Carrier for Slow<'_> {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        let is_code = matches!(letter.message.content, Content::RegistrationCode { .. });
        self.2.lock().expect("no panic before").push(is_code);
        self.0.clock.advance(self.1);
        Box::pin(async { Handed::Over })
    }
}

#[tokio::test]
async fn codes_leave_before_what_waits_longer_and_can() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        post(&app, Channel::Email, ADA).await;
    }
    app.clock.advance(minutes(5));
    for _ in 0..3 {
        post_code(&app, Channel::Email).await;
    }
    let carrier = Slow(&app, SILENT, Mutex::default());
    let run = async || acting("notify", notify::deliver_due(&app.world.ports, &carrier)).await;
    assert_eq!(run().await.expect("delivers").delivered, 4);
    assert_eq!(*carrier.2.lock().expect("no panic before"), [true, true, true, false]);
    assert_eq!(run().await.expect("delivers").delivered, 4, "the rest was still due");
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn c_8_1_a_code_that_ends_while_it_waits_its_turn_is_not_sent() {
    let app = TestApp::start().await;
    post_code(&app, Channel::Email).await;
    post_code(&app, Channel::Email).await;
    app.clock.advance(minutes(10).saturating_sub(SILENT));
    let carrier = Slow(&app, SILENT, Mutex::default());
    let report = acting("notify", notify::deliver_due(&app.world.ports, &carrier)).await;
    let one_of_each = Report { delivered: 1, dead: 1, ..Report::default() };
    assert_eq!(report.expect("delivers"), one_of_each);
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_keeps_none_of_the_others() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        post(&app, Channel::Email, ADA).await;
    }
    let mut rows = rows::of(&app, Table::Records).await;
    rows.retain(|row| row.entity == Entity::Message);
    // One without what is needed, and one that is no row of ours at all.
    let (half, odd) = (rows.remove(0), rows.remove(0));
    let mut transaction = Transaction::new();
    transaction.replace("message", half.next().without(Attr::EndsAt));
    app.world.ports.store.write(transaction).await.expect("a write");
    raw::spoil(&app, &odd.key).await;
    assert_eq!(app.deliver().await, Report { delivered: 2, failed: 2, ..Report::default() });
}
