//! The function's binary, run as Lambda runs it.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use personal_center::aws::Account;
use serde_json::json;
use shared::domain::inventory::Entity;
use shared::domain::period::Period;
use shared::store::{Attr, Lane, Row, Table, Transaction, When};
use shared::testing::binary::promises::stop;
use shared::testing::binary::{Binary, Variables};
use shared::testing::events;
use shared::vault::kms::Context;
use shared::vault::{Owner, RootUse};

shared::job_binary! { "sweep" }

/// An account, and the binary in it.
async fn begin(folder: &tempfile::TempDir) -> (Account, Binary) {
    let account = Account::open(folder.path()).await.expect("an account");
    let variables = account.variables().into_iter();
    let variables = variables.fold(Variables::default(), |all, (name, url)| all.with(name, url));
    let binary = Binary::start(BINARY, &variables).await.expect("starts");
    (account, binary)
}

/// Puts reminders of months that are over into a slice, with their keys.
async fn months_are_due(account: &Account, slice: u8, many: u8) {
    let ports = &account.world.ports;
    for month in 1..=many {
        let period = Period::Logs { year: 2000, month };
        let (_, key) = ports.vault.mint(Owner::Period(period)).await.expect("a key");
        let row = Row::new(shared::vault::period::key(period), Entity::Period)
            .with(Attr::DueShard, Lane::Sweep.shard(slice))
            .with(Attr::DueAt, period.ends());
        let mut transaction = Transaction::new();
        transaction.put("key", key, When::Absent).put("row", row, When::Absent);
        ports.store.write(transaction).await.expect("a write");
    }
}

/// How many reminders are due; a sweep leaves one for the year of its own entry.
async fn months(account: &Account) -> usize {
    let rows = account.world.ports.store.scan(Table::Records, None).await.expect("a scan").items;
    let now = account.world.ports.clock.now();
    let is_due = |row: &&Row| row.time(Attr::DueAt).is_ok_and(|at| at <= now);
    rows.iter().filter(|row| row.entity == Entity::Period).filter(is_due).count()
}

#[tokio::test]
async fn its_captured_events_are_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_account, binary) = begin(&folder).await;
    let swept = binary.invoke(&events::captured("sweep")).await.expect("it goes on");
    assert_eq!(swept, Ok(json!({"batchItemFailures": []})));
    let status = binary.invoke(&events::captured("sweep-status")).await.expect("it goes on");
    assert!(status.is_ok(), "{status:?}");
    stop(binary);
}

#[tokio::test]
async fn of_a_batch_with_a_poisoned_message_only_that_one_is_delivered_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (account, binary) = begin(&folder).await;
    months_are_due(&account, 3, 2).await;
    let batch = events::queue(&["{\"slice\":2}", "canary", "{\"slice\":3}", "{\"slice\":99}"]);
    let answer = binary.invoke(&batch).await.expect("it goes on").expect("an answer");
    let failed = json!([{"itemIdentifier": "message-1"}, {"itemIdentifier": "message-3"}]);
    assert_eq!(answer["batchItemFailures"], failed);
    assert_eq!(months(&account).await, 0, "the slice after it was swept");
    let empty = binary.invoke(&events::queue(&[])).await.expect("it goes on");
    assert_eq!(empty, Ok(json!({"batchItemFailures": []})));
    stop(binary);
}

#[tokio::test]
async fn work_is_handed_on_where_the_time_is_nearly_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (account, binary) = begin(&folder).await;
    months_are_due(&account, 3, 5).await;
    let slice = events::queue(&["{\"slice\":3}"]);
    let now_secs = u64::try_from(account.world.ports.clock.now().secs()).expect("after 1970");
    // Ten seconds are less than what a worker leaves for its last row.
    binary.set_deadline((now_secs + 10) * 1_000);
    let done = binary.invoke(&slice).await.expect("it goes on");
    assert_eq!(done, Ok(json!({"batchItemFailures": []})), "nothing failed");
    assert_eq!(months(&account).await, 5, "all of it is still due");
    binary.set_deadline((now_secs + 300) * 1_000);
    let done = binary.invoke(&slice).await.expect("it goes on");
    assert_eq!(done, Ok(json!({"batchItemFailures": []})));
    assert_eq!(months(&account).await, 0, "the next worker went on");
    stop(binary);
}

/// Every root key, and every pointer to one.
async fn roots(account: &Account) -> Vec<Row> {
    account.world.ports.store.scan(Table::Roots, None).await.expect("a scan").items
}

#[tokio::test]
async fn c_7_2_its_first_run_makes_the_root_keys_of_a_deployment() {
    let folder = tempfile::tempdir().expect("a folder");
    let account = Account::open(folder.path()).await.expect("an account");
    for root in roots(&account).await {
        let mut transaction = Transaction::new();
        transaction.delete("root", root.key, When::Present);
        account.world.ports.store.write(transaction).await.expect("a new deployment has none");
    }
    let variables = account.variables().into_iter();
    let variables = variables.fold(Variables::default(), |all, (name, url)| all.with(name, url));
    let binary = Binary::start(BINARY, &variables).await.expect("starts");
    let mut made = Vec::new();
    for _ in 0..2 {
        let report = binary.invoke(&events::schedule()).await.expect("it goes on");
        assert_eq!(report.expect("a report")["failed"], json!(0));
        made.push(roots(&account).await);
    }
    assert_eq!(made[0], made[1], "a second run makes none");
    for usage in RootUse::ALL.into_iter().map(RootUse::name) {
        let prefix = format!("{usage}#");
        let mut of_use =
            made[0].iter().filter_map(|row| Some((row.key.pk.strip_prefix(&prefix)?, row)));
        let (id, row) = of_use.next().expect("a root");
        let context = Context { stage: "local".to_owned(), usage, id: id.to_owned() };
        let wrapped = row.bytes(Attr::Wrapped).expect("wrapped");
        let key = account.kms.unwrap(&context, wrapped).await.expect("unwraps under its context");
        assert_eq!((key.len(), of_use.count()), (32, 0), "{usage}");
    }
    stop(binary);
}
