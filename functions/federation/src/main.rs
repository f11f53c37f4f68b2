//! The Lambda function `federation`.

use federation::event::{Event, handle};
use federation::{Desk, routes_at};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    let desk = Arc::new(Desk::default());
    let routes = routes_at(desk.clone());
    shared::lambda::serve_and_handle(routes, move |ports, event: Event| {
        let desk = desk.clone();
        async move { handle(&ports, &desk, event).await }
    })
    .await
}
