//! The promise suites against engines that we did not write.
//!
//! Everything else runs on the engine in process. These runs are the referee: the store on
//! DynamoDB Local, the vault on moto's KMS, mails to aiosmtpd,
//! log-ins by oidc-provider. All hold test data only and live as long as the run.

mod aiosmtpd;
mod dynamodb_local;
mod moto;
mod oidc_provider;
mod promises;
mod referee;
pub(crate) mod server;

use std::path::Path;

pub(crate) use moto::PACKAGES as MOTO;
pub(crate) use referee::referee;

use crate::run::Outcome;

/// Runs every suite, the others also when one failed.
pub(crate) fn contract(root: &Path) -> Outcome {
    let outcomes =
        [dynamodb_local::run(root), moto::run(root), aiosmtpd::run(root), oidc_provider::run(root)];
    let problems: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\nxtask contract: ")) }
}
