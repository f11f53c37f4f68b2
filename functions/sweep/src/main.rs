//! The Lambda function `sweep`.

use serde::de::IgnoredAny;
use sweep::Bounds;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    // A schedule or an operator: what the event says does not matter.
    shared::lambda::handle(|ports, _: IgnoredAny| async move {
        sweep::handle(&ports, Bounds::default()).await
    })
    .await
}
