//! What makes a library a Lambda function: environment, TLS client, event loop.

mod ending;
mod environment;
mod event;
mod https;
mod job;

pub use ending::Ending;
pub use event::readable;
pub use job::is_bare;

use crate::domain::residency::Residency;
use crate::error::{Error, Kind};
use crate::http::{GatewayId, Routes, Source, serve as router};
use crate::ports::Ports;
use crate::telemetry::metrics::{self, Metric};
use axum::Router;
use axum::middleware::{Next, from_fn};
use lambda_http::Adapter;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tower::ServiceExt;

/// How long the throw-away read of an Init may take. Lambda ends an Init after ten seconds and
/// begins it anew inside the first request, which would then wait twice.
const WARM_UP: Duration = Duration::from_secs(4);

/// Serves routes behind the HTTP API. Ends with a failure where a setting is missing, or the
/// Runtime API fails.
pub async fn serve(routes: Routes) -> Ending {
    let ports = match start().await {
        Ok(ports) => ports,
        Err(error) => return not_started(&error),
    };
    let handler = Adapter::from(app(routes, ports));
    let read = |LambdaEvent { payload, context }: LambdaEvent<LambdaRequest>| {
        LambdaEvent::new(readable(payload), context)
    };
    ending::stopped(&lambda_runtime::run(handler.map_request(read)).await)
}

/// Serves routes behind the HTTP API, and handles what an operator says by a direct invoke. Ends as
/// [`serve`] does.
pub async fn serve_and_handle<E, A, F>(
    routes: Routes,
    handler: impl Fn(Ports, E) -> F + Clone,
) -> Ending
where
    E: DeserializeOwned,
    A: Serialize,
    F: Future<Output = Result<A, Error>>,
{
    let ports = match start().await {
        Ok(ports) => ports,
        Err(error) => return not_started(&error),
    };
    let adapter = Adapter::from(app(routes, ports.clone()));
    let either = async |LambdaEvent { payload, context }: LambdaEvent<Value>| {
        if payload.get("requestContext").is_none() {
            let event = LambdaEvent::new(payload, context);
            let woken = job::Woken::of(&event);
            let work = Box::pin(async {
                let event = serde_json::from_value(event.payload).map_err(unknown)?;
                handler(ports.clone(), event).await
            });
            let done = woken.logged(&*ports.clock, work).await?;
            return Ok::<_, lambda_runtime::Error>(serde_json::to_value(done)?);
        }
        let request: LambdaRequest = serde_json::from_value(payload).map_err(unknown)?;
        let request = LambdaEvent::new(readable(request), context);
        Ok(serde_json::to_value(adapter.clone().oneshot(request).await?)?)
    };
    ending::stopped(&lambda_runtime::run(service_fn(either)).await)
}

/// The refusal of an event that cannot be read. It quotes nothing of it.
fn unknown(_: serde_json::Error) -> Error {
    Error::new(Kind::Internal, "read an event")
}

/// The router that serves routes behind the HTTP API: each request knows where it came from, as the
/// gateway saw it.
pub fn app(routes: Routes, ports: Ports) -> Router {
    router(routes, ports).layer(from_fn(with_source))
}

/// Handles events of a schedule, a stream or a direct invoke. Ends as [`serve`] does.
///
/// An event that is none of the function's is refused here: the runtime's own refusal would quote
/// it in the log.
/// The handler also learns how much time the invocation has left, to hand on what it cannot finish.
pub async fn handle<E, A, F>(handler: impl Fn(Ports, E, Duration) -> F) -> Ending
where
    E: DeserializeOwned,
    A: Serialize,
    F: Future<Output = Result<A, Error>>,
{
    let ports = match start().await {
        Ok(ports) => ports,
        Err(error) => return not_started(&error),
    };
    let handler = async |event: LambdaEvent<Value>| {
        let woken = job::Woken::of(&event);
        let left = job::left(&event.context, &*ports.clock);
        // On the heap: the future of a job is larger than the compiler looks through.
        let work = Box::pin(async {
            let event = serde_json::from_value(event.payload).map_err(unknown)?;
            handler(ports.clone(), event, left).await
        });
        woken.logged(&*ports.clock, work).await.map_err(lambda_runtime::Error::from)
    };
    ending::stopped(&lambda_runtime::run(service_fn(handler)).await)
}

/// Init: the settings, the clients, and one throw-away read, so that the first request does not
/// pay for the TLS handshake (measured on Lambda at 128 MB: some 745 ms).
async fn start() -> Result<Ports, Error> {
    crate::telemetry::start();
    let ports = environment::ports()?;
    tell_where(&ports);
    match tokio::time::timeout(WARM_UP, ports.vault.warm_up()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(cause = error.chain(), "not warmed up"),
        Err(_) => tracing::warn!(cause = "no answer in time", "not warmed up"),
    }
    Ok(ports)
}

/// Says aloud, at every start, that the residency guard is lifted (C-5.1). A start with the guard is
/// measured too: it is what ends the alarm.
fn tell_where(ports: &Ports) {
    let lifted = ports.config.residency == Residency::Lifted;
    if lifted {
        tracing::warn!(alarm = "outside_mainland", "data may be outside mainland China");
    }
    metrics::emit(ports, Metric::StartsUnguarded, lifted.into(), &[]);
}

fn not_started(error: &Error) -> Ending {
    ending::not_started(error, environment::runtime_api().as_deref())
}

/// Tells every request where it came from, as the gateway saw it, and the gateway's id of it.
async fn with_source(mut request: axum::extract::Request, next: Next) -> axum::response::Response {
    if let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get() {
        let ip = context.http.source_ip.as_ref().and_then(|ip| ip.parse().ok());
        let id = context.request_id.clone().map(GatewayId);
        if let Some(ip) = ip {
            request.extensions_mut().insert(Source(ip));
        }
        if let Some(id) = id {
            request.extensions_mut().insert(id);
        }
    }
    next.run(request).await
}
