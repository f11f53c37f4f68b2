//! The Lambda function `sweep`.

use sweep::Event;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    // What the schedule says does not matter; an operator may wish for a rotation.
    shared::lambda::handle(|ports, event: Option<Event>| async move {
        sweep::invoke(&ports, event.unwrap_or_default()).await
    })
    .await
}
