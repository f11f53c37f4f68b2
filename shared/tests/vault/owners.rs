//! The wrapped key of an owner: it unwraps for that owner only, and gone is gone.

use crate::world::{CANARY, Note, World, assert_corrupt, flow, note, row};
use shared::Kind;
use shared::config::{Config, TableNames};
use shared::domain::period::Period;
use shared::store::{Attr, Key, Row, Table, Transaction, When};
use shared::vault::Owner;

#[tokio::test]
async fn c_7_2_a_wrapped_key_does_not_unwrap_for_another_owner() {
    let world = World::start().await;
    let (owner, other) = (flow(), flow());
    let (_, ours) = world.vault.mint(owner.clone()).await.expect("a key");
    let (_, theirs) = world.vault.mint(other.clone()).await.expect("a key");
    let bytes = |row: &Row| row.bytes(Attr::Wrapped).expect("wrapped").to_vec();
    let id = |row: &Row| row.text(Attr::KeyId).expect("an id").to_owned();
    let moved = theirs.clone().with(Attr::Wrapped, bytes(&ours)).with(Attr::KeyId, id(&ours));
    let swapped = theirs.clone().with(Attr::Wrapped, bytes(&ours));
    let renamed = theirs.clone().with(Attr::KeyId, id(&ours));
    for (what, row) in [
        ("moved with its name", &moved),
        ("moved", &swapped),
        ("under another name", &renamed),
        ("another owner's whole row", &ours),
    ] {
        let opened = world.vault.open(other.clone(), Some(row)).await;
        assert_corrupt(opened, "data_key.wrapped", what);
    }
    assert!(world.vault.open(other, Some(&theirs)).await.expect("unwrapped").is_some());
}

#[tokio::test]
async fn c_7_2_no_changed_or_missing_byte_of_a_wrapped_key_unwraps() {
    let world = World::start().await;
    let owner = flow();
    let (_, row) = world.vault.mint(owner.clone()).await.expect("a key");
    let bytes = row.bytes(Attr::Wrapped).expect("wrapped").to_vec();
    for n in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[n] ^= bit;
            let row = row.clone().with(Attr::Wrapped, changed);
            // In the middle stands the branch key's name: another one is not there.
            let place = match n {
                1..=26 if bit == 0x01 => "root.branch",
                _ => "data_key.wrapped",
            };
            assert_corrupt(
                world.vault.open(owner.clone(), Some(&row)).await,
                place,
                &n.to_string(),
            );
        }
        let row = row.clone().with(Attr::Wrapped, bytes[..n].to_vec());
        let opened = world.vault.open(owner.clone(), Some(&row)).await;
        assert_corrupt(opened, "data_key.wrapped", &format!("{n} bytes"));
    }
}

#[tokio::test]
async fn c_5_3_what_a_destroyed_key_sealed_stays_closed() {
    let world = World::start().await;
    let owner = flow();
    let (key, key_row) = world.vault.mint(owner.clone()).await.expect("a key");
    let sealed = key.seal(row("a"), &note()).expect("sealed");
    world.create([key_row, sealed.clone()]).await;
    let mut transaction = Transaction::new();
    transaction.delete("key", owner.key(), When::Present);
    world.store.write(transaction).await.expect("destroyed");
    let [key_row, kept] =
        world.store.get(&[owner.key(), sealed.key.clone()]).await.expect("a read");
    assert_eq!(kept, Some(sealed.clone()), "the row itself is still there");
    let none = world.vault.open(owner.clone(), key_row.as_ref()).await.expect("a read");
    assert!(none.is_none());
    // Whatever key comes later is another one.
    let (later, _) = world.vault.mint(owner).await.expect("a key");
    assert_corrupt(later.open::<Note<false>>(&sealed), "account.sealed", "a later key");
}

#[tokio::test]
async fn c_2_3_a_period_has_one_key_until_it_is_destroyed() {
    let world = World::start().await;
    let period = Period::logs(crate::world::BEGIN);
    let first = world.vault.period(period, None).await.expect("a key");
    let first_key = first.key().clone();
    let mut transaction = Transaction::new();
    first.put(&mut transaction, "month");
    world.store.write(transaction).await.expect("the key and its reminder are put");
    let keys = [Owner::Period(period).key(), shared::vault::period::key(period)];
    let [made, reminder] = world.store.get(&keys).await.expect("a read");
    let (made, reminder) = (made.expect("a key's row"), reminder.expect("a reminder"));
    assert_eq!(reminder.time(Attr::DueAt).expect("a time"), period.ends());
    let again = world.vault.period(period, Some(&made)).await.expect("a key");
    let (again_key, mut none) = (again.key().clone(), Transaction::new());
    again.put(&mut none, "month");
    assert!(world.store.write(none).await.is_err(), "there is nothing to put");
    let (first, again) = (first_key, again_key);
    let sealed = first.seal(row("a"), &note()).expect("sealed");
    assert_eq!(again.open::<Note<false>>(&sealed).expect("the same key"), note());
    let next = world.vault.period(period, None).await.expect("a key");
    assert_corrupt(
        next.key().open::<Note<false>>(&sealed),
        "account.sealed",
        "the old one is destroyed",
    );
    let month_before = Period::Logs { year: 2026, month: 10 };
    let opened = world.vault.open(Owner::Period(month_before), Some(&made)).await;
    assert_corrupt(opened, "data_key.wrapped", "another month");
}

/// Copies the items of every table, as a restore does, to tables of other names.
async fn restore(world: &World, names: &TableNames) -> shared::Ports {
    let config = Config { tables: names.clone(), ..Config::local() };
    personal_center::engine::create_tables(&world.client, &config).await.expect("tables");
    let restored = world.process(config);
    for table in Table::ALL {
        let scan = world.client.scan().table_name(world.store.name(table)).send().await;
        for item in scan.expect("a scan").items.unwrap_or_default() {
            let put = world.client.put_item().table_name(restored.store.name(table));
            put.set_item(Some(item)).send().await.expect("an item is put");
        }
    }
    restored
}

#[tokio::test]
async fn a_restored_table_opens_under_its_new_name_once_that_is_the_one_in_use() {
    let world = World::start().await;
    let owner = flow();
    let (key, key_row) = world.vault.mint(owner.clone()).await.expect("a key");
    let sealed = key.seal(row("a"), &note()).expect("sealed");
    world.create([key_row, sealed.clone()]).await;
    let name = |table: &str| format!("{table}-restored-1124");
    let names = TableNames {
        records: name("records"),
        keys: name("keys"),
        roots: name("roots"),
        ledger: name("ledger"),
    };
    let restored = restore(&world, &names).await;
    let [key_row, row] =
        restored.store.get(&[owner.key(), sealed.key.clone()]).await.expect("a read");
    let closed = restored.vault.open(owner.clone(), key_row.as_ref()).await.err();
    assert_eq!(closed.expect("another table is in use").kind(), &Kind::Closed);
    let [tables] = restored.store.get(&[Key::roots("current#tables")]).await.expect("a read");
    let in_use = format!("{} {}", names.records, names.keys);
    let mut transaction = Transaction::new();
    transaction.replace("tables", tables.expect("a row").next().with(Attr::Current, in_use));
    restored.store.write(transaction).await.expect("a write");
    let opened = restored.vault.open(owner, key_row.as_ref()).await.expect("unwrapped");
    let opened = opened.expect("a key").open::<Note<false>>(&row.expect("a row"));
    assert_eq!(opened.expect("opened").0, CANARY);
}
