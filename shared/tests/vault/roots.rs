//! Root keys: one per use however often they are made, unwrapped once in five minutes, each under a
//! context of its own.

use crate::world::{Note, World, flow, note, row};
use shared::Kind;
use shared::config::Config;
use shared::domain::time::minutes;
use shared::store::{Attr, Key, Row, Table, Transaction, When};
use shared::vault::{RootUse, key_id, verify};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The keys of `Roots`, checked to be one pointer and one root for each use, and the names of the
/// tables.
async fn one_root_per_use(world: &World) -> BTreeSet<String> {
    let rows = world.store.scan(Table::Roots, None).await.expect("a scan").items;
    let keys = rows.iter().map(|row| row.key.pk.clone()).collect::<BTreeSet<_>>();
    for usage in RootUse::ALL.map(RootUse::name) {
        let pointer = rows.iter().find(|row| row.key.pk == format!("current#{usage}"));
        let current = pointer.expect("a pointer").text(Attr::Current).expect("its target");
        assert!(keys.contains(&format!("{usage}#{current}")), "{usage}");
    }
    assert!(keys.contains("current#tables"));
    assert_eq!(keys.len(), 2 * RootUse::ALL.len() + 1, "{keys:?}");
    keys
}

#[tokio::test]
async fn making_roots_twice_makes_one_for_each_use() {
    let world = World::without_roots().await;
    let none = world.vault.mint(flow()).await.err().expect("no root to wrap under");
    assert_eq!(none.kind(), &Kind::Config);
    world.vault.ensure_roots().await.expect("made");
    let made = one_root_per_use(&world).await;
    world.vault.ensure_roots().await.expect("they are there");
    world.process(Config::local()).vault.ensure_roots().await.expect("they are there");
    assert_eq!(one_root_per_use(&world).await, made);
    assert_eq!(world.kms.wraps.load(Ordering::SeqCst), RootUse::ALL.len());
}

#[tokio::test]
async fn making_roots_at_once_makes_one_for_each_use() {
    let world = World::without_roots().await;
    let process = |_| world.process(Config::local()).vault.clone();
    let processes = (0..8).map(process).collect::<Vec<_>>();
    let racing = processes.iter().cloned();
    let racing = racing.map(|vault| tokio::spawn(async move { vault.ensure_roots().await }));
    for made in racing.collect::<Vec<_>>() {
        made.await.expect("a process ends").expect("there are roots");
    }
    one_root_per_use(&world).await;
    assert!(world.kms.wraps.load(Ordering::SeqCst) > RootUse::ALL.len(), "they did race");
    // Whoever made them, all use the same.
    for (n, vault) in processes.iter().enumerate() {
        let owner = flow();
        let (key, key_row) = vault.mint(owner.clone()).await.expect("a key");
        let sealed = key.seal(row("a"), &note()).expect("sealed");
        let next = &processes[(n + 1) % processes.len()];
        let opened = next.open(owner, Some(&key_row)).await.expect("unwrapped").expect("a key");
        assert_eq!(opened.open::<Note<false>>(&sealed).expect("opened"), note());
    }
}

#[tokio::test]
async fn a_root_is_unwrapped_once_in_five_minutes() {
    let world = World::start().await;
    let owner = flow();
    let (_, key_row) = world.vault.mint(owner.clone()).await.expect("a key");
    assert_eq!(world.unwraps(), 1);
    let use_it = || async {
        world.vault.mint(flow()).await.expect("a key");
        world.vault.open(owner.clone(), Some(&key_row)).await.expect("unwrapped");
    };
    use_it().await;
    world.clock.advance(Duration::from_secs(5 * 60 - 1));
    use_it().await;
    assert_eq!(world.unwraps(), 1, "it is in memory");
    world.clock.advance(Duration::from_secs(1));
    use_it().await;
    assert_eq!(world.unwraps(), 2, "five minutes are over");
    use_it().await;
    assert_eq!(world.unwraps(), 2);
    world.process(Config::local()).vault.mint(flow()).await.expect("a key");
    assert_eq!(world.unwraps(), 3, "another process has a memory of its own");
}

#[tokio::test]
async fn c_8_2_nothing_is_unwrapped_for_tables_that_the_service_is_not_open_on() {
    let world = World::start().await;
    let (_, key_row) = world.vault.mint(flow()).await.expect("a key");
    let before = world.unwraps();
    for restored in ["records", "keys"] {
        let mut config = Config::local();
        let tables = &mut config.tables;
        *if restored == "records" { &mut tables.records } else { &mut tables.keys } += "-restored";
        let vault = world.process(config).vault.clone();
        assert!(!vault.is_open().await.expect("a read"));
        let refused = [
            vault.mint(flow()).await.err(),
            vault.open(flow(), Some(&key_row)).await.err(),
            vault.index().await.err(),
            vault.sign_receipt(b"all is gone").await.err(),
        ];
        for error in refused {
            assert_eq!(error.expect("closed").kind(), &Kind::Closed, "{restored}");
        }
        vault.ensure_roots().await.expect("they are there");
        assert!(!vault.is_open().await.expect("a read"), "nobody opens it by that");
    }
    assert_eq!(world.unwraps(), before);
    assert!(world.vault.is_open().await.expect("a read"));
}

#[tokio::test]
async fn without_the_key_service_a_root_lasts_its_five_minutes() {
    let world = World::start().await;
    world.vault.mint(flow()).await.expect("a key");
    world.kms.down.store(true, Ordering::SeqCst);
    world.clock.advance(minutes(4));
    world.vault.mint(flow()).await.expect("it is in memory");
    let index = world.vault.index().await.err().expect("this one is not");
    assert_eq!(index.kind(), &Kind::Unavailable);
    world.clock.advance(minutes(1));
    let gone = world.vault.mint(flow()).await.err().expect("it is forgotten");
    assert_eq!(gone.kind(), &Kind::Unavailable);
    world.kms.down.store(false, Ordering::SeqCst);
    world.vault.mint(flow()).await.expect("a failure is not remembered");
}

#[tokio::test]
async fn c_7_2_a_root_serves_its_own_use_and_stage_only() {
    let world = World::start().await;
    let other_stage = Config { stage: "other".to_owned(), ..Config::local() };
    let error = world.process(other_stage).vault.mint(flow()).await.err().expect("another stage");
    assert_eq!(error.kind(), &Kind::Corrupt);

    // The index key, put in the branch key's place.
    let pointers = RootUse::ALL.map(|usage| Key::roots(format!("current#{}", usage.name())));
    let [branch, index, _] = world.store.get(&pointers).await.expect("a read");
    let place = |usage: &str, pointer: Option<Row>| {
        let pointer = pointer.expect("a pointer");
        Key::roots(format!("{usage}#{}", pointer.text(Attr::Current).expect("its target")))
    };
    let keys = [place("branch", branch), place("index", index)];
    let [branch, index] = world.store.get(&keys).await.expect("a read");
    let index = index.expect("a root").bytes(Attr::Wrapped).expect("wrapped").to_vec();
    let mut transaction = Transaction::new();
    transaction.replace("root", branch.expect("a root").with(Attr::Wrapped, index).next());
    world.store.write(transaction).await.expect("swapped");
    let error = world.vault.mint(flow()).await.err().expect("another use");
    assert_eq!(error.kind(), &Kind::Corrupt);
    world.vault.index().await.expect("the index key itself is as it was");
}

#[tokio::test]
async fn a_new_branch_leaves_older_keys_open() {
    let world = World::start().await;
    let owner = flow();
    let (key, key_row) = world.vault.mint(owner.clone()).await.expect("a key");
    let sealed = key.seal(row("a"), &note()).expect("sealed");
    let mut transaction = Transaction::new();
    transaction.delete("pointer", Key::roots("current#branch"), When::Present);
    world.store.write(transaction).await.expect("the next one is asked for");
    world.vault.ensure_roots().await.expect("made");
    world.clock.advance(minutes(5));
    let branch = |row: &Row| row.bytes(Attr::Wrapped).expect("wrapped")[1..27].to_vec();
    let (_, later) = world.vault.mint(flow()).await.expect("a key");
    assert_ne!(branch(&later), branch(&key_row), "new keys are under the new branch");
    let opened = world.vault.open(owner, Some(&key_row)).await.expect("unwrapped").expect("a key");
    assert_eq!(opened.open::<Note<false>>(&sealed).expect("opened"), note());
}

#[tokio::test]
async fn c_8_2_a_receipt_verifies_as_it_was_signed_and_not_otherwise() {
    let world = World::start().await;
    let signed = world.vault.sign_receipt(b"all is gone").await.expect("signed");
    let kid = key_id(&signed).expect("it names its key");
    let key = world.vault.receipt_key(&kid).await.expect("a read").expect("a key");
    let published = world.vault.receipt_keys().await.expect("a read");
    assert!(published.len() == 1 && published[0].kid == kid);
    assert_eq!(verify(&signed, &key).as_deref(), Some(&b"all is gone"[..]));
    let other = World::start().await.vault.receipt_keys().await.expect("a read");
    let mut other = other[0].clone();
    assert_eq!(verify(&signed, &other), None, "another name");
    other.kid = kid;
    assert_eq!(verify(&signed, &other), None, "another key");
    let elsewhere = world.vault.sign_receipt(b"all is here").await.expect("signed");
    let [(_, signature), (statement, _)] =
        [&signed, &elsewhere].map(|jws| jws.rsplit_once('.').expect("three parts"));
    assert_eq!(verify(&format!("{statement}.{signature}"), &key), None, "another statement");
}
