//! The Lambda function `session`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(session::routes()).await
}
