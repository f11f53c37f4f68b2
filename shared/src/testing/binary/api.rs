//! A Runtime API (version 2018-06-01) for one environment: the next event, its answer, its error.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// The answer to an event, or the error that was reported instead.
type Outcome = Result<Value, Value>;
/// An event, and where what comes of it goes.
type Event = (String, oneshot::Sender<Outcome>);

/// A deadline that nobody meets: nothing here ends a function that is late.
const FAR_AHEAD_MS: u64 = 4_102_444_800_000;

/// A Runtime API; it stops with this value.
pub(super) struct Api {
    address: SocketAddr,
    events: UnboundedSender<Event>,
    shared: Arc<Shared>,
    task: JoinHandle<io::Result<()>>,
}

struct Shared {
    events: tokio::sync::Mutex<UnboundedReceiver<Event>>,
    known: Mutex<Known>,
    polled: Notify,
}

#[derive(Default)]
struct Known {
    handed_out: u64,
    /// When the next invocations are over, in milliseconds of Unix time.
    deadline_ms: Option<u64>,
    waiting: HashMap<String, oneshot::Sender<Outcome>>,
    init_error: Option<Value>,
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Api {
    /// Serves on a free port of the loopback.
    pub(super) async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, received) = unbounded_channel();
        let received = tokio::sync::Mutex::new(received);
        let shared =
            Arc::new(Shared { events: received, known: Mutex::default(), polled: Notify::new() });
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(shared.clone());
        let task = tokio::spawn(axum::serve(listener, app).into_future());
        Ok(Self { address, events, shared, task })
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until an event was asked for. One caller at a time; a poll that came before counts.
    pub(super) async fn polled(&self) {
        self.shared.polled.notified().await;
    }

    /// Queues an event and waits for what comes of it.
    pub(super) async fn invoke(&self, event: String) -> io::Result<Outcome> {
        let (answer, outcome) = oneshot::channel();
        self.events.send((event, answer)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        outcome.await.map_err(io::Error::other)
    }

    pub(super) fn set_deadline(&self, at_ms: u64) {
        self.shared.known().deadline_ms = Some(at_ms);
    }

    pub(super) fn init_error(&self) -> Option<Value> {
        self.shared.known().init_error.clone()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits for an event, as long as it takes.
async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.polled.notify_one();
    let Some((event, answer)) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let mut known = shared.known();
    known.handed_out += 1;
    let id = format!("00000000-0000-4000-8000-{:012}", known.handed_out);
    known.waiting.insert(id.clone(), answer);
    let deadline = known.deadline_ms.unwrap_or(FAR_AHEAD_MS).to_string();
    let function = "arn:aws-cn:lambda:cn-north-1:123456789012:function:function";
    let headers = [
        ("lambda-runtime-aws-request-id", id.as_str()),
        ("lambda-runtime-deadline-ms", deadline.as_str()),
        ("lambda-runtime-invoked-function-arn", function),
        ("lambda-runtime-trace-id", "Root=1-68a5c0de-0123456789abcdef01234567;Sampled=0"),
    ];
    (headers, event).into_response()
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&shared, &id, Ok(serde_json::from_slice(&body).unwrap_or_default()))
}

async fn error(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&shared, &id, Err(serde_json::from_slice(&body).unwrap_or_default()))
}

async fn init_error(State(shared): State<Arc<Shared>>, Json(body): Json<Value>) -> StatusCode {
    shared.known().init_error = Some(body);
    StatusCode::ACCEPTED
}

/// Hands an outcome to who waits for it; an id that is not out is refused, as by Lambda.
fn settle(shared: &Shared, id: &str, outcome: Outcome) -> StatusCode {
    match shared.known().waiting.remove(id) {
        Some(answer) => {
            let _gave_up = answer.send(outcome);
            StatusCode::ACCEPTED
        }
        None => StatusCode::FORBIDDEN,
    }
}
