//! The Lambda function `notify`.

use notify::Office;
use notify::event::{Event, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    let office = Arc::new(Office::default());
    shared::lambda::handle(move |ports, event: Event, left| {
        let office = office.clone();
        async move { handle(&ports, &office, &event, left).await }
    })
    .await
}
