//! The least Lambda function behind the HTTP API: it does nothing. The start of every function is
//! measured as a multiple of this one's, in the same profile and the same run.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|_: Request| async { Ok::<_, Error>(Response::new(Body::Empty)) })).await
}
