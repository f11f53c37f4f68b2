//! Promises of writes: preconditions hold, and a transaction is all or nothing.

use crate::engine::{World, key, row};
use shared::Kind;
use shared::domain::inventory::Entity;
use shared::domain::time::Timestamp;
use shared::store::{Attr, Key, Row, Transaction, When};
use std::future::Future;

/// Runs several at once, and gives what came of each.
async fn at_once<T, F>(several: impl IntoIterator<Item = F>) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks = several.into_iter().map(tokio::spawn).collect::<Vec<_>>();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.expect("a worker ends"));
    }
    done
}

pub(crate) async fn creating_twice_is_a_conflict_that_names_it(world: &World) {
    world.create(row("a")).await.expect("the first is made");
    let again = world.create(row("a").with(Attr::Tries, 7)).await.expect_err("it is there");
    assert_eq!(again.kind(), &Kind::Conflict(vec!["row"]));
    assert!(again.failed("row") && !again.failed("other"));
    assert_eq!(world.find(&key("a")).await, Some(row("a")));
}

pub(crate) async fn a_stale_replace_is_a_conflict_and_changes_nothing(world: &World) {
    world.create(row("a")).await.expect("made");
    let read = world.find(&key("a")).await.expect("there");
    let mut first = Transaction::new();
    first.replace("row", read.clone().with(Attr::Tries, 1).next());
    world.store.write(first).await.expect("the first replaces");
    let mut second = Transaction::new();
    second.replace("row", read.with(Attr::Tries, 2).next());
    let stale = world.store.write(second).await.expect_err("another was faster");
    assert_eq!(stale.kind(), &Kind::Conflict(vec!["row"]));
    let now = world.find(&key("a")).await.expect("there");
    assert_eq!((now.version, now.number(Attr::Tries).expect("tries")), (2, 1));
}

pub(crate) async fn racing_increments_are_all_counted(world: &World) {
    world.create(row("a")).await.expect("made");
    let worker = |_| {
        let store = world.store.clone();
        async move {
            let mut done = 0;
            while done < 10 {
                let [row] = store.get(&[key("a")]).await.expect("a read");
                let row = row.expect("there");
                let tries = row.number(Attr::Tries).expect("tries");
                let mut transaction = Transaction::new();
                transaction.replace("row", row.with(Attr::Tries, tries + 1).next());
                match store.write(transaction).await {
                    Ok(()) => done += 1,
                    Err(error) => assert!(
                        error.failed("row") || error.kind() == &Kind::Throttled,
                        "only the others are in the way: {error:?}"
                    ),
                }
            }
        }
    };
    at_once((0..5).map(worker)).await;
    let now = world.find(&key("a")).await.expect("there");
    assert_eq!((now.version, now.number(Attr::Tries).expect("tries")), (51, 50));
}

/// One new row in each table.
fn one_in_each_table() -> [Row; 4] {
    [
        Row::new(Key::records("test#a", "row"), Entity::Limit),
        Row::new(Key::keys("test#a"), Entity::Claim),
        Row::new(Key::roots("test#a"), Entity::Root),
        Row::new(Key::ledger("test#a", "row"), Entity::Tombstone),
    ]
}

pub(crate) async fn several_rows_change_together(world: &World) {
    let rows = one_in_each_table();
    world.create(row("gone")).await.expect("made");
    world.create(row("counted")).await.expect("made");
    let mut transaction = Transaction::new();
    for row in rows.clone() {
        transaction.put("new", row, When::Absent);
    }
    transaction.delete("gone", key("gone"), When::Version(1));
    transaction.count("counted", key("counted"), Attr::Tries, When::Present);
    world.store.write(transaction).await.expect("written");
    for row in rows {
        assert_eq!(world.find(&row.key).await, Some(row));
    }
    assert_eq!(world.find(&key("gone")).await, None);
    assert_eq!(world.find(&key("counted")).await, Some(row("counted").with(Attr::Tries, 1)));
}

pub(crate) async fn one_failed_precondition_stops_every_row(world: &World) {
    let rows = one_in_each_table();
    world.create(row("gone")).await.expect("made");
    world.create(row("counted")).await.expect("made");
    let mut transaction = Transaction::new();
    for row in rows.clone() {
        transaction.put("new", row, When::Absent);
    }
    transaction.delete("gone", key("gone"), When::Version(1));
    transaction.count("counted", key("counted"), Attr::Tries, When::Present);
    transaction.check("missing", key("missing"), When::Present);
    let failed = world.store.write(transaction).await.expect_err("one is missing");
    assert_eq!(failed.kind(), &Kind::Conflict(vec!["missing"]));
    for row in rows {
        assert_eq!(world.find(&row.key).await, None);
    }
    assert_eq!(world.find(&key("gone")).await, Some(row("gone")));
    assert_eq!(world.find(&key("counted")).await, Some(row("counted")));
}

pub(crate) async fn a_conflict_names_exactly_the_actions_that_failed(world: &World) {
    world.create(row("there")).await.expect("made");
    world.create(row("old").with(Attr::Tries, 5)).await.expect("made");
    let mut transaction = Transaction::new();
    transaction
        .put("first", row("new"), When::Absent)
        .put("taken", row("there"), When::Absent)
        .check("fine", key("absent"), When::Absent)
        .count("full", key("old"), Attr::Tries, When::Below(Attr::Tries, 5))
        .touch("nobody", key("nobody"), (Attr::SeenAt, Timestamp::from_secs(1)), When::Present)
        .delete("last", key("gone"), When::Absent);
    let failed = world.store.write(transaction).await.expect_err("three fail");
    assert_eq!(failed.kind(), &Kind::Conflict(vec!["taken", "full", "nobody"]));
}

pub(crate) async fn c_8_3_nothing_lands_after_the_gate_moved(world: &World) {
    let account = Row::new(key("account"), Entity::Account).with(Attr::GateEpoch, 1);
    world.create(account.clone()).await.expect("made");
    let mut lands = Transaction::new();
    lands.check("gate", key("account"), When::GateEpoch(1)).put("row", row("a"), When::Absent);
    world.store.write(lands).await.expect("the gate stands");
    let mut moves = Transaction::new();
    moves.replace("account", account.with(Attr::GateEpoch, 2).next());
    world.store.write(moves).await.expect("the gate moves");
    let mut late = Transaction::new();
    late.check("gate", key("account"), When::GateEpoch(1)).put("row", row("b"), When::Absent);
    let late = world.store.write(late).await.expect_err("the gate moved");
    assert_eq!(late.kind(), &Kind::Conflict(vec!["gate"]));
    assert_eq!(world.find(&key("b")).await, None);
}

pub(crate) async fn c_7_3_racing_counts_stop_at_their_limit(world: &World) {
    world.create(row("a")).await.expect("made");
    let count = |_| {
        let store = world.store.clone();
        async move {
            let mut transaction = Transaction::new();
            transaction.count("limit", key("a"), Attr::Tries, When::Below(Attr::Tries, 5));
            store.write(transaction).await
        }
    };
    let outcomes = at_once((0..8).map(count)).await;
    let (counted, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(counted.len(), 5);
    assert!(refused.iter().all(|r| r.as_ref().is_err_and(|e| e.failed("limit"))), "{refused:?}");
    assert_eq!(world.find(&key("a")).await, Some(row("a").with(Attr::Tries, 5)));
}

pub(crate) async fn touch_sets_a_time_of_what_is_there_and_makes_nothing(world: &World) {
    world.create(row("a")).await.expect("made");
    let at = Timestamp::from_secs(1_795_507_200);
    let touch = |name: &str| {
        let mut transaction = Transaction::new();
        transaction.touch("seen", key(name), (Attr::SeenAt, at), When::Present);
        world.store.write(transaction)
    };
    touch("a").await.expect("touched");
    assert_eq!(world.find(&key("a")).await, Some(row("a").with(Attr::SeenAt, at)));
    let nobody = touch("b").await.expect_err("nobody is there");
    assert_eq!(nobody.kind(), &Kind::Conflict(vec!["seen"]));
    assert_eq!(world.find(&key("b")).await, None);
}

pub(crate) async fn a_delete_holds_to_its_precondition(world: &World) {
    world.create(row("a")).await.expect("made");
    let delete = |when| {
        let mut transaction = Transaction::new();
        transaction.delete("row", key("a"), when);
        world.store.write(transaction)
    };
    for when in [When::Absent, When::Version(2), When::GateEpoch(1), When::Below(Attr::Tries, 0)] {
        let refused = delete(when).await.expect_err("another precondition");
        assert_eq!(refused.kind(), &Kind::Conflict(vec!["row"]), "{when:?}");
    }
    assert_eq!(world.find(&key("a")).await, Some(row("a")));
    delete(When::Present).await.expect("deleted");
    assert_eq!(world.find(&key("a")).await, None);
    let again = delete(When::Present).await.expect_err("it is gone");
    assert_eq!(again.kind(), &Kind::Conflict(vec!["row"]));
    delete(When::Absent).await.expect("it is gone, as was asked");
}

pub(crate) async fn a_check_holds_and_writes_nothing(world: &World) {
    world.create(row("a")).await.expect("made");
    let check = |name: &str, when| {
        let mut transaction = Transaction::new();
        transaction.check("row", key(name), when);
        world.store.write(transaction)
    };
    for when in [When::Present, When::Version(1), When::Below(Attr::Tries, 1)] {
        check("a", when).await.expect("it holds");
    }
    check("b", When::Absent).await.expect("it holds");
    for (name, when) in [("a", When::Absent), ("a", When::Version(2)), ("b", When::Present)] {
        let failed = check(name, when).await.expect_err("it does not hold");
        assert!(failed.failed("row"), "{name} {when:?}");
    }
    assert_eq!(world.find(&key("a")).await, Some(row("a")));
    assert_eq!(world.find(&key("b")).await, None);
}

pub(crate) async fn rows_that_are_absent_have_no_version_number_or_epoch(world: &World) {
    for when in [
        When::Present,
        When::Version(0),
        When::Version(1),
        When::GateEpoch(0),
        When::Below(Attr::Tries, 5),
    ] {
        let mut transaction = Transaction::new();
        transaction.put("row", row("a"), when);
        let refused = world.store.write(transaction).await.expect_err("there is no row");
        assert_eq!(refused.kind(), &Kind::Conflict(vec!["row"]), "{when:?}");
        let mut transaction = Transaction::new();
        transaction.count("row", key("a"), Attr::Tries, when);
        let refused = world.store.write(transaction).await.expect_err("there is no row");
        assert_eq!(refused.kind(), &Kind::Conflict(vec!["row"]), "{when:?}");
    }
    assert_eq!(world.find(&key("a")).await, None);
}
