//! Holds one call at the SDK's connector until it is let go, so that a race has one order.

use crate::app::TestApp;
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use personal_center::Options;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Far beyond what any test here takes: a call that is never made fails, and does not hang.
const PATIENCE: Duration = shared::domain::time::minutes(1);

/// A place where calls can be held.
#[derive(Clone, Debug, Default)]
pub(crate) struct Halt(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The operation to hold, and how many calls of it pass before.
    wanted: Mutex<Option<(&'static str, usize)>>,
    held: Notify,
    go: Notify,
}

impl Halt {
    /// A world whose calls can be held.
    pub(crate) async fn start(change: impl FnOnce(&mut Options)) -> (TestApp, Self) {
        let halt = Self::default();
        let outer = halt.clone();
        let app = TestApp::with(|options| {
            change(options);
            let inner = std::mem::replace(&mut options.wrap, Box::new(|client| client));
            options.wrap = Box::new(move |client| {
                SharedHttpClient::new(Halting { client: inner(client), halt: outer })
            });
        });
        (app.await, halt)
    }

    /// Holds the `n`-th call of an operation that the first makes from now, runs the second, and
    /// lets it go. Gives what both answered.
    pub(crate) async fn overtake<A, B>(
        &self,
        (operation, n): (&'static str, usize),
        first: impl Future<Output = A>,
        second: impl Future<Output = B>,
    ) -> (A, B) {
        *self.0.wanted.lock().expect("no panic before") = Some((operation, n));
        let second = async {
            self.0.held.notified().await;
            let answer = second.await;
            self.0.go.notify_one();
            answer
        };
        let both = async { tokio::join!(first, second) };
        tokio::time::timeout(PATIENCE, both).await.expect("the call to hold was made")
    }

    fn holds(&self, operation: &str) -> bool {
        let mut wanted = self.0.wanted.lock().expect("no panic before");
        match wanted.as_mut() {
            Some((name, 0)) if operation.ends_with(*name) => {
                *wanted = None;
                true
            }
            Some((name, n)) if operation.ends_with(*name) => {
                *n -= 1;
                false
            }
            _ => false,
        }
    }
}

/// The client with the place in it.
#[derive(Debug)]
struct Halting {
    client: SharedHttpClient,
    halt: Halt,
}

impl HttpClient for Halting {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, halt: self.halt.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    halt: Halt,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap_or_default();
        if !self.halt.holds(operation) {
            return self.inner.call(request);
        }
        let (inner, halt) = (self.inner.clone(), self.halt.clone());
        HttpConnectorFuture::new(async move {
            halt.0.held.notify_one();
            halt.0.go.notified().await;
            inner.call(request).await
        })
    }
}
