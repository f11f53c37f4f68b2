//! Running an act again while other writes of the same person get in its way.

use super::call::Call;
use super::caller::{Access, Caller};
use super::problem::Problem;
use crate::store::Store;

/// How often a write that other writes got in the way of is tried.
const TRIES: u32 = 10;

/// Runs an attempt again while other writes of the same person get in its way.
///
/// # Errors
///
/// Those of the attempt; `Busy` where the others never end.
pub async fn settle<T, F>(store: &Store, mut attempt: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut tries = 0;
    loop {
        match attempt().await {
            Err(problem) if problem.is_conflict() && tries < TRIES => store.back_off(tries).await,
            other => return other,
        }
        tries += 1;
    }
}

/// Runs an act of a caller; again, for the caller as it is then, while other writes of the same
/// person get in its way.
///
/// # Errors
///
/// Those of the act, or of identifying the caller again; `Busy` where the others never end.
pub async fn act<T, F>(
    call: &Call,
    (access, caller): (Access, Caller),
    attempt: impl Fn(Caller) -> F,
) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let mut first = Some(caller);
    settle(&call.ports.store, || {
        let caller = first.take();
        let attempt = &attempt;
        async move {
            let caller = match caller {
                Some(caller) => caller,
                None => Caller::identify(call, access).await?,
            };
            attempt(caller).await
        }
    })
    .await
}
