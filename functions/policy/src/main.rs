//! The Lambda function `policy`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::lambda::Ending {
    shared::lambda::serve(policy::routes()).await
}
