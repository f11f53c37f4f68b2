//! A database whose tables are throttled: it refuses every call as `DynamoDB` does where a partition
//! is too hot.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::missing_panics_doc, reason = "a broken promise is a panic, for each of them")]

use super::promises::{CANARY, answer, event, problem};
use super::{Binary, Variables, logs};
use crate::testing::events::{self, BodyForm};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Serves on a free port of the loopback; it stops with this value.
struct Throttled {
    url: String,
    calls: Arc<AtomicUsize>,
    task: JoinHandle<io::Result<()>>,
}

impl Throttled {
    async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let calls = Arc::<AtomicUsize>::default();
        let counted = calls.clone();
        let refuse = async move |headers: HeaderMap| {
            counted.fetch_add(1, Ordering::Relaxed);
            refusal(&headers)
        };
        let task = tokio::spawn(
            axum::serve(listener, Router::new().route("/", post(refuse))).into_future(),
        );
        Ok(Self { url, calls, task })
    }

    /// The calls since this was asked last.
    fn take_calls(&self) -> usize {
        self.calls.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Throttled {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn refusal(headers: &HeaderMap) -> (StatusCode, Json<Value>) {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let kind = if target.unwrap_or_default().contains("Transact") {
        "com.amazon.coral.availability#ThrottlingException"
    } else {
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
    };
    let message = "Rate of requests exceeds the allowed throughput.";
    (StatusCode::BAD_REQUEST, Json(json!({"__type": kind, "message": message})))
}

/// A function whose tables are throttled tries again by itself, then says so with a time to wait, and
/// goes on.
pub async fn of_requests(path: &str, (method, route): (&str, &str), body: Value) {
    let (database, binary) = begin(path).await;
    let mut event = event(method, route);
    if !body.is_null() {
        event = events::with_body(event, &body.to_string(), BodyForm::Text);
    }
    for _ in 0..2 {
        let (status, body) = answer(&binary, &event).await;
        assert_eq!(problem(status, &body), (503, "unavailable"), "{body}");
        assert_eq!(body["retry_after"], 2);
        let calls = database.take_calls();
        assert!((2..=MOST).contains(&calls), "tried again, and not for ever: {calls}");
    }
    told(binary);
}

/// A job whose tables are throttled fails in the same way, so that it is counted and comes again.
pub async fn of_job(path: &str) {
    let (database, binary) = begin(path).await;
    for _ in 0..2 {
        let done = binary.invoke(&events::schedule()).await.expect("it goes on");
        let error = done.expect_err("a failure of the job");
        let text = error["errorMessage"].as_str().expect("a message");
        assert!(text.contains("Throttled"), "{error}");
        let calls = database.take_calls();
        assert!((2..=MOST).contains(&calls), "tried again, and not for ever: {calls}");
    }
    told(binary);
}

/// The most calls of one event: the tries of the SDK, and one more of ours.
const MOST: usize = 8;

/// A binary before such a database, its start behind it.
async fn begin(path: &str) -> (Throttled, Binary) {
    let database = Throttled::serve().await.expect("a port");
    let variables = Variables::default().with("AWS_ENDPOINT_URL_DYNAMODB", &database.url);
    let binary = Binary::start(path, &variables).await.expect("the binary starts");
    binary.polled().await.expect("it starts");
    database.take_calls();
    (database, binary)
}

/// Its log names the cause, and nothing of what came in.
fn told(binary: Binary) {
    let log = binary.stop().expect("a log");
    logs::check_log(&log);
    assert!(log.to_lowercase().contains("throttled") && !log.contains(CANARY), "{log}");
}
