//! The Lambda function `sweep`.

use sweep::Bounds;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::handle(|ports, event, left| async move {
        sweep::respond(&ports, event, Bounds::default().within(left)).await
    })
    .await
}
