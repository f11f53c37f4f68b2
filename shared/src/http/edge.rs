//! What happens to every request and answer: an id, a language, limits, headers, one log line.

use super::catalogue::ProblemKind;
use super::problem::Problem;
use super::routes::Routes;
use crate::domain::locale::Locale;
use crate::ids::RequestId;
use crate::ports::Ports;
use crate::telemetry::measured;
use crate::telemetry::metrics::{self, Metric};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

/// The most bytes of request line and headers (API Gateway's limit, kept locally too).
const MAX_HEADER_BYTES: usize = 10_240;
/// The header that carries the request id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every handler knows about its request.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) id: RequestId,
    pub(super) locale: Locale,
}

/// The gateway's own id of a request: it stands in the gateway's log of accesses.
#[derive(Clone, Debug)]
pub struct GatewayId(pub String);

/// Makes a router of routes: unknown paths and methods answer with problems too.
pub fn serve(routes: Routes, ports: Ports) -> Router {
    routes
        .router
        .fallback(|| async { Problem::new(ProblemKind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::new(ProblemKind::MethodNotAllowed) })
        .layer(from_fn_with_state(ports.clone(), edge))
        .with_state(ports)
}

async fn edge(State(ports): State<Ports>, mut request: Request, next: Next) -> Response {
    let id = RequestId::draw(&*ports.entropy);
    let languages = request.headers().get(header::ACCEPT_LANGUAGE);
    let locale = Locale::negotiate(languages.and_then(|v| v.to_str().ok()));
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let gateway = request.extensions().get::<GatewayId>().cloned();
    let work = async {
        if header_bytes(&request) > MAX_HEADER_BYTES {
            return Problem::new(ProblemKind::HeadersTooLarge).into_response();
        }
        request.extensions_mut().insert(Edge { id: id.clone(), locale });
        next.run(request).await
    };
    let (answer, took) = measured(&*ports.clock, work).await;
    let (answer, outcome) = finish(answer, locale, &id);
    tracing::info!(
        request_id = %id,
        gateway_request_id = gateway.as_ref().map(|id| &*id.0),
        %method,
        operation = path.as_deref().unwrap_or("unmatched"),
        status = answer.status().as_u16(),
        outcome,
        duration_ms = took.duration_ms,
        round_trips = took.round_trips,
        "answered"
    );
    if answer.status().is_server_error() {
        metrics::emit(&ports, Metric::RequestsFailed, 1, &[]);
    }
    answer
}

/// Renders a problem, and sets the headers that every answer has. Gives the answer, and what came
/// of the request: the end of the problem's type, or `ok`.
fn finish(mut answer: Response, locale: Locale, id: &RequestId) -> (Response, &'static str) {
    let mut outcome = "ok";
    if let Some(problem) = answer.extensions_mut().remove::<Problem>() {
        if let Some(cause) = problem.log() {
            tracing::warn!(request_id = %id, cause, "failed");
        }
        outcome = problem.kind().entry().slug;
        answer = problem.render(answer, locale, id);
    } else if answer.status() == StatusCode::BAD_REQUEST && answer.headers().is_empty() {
        let problem = Problem::new(ProblemKind::MalformedHeader);
        outcome = problem.kind().entry().slug;
        answer = problem.render(answer, locale, id);
    }
    let headers = answer.headers_mut();
    set(headers, REQUEST_ID, HeaderValue::from_str(id.as_str()).ok());
    if !headers.contains_key(header::CACHE_CONTROL) {
        set(headers, header::CACHE_CONTROL, Some(HeaderValue::from_static("no-store")));
    }
    let nosniff = HeaderValue::from_static("nosniff");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, Some(nosniff));
    let hsts = HeaderValue::from_static("max-age=31536000; includeSubDomains");
    set(headers, header::STRICT_TRANSPORT_SECURITY, Some(hsts));
    (answer, outcome)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value);
    }
}

/// The size of request line and headers as they were on the wire, HTTP/1.1.
fn header_bytes(request: &Request) -> usize {
    let line = request.method().as_str().len() + request.uri().to_string().len() + 12;
    let fields = request.headers().iter().map(|(n, v)| n.as_str().len() + v.len() + 4);
    line + fields.sum::<usize>()
}
