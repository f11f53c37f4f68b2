//! The Lambda function `export`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(export::routes()).await
}
