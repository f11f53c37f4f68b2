//! What a row seals, as values by the names of its fields.

use serde_json::{Map, Value};
use shared::domain::account::Profile;
use shared::domain::inventory::{Declared, Entity};
use shared::domain::time::Timestamp;
use shared::error::{Error, Kind, Result};
use shared::ledger::{Chain, Facts};
use shared::records::evidence::Evidence;
use shared::records::export::Export;
use shared::records::factors::Factors;
use shared::records::link::Link;
use shared::records::network_log::NetworkLog;
use shared::records::session::Session;
use shared::store::{Attr, Row};
use shared::vault::DataKey;

/// Opens a row. A new kind of row does not compile before it is decided here how it opens.
pub(crate) fn open(key: &DataKey, row: &Row) -> Result<Map<String, Value>> {
    match row.entity {
        Entity::Account => of::<Profile>(key, row),
        Entity::Session => of::<Session>(key, row),
        Entity::Factors => of::<Factors>(key, row),
        Entity::Link => of::<Link>(key, row),
        Entity::Export => of::<Export>(key, row),
        Entity::Chain => of::<Chain>(key, row),
        Entity::Evidence => of::<Evidence>(key, row),
        Entity::NetworkLog => of::<NetworkLog>(key, row),
        Entity::LedgerEntry => of::<Facts>(key, row),
        // They seal nothing, or are in no partition and no chain of a person.
        Entity::Limit
        | Entity::Erasure
        | Entity::Period
        | Entity::Brake
        | Entity::Job
        | Entity::Configuration
        | Entity::Verification
        | Entity::Authorization
        | Entity::Message
        | Entity::Receipt
        | Entity::Idempotency
        | Entity::Claim
        | Entity::DataKey
        | Entity::Root
        | Entity::Tombstone => Ok(Map::new()),
    }
}

fn of<T: Declared>(key: &DataKey, row: &Row) -> Result<Map<String, Value>> {
    let failed = || Error::new(Kind::Internal, "export a row").at(row.entity.name());
    match serde_json::to_value(key.open::<T>(row)?) {
        Ok(Value::Object(fields)) => Ok(fields
            .into_iter()
            .map(|(name, value)| (name.clone(), readable(&name, value)))
            .collect()),
        _ => Err(failed()),
    }
}

/// An attribute in clear, by its name; `id` and `count` are made from the row.
pub(crate) fn clear(row: &Row, name: &str) -> Value {
    match (row.entity, name) {
        (Entity::Account, "id") => row.key.pk.trim_start_matches("subject#").into(),
        (_, "id") => row.key.sk.split_once('#').map_or("", |(_, id)| id).into(),
        (_, "count") => row.events().len().into(),
        (_, "actor") => row.text(Attr::Actor).unwrap_or("self").into(),
        _ => Attr::parse(name).map_or(Value::Null, |attr| attribute(row, attr)),
    }
}

fn attribute(row: &Row, attr: Attr) -> Value {
    use shared::store::Value as Stored;
    match row.attributes.get(&attr) {
        Some(Stored::Text(text)) => text.as_str().into(),
        Some(Stored::Number(number)) => readable(attr.name(), (*number).into()),
        Some(Stored::Bytes(bytes)) => data_encoding::HEXLOWER.encode(bytes).into(),
        Some(Stored::Numbers(numbers)) => numbers.as_slice().into(),
        None => Value::Null,
    }
}

/// A value with its times as RFC 3339. Times are stored in seconds, under names that say so.
fn readable(name: &str, value: Value) -> Value {
    let of_time = ["at", "until"].contains(&name) || name.ends_with("_at");
    let is_time = of_time || name.ends_with("_until");
    match value {
        Value::Number(secs) if is_time => match secs.as_i64() {
            Some(secs) => Timestamp::from_secs(secs).rfc3339().into(),
            None => Value::Number(secs),
        },
        Value::Array(values) => values.into_iter().map(|value| readable(name, value)).collect(),
        Value::Object(members) => {
            // A claim is a keyed hash, which is withheld wherever it stands.
            let member = |(name, value): (String, Value)| match name.as_str() {
                "claim" => (name, serde_json::json!({"withheld": true})),
                _ => (name.clone(), readable(&name, value)),
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        other => other,
    }
}
