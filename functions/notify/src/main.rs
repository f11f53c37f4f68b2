//! The Lambda function `notify`.

use notify::event::{Event, handle};
use notify::mailer::NoMailer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::handle(
        |ports, event: Event| async move { handle(&ports, &NoMailer, &event).await },
    )
    .await
}
