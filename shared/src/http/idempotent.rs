//! `Idempotency-Key` on calls that must not run twice. Never required.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::time::Timestamp;
use crate::records::idempotency::{self, Memory};
use crate::store::Row;
use crate::vault::IndexKey;

/// The longest key.
const MAX_CHARS: usize = 128;

/// The idempotent call that a request is, where it carries a key.
///
/// # Errors
///
/// `MalformedIdempotencyKey`.
pub fn idempotent(
    call: &Call,
    route: &str,
    body: &[u8],
    index: &IndexKey,
) -> Result<Option<idempotency::Call>, Problem> {
    // Without an account the caller is whoever is behind that source.
    let caller = index.source_limit(call.source).pk;
    idempotent_for(call, caller.as_bytes(), route, (body, index))
}

/// As [`idempotent`], for a caller who is known: the same key from another network is the same call.
///
/// # Errors
///
/// `MalformedIdempotencyKey`.
pub fn idempotent_for(
    call: &Call,
    caller: &[u8],
    route: &str,
    (body, index): (&[u8], &IndexKey),
) -> Result<Option<idempotency::Call>, Problem> {
    let Some(value) = call.headers.get("idempotency-key") else { return Ok(None) };
    let malformed = || Problem::new(ProblemKind::MalformedIdempotencyKey);
    let key = value.to_str().map_err(|_| malformed())?.trim();
    let key = key.strip_prefix('"').and_then(|k| k.strip_suffix('"')).unwrap_or(key);
    if key.is_empty() || key.len() > MAX_CHARS || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(malformed());
    }
    let name = [caller, route.as_bytes(), key.as_bytes()];
    let name = index.idempotency("idempotency/name", &name);
    let fingerprint = index.idempotency("idempotency/request", &[route.as_bytes(), body]);
    Ok(Some(idempotency::Call::new(&name, fingerprint)))
}

/// The outcome of an earlier run of the same call, and when that was.
///
/// # Errors
///
/// `IdempotencyKeyReused` where the key came with another request.
pub fn recalled(
    idempotent: Option<&idempotency::Call>,
    row: Option<&Row>,
    call: &Call,
) -> Result<Option<(String, Timestamp)>, Problem> {
    let Some(idempotent) = idempotent else { return Ok(None) };
    match idempotent.recall(row, call.now)? {
        Memory::New => Ok(None),
        Memory::Done(outcome, at) => Ok(Some((outcome, at))),
        Memory::Reused => Err(ProblemKind::IdempotencyKeyReused.into()),
    }
}
