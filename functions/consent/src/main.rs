//! The Lambda function `consent`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(consent::routes()).await
}
