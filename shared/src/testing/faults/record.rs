//! The record of calls, and what a handle remembers between them.

use super::{
    answer::Answer,
    distort::distort,
    index::Index,
    memory::Memory,
    request::Request,
    script::{Fault, Script},
};
use serde_json::Value;
use std::fmt;

/// One attempt, as it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its place among all calls of the handle, from 0.
    pub number: usize,
    /// The operation, for instance `BatchGetItem` or `Decrypt`.
    pub operation: String,
    /// The tables it touches, each once.
    pub tables: Vec<String>,
    /// The index that a query reads.
    pub index: Option<String>,
    /// The key condition of a query, with names and values filled in.
    pub condition: Option<String>,
    /// Whether a read asked for consistency, of every table; true of anything else.
    pub consistent: bool,
    /// What it does to which rows, in the request's order; empty for a query.
    pub actions: Vec<Action>,
    /// How many rows a query or a scan went through for its answer; none before there is one.
    pub listed: usize,
    /// The fault that struck it.
    pub fault: Option<Fault>,
}

impl Call {
    /// How many rows it read: those that it names, and those that a query or a scan went through.
    pub fn rows_read(&self) -> usize {
        let named = self.actions.iter().filter(|action| action.verb == Verb::Get).count();
        named + self.listed
    }
}

/// What a call does to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What is done.
    pub verb: Verb,
    /// The row it is done to.
    pub key: Key,
}

/// The kinds of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads the row.
    Get,
    /// Puts a whole row.
    Put,
    /// Changes attributes of the row.
    Update,
    /// Removes the row.
    Delete,
    /// Checks the row, and writes nothing.
    ConditionCheck,
}

/// Names a row: its table and its key, as text whatever their type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The table, by the name it goes by in the request.
    pub table: String,
    /// The partition key.
    pub pk: String,
    /// The sort key, in tables that have one.
    pub sk: Option<String>,
}

impl Key {
    /// Names a row of a table without a sort key.
    pub fn new(table: impl Into<String>, pk: impl Into<String>) -> Self {
        Self { table: table.into(), pk: pk.into(), sk: None }
    }

    /// The row with this sort key.
    #[must_use]
    pub fn sk(self, sk: impl Into<String>) -> Self {
        Self { sk: Some(sk.into()), ..self }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.table, self.pk)?;
        self.sk.as_ref().map_or(Ok(()), |sk| write!(f, " / {sk}"))
    }
}

/// What a handle remembers between calls.
#[derive(Default)]
pub(super) struct State {
    pub(super) calls: Vec<Call>,
    begun: usize,
    pub(super) script: Script,
    memory: Memory,
    pub(super) index: Index,
}

impl State {
    /// Records a call and asks the script what it meets.
    pub(super) fn begin(&mut self, request: &Request) -> (Call, Option<Fault>) {
        let number = self.begun;
        self.begun += 1;
        let mut call = request.describe(number);
        let fault = self.script.next(&call);
        call.fault = fault.clone().filter(|fault| !fault.distorts());
        self.calls.push(call.clone());
        (call, fault)
    }

    /// Learns from a success, and changes what a read says: first the index's lag, then the fault.
    /// Tells whether the answer differs now.
    pub(super) fn answered(
        &mut self,
        number: usize,
        request: &Request,
        fault: Option<&Fault>,
        body: &mut Value,
    ) -> bool {
        if request.writes() {
            self.memory.learn_write(request, body);
            self.index.learn_write(request);
            return false;
        }
        let mut answer = Answer { request, body };
        if let Some(listed) = answer.listed() {
            self.with(number, |call| call.listed = listed);
        }
        self.memory.learn_read(&answer);
        let stale = fault == Some(&Fault::StaleRead);
        let lagged = self.index.show(&mut answer, stale);
        let distorted = fault.is_some_and(|fault| distort(fault, &mut answer, &self.memory));
        if distorted || stale && lagged {
            self.with(number, |call| call.fault = fault.cloned());
        }
        lagged || distorted
    }

    /// Adds to the record of a call, where it was not taken.
    fn with(&mut self, number: usize, add: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls.iter_mut().rfind(|call| call.number == number) {
            add(call);
        }
    }
}
