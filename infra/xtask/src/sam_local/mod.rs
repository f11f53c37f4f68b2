//! `cargo xtask sam-local`: every function in a container of `sam local`, and the README's story on
//! `sam local start-api`, with an engine, a key service and a mail server on this machine.
//!
//! `cargo xtask sam-local serve` starts the same and leaves it running, for people.

mod build;
mod events;
mod process;
mod stack;
mod story;

use std::path::Path;
use std::time::Instant;

use crate::run::Outcome;
use process::Sam;
use stack::Stack;

/// Checks, or serves until it is ended.
pub(crate) fn step(root: &Path) -> Outcome {
    let word = std::env::args().nth(2);
    if !matches!(word.as_deref(), None | Some("serve")) {
        return Err("there is: `cargo xtask sam-local`, `cargo xtask sam-local serve`".to_owned());
    }
    let stack = timed("start", || Stack::start(root))?;
    timed("seed", || stack.seed())?;
    if word.is_some() {
        return serve(&stack);
    }
    timed("every event", || events::invoke_all(&stack))?;
    let lambda = stack.start_lambda()?;
    timed("dead letters", || stack.dead_letters(&lambda))?;
    let api = stack.start_api()?;
    timed("story", || story::tell(&stack, &api, &lambda))
}

/// Serves the API, and has messages delivered every few seconds: no stream and no schedule does.
fn serve(stack: &Stack) -> Outcome {
    let lambda = stack.start_lambda()?;
    let api = stack.start_api()?;
    eprintln!("sam-local: the API is {}; mail goes to {}", api.url(), stack.mailbox().display());
    let sam = stack.sam();
    eprintln!("sam-local: try: {} local invoke Access -e infra/events/access.json", sam.display());
    eprintln!("sam-local: export AWS_ENDPOINT_URL_STS={}", stack.kms_url());
    loop {
        story::deliver(&lambda)?;
        std::thread::sleep(std::time::Duration::from_secs(2));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a step takes is printed, and decides nothing"
)]
fn timed<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    let done = work();
    eprintln!("sam-local: {what}: {} s", start.elapsed().as_secs());
    done
}

/// The reply of a function that `start-lambda` serves.
fn call(lambda: &Sam, function: &str, event: &str) -> Outcome<String> {
    let path = format!("/2015-03-31/functions/{function}/invocations");
    process::post(lambda.address(), &path, &[], event)
}
