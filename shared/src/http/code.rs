//! The code of a contact verification, for whatever it is asked for.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::limit::CODE_TRIES;
use crate::domain::personal::Secret;
use crate::ids::VerificationId;
use crate::records::verification::{self, CodePurpose, Verification};
use crate::store::{Attr, Row, Transaction, When};
use crate::telemetry::metrics::{Metric, emit};
use crate::vault::Owner;

/// Checks a code, given the rows of its verification and of its key. A try is counted before it is
/// checked, so that many at once get no more than five.
///
/// # Errors
///
/// `VerificationFailed`, whatever is wrong: the id, the code, its time, its tries, its purpose.
pub async fn check_code(
    call: &Call,
    (id, given): (&VerificationId, &Secret),
    (row, key): (Option<&Row>, Option<&Row>),
    wanted: CodePurpose,
) -> Result<Verification, Problem> {
    let failed = || {
        emit(&call.ports, Metric::ProofsRefused, 1, &["code"]);
        Problem::new(ProblemKind::VerificationFailed)
    };
    let live = row.filter(|row| !row.is_expired(call.now));
    let key = call.ports.vault.open(Owner::Flow(id.clone()), key).await?;
    let (Some(row), Some(key)) = (live, key) else { return Err(failed()) };
    let mut transaction = Transaction::new();
    let below = When::Below(Attr::Tries, CODE_TRIES);
    transaction.count("tries", row.key.clone(), Attr::Tries, below);
    match call.ports.store.write(transaction).await {
        Ok(()) => {}
        Err(error) if error.is_conflict() => return Err(failed()),
        Err(error) => return Err(error.into()),
    }
    let verified: Verification = key.open(row)?;
    let right = verification::same_code(&verified.code, given.expose());
    if right && verified.purpose == wanted { Ok(verified) } else { Err(failed()) }
}

/// Whether a code is the one of a verification that is not over, however often it was tried: for
/// one whose tries are counted already.
///
/// # Errors
///
/// Where the key cannot be opened.
pub async fn is_code(
    call: &Call,
    (id, given): (&VerificationId, &Secret),
    (row, key): (Option<&Row>, Option<&Row>),
) -> Result<bool, Problem> {
    let live = row.filter(|row| !row.is_expired(call.now));
    let key = call.ports.vault.open(Owner::Flow(id.clone()), key).await?;
    let (Some(row), Some(key)) = (live, key) else { return Ok(false) };
    let verified: Verification = key.open(row)?;
    Ok(verification::same_code(&verified.code, given.expose()))
}
