//! The function's binary, run as Lambda runs it.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use personal_center::aws::Account;
use serde_json::{Value, json};
use shared::domain::contact::Channel;
use shared::domain::inventory::Entity;
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::outbox::{self, Content, Message};
use shared::store::{Attr, Table, Transaction};
use shared::testing::binary::promises::{alone, stop};
use shared::testing::binary::{Binary, Variables};
use shared::testing::events;

shared::job_binary! { "notify" }

#[tokio::test]
async fn a_message_that_cannot_be_read_is_no_failure_of_the_stream() {
    let binary = alone(BINARY).await;
    let report = binary.invoke(&events::stream()).await.expect("it goes on");
    assert_eq!(
        report,
        Ok(json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 1, "left": 0}))
    );
    stop(binary);
}

#[tokio::test]
async fn a_poisoned_record_keeps_no_message_waiting() {
    let binary = alone(BINARY).await;
    let mut event = events::stream();
    let record = event["Records"][0].clone();
    let odd = json!({"dynamodb": "canary", "eventVersion": "9.9"});
    event["Records"] = json!([odd, record, null]);
    let report = binary.invoke(&event).await.expect("it goes on");
    let tried = json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 1, "left": 0});
    assert_eq!(report, Ok(tried), "the one message was taken up");
    stop(binary);
}

/// An account, and the binary in it.
async fn begin(folder: &tempfile::TempDir) -> (Account, Binary) {
    let account = Account::open(folder.path()).await.expect("an account");
    let variables = account.variables().into_iter();
    let variables = variables.fold(Variables::default(), |all, (name, url)| all.with(name, url));
    let binary = Binary::start(BINARY, &variables).await.expect("starts");
    (account, binary)
}

/// Posts messages with codes.
async fn codes_wait(account: &Account, many: usize) {
    let ports = &account.world.ports;
    for _ in 0..many {
        let message = Message {
            channel: Channel::Email,
            to: Personal::new("canary@example.org".to_owned()),
            language: Locale::En,
            content: Content::RegistrationCode { code: Secret::new("canary".to_owned()) },
        };
        let mut transaction = Transaction::new();
        let now = ports.clock.now();
        outbox::post(ports, &mut transaction, &message, None, now).await.expect("posted");
        ports.store.write(transaction).await.expect("a write");
    }
}

/// The partitions of the messages that wait, and how often each was tried.
async fn waiting(account: &Account) -> Vec<(String, i64)> {
    let rows = account.world.ports.store.scan(Table::Records, None).await.expect("a scan").items;
    let rows = rows.into_iter().filter(|row| row.entity == Entity::Message);
    rows.map(|row| (row.key.pk.clone(), row.number(Attr::Attempts).expect("a number"))).collect()
}

/// What the stream hands over for these messages.
fn of_stream(messages: &[(String, i64)]) -> Value {
    let mut event = events::stream();
    let record = event["Records"][0].clone();
    let records = messages.iter().map(|(pk, _)| {
        let mut record = record.clone();
        record["dynamodb"]["Keys"]["pk"]["S"] = json!(pk);
        record
    });
    event["Records"] = records.collect();
    event
}

#[tokio::test]
async fn what_the_time_does_not_reach_is_left_for_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let (account, binary) = begin(&folder).await;
    codes_wait(&account, 3).await;
    let posted = waiting(&account).await;
    let now_secs = u64::try_from(account.world.ports.clock.now().secs()).expect("after 1970");
    // Twenty seconds are what a mail server may take for one.
    binary.set_deadline((now_secs + 20) * 1_000);
    let untouched = json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 0, "left": 3});
    for event in [of_stream(&posted), events::schedule()] {
        assert_eq!(binary.invoke(&event).await.expect("it goes on"), Ok(untouched.clone()));
        assert_eq!(waiting(&account).await, posted, "no try is counted");
    }
    binary.set_deadline((now_secs + 300) * 1_000);
    // Nobody has configured the delivery: each is tried, and tried again later.
    let tried = json!({"delivered": 0, "dead": 0, "dropped": 0, "failed": 3, "left": 0});
    let report = binary.invoke(&events::schedule()).await.expect("it goes on");
    assert_eq!(report, Ok(tried), "the next run took them up");
    assert!(waiting(&account).await.iter().all(|(_, tries)| *tries == 1));
    stop(binary);
}
