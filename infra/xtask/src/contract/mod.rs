//! The promise suites against engines that we did not write.
//!
//! Everything else runs on the engine in process. These runs are the referee: the store on
//! DynamoDB Local, the vault on moto's KMS. Both hold test data only and live as long as the run.

mod dynamodb_local;
mod moto;
mod promises;
mod server;

use std::path::Path;

use crate::run::Outcome;

/// Runs both suites, the second also when the first failed.
pub(crate) fn contract(root: &Path) -> Outcome {
    let outcomes = [dynamodb_local::run(root), moto::run(root)];
    let problems: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\nxtask contract: ")) }
}
