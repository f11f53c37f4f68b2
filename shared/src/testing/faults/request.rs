//! Reads what a request is about.

use super::{
    part::{Part, text},
    record::{Action, Call, Key, Verb},
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

/// A request as the connector sees it. Only bodies for the tables are looked into.
pub(super) struct Request {
    pub(super) operation: String,
    pub(super) body: Value,
    /// Whether it goes to the tables; if not, it goes to KMS.
    pub(super) dynamodb: bool,
}

impl Request {
    pub(super) fn read(http: &HttpRequest) -> Self {
        let target = http.headers().get("x-amz-target").unwrap_or_default();
        let (service, operation) = target.rsplit_once('.').unwrap_or(("", http.method()));
        let dynamodb = service.starts_with("DynamoDB_");
        let bytes = http.body().bytes().filter(|_| dynamodb).unwrap_or_default();
        let body = serde_json::from_slice(bytes).unwrap_or_default();
        Self { operation: operation.to_owned(), body, dynamodb }
    }

    /// Its entry in the record.
    pub(super) fn describe(&self, number: usize) -> Call {
        let parts = self.parts();
        let named = self.body["TableName"].as_str();
        let mut tables = Vec::new();
        for table in parts.iter().map(|part| part.table).chain(named) {
            if !tables.iter().any(|known| known == table) {
                tables.push(table.to_owned());
            }
        }
        let action = |part: &Part<'_>| Some(Action { verb: part.verb, key: part.key()? });
        Call {
            number,
            operation: self.operation.clone(),
            index: self.index().map(str::to_owned),
            condition: self.clauses().map(|clauses| clauses.join(" AND ")),
            consistent: tables.iter().all(|table| self.consistent(table)),
            tables,
            actions: parts.iter().filter_map(action).collect(),
            listed: 0,
            fault: None,
        }
    }

    /// What it says about rows, in its own order.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let listed = |name: &str| self.body[name].as_array().into_iter().flatten();
        let tables = || self.body["RequestItems"].as_object().into_iter().flatten();
        match self.operation.as_str() {
            "TransactWriteItems" | "TransactGetItems" => {
                listed("TransactItems").filter_map(|action| Part::wrapped(None, action)).collect()
            }
            "BatchGetItem" => tables()
                .flat_map(|(table, wanted)| {
                    let keys = wanted["Keys"].as_array().into_iter().flatten();
                    let verb = Verb::Get;
                    keys.map(move |row| Part { verb, table, row, action: wanted })
                })
                .collect(),
            "BatchWriteItem" => tables()
                .flat_map(|(table, writes)| {
                    let writes = writes.as_array().into_iter().flatten();
                    writes.filter_map(move |write| Part::wrapped(Some(table), write))
                })
                .collect(),
            single => Part::read(single, None, &self.body).into_iter().collect(),
        }
    }

    /// The rows it writes.
    pub(super) fn written(&self) -> impl Iterator<Item = Key> {
        self.parts().into_iter().filter(Part::writes).filter_map(|part| part.key())
    }

    pub(super) fn writes(&self) -> bool {
        self.parts().iter().any(Part::writes)
    }

    pub(super) fn index(&self) -> Option<&str> {
        self.body["IndexName"].as_str()
    }

    /// The one table it names.
    pub(super) fn table(&self) -> &str {
        self.body["TableName"].as_str().unwrap_or_default()
    }

    /// Whether what it reads of this table is consistent, as transactions always are.
    pub(super) fn consistent(&self, table: &str) -> bool {
        match self.operation.as_str() {
            "GetItem" | "BatchGetItem" | "Query" | "Scan" => {
                self.wanted(table)["ConsistentRead"] == true
            }
            _ => true,
        }
    }

    /// The names of the attributes that a read asks for, where it does not ask for all.
    pub(super) fn projection(&self, table: &str) -> Option<Vec<String>> {
        let wanted = self.wanted(table);
        let names = wanted["ProjectionExpression"].as_str()?;
        Some(names.split(',').map(|name| filled(name.trim(), wanted)).collect())
    }

    /// The clause of a query's key condition that names the partition, however it was spaced.
    pub(super) fn partition(&self) -> Option<String> {
        let clause = self.clauses()?.into_iter().find(|clause| names_partition(clause))?;
        Some(clause.replace([' ', '(', ')'], ""))
    }

    /// The attributes that partition and sort what a query reads, as far as its condition tells.
    pub(super) fn key_names(&self) -> [Option<String>; 2] {
        let clauses = self.clauses().unwrap_or_default();
        let (partition, sort) = clauses.iter().partition::<Vec<_>, _>(|text| names_partition(text));
        [partition, sort].map(|clauses| {
            let mut words = clauses.first()?.split(|c| !is_word(c));
            words.find(|word| !word.is_empty() && *word != "begins_with").map(str::to_owned)
        })
    }

    fn clauses(&self) -> Option<Vec<String>> {
        let condition = self.body["KeyConditionExpression"].as_str()?.replace(" and ", " AND ");
        Some(condition.split(" AND ").map(|clause| filled(clause, &self.body)).collect())
    }

    fn wanted(&self, table: &str) -> &Value {
        match self.operation.as_str() {
            "BatchGetItem" => &self.body["RequestItems"][table],
            _ => &self.body,
        }
    }
}

/// An expression with its names and values filled in.
pub(super) fn filled(expression: &str, request: &Value) -> String {
    let mut filled = String::new();
    for piece in expression.split_inclusive(|c| !is_word(c)) {
        let mark = piece.trim_end_matches(|c| !is_word(c));
        let name = request["ExpressionAttributeNames"][mark].as_str();
        let value = || text(&request["ExpressionAttributeValues"][mark]);
        filled.push_str(name.or_else(value).unwrap_or(mark));
        filled.push_str(&piece[mark.len()..]);
    }
    filled
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '#' | ':')
}

/// Whether a clause is of the form `name = value`.
fn names_partition(clause: &str) -> bool {
    let operator = clause.trim_start_matches(['(', ' ']).trim_start_matches(is_word);
    operator.trim_start().starts_with('=')
}
