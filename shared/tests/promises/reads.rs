//! Promises of reads: consistent batches, pages in order, values as they were written.

use crate::engine::{World, key, row};
use shared::Kind;
use shared::domain::inventory::Entity;
use shared::domain::time::{Timestamp, minutes};
use shared::store::{Attr, Key, Row, Table, Value};

pub(crate) async fn a_batch_keeps_its_order_with_gaps_and_duplicates(world: &World) {
    let claim = Row::new(Key::keys("test#claim"), Entity::Claim);
    world.create_all([row("a"), row("b"), claim.clone()]).await;
    let asked = [key("b"), key("gap"), claim.key.clone(), key("a"), key("b"), key("gap")];
    let found = world.store.get(&asked).await.expect("a read");
    assert_eq!(found, [Some(row("b")), None, Some(claim), Some(row("a")), Some(row("b")), None]);
    assert_eq!(world.store.get(&[]).await.expect("nothing is asked"), []);
}

pub(crate) async fn a_batch_takes_a_hundred_keys_and_no_more(world: &World) {
    let rows = (0..100).map(|n| row(&format!("{n:03}"))).collect::<Vec<_>>();
    world.create_all(rows.clone()).await;
    let mut keys = rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>();
    let found = world.store.get_all(&keys).await.expect("a hundred");
    assert_eq!(found, rows.into_iter().map(Some).collect::<Vec<_>>());
    keys.push(key("one more"));
    let refused = world.store.get_all(&keys).await.expect_err("one more");
    assert_eq!(refused.kind(), &Kind::Limit);
}

pub(crate) async fn a_batch_sees_what_was_just_written(world: &World) {
    world.create(row("a")).await.expect("made");
    for tries in 1..=20 {
        world.count(&key("a")).await.expect("counted");
        let now = world.find(&key("a")).await.expect("there");
        assert_eq!(now.number(Attr::Tries).expect("tries"), tries);
    }
    world.store.page((Table::Records, "test#a", ""), 1, None).await.expect("a page");
    let calls = world.faults.take_calls();
    assert!(calls.iter().all(|call| call.consistent), "each asked for consistency: {calls:?}");
}

/// Rows of one partition, and one of another that must not show.
async fn partition(world: &World, sort_keys: &[&str]) {
    let row = |pk: &str, sk: &str| Row::new(Key::records(pk, sk), Entity::Session);
    world.create_all(sort_keys.iter().map(|sk| row("test#a", sk))).await;
    world.create(row("test#b", sort_keys[0])).await.expect("made");
}

/// The sort keys that pages of `limit` visit, in the order they came.
async fn walk(world: &World, prefix: &str, limit: i32) -> Vec<String> {
    let mut visited = Vec::new();
    let mut after = None;
    loop {
        let wanted = (Table::Records, "test#a", prefix);
        let page = world.store.page(wanted, limit, after.as_ref()).await.expect("a page");
        assert!(i32::try_from(page.items.len()).expect("few") <= limit, "no more than asked");
        assert!(page.items.iter().all(|row| row.key.pk == "test#a"));
        visited.extend(page.items.into_iter().map(|row| row.key.sk));
        after = page.next;
        if after.is_none() {
            return visited;
        }
    }
}

pub(crate) async fn pages_of_one_visit_every_row_once_in_order(world: &World) {
    partition(world, &["c", "a", "session#2", "b", "session#10", "z"]).await;
    let all = ["a", "b", "c", "session#10", "session#2", "z"];
    assert_eq!(walk(world, "", 1).await, all);
    assert_eq!(walk(world, "", 4).await, all);
    assert_eq!(walk(world, "", 100).await, all);
}

pub(crate) async fn a_prefix_finds_its_rows_and_no_others(world: &World) {
    partition(world, &["session#2", "session#1", "session", "sessions", "sess", "chain", "t"])
        .await;
    assert_eq!(walk(world, "session#", 1).await, ["session#1", "session#2"]);
    assert_eq!(walk(world, "session", 2).await, ["session", "session#1", "session#2", "sessions"]);
    assert_eq!(walk(world, "nothing#", 1).await, Vec::<String>::new());
}

pub(crate) async fn a_scan_visits_every_row_of_one_table(world: &World) {
    let entry = |n: u32| {
        let row =
            Row::new(Key::ledger(format!("test#{}", n % 7), format!("{n}")), Entity::LedgerEntry);
        row.with(Attr::Sealed, vec![7; 60_000])
    };
    let rows = (0..40).map(entry).collect::<Vec<_>>();
    world.create_all(rows.clone()).await;
    world.create(row("elsewhere")).await.expect("made");
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world.store.scan(Table::Ledger, after.as_ref()).await.expect("a page");
        found.extend(page.items);
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
    }
    found.sort_by_key(|row| row.key.sk.parse::<u32>().expect("a number"));
    assert_eq!(found, rows);
    assert!(pages > 1, "2.4 MB are more than one page");
}

pub(crate) async fn every_value_reads_back_as_it_was_written(world: &World) {
    let values = [
        Value::Text("日本語, ümläut, \u{1f600}, \"quoted\", \n".to_owned()),
        Value::Text(String::new()),
        Value::Text("x".repeat(10_000)),
        Value::Number(0),
        Value::Number(i64::MAX),
        Value::Number(i64::MIN),
        Value::Bytes((0..=255).collect()),
        Value::Bytes(Vec::new()),
        Value::Numbers(vec![3, i64::MIN, 3, i64::MAX, -1]),
        Value::Numbers(Vec::new()),
    ];
    for (n, value) in values.into_iter().enumerate() {
        let row = row(&n.to_string()).with(Attr::Hash, value);
        world.create(row.clone()).await.expect("made");
        assert_eq!(world.find(&row.key).await, Some(row));
    }
    // Every attribute at once; those of the index have a type of their own.
    let (mut row, indexed) = (row("all"), [Attr::DueShard, Attr::DueAt]);
    for attr in Attr::ALL.iter().filter(|attr| !indexed.contains(attr)) {
        row = row.with(*attr, attr.name());
    }
    row.version = u64::MAX;
    world.create(row.clone()).await.expect("made");
    assert_eq!(world.find(&row.key).await, Some(row));
}

pub(crate) async fn every_kind_of_row_reads_back(world: &World) {
    let rows = Entity::ALL.map(|entity| Row::new(key(entity.name()), entity));
    world.create_all(rows.clone()).await;
    let keys = rows.clone().map(|row| row.key);
    assert_eq!(world.store.get(&keys).await.expect("a read"), rows.map(Some));
}

pub(crate) async fn c_5_2_a_row_ends_at_its_very_second(world: &World) {
    let end = Timestamp::from_secs(1_795_507_200);
    world.create(row("a").with(Attr::ExpiresAt, end)).await.expect("made");
    world.create(row("b")).await.expect("made");
    let ends = world.find(&key("a")).await.expect("no engine's broom decides");
    assert!(!ends.is_expired(Timestamp::from_secs(end.secs() - 1)));
    assert!(ends.is_expired(end));
    assert!(ends.is_expired(end.plus(minutes(1))));
    let stays = world.find(&key("b")).await.expect("there");
    assert!(!stays.is_expired(Timestamp::from_secs(i64::MAX)));
}
