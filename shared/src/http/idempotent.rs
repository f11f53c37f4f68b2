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
    let mut values = call.headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(key).filter(|_| values.next().is_none());
    let key = key.ok_or(ProblemKind::MalformedIdempotencyKey)?;
    let name = [caller, route.as_bytes(), key.as_bytes()];
    let name = index.idempotency("idempotency/name", &name);
    let fingerprint = index.idempotency("idempotency/request", &[route.as_bytes(), body]);
    Ok(Some(idempotency::Call::new(&name, fingerprint)))
}

/// The key in a value. The gateway joins two headers to one with a comma, so that a key has a comma
/// only within quotation marks.
fn key(value: &str) -> Option<&str> {
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
    let other = if quoted.is_some() { '"' } else { ',' };
    let key = quoted.unwrap_or(value);
    let fits = (1..=MAX_CHARS).contains(&key.len());
    let plain = key.bytes().all(|b| b.is_ascii_graphic()) && !key.contains(other);
    (fits && plain).then_some(key)
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
