//! What one request or event took: how long, and how many calls to DynamoDB and KMS.

use crate::clock::Clock;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use std::cell::Cell;

tokio::task_local! {
    /// Calls that the work of this task has sent so far.
    static CALLS: Cell<u64>;
}

/// What some work took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Work {
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Requests sent to DynamoDB and KMS, each try of the SDK counted.
    pub round_trips: u64,
}

/// Does some work, and says what it took. What it hands to other tasks is not counted.
pub async fn measured<T>(clock: &dyn Clock, work: impl Future<Output = T>) -> (T, Work) {
    let begun = clock.elapsed();
    let counted = async {
        let done = work.await;
        (done, CALLS.with(Cell::get))
    };
    let (done, round_trips) = CALLS.scope(Cell::new(0), counted).await;
    let took = clock.elapsed().saturating_sub(begun).as_millis();
    (done, Work { duration_ms: u64::try_from(took).unwrap_or(u64::MAX), round_trips })
}

/// Counts what a client of AWS sends, for the work that it is sent for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountCalls;

impl Intercept for CountCalls {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The calls of an Init belong to no request.
        let _outside = CALLS.try_with(|calls| calls.set(calls.get() + 1));
        Ok(())
    }
}
