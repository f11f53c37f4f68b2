//! Writes: several rows that must agree change in one transaction, each under a precondition.

use super::Store;
use super::convert;
use super::fault::error;
use super::retry::TRIES;
use super::row::{Attr, Key, Row, Value};
use crate::domain::time::Timestamp;
use crate::error::{Error, Kind, Result};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use std::collections::{HashMap, HashSet};

/// The most actions of one transaction (an AWS limit).
const MAX_ACTIONS: usize = 100;
/// The most bytes of one item (an AWS limit: 400 KB, names included).
const MAX_ROW_BYTES: usize = 400 * 1024;
/// The most bytes of one transaction (an AWS limit: 4 MB).
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The precondition of an action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// There is no such row.
    Absent,
    /// There is such a row.
    Present,
    /// The row has this version.
    Version(u64),
    /// The account's gate has not moved since.
    GateEpoch(i64),
    /// The row's number is below this.
    Below(Attr, i64),
}

/// A transaction in the making. Each action has a label that a conflict names.
#[derive(Debug, Default)]
pub struct Transaction {
    actions: Vec<(&'static str, Action)>,
}

#[derive(Debug)]
enum Action {
    Put(Row, When),
    Delete(Key, When),
    Check(Key, When),
    Count(Key, Attr, When),
    Touch(Key, Attr, Timestamp),
}

impl Transaction {
    /// An empty transaction.
    pub const fn new() -> Self {
        Self { actions: Vec::new() }
    }

    /// Writes a row.
    pub fn put(&mut self, label: &'static str, row: Row, when: When) -> &mut Self {
        self.push(label, Action::Put(row, when))
    }

    /// Writes the next version of a row that was read: its version is the precondition.
    pub fn replace(&mut self, label: &'static str, row: Row) -> &mut Self {
        let when = When::Version(row.version.saturating_sub(1));
        self.put(label, row, when)
    }

    /// Deletes a row.
    pub fn delete(&mut self, label: &'static str, key: Key, when: When) -> &mut Self {
        self.push(label, Action::Delete(key, when))
    }

    /// Checks a row that is not written.
    pub fn check(&mut self, label: &'static str, key: Key, when: When) -> &mut Self {
        self.push(label, Action::Check(key, when))
    }

    /// Adds one to a number of a row, without a new version.
    pub fn count(&mut self, label: &'static str, key: Key, attr: Attr, when: When) -> &mut Self {
        self.push(label, Action::Count(key, attr, when))
    }

    /// Sets a time of a row that is there, without a new version.
    pub fn touch(&mut self, label: &'static str, key: Key, attr: Attr, at: Timestamp) -> &mut Self {
        self.push(label, Action::Touch(key, attr, at))
    }

    fn push(&mut self, label: &'static str, action: Action) -> &mut Self {
        self.actions.push((label, action));
        self
    }

    /// Refuses what the service would refuse, on engines too that would not.
    fn check_limits(&self) -> Result<()> {
        let limit = |what: &str| Error::new(Kind::Limit, "write rows").at(what.to_owned());
        if self.actions.is_empty() || self.actions.len() > MAX_ACTIONS {
            return Err(limit("actions of a transaction"));
        }
        let mut keys = HashSet::new();
        let mut total = 0;
        for (label, action) in &self.actions {
            if !keys.insert(action.key()) {
                return Err(limit(&format!("two actions on one row, {label}")));
            }
            let bytes = if let Action::Put(row, _) = action { row_bytes(row) } else { 0 };
            if bytes > MAX_ROW_BYTES {
                return Err(limit(&format!("bytes of a row, {label}")));
            }
            total += bytes;
        }
        if total > MAX_BYTES { Err(limit("bytes of a transaction")) } else { Ok(()) }
    }
}

impl Action {
    fn key(&self) -> &Key {
        match self {
            Self::Put(row, _) => &row.key,
            Self::Delete(key, _)
            | Self::Check(key, _)
            | Self::Count(key, ..)
            | Self::Touch(key, ..) => key,
        }
    }
}

/// The size that the service counts: names and values.
fn row_bytes(row: &Row) -> usize {
    let value = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Number(_) => 21,
        Value::Numbers(numbers) => 3 + 22 * numbers.len(),
    };
    let attributes: usize = row.attributes.iter().map(|(a, v)| a.name().len() + value(v)).sum();
    row.key.pk.len() + row.key.sk.len() + 64 + attributes
}

impl Store {
    /// Writes a transaction: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// `Conflict` with the labels of the actions whose precondition failed; `Throttled` or
    /// `Unavailable` after bounded retries, when it may or may not have been written; `Limit`.
    pub async fn write(&self, transaction: Transaction) -> Result<()> {
        transaction.check_limits()?;
        let (labels, items) = self.items(transaction)?;
        let token = crate::ids::EntryId::draw(&*self.entropy);
        for attempt in 0..TRIES {
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(token.as_str())
                .send()
                .await;
            match sent.as_ref().map_err(|e| outcome(e, &labels)) {
                Ok(_) => return Ok(()),
                Err(Outcome::Failed(failed)) => return Err(failed),
                Err(Outcome::Contended) => self.back_off(attempt).await,
            }
        }
        Err(Error::new(Kind::Throttled, "write rows").at("other transactions"))
    }

    fn items(
        &self,
        transaction: Transaction,
    ) -> Result<(Vec<&'static str>, Vec<TransactWriteItem>)> {
        let mut labels = Vec::new();
        let mut items = Vec::new();
        for (label, action) in transaction.actions {
            let incomplete = |e| Error::new(Kind::Internal, "write rows").at(label).because(e);
            labels.push(label);
            items.push(self.item(action).map_err(incomplete)?);
        }
        Ok((labels, items))
    }

    fn item(
        &self,
        action: Action,
    ) -> std::result::Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let table = self.name(action.key().table).to_owned();
        let item = TransactWriteItem::builder();
        Ok(match action {
            Action::Put(row, when) => {
                let (expression, names, values) = condition(when);
                let put = Put::builder().table_name(table).set_item(Some(convert::item(&row)));
                let put = put.condition_expression(expression);
                let put = put.set_expression_attribute_names(names);
                item.put(put.set_expression_attribute_values(values).build()?)
            }
            Action::Delete(key, when) => {
                let (expression, names, values) = condition(when);
                let delete =
                    Delete::builder().table_name(table).set_key(Some(convert::key_item(&key)));
                let delete = delete.condition_expression(expression);
                let delete = delete.set_expression_attribute_names(names);
                item.delete(delete.set_expression_attribute_values(values).build()?)
            }
            Action::Check(key, when) => {
                let (expression, names, values) = condition(when);
                let check = ConditionCheck::builder().table_name(table);
                let check = check.set_key(Some(convert::key_item(&key)));
                let check = check.condition_expression(expression);
                let check = check.set_expression_attribute_names(names);
                item.condition_check(check.set_expression_attribute_values(values).build()?)
            }
            Action::Count(key, attr, when) => {
                let (expression, names, values) = condition(when);
                let names = names.unwrap_or_default().into_iter();
                let names = names.chain([("#n".to_owned(), attr.name().to_owned())]).collect();
                let one = (":one".to_owned(), AttributeValue::N("1".to_owned()));
                let values = values.unwrap_or_default().into_iter().chain([one]).collect();
                let update = Update::builder().table_name(table);
                let update = update.set_key(Some(convert::key_item(&key)));
                let update = update.update_expression("ADD #n :one");
                let update = update.condition_expression(expression);
                let update = update.set_expression_attribute_names(Some(names));
                item.update(update.set_expression_attribute_values(Some(values)).build()?)
            }
            Action::Touch(key, attr, at) => {
                let update = Update::builder().table_name(table);
                let update = update.set_key(Some(convert::key_item(&key)));
                let update = update.update_expression("SET #n = :at");
                let update = update.condition_expression("attribute_exists(pk)");
                let update = update.expression_attribute_names("#n", attr.name());
                let at = AttributeValue::N(at.secs().to_string());
                item.update(update.expression_attribute_values(":at", at).build()?)
            }
        }
        .build())
    }
}

type Names = Option<HashMap<String, String>>;
type Values = Option<HashMap<String, AttributeValue>>;

/// A precondition as the API has it.
fn condition(when: When) -> (&'static str, Names, Values) {
    let number = |n: String| AttributeValue::N(n);
    let compared = |attr: &str, value: AttributeValue| {
        (
            Some(HashMap::from([("#c".to_owned(), attr.to_owned())])),
            Some(HashMap::from([(":c".to_owned(), value)])),
        )
    };
    let (expression, (names, values)) = match when {
        When::Absent => ("attribute_not_exists(pk)", (None, None)),
        When::Present => ("attribute_exists(pk)", (None, None)),
        When::Version(n) => ("#c = :c", compared("version", number(n.to_string()))),
        When::GateEpoch(n) => ("#c = :c", compared("gate_epoch", number(n.to_string()))),
        When::Below(attr, n) => ("#c < :c", compared(attr.name(), number(n.to_string()))),
    };
    (expression, names, values)
}

enum Outcome {
    Failed(Error),
    Contended,
}

/// What a failed transaction means: which preconditions failed, or that another one was in the way.
fn outcome(sdk: &SdkError<TransactWriteItemsError>, labels: &[&'static str]) -> Outcome {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        sdk.as_service_error()
    else {
        return Outcome::Failed(error("write rows", sdk));
    };
    let reasons = cancelled.cancellation_reasons();
    let code = |wanted: &str| {
        let with =
            |(reason, label): (&aws_sdk_dynamodb::types::CancellationReason, &&'static str)| {
                (reason.code() == Some(wanted)).then_some(*label)
            };
        reasons.iter().zip(labels).filter_map(with).collect::<Vec<_>>()
    };
    let failed = code("ConditionalCheckFailed");
    if !failed.is_empty() {
        return Outcome::Failed(Error::new(Kind::Conflict(failed), "write rows"));
    }
    if !code("TransactionConflict").is_empty() {
        return Outcome::Contended;
    }
    let throttled =
        !code("ProvisionedThroughputExceeded").is_empty() || !code("ThrottlingError").is_empty();
    let kind = if throttled { Kind::Throttled } else { Kind::Internal };
    Outcome::Failed(Error::new(kind, "write rows").at("cancelled"))
}
