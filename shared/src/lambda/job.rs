//! The log line of an event that is no request: what woke the function, and what came of it.

use crate::clock::Clock;
use crate::error::{Error, Kind, Result};
use crate::telemetry::measured;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use std::time::Duration;

/// The source of a schedule's events.
const SCHEDULE: &str = "aws.scheduler";

/// What woke a function.
#[derive(Debug)]
pub(super) struct Woken {
    /// Lambda's id of the invocation, which its own log lines have too.
    request_id: String,
    operation: &'static str,
}

impl Woken {
    /// Looks at an event, and takes nothing out of it but what it is.
    pub(super) fn of(event: &LambdaEvent<Value>) -> Self {
        Self { request_id: event.context.request_id.clone(), operation: operation(&event.payload) }
    }

    /// Does the work, and logs how it went.
    pub(super) async fn logged<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let (done, took) = measured(clock, work).await;
        let Self { request_id, operation } = self;
        let outcome = done.as_ref().map_or_else(|error| outcome(error.kind()), |_| "ok");
        let cause = done.as_ref().err().map(Error::chain);
        let (duration_ms, round_trips) = (took.duration_ms, took.round_trips);
        if cause.is_some() {
            tracing::warn!(
                request_id,
                operation,
                outcome,
                duration_ms,
                round_trips,
                cause,
                "handled"
            );
        } else {
            tracing::info!(request_id, operation, outcome, duration_ms, round_trips, "handled");
        }
        done
    }
}

/// How much time an invocation has left, to the second and never too much.
pub(super) fn left(context: &Context, clock: &dyn Clock) -> Duration {
    let now_secs = u64::try_from(clock.now().secs()).unwrap_or_default();
    Duration::from_secs((context.deadline / 1_000).saturating_sub(now_secs))
}

/// Whether an event is a schedule's, or an operator's that says nothing: everything that is due is
/// to be taken up. Any other event has to be understood.
pub fn is_bare(event: &Value) -> bool {
    event["source"] == SCHEDULE || event.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Where an event comes from.
fn operation(event: &Value) -> &'static str {
    match event["Records"][0]["eventSource"].as_str() {
        Some("aws:sqs") => "queue",
        Some("aws:dynamodb") => "stream",
        _ if event["source"] == SCHEDULE => "schedule",
        // An operator's, which has no form of its own.
        _ => "invoke",
    }
}

/// The name of a failure.
const fn outcome(kind: &Kind) -> &'static str {
    match kind {
        Kind::Conflict(_) => "conflict",
        Kind::Throttled => "throttled",
        Kind::Unavailable => "unavailable",
        Kind::Closed => "closed",
        Kind::Corrupt => "corrupt",
        Kind::Limit => "limit",
        Kind::Config => "config",
        Kind::Internal => "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::events;
    use serde_json::json;

    #[test]
    fn an_event_is_named_by_its_source() {
        assert_eq!(operation(&events::schedule()), "schedule");
        assert_eq!(operation(&events::stream()), "stream");
        assert_eq!(operation(&json!({"Records": [{"eventSource": "aws:sqs"}]})), "queue");
        for event in [json!({"do": "status"}), json!({}), json!({"Records": "x"}), json!(null)] {
            assert_eq!(operation(&event), "invoke");
        }
    }

    #[test]
    fn only_a_schedule_and_an_event_without_a_word_are_bare() {
        assert!(is_bare(&events::schedule()) && is_bare(&json!({})));
        for event in [json!(null), json!("x"), json!([]), json!({"version": "0"}), events::stream()]
        {
            assert!(!is_bare(&event), "{event}");
        }
    }
}
