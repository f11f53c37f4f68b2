//! When a message is tried again, until when, and by whom.

use crate::app::TestApp;
use crate::delivery::{ask_for_a_code, assert_nothing_left, post};
use crate::log::Log;
use crate::rows;
use notify::carrier::{Carried, Cause};
use notify::{Carrier, Handed, Letter, Report};
use personal_center::role::acting;
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, hours};
use shared::store::{Attr, Table};
use std::sync::Mutex;
use std::time::Duration;

const ADA: &str = "ada@example.org";

/// A carrier that always says the same, and remembers when it was asked.
struct Always<'a>(&'a TestApp, Handed, Mutex<Vec<(Timestamp, i64)>>);

impl Carrier for Always<'_> {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a> {
        let asked = (self.0.world.ports.clock.now(), letter.attempt);
        self.2.lock().expect("no panic before").push(asked);
        Box::pin(async { self.1 })
    }
}

/// When the one message is due.
async fn due(app: &TestApp) -> Timestamp {
    let rows = rows::of(app, Table::Records).await;
    let message = rows.iter().find(|row| row.entity == Entity::Message).expect("a message");
    message.time(Attr::DueAt).expect("a time")
}

fn secs(n: i64) -> Duration {
    Duration::from_secs(n.try_into().expect("not before now"))
}

/// When a message was tried, in minutes after it was posted, until it was dead.
async fn tries(answer: Handed) -> Vec<i64> {
    let app = TestApp::start().await;
    post(&app, Channel::Email, ADA).await;
    let begun = app.world.ports.clock.now();
    let carrier = Always(&app, answer, Mutex::default());
    let deliver = async || {
        acting("notify", notify::deliver_due(&app.world.ports, &carrier)).await.expect("delivers")
    };
    while deliver().await.dead == 0 {
        let now = app.world.ports.clock.now();
        assert!(now < begun.plus(hours(72)), "given up in time");
        let wait = secs(due(&app).await.secs() - now.secs());
        app.clock.advance(wait.saturating_sub(secs(1)));
        assert_eq!(deliver().await, Report::default(), "not before its time");
        app.clock.advance(secs(1));
    }
    assert_nothing_left(&app).await;
    assert_eq!(app.world.ports.clock.now(), begun.plus(hours(72)));
    let asked = carrier.2.into_inner().expect("no panic before");
    let count = i64::try_from(asked.len()).expect("few");
    assert!((1..=count).eq(asked.iter().map(|(_, attempt)| *attempt)), "each is counted");
    asked.iter().map(|(at, _)| (at.secs() - begun.secs()) / 60).collect()
}

#[tokio::test]
async fn tries_are_1_2_4_minutes_apart_at_most_four_hours_for_72() {
    let tries = tries(Handed::Later(Cause::Busy, None)).await;
    assert_eq!(tries[..10], [0, 1, 3, 7, 15, 31, 63, 127, 255, 495]);
    assert!(tries.windows(2).skip(9).all(|two| two[1] - two[0] == 240), "{tries:?}");
    assert_eq!(tries.len(), 25);
}

#[tokio::test]
async fn the_other_side_can_ask_for_more_time_up_to_four_hours() {
    let hour = tries(Handed::Later(Cause::Busy, Some(hours(1)))).await;
    assert_eq!(hour[..3], [0, 60, 120]);
    let days = tries(Handed::Later(Cause::Busy, Some(hours(48)))).await;
    assert_eq!(days[..3], [0, 240, 480]);
    // Nobody makes us come back at every turn.
    let none = tries(Handed::Later(Cause::Busy, Some(Duration::ZERO))).await;
    assert_eq!(none[..3], [0, 1, 3]);
}

/// The values of a metric that was measured, with what tells them apart.
pub(crate) fn measured(
    log: &Log,
    metric: &str,
) -> Vec<(serde_json::Value, [serde_json::Value; 2])> {
    let text = String::from_utf8(log.taken()).expect("text");
    // The document of a metric is one field of its line.
    let lines = text.lines().filter_map(|line| {
        let document: String = serde_json::from_str(line.split_once(" line=")?.1).ok()?;
        serde_json::from_str(&document).ok()
    });
    let values = lines.filter_map(|line: serde_json::Value| {
        Some((line.get(metric)?.clone(), ["channel", "cause"].map(|name| line[name].clone())))
    });
    values.collect()
}

#[tokio::test]
async fn a_message_that_is_dead_after_its_limit_is_what_the_alarm_counts() {
    let app = TestApp::start().await;
    post(&app, Channel::Email, ADA).await;
    let carrier = Always(&app, Handed::Later(Cause::Busy, None), Mutex::default());
    let log = Log::default();
    let _guard = log.capture();
    let deliver = async || {
        acting("notify", notify::deliver_due(&app.world.ports, &carrier)).await.expect("delivers")
    };
    assert_eq!(deliver().await, Report { failed: 1, ..Report::default() });
    let one = |cause: &str| vec![(1.into(), ["email".into(), cause.into()])];
    assert_eq!(measured(&log, "messages_failed"), one("busy"));
    app.clock.advance(hours(72).saturating_sub(secs(1)));
    assert_eq!(deliver().await, Report { failed: 1, ..Report::default() });
    assert_eq!(measured(&log, "messages_dead"), vec![], "not before its time");
    app.clock.advance(secs(1));
    assert_eq!(deliver().await, Report { dead: 1, ..Report::default() });
    assert_eq!(measured(&log, "messages_dead"), one("too_late"));
    assert_nothing_left(&app).await;
    let template = include_str!("../../template.yaml");
    assert!(template.contains("MetricName: messages_dead"), "an alarm watches it");
}

/// A carrier during whose work another run begins.
struct Meanwhile<'a>(&'a TestApp);

impl Carrier for Meanwhile<'_> {
    fn carry<'a>(&'a self, _: &'a Letter) -> Carried<'a> {
        Box::pin(async {
            assert_eq!(self.0.deliver().await, Report::default(), "the message is taken up");
            Handed::Over
        })
    }
}

#[tokio::test]
async fn of_two_runs_at_once_one_sends() {
    let app = TestApp::start().await;
    ask_for_a_code(&app).await;
    let report = acting("notify", notify::deliver_due(&app.world.ports, &Meanwhile(&app))).await;
    assert_eq!(report.expect("delivers").delivered, 1);
    assert_nothing_left(&app).await;
}
