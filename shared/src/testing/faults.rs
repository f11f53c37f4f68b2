//! Faults at the SDK's HTTP connector: records every attempt, and makes chosen ones go wrong.
//!
//! Engines on one's desk never throttle, never lose an answer, never read stale; life does. A
//! [`Faults`] stands between the SDK and its real HTTP client, so the code under test is the code
//! that ships, retries included.
//!
//! ```ignore
//! let faults = Faults::new(http_client);
//! let config = config.http_client(faults.clone()).build();
//! for call in 0..calls_of_the_operation {
//!     faults.stop_after(call); // The process dies once this call has landed.
//!     operation().await.unwrap_err();
//!     faults.clear();
//!     operation().await.unwrap(); // Run again, it completes.
//! }
//! ```
//!
//! Calls are counted from 0, and a retry by the SDK is a call. Rows are told apart by `pk` and
//! `sk`. What a row was before its latest change is known from the puts and the reads that passed
//! through this handle; a fault that needs to know more than that leaves the call alone, and
//! [`Call::fault`] says whether it struck.

mod answer;
mod connector;
mod distort;
mod index;
mod memory;
mod part;
mod record;
mod refusal;
mod request;
mod script;
#[cfg(test)]
mod tests;

pub use record::{Action, Call, Key, Verb};
pub use script::Fault;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use connector::Connector;
use record::State;
use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An HTTP client for the SDK that records attempts and injects faults.
///
/// Clones share one script and one record, so one handle serves all clients of a process, those of
/// DynamoDB and of KMS. Two processes on one engine are two handles.
#[derive(Clone)]
pub struct Faults {
    client: SharedHttpClient,
    state: Arc<Mutex<State>>,
    watch: Option<Watch>,
}

/// Looks at each attempt before it goes out, in the task that makes it.
type Watch = Arc<dyn Fn(&Call) + Send + Sync>;

impl Faults {
    /// Wraps the client that does the real work; nothing goes wrong until a script says so.
    pub fn new(client: impl HttpClient + 'static) -> Self {
        let client = SharedHttpClient::new(client);
        Self { client, state: Arc::default(), watch: None }
    }

    /// Has every attempt looked at before it goes out, in the task that makes it, whatever the
    /// script then does to it.
    #[must_use]
    pub fn watched(self, watch: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)), ..self }
    }

    /// Every attempt so far, in the order they went out.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Every attempt since the last taking, and forgets them.
    pub fn take_calls(&self) -> Vec<Call> {
        mem::take(&mut self.state().calls)
    }

    /// How many attempts of an operation are on record, for instance of `"BatchGetItem"`.
    pub fn count(&self, operation: &str) -> usize {
        self.state().calls.iter().filter(|call| call.operation == operation).count()
    }

    /// How many attempts are on record.
    pub fn called(&self) -> usize {
        self.state().calls.len()
    }

    /// Strikes the `n`-th call from now, once.
    pub fn on_call(&self, n: usize, fault: Fault) {
        self.state().script.add(None, n..n.saturating_add(1), fault);
    }

    /// Strikes the `n`-th call of one operation from now, once.
    pub fn on_operation(&self, operation: &str, n: usize, fault: Fault) {
        self.state().script.add(Some(operation), n..n.saturating_add(1), fault);
    }

    /// Strikes the `n`-th call from now and every later one, so that no retry cures it.
    pub fn always_from(&self, n: usize, fault: Fault) {
        self.state().script.add(None, n..usize::MAX, fault);
    }

    /// The process dies after the `n`-th call from now: its effect lands, its answer is lost, and
    /// whatever follows is refused.
    pub fn stop_after(&self, n: usize) {
        self.on_call(n, Fault::FailAfter);
        self.always_from(n.saturating_add(1), Fault::RefuseBefore);
    }

    /// The process dies before the `n`-th call from now: it and whatever follows are refused.
    pub fn stop_before(&self, n: usize) {
        self.always_from(n, Fault::RefuseBefore);
    }

    /// Strikes calls at random, with a probability from 0 to 1 and a fault that suits the
    /// operation. The same seed and the same calls meet the same faults.
    pub fn seeded(&self, seed: u64, probability: f64) {
        self.state().script.roll(seed, probability);
    }

    /// While on, indexes do not show what was written since it was turned on: rows written since
    /// are missing, or stand as the index last showed them.
    pub fn lag_index(&self, on: bool) {
        self.state().index.lag(on);
    }

    /// Ends script, random faults and lag. The record and what is known of rows stay.
    pub fn clear(&self) {
        let mut state = self.state();
        state.script = script::Script::default();
        state.index.lag(false);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("client", &self.client).finish_non_exhaustive()
    }
}

impl HttpClient for Faults {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.client.http_connector(settings, components);
        let read_timeout = settings.read_timeout();
        SharedHttpConnector::new(Connector { inner, faults: self.clone(), read_timeout })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.client.validate_base_client_config(components, config)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.client.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.client.connector_metadata()
    }
}
