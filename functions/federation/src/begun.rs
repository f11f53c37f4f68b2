//! A log-in that was begun, and is used up by what comes back.

use shared::domain::personal::Secret;
use shared::domain::time::Timestamp;
use shared::error::Error;
use shared::http::{Call, Problem, ProblemKind, transit_secret};
use shared::records::authorization::{self, Authorization, State, digest_of};
use shared::store::{Attr, Transaction};
use shared::vault::Owner;

/// Finds the log-in of a state, with the time when it was begun, and uses it up before its code goes anywhere: of several that come
/// back with it, one finds it there, and after a fault one begins anew. One read, one write.
///
/// # Errors
///
/// `ThirdPartyFailed`, whatever is wrong: the state, its time, the third party, the browser.
pub(crate) async fn take(
    call: &Call,
    state: &Secret,
    provider: &str,
) -> Result<(Authorization, Timestamp), Problem> {
    let failed = || Problem::new(ProblemKind::ThirdPartyFailed);
    let state = State::parse(state.expose()).ok_or_else(failed)?;
    let browser = transit_secret(call).ok_or_else(failed)?;
    let owner = Owner::Authorization(state.id.clone());
    let keys = [authorization::key(&state.id), owner.key()];
    let [row, key] = call.ports.store.get(&keys).await?;
    let row = row.filter(|row| !row.is_expired(call.now)).ok_or_else(failed)?;
    let key = call.ports.vault.open(owner, key.as_ref()).await?.ok_or_else(failed)?;
    let begun: Authorization = key.open(&row)?;
    // Digests of random secrets: the time that comparing them takes tells nothing.
    let fits = begun.state_digest == digest_of(&state.secret)
        && begun.browser_digest == digest_of(&browser)
        && begun.provider == provider;
    if !fits {
        return Err(failed());
    }
    let began_at = row.time(Attr::CreatedAt)?;
    let mut transaction = Transaction::new();
    authorization::end(&mut transaction, &state.id, row.version);
    let used = |error: Error| if error.is_conflict() { failed() } else { error.into() };
    call.ports.store.write(transaction).await.map_err(used)?;
    Ok((begun, began_at))
}
