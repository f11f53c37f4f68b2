//! What was ever written, heard at the SDK's connector: the rows that a law keeps, as they were put
//! last, without what they seal.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use personal_center::Options;
use serde_json::Value;
use shared::domain::inventory::Entity;
use shared::domain::time::Timestamp;
use shared::ids::SubjectId;
use shared::records::receipt::ERASED;
use shared::records::subject;
use shared::store::{Attr, Key, Row};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Every row that was put.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<Mutex<BTreeMap<Key, Row>>>);

impl Written {
    /// Listens to a world's client.
    pub(super) fn listen(self, options: &mut Options) {
        let inner = std::mem::replace(&mut options.wrap, Box::new(|client| client));
        options.wrap = Box::new(move |client| {
            // Whoever listens here has no use for faults, whose memory of every row costs more than
            // the calls.
            let _faults = inner(client.clone());
            SharedHttpClient::new(Listening { client, written: self })
        });
    }

    /// How many rows there ever were.
    pub(super) fn count(&self) -> usize {
        self.0.lock().expect("no panic before").len()
    }

    /// The rows that a law keeps whatever becomes of the account.
    pub(super) fn kept_by_law(&self) -> Vec<Row> {
        let rows = self.0.lock().expect("no panic before");
        let kept = |row: &&Row| match row.entity {
            Entity::Evidence | Entity::NetworkLog | Entity::LedgerEntry | Entity::Tombstone => true,
            Entity::Receipt => row.text(Attr::State).is_ok_and(|state| state == ERASED),
            _ => false,
        };
        rows.values().filter(kept).cloned().collect()
    }

    /// When a person was erased.
    pub(super) fn erased_at(&self, id: &SubjectId) -> Option<Timestamp> {
        let rows = self.0.lock().expect("no panic before");
        rows.get(&subject::account(id))?.time(Attr::ErasedAt).ok()
    }

    /// Learns from a transaction that landed.
    fn learn(&self, body: &[u8]) {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let puts = body["TransactItems"].as_array().into_iter().flatten();
        for put in puts.filter_map(|action| action.get("Put")) {
            if let Some(row) = row(put) {
                self.0.lock().expect("no panic before").insert(row.key.clone(), row);
            }
        }
    }
}

/// A row in a put, with the attributes that say what it is and when it was made.
fn row(put: &Value) -> Option<Row> {
    let item = &put["Item"];
    let (pk, sk) = (item["pk"]["S"].as_str()?, item["sk"]["S"].as_str());
    let key = match (put["TableName"].as_str()?, sk) {
        ("Records", Some(sk)) => Key::records(pk, sk),
        ("Ledger", Some(sk)) => Key::ledger(pk, sk),
        _ => return None,
    };
    let mut row = Row::new(key, Entity::parse(item["kind"]["S"].as_str()?)?);
    for attr in [Attr::CreatedAt, Attr::At, Attr::ErasedAt] {
        if let Some(at) = item[attr.name()]["N"].as_str().and_then(|n| n.parse().ok()) {
            row = row.with(attr, Timestamp::from_secs(at));
        }
    }
    let state = item["state"]["S"].as_str();
    Some(state.map_or_else(|| row.clone(), |state| row.clone().with(Attr::State, state)))
}

#[derive(Debug)]
struct Listening {
    client: SharedHttpClient,
    written: Written,
}

impl HttpClient for Listening {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, written: self.written.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    written: Written,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap_or_default();
        if !operation.ends_with("TransactWriteItems") {
            return self.inner.call(request);
        }
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let (inner, written) = (self.inner.clone(), self.written.clone());
        HttpConnectorFuture::new(async move {
            let answer = inner.call(request).await?;
            if answer.status().as_u16() == 200 {
                written.learn(&body);
            }
            Ok(answer)
        })
    }
}
