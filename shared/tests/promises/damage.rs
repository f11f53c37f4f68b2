//! Promises about items that were changed behind our back: an error that says where, never what.

use crate::engine::{World, key};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::store::{Key, Table};
use shared::{Kind, Result};
use std::collections::HashMap;
use std::fmt::Debug;

/// What must not turn up in any error.
const CANARY: &str = "canary-9f2c";

type Item = HashMap<String, AttributeValue>;

/// A sound item, as an engine has it.
fn item(key: &Key) -> Item {
    let mut item = Item::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("kind".to_owned(), AttributeValue::S("limit".to_owned())),
        ("version".to_owned(), AttributeValue::N("1".to_owned())),
    ]);
    if key.table.is_sorted() {
        item.insert("sk".to_owned(), AttributeValue::S(key.sk.clone()));
    }
    item
}

async fn put(world: &World, key: &Key, item: Item) {
    let put = world.raw.put_item().table_name(world.store.name(key.table));
    put.set_item(Some(item)).send().await.expect("an item is put");
}

/// Asserts that every read of the item is corrupt at this place, and tells nothing of its content.
async fn corrupt(world: &World, key: &Key, place: &str) {
    fn assert_corrupt<T: Debug>(read: Result<T>, place: &str) {
        let error = read.expect_err("it cannot be read");
        assert_eq!(error.kind(), &Kind::Corrupt);
        assert!(error.chain().ends_with(&format!("at {place}")), "{error:?}");
        assert!(!error.chain().contains(CANARY) && !format!("{error:?}").contains(CANARY));
    }
    assert_corrupt(world.store.get(std::array::from_ref(key)).await, place);
    assert_corrupt(world.store.scan(key.table, None).await, place);
    if key.table.is_sorted() {
        assert_corrupt(world.store.page((key.table, &key.pk, ""), 10, None).await, place);
    }
}

pub(crate) async fn an_unknown_attribute_is_corrupt_and_stays_unnamed(world: &World) {
    // Its name may be personal as well.
    for (key, place) in [
        (key("a"), "Records.attribute"),
        (Key::keys("test#a"), "Keys.attribute"),
        (Key::ledger("test#a", "1"), "Ledger.attribute"),
    ] {
        put(world, &key, item(&key)).await;
        assert!(world.find(&key).await.is_some(), "the item is sound without it");
        let mut item = item(&key);
        item.insert(CANARY.to_owned(), AttributeValue::S(CANARY.to_owned()));
        put(world, &key, item).await;
        corrupt(world, &key, place).await;
    }
}

pub(crate) async fn an_unknown_kind_is_corrupt(world: &World) {
    let mut item = item(&key("a"));
    item.insert("kind".to_owned(), AttributeValue::S(CANARY.to_owned()));
    put(world, &key("a"), item).await;
    corrupt(world, &key("a"), "Records.kind").await;
}

pub(crate) async fn a_row_without_kind_or_version_is_corrupt(world: &World) {
    let broken = [
        ("kind", None, "Records.kind"),
        ("version", None, "limit.version"),
        ("version", Some(AttributeValue::N("-1".to_owned())), "limit.version"),
        ("version", Some(AttributeValue::N("1.5".to_owned())), "limit.version"),
    ];
    for (name, value, place) in broken {
        let mut item = item(&key("a"));
        item.remove(name);
        item.extend(value.map(|value| (name.to_owned(), value)));
        put(world, &key("a"), item).await;
        corrupt(world, &key("a"), place).await;
    }
}

pub(crate) async fn an_attribute_of_an_unknown_type_is_corrupt(world: &World) {
    let text = || AttributeValue::S(CANARY.to_owned());
    let broken = [
        ("sealed", AttributeValue::Ss(vec![CANARY.to_owned()])),
        ("state", AttributeValue::M(HashMap::from([(CANARY.to_owned(), text())]))),
        ("events", AttributeValue::L(vec![text()])),
        ("tries", AttributeValue::N("1.5".to_owned())),
        ("at", AttributeValue::N("9223372036854775808".to_owned())),
        ("hash", AttributeValue::Bool(true)),
        ("receipt", AttributeValue::Null(true)),
    ];
    for (name, value) in broken {
        let mut item = item(&key("a"));
        item.insert(name.to_owned(), value);
        put(world, &key("a"), item).await;
        corrupt(world, &key("a"), &format!("{}.{name}", Table::Records.logical())).await;
    }
}
