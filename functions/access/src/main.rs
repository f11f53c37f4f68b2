//! The Lambda function `access`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(access::routes()).await
}
