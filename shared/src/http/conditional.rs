//! Versions of what is changed: `ETag` and `If-Match` (RFC 9110, 8.8.3 and 13.1.1).

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use axum::http::header;

/// The entity tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// Checks that the caller knows the version that is about to be changed.
///
/// # Errors
///
/// `VersionRequired` without `If-Match`, `StaleVersion` where it names other versions only.
pub fn if_match(call: &Call, version: u64) -> Result<(), Problem> {
    let mut tags = call.headers.get_all(header::IF_MATCH).iter().peekable();
    if tags.peek().is_none() {
        return Err(ProblemKind::VersionRequired.into());
    }
    let current = etag(version);
    let known = tags
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || tag.trim() == current);
    if known { Ok(()) } else { Err(ProblemKind::StaleVersion.into()) }
}
