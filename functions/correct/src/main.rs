//! The Lambda function `correct`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(correct::routes()).await
}
