//! Sending a transaction: its actions as the API has them, retries against contention, and which
//! precondition failed.

use super::Store;
use super::attr::Attr;
use super::convert;
use super::fault::error;
use super::retry::TRIES;
use super::transaction::{Action, Change, Transaction, When};
use crate::error::{Error, Kind, Result};
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use std::collections::HashMap;

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

    fn item(&self, action: Action) -> Result<TransactWriteItem, BuildError> {
        let table = self.name(action.key().table).to_owned();
        let key = convert::key_item(action.key());
        let item = TransactWriteItem::builder();
        Ok(match action {
            Action::Put(row, when) => {
                let Condition { expression, names, values } = when.into();
                let put = Put::builder().table_name(table).set_item(Some(convert::item(&row)));
                let put = put.condition_expression(expression);
                let put = put.set_expression_attribute_names(names);
                item.put(put.set_expression_attribute_values(values).build()?)
            }
            Action::Delete(_, when) => {
                let Condition { expression, names, values } = when.into();
                let delete = Delete::builder().table_name(table).set_key(Some(key));
                let delete = delete.condition_expression(expression);
                let delete = delete.set_expression_attribute_names(names);
                item.delete(delete.set_expression_attribute_values(values).build()?)
            }
            Action::Check(_, when) => {
                let Condition { expression, names, values } = when.into();
                let check = ConditionCheck::builder().table_name(table).set_key(Some(key));
                let check = check.condition_expression(expression);
                let check = check.set_expression_attribute_names(names);
                item.condition_check(check.set_expression_attribute_values(values).build()?)
            }
            Action::Update(_, attr, change, when) => {
                let Condition { expression, names, values } = when.into();
                let (expression_of, value) = match change {
                    Change::AddOne => ("ADD #n :n", 1),
                    Change::Set(at) => ("SET #n = :n", at.secs()),
                    Change::PutOff(at) => ("SET #n = :n ADD attempts :one", at.secs()),
                    Change::DueAgain(at) => ("SET #n = :n REMOVE attempts", at.secs()),
                };
                let update = Update::builder().table_name(table);
                let update = update.update_expression(expression_of);
                let update = update.set_key(Some(key)).condition_expression(expression);
                let update = update.set_expression_attribute_names(names);
                let update = update.set_expression_attribute_values(values);
                let update = update.expression_attribute_names("#n", attr.name());
                let value = AttributeValue::N(value.to_string());
                let update = if matches!(change, Change::PutOff(_)) {
                    update.expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
                } else {
                    update
                };
                item.update(update.expression_attribute_values(":n", value).build()?)
            }
        }
        .build())
    }
}

/// A precondition as the API has it.
struct Condition {
    expression: &'static str,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
}

impl From<When> for Condition {
    fn from(when: When) -> Self {
        let bare = |expression| Self { expression, names: None, values: None };
        let compared = |expression, attr: &str, number: String| Self {
            expression,
            names: Some(HashMap::from([("#c".to_owned(), attr.to_owned())])),
            values: Some(HashMap::from([(":c".to_owned(), AttributeValue::N(number))])),
        };
        match when {
            When::Absent => bare("attribute_not_exists(pk)"),
            When::Present => bare("attribute_exists(pk)"),
            When::Version(n) => compared("#c = :c", "version", n.to_string()),
            When::GateEpoch(n) => compared("#c = :c", Attr::GateEpoch.name(), n.to_string()),
            When::Below(attr, n) => compared("#c < :c", attr.name(), n.to_string()),
        }
    }
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
        let with = |(reason, label): (&CancellationReason, &&'static str)| {
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
