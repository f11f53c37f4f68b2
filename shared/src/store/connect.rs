//! The client: retries, timeouts, and where the service is.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use std::time::Duration;

/// Where the AWS services are, and as whom they are called.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The region.
    pub region: String,
    /// A URL instead of the region's own endpoint.
    pub url: Option<String>,
    /// The caller's credentials.
    pub credentials: Credentials,
}

impl Endpoint {
    /// An engine on the loopback, which checks no credentials.
    pub fn local(url: String) -> Self {
        let credentials = Credentials::new("local", "local", None, None, "local");
        Self { region: "cn-north-1".to_owned(), url: Some(url), credentials }
    }
}

/// Opening a connection, TLS included.
pub(crate) const CONNECT: Duration = Duration::from_secs(1);
/// One attempt: a frozen environment wakes with dead connections, so it must not hang.
const ATTEMPT: Duration = Duration::from_secs(2);
/// One operation with its retries, well below the gateway's 30 s.
const OPERATION: Duration = Duration::from_secs(8);

/// The retries and timeouts that every client here has.
pub(crate) fn patience() -> (RetryConfig, TimeoutConfig) {
    let retry = RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(25))
        .with_max_backoff(Duration::from_millis(500));
    let timeout = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    (retry, timeout)
}

/// Connects to DynamoDB. Makes no call.
pub fn connect(endpoint: &Endpoint, http: SharedHttpClient) -> Client {
    let (retry, timeout) = patience();
    let mut config = aws_sdk_dynamodb::Config::builder();
    config.set_endpoint_url(endpoint.url.clone());
    let config = config
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(endpoint.region.clone()))
        .credentials_provider(endpoint.credentials.clone())
        .retry_config(retry)
        .timeout_config(timeout)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .interceptor(crate::telemetry::CountCalls)
        .http_client(http);
    Client::from_conf(config.build())
}
