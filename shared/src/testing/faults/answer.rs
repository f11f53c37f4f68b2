//! A read's answer, whichever operation asked.

use super::{
    part::key_of,
    record::{Action, Key},
    request::Request,
};
use serde_json::{Value, json};

/// A request that reads, and the body that answers it.
pub(super) struct Answer<'a> {
    pub(super) request: &'a Request,
    pub(super) body: &'a mut Value,
}

impl Answer<'_> {
    /// The rows it speaks of: those asked for by key, present or not, or those a query found.
    pub(super) fn keys(&self) -> Vec<Key> {
        match self.request.operation.as_str() {
            "GetItem" => self.asked(),
            "BatchGetItem" => {
                let open = |key: &Key| !self.unprocessed(key) && self.shows_keys(&key.table);
                self.asked().into_iter().filter(open).collect()
            }
            _ => {
                let key = |item| key_of(self.request.table(), item);
                self.items().iter().filter_map(key).collect()
            }
        }
    }

    /// What it says of a row.
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        match self.request.operation.as_str() {
            "GetItem" => self.body.get("Item"),
            "BatchGetItem" => find(self.body["Responses"][&key.table].as_array()?, key),
            _ => find(self.items(), key),
        }
    }

    /// Makes it say something else of a row, and tells whether that differs.
    pub(super) fn set(&mut self, key: &Key, item: Option<&Value>) -> bool {
        let item = item.map(|item| self.projected(&key.table, item));
        if self.get(key) == item.as_ref() {
            return false;
        }
        match self.request.operation.as_str() {
            "GetItem" => *self.body = item.map_or_else(|| json!({}), |item| json!({"Item": item})),
            "BatchGetItem" => put(&mut self.body["Responses"][&key.table], key, item),
            _ => {
                put(&mut self.body["Items"], key, item);
                self.body["Count"] = self.items().len().into();
            }
        }
        true
    }

    /// How many rows a query or a scan went through, found or filtered out.
    pub(super) fn listed(&self) -> Option<usize> {
        let lists = matches!(self.request.operation.as_str(), "Query" | "Scan");
        let scanned = self.body["ScannedCount"].as_u64().and_then(|n| usize::try_from(n).ok());
        lists.then(|| scanned.unwrap_or_else(|| self.items().len()))
    }

    /// What a query or a scan found.
    pub(super) fn items(&self) -> &[Value] {
        self.body["Items"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn set_items(&mut self, items: Vec<Value>) {
        self.body["Count"] = items.len().into();
        self.body["Items"] = items.into();
    }

    /// Takes a row of a batch out of the answer and leaves its key unprocessed.
    pub(super) fn leave_unprocessed(&mut self, key: &Key) {
        let parts = self.request.parts();
        let Some(part) = parts.iter().find(|part| part.key().as_ref() == Some(key)) else {
            return;
        };
        put(&mut self.body["Responses"][&key.table], key, None);
        let left = &mut self.body["UnprocessedKeys"][&key.table];
        if left.is_null() {
            *left = self.request.body["RequestItems"][&key.table].clone();
            left["Keys"] = json!([]);
        }
        put(&mut left["Keys"], key, Some(part.row.clone()));
    }

    /// Whether its items are whole, as a projection's or an index's need not be.
    pub(super) fn is_whole(&self) -> bool {
        let cut = ["ProjectionExpression", "AttributesToGet", "IndexName"];
        let whole = |wanted: &Value| cut.iter().all(|name| wanted.get(name).is_none());
        let mut tables = self.request.body["RequestItems"].as_object().into_iter().flatten();
        whole(&self.request.body) && tables.all(|(_, wanted)| whole(wanted))
    }

    fn asked(&self) -> Vec<Key> {
        let actions = self.request.describe(0).actions;
        actions.into_iter().map(|Action { key, .. }| key).collect()
    }

    fn unprocessed(&self, key: &Key) -> bool {
        let left = self.body["UnprocessedKeys"][&key.table]["Keys"].as_array();
        left.is_some_and(|keys| find(keys, key).is_some())
    }

    fn shows_keys(&self, table: &str) -> bool {
        self.request.projection(table).is_none_or(|names| names.iter().any(|name| name == "pk"))
    }

    fn projected(&self, table: &str, item: &Value) -> Value {
        let mut item = item.clone();
        if let (Some(names), Some(map)) = (self.request.projection(table), item.as_object_mut()) {
            map.retain(|name, _| names.contains(name));
        }
        item
    }
}

fn find<'a>(items: &'a [Value], key: &Key) -> Option<&'a Value> {
    items.iter().find(|item| key_of(&key.table, item).as_ref() == Some(key))
}

/// Puts an item in the row's place in a list, or at its end; or takes the row out.
fn put(list: &mut Value, key: &Key, item: Option<Value>) {
    let mut items = match list.take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    match items.iter().position(|item| key_of(&key.table, item).as_ref() == Some(key)) {
        Some(place) => drop(items.splice(place..=place, item)),
        None => items.extend(item),
    }
    *list = items.into();
}
