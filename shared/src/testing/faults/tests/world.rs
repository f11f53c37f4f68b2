//! The SDK above the module, and below it a service that says what it is told.

use super::super::{Call, Faults};
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
    types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Answers 200 with the bodies it was given, in turn, and `{}` after them.
#[derive(Debug, Clone, Default)]
struct Stub {
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    reached: Arc<Mutex<usize>>,
}

impl HttpConnector for Stub {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        *self.reached.lock().unwrap() += 1;
        let body = self.answers.lock().unwrap().pop_front().unwrap_or("{}");
        let answer = HttpResponse::new(axum::http::StatusCode::OK.into(), SdkBody::from(body));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

impl HttpClient for Stub {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

pub(super) struct World {
    stub: Stub,
    pub(super) faults: Faults,
    pub(super) client: Client,
}

impl World {
    pub(super) fn new(retry: RetryConfig, answers: &[&'static str]) -> Self {
        let stub = Stub::default();
        stub.answers.lock().unwrap().extend(answers);
        let faults = Faults::new(stub.clone());
        Self::over(stub, faults, retry)
    }

    /// A world whose attempts are looked at, none of them twice.
    pub(super) fn watched(watch: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        let stub = Stub::default();
        let faults = Faults::new(stub.clone()).watched(watch);
        Self::over(stub, faults, RetryConfig::disabled())
    }

    fn over(stub: Stub, faults: Faults, retry: RetryConfig) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("cn-north-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .endpoint_url("http://stub")
            .retry_config(retry.with_initial_backoff(Duration::from_millis(1)))
            .http_client(faults.clone())
            .build();
        Self { stub, faults, client: Client::from_conf(config) }
    }

    pub(super) fn once(answers: &[&'static str]) -> Self {
        Self::new(RetryConfig::disabled(), answers)
    }

    pub(super) fn reached(&self) -> usize {
        *self.stub.reached.lock().unwrap()
    }

    pub(super) async fn put(&self, pk: &str, value: &str) -> Result<(), String> {
        let put = [("pk", pk), ("sk", "account"), ("value", value)]
            .into_iter()
            .fold(Put::builder().table_name("Records"), |put, (name, value)| {
                put.item(name, AttributeValue::S(value.into()))
            })
            .condition_expression("attribute_not_exists(pk)");
        let write = TransactWriteItem::builder().put(put.build().unwrap()).build();
        let sent = self.client.transact_write_items().transact_items(write).send().await;
        sent.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
    }

    /// The value of the row, if there is one.
    pub(super) async fn get(&self, pk: &str, consistent: bool) -> Option<String> {
        let get = self.client.get_item().table_name("Records").consistent_read(consistent);
        let get = get.key("pk", AttributeValue::S(pk.into()));
        let answer = get.key("sk", AttributeValue::S("account".into())).send().await.unwrap();
        Some(answer.item?["value"].as_s().unwrap().clone())
    }

    /// How many rows came, and how many keys were left unprocessed.
    pub(super) async fn batch(&self, rows: &[&str]) -> (usize, usize) {
        let keys = rows.iter().fold(KeysAndAttributes::builder(), |keys, pk| {
            let key = [("pk", *pk), ("sk", "account")];
            let key = key.map(|(name, value)| (name.into(), AttributeValue::S(value.into())));
            keys.keys(key.into())
        });
        let keys = keys.consistent_read(true).build().unwrap();
        let answer = self.client.batch_get_item().request_items("Records", keys).send().await;
        let answer = answer.unwrap();
        let left = answer.unprocessed_keys.unwrap_or_default();
        (
            answer.responses.unwrap_or_default().values().map(Vec::len).sum(),
            left.values().map(|keys| keys.keys.len()).sum(),
        )
    }
}
