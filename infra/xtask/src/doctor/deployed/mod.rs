//! Looks at a stage: asks, keeps the answers, and judges them.
//!
//! The judging sees answers alone, so that tests can give it recorded ones. It was never run on an
//! account: the forms of the answers are those that AWS documents.

mod functions;
mod keys;
mod outbound;
mod questions;
mod stack;
mod tables;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::answers::{Answers, Source};
use super::finding::Finding;
use super::options::Stage;
use crate::run::Outcome;
use stack::Stack;

/// What is found about a stage.
pub(super) fn examine(root: &Path, stage: &Stage) -> Outcome<Vec<Finding>> {
    let answers = match &stage.source {
        Source::Folder(folder) => Answers::read(folder)?,
        Source::Commands(record) => {
            let answers = ask(root, stage)?;
            if let Some(folder) = record {
                answers.write(folder)?;
            }
            answers
        }
    };
    judge(&answers, stage)
}

/// Asks everything: first what the stack is made of, then each part of it.
fn ask(root: &Path, stage: &Stage) -> Outcome<Answers> {
    let mut answers = Answers::default();
    for question in questions::of_stack(stage) {
        answers.ask(&question)?;
    }
    let stack = Stack::read(&answers, &stage.stack)?;
    for question in questions::of_parts(root, stage, &stack) {
        answers.ask(&question)?;
    }
    // What reads a stream is asked by the name that its table answered.
    for question in questions::of_streams(stage, &answers) {
        answers.ask(&question)?;
    }
    Ok(answers)
}

/// Judges the answers about a stage.
fn judge(answers: &Answers, stage: &Stage) -> Outcome<Vec<Finding>> {
    let stack = Stack::read(answers, &stage.stack)?;
    let mut findings = stack.findings(stage);
    findings.extend(tables::findings(answers, &stack));
    findings.extend(keys::findings(answers, &stack));
    findings.extend(functions::findings(answers, &stack));
    findings.extend(outbound::findings(answers, stage, &stack));
    Ok(findings)
}

/// The most of a refusal that is shown: some are whole pages.
const SHOWN: usize = 300;

/// A finding where an answer cannot be had; everything else is judged all the same.
fn unanswered(about: &str, refusal: &str) -> Finding {
    let refusal: String = refusal.lines().next().unwrap_or_default().chars().take(SHOWN).collect();
    Finding::wrong(
        format!("cannot be looked at: {about}"),
        format!("the answer was: {refusal}\nmay you read it? infra/README.md lists the rights"),
    )
}
