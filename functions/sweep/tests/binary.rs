//! The function's binary, run as Lambda runs it.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use personal_center::aws::Account;
use serde_json::json;
use shared::store::{Attr, Row, Table, Transaction, When};
use shared::testing::binary::promises::stop;
use shared::testing::binary::{Binary, Variables};
use shared::testing::events;
use shared::vault::RootUse;
use shared::vault::kms::Context;

shared::job_binary! { "sweep" }

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
