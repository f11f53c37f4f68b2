//! The key service of AWS, called with an encryption context.

use super::kms::{Answer, Context, Kms};
use crate::error::{Error, Kind};
use crate::store::Endpoint;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use std::collections::HashMap;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// AWS KMS with one symmetric key.
#[derive(Clone, Debug)]
pub struct AwsKms {
    endpoint: Endpoint,
    http: SharedHttpClient,
    client: OnceLock<Client>,
    key: String,
}

impl AwsKms {
    /// Connects. Makes no call.
    pub fn connect(endpoint: &Endpoint, http: SharedHttpClient, key: String) -> Self {
        Self { endpoint: endpoint.clone(), http, client: OnceLock::new(), key }
    }

    /// The client, made for the first call: a start makes none, and many a function never does.
    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let Endpoint { region, url, credentials } = self.endpoint.clone();
            let (retry, timeout) = crate::store::patience();
            let mut config = aws_sdk_kms::Config::builder();
            config.set_endpoint_url(url);
            let config = config
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::new(region))
                .credentials_provider(credentials)
                .retry_config(retry)
                .timeout_config(timeout)
                .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
                .interceptor(crate::telemetry::CountCalls)
                .http_client(self.http.clone());
            Client::from_conf(config.build())
        })
    }
}

impl Kms for AwsKms {
    fn wrap<'a>(&'a self, context: &'a Context, key: &'a [u8]) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let sent = self
                .client()
                .encrypt()
                .key_id(&self.key)
                .plaintext(Blob::new(key))
                .set_encryption_context(Some(pairs(context)))
                .send()
                .await;
            let answer = sent.map_err(|e| error("wrap a root key", &e))?;
            answer.ciphertext_blob.map(Blob::into_inner).ok_or_else(empty)
        })
    }

    fn unwrap<'a>(
        &'a self,
        context: &'a Context,
        wrapped: &'a [u8],
    ) -> Answer<'a, Zeroizing<Vec<u8>>> {
        Box::pin(async move {
            let sent = self
                .client()
                .decrypt()
                .key_id(&self.key)
                .ciphertext_blob(Blob::new(wrapped))
                .set_encryption_context(Some(pairs(context)))
                .send()
                .await;
            let answer = sent.map_err(|e| error("unwrap a root key", &e))?;
            answer.plaintext.map(|p| Zeroizing::new(p.into_inner())).ok_or_else(empty)
        })
    }
}

fn pairs(context: &Context) -> HashMap<String, String> {
    context.pairs().into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn empty() -> Error {
    Error::new(Kind::Internal, "call the key service").at("an answer without bytes")
}

/// What a failed call means. The code of the service is kept, its message is not.
fn error<E: ProvideErrorMetadata, R>(operation: &'static str, error: &SdkError<E, R>) -> Error {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    let kind = match code {
        Some("InvalidCiphertextException" | "IncorrectKeyException") => Kind::Corrupt,
        Some("ThrottlingException" | "LimitExceededException") => Kind::Throttled,
        Some("AccessDeniedException" | "NotFoundException" | "DisabledException") => Kind::Config,
        _ => Kind::Unavailable,
    };
    Error::new(kind, operation).at(code.unwrap_or("no answer").to_owned())
}
