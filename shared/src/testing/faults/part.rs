//! What a request says about one row.

use super::{
    record::{Key, Verb},
    request::filled,
};
use serde_json::Value;

/// One action of a request.
pub(super) struct Part<'a> {
    pub(super) verb: Verb,
    pub(super) table: &'a str,
    /// The key, or the whole item of a put.
    pub(super) row: &'a Value,
    /// All that is said.
    pub(super) action: &'a Value,
}

impl<'a> Part<'a> {
    /// Reads `{"Put": {…}}`, `{"DeleteRequest": {…}}` and the like.
    pub(super) fn wrapped(table: Option<&'a str>, wrapped: &'a Value) -> Option<Self> {
        let (name, action) = wrapped.as_object()?.iter().next()?;
        Self::read(name, table, action)
    }

    /// Reads the action of that name; none where it is not about one row.
    pub(super) fn read(name: &str, table: Option<&'a str>, action: &'a Value) -> Option<Self> {
        let verb = match name {
            "Get" | "GetItem" => Verb::Get,
            "Put" | "PutItem" | "PutRequest" => Verb::Put,
            "Update" | "UpdateItem" => Verb::Update,
            "Delete" | "DeleteItem" | "DeleteRequest" => Verb::Delete,
            "ConditionCheck" => Verb::ConditionCheck,
            _ => return None,
        };
        let table = table.or(action["TableName"].as_str())?;
        let row = action.get("Item").or(action.get("Key"))?;
        Some(Self { verb, table, row, action })
    }

    pub(super) fn key(&self) -> Option<Key> {
        key_of(self.table, self.row)
    }

    pub(super) fn writes(&self) -> bool {
        matches!(self.verb, Verb::Put | Verb::Update | Verb::Delete)
    }

    /// Whether its success proves that the row was absent.
    pub(super) fn creates(&self) -> bool {
        let condition = self.action["ConditionExpression"].as_str().unwrap_or_default();
        let condition = filled(condition, self.action).to_ascii_lowercase();
        condition.contains("attribute_not_exists(pk)") && !condition.contains(" or ")
    }
}

/// The name of a row by its attributes, as far as its key is among them.
pub(super) fn key_of(table: &str, attributes: &Value) -> Option<Key> {
    let key = Key::new(table, text(&attributes["pk"])?);
    Some(match text(&attributes["sk"]) {
        Some(sk) => key.sk(sk),
        None => key,
    })
}

/// The text of a string, number or binary attribute.
pub(super) fn text(attribute: &Value) -> Option<&str> {
    attribute.as_object()?.values().next()?.as_str()
}
