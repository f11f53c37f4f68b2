//! The Lambda function `delete`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(delete::routes()).await
}
