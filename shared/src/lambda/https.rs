//! The client of HTTPS that both AWS clients share: one pool of connections over HTTP/1.1, with the
//! roots of trust that were read when this was compiled.
//!
//! The SDK's own client reads its roots from PEM at each start, and once for each client of AWS more.

mod roots;
#[cfg(test)]
mod tests;

use crate::error::{Error, Kind, Result};
use crate::store::CONNECT;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{
    CaptureConnection, Connect, HttpConnector as TcpConnector, capture_connection,
};
use hyper_util::client::legacy::{Client, Error as PoolError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tower::ServiceExt;

/// Makes the client. Connects to nothing.
pub(super) fn client() -> Result<SharedHttpClient> {
    Ok(SharedHttpClient::new(Https(pool(roots::trusted())?)))
}

fn pool(roots: RootCertStore) -> Result<SharedHttpConnector> {
    let mut tcp = TcpConnector::new();
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    let open = HttpsConnector::from((tcp, trust(roots)?));
    let within = ServiceExt::<http::Uri>::map_future(open, |opening| {
        Box::pin(async { timeout(CONNECT, opening).await? })
    });
    let mut pool = Client::builder(TokioExecutor::new());
    let pool = Pool(pool.pool_timer(TokioTimer::new()).build(within));
    Ok(SharedHttpConnector::new(pool))
}

fn trust(roots: RootCertStore) -> Result<ClientConfig> {
    let versions = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions();
    let versions = versions.map_err(|e| Error::new(Kind::Config, "set up TLS").because(e))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// Gives every client the same connector, whose time to connect is the one that all have.
#[derive(Debug)]
struct Https(SharedHttpConnector);

impl HttpClient for Https {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.clone()
    }
}

/// The connections.
struct Pool<C>(Client<C, SdkBody>);

impl<C> fmt::Debug for Pool<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> HttpConnector for Pool<C> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let captured = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || Some(metadata(&captured)));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async {
            let answer = answer.await.map_err(failed)?;
            let answer = HttpResponse::try_from(answer.map(SdkBody::from_body_1_x));
            answer.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Lets the SDK give up a connection on which something went wrong.
fn metadata(captured: &CaptureConnection) -> ConnectionMetadata {
    let captured = captured.clone();
    let give_up = move || {
        if let Some(connection) = captured.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    ConnectionMetadata::builder().proxied(false).poison_fn(give_up).build()
}

/// What fails here failed on the way: it may be tried again.
fn failed(error: PoolError) -> ConnectorError {
    let mut cause = error.source();
    while let Some(deeper) = cause {
        if deeper.is::<Elapsed>() {
            return ConnectorError::timeout(error.into());
        }
        cause = deeper.source();
    }
    ConnectorError::io(error.into())
}
