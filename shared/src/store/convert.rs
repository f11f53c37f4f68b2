//! Rows to and from the attribute maps of the DynamoDB API.

use super::attr::Attr;
use super::row::{Key, Row, Value};
use super::table::Table;
use crate::domain::inventory::Entity;
use crate::error::{Result, corrupt};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeMap, HashMap};

/// A stored item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The key attributes of a row.
pub(super) fn key_item(key: &Key) -> Item {
    let mut item = Item::from([("pk".to_owned(), AttributeValue::S(key.pk.clone()))]);
    if key.table.is_sorted() {
        item.insert("sk".to_owned(), AttributeValue::S(key.sk.clone()));
    }
    item
}

/// The whole item of a row.
pub(super) fn item(row: &Row) -> Item {
    let mut item = key_item(&row.key);
    item.insert("kind".to_owned(), AttributeValue::S(row.entity.name().to_owned()));
    item.insert("version".to_owned(), AttributeValue::N(row.version.to_string()));
    for (attr, value) in &row.attributes {
        item.insert(attr.name().to_owned(), attribute(value));
    }
    item
}

/// A value as the API has it.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text.clone()),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Bytes(bytes) => AttributeValue::B(Blob::new(bytes.clone())),
        Value::Numbers(numbers) => {
            AttributeValue::L(numbers.iter().map(|n| AttributeValue::N(n.to_string())).collect())
        }
    }
}

/// Reads the key of an item.
pub(super) fn read_key(table: Table, item: &Item) -> Result<Key> {
    let text = |name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        _ => Err(corrupt(table.logical(), "key")),
    };
    let sk = if table.is_sorted() { text("sk")? } else { String::new() };
    Ok(Key { table, pk: text("pk")?, sk })
}

/// Reads an item. What the closed set of attributes does not know makes it corrupt.
pub(super) fn read(table: Table, item: Item) -> Result<Row> {
    let key = read_key(table, &item)?;
    let (mut entity, mut version) = (None, None);
    let mut attributes = BTreeMap::new();
    for (name, value) in item {
        match (name.as_str(), value) {
            ("pk" | "sk", _) => {}
            ("kind", AttributeValue::S(kind)) => entity = Entity::parse(&kind),
            ("version", AttributeValue::N(number)) => version = number.parse().ok(),
            (name, value) => {
                let attr =
                    Attr::parse(name).ok_or_else(|| corrupt(table.logical(), "attribute"))?;
                let value =
                    read_value(value).ok_or_else(|| corrupt(table.logical(), attr.name()))?;
                attributes.insert(attr, value);
            }
        }
    }
    let entity = entity.ok_or_else(|| corrupt(table.logical(), "kind"))?;
    let version = version.ok_or_else(|| corrupt(entity.name(), "version"))?;
    Ok(Row { key, entity, version, attributes })
}

fn read_value(value: AttributeValue) -> Option<Value> {
    match value {
        AttributeValue::S(text) => Some(Value::Text(text)),
        AttributeValue::N(number) => number.parse().ok().map(Value::Number),
        AttributeValue::B(bytes) => Some(Value::Bytes(bytes.into_inner())),
        AttributeValue::L(list) => list
            .into_iter()
            .map(|n| n.as_n().ok().and_then(|n| n.parse().ok()))
            .collect::<Option<_>>()
            .map(Value::Numbers),
        _ => None,
    }
}
