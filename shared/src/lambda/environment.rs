//! The environment of a deployed function: the one place that reads it.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::ids::{Entropy, SystemEntropy};
use crate::ports::Ports;
use crate::store::{Endpoint, Store, connect};
use crate::vault::kms_aws::AwsKms;
use aws_credential_types::Credentials;
use std::sync::Arc;

/// The ports of a deployed function.
pub(super) fn ports() -> Result<Ports> {
    let config = Config::read(variable)?;
    let http = super::https::client()?;
    let tables = endpoint("AWS_ENDPOINT_URL_DYNAMODB")?;
    let keys = endpoint("AWS_ENDPOINT_URL_KMS")?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::default());
    let client = connect(&tables, http.clone());
    let store = Store::new(client, config.tables.clone(), entropy.clone());
    let kms = AwsKms::connect(&keys, http, config.vault_key.clone());
    let clock = Arc::new(SystemClock::default());
    Ok(Ports::new(config, clock, entropy, store, Arc::new(kms)))
}

/// Where the Runtime API is.
pub(super) fn runtime_api() -> Option<String> {
    variable("AWS_LAMBDA_RUNTIME_API")
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The role's credentials and region, which Lambda puts into the environment.
fn endpoint(url: &str) -> Result<Endpoint> {
    let needed = |name: &str| {
        let missing = || Error::new(Kind::Config, "read the environment").at(name.to_owned());
        variable(name).ok_or_else(missing)
    };
    let (id, secret) = (needed("AWS_ACCESS_KEY_ID")?, needed("AWS_SECRET_ACCESS_KEY")?);
    let token = variable("AWS_SESSION_TOKEN").filter(|t| !t.is_empty());
    let credentials = Credentials::new(id, secret, token, None, "environment");
    Ok(Endpoint { region: needed("AWS_REGION")?, url: variable(url), credentials })
}
