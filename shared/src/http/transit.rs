//! The cookie of a log-in by a third party (C-4.2): random bytes, for as long as it is under way. It
//! binds what comes back to the browser that began it.

use super::call::Call;
use super::catalogue::ProblemKind;
use super::credentials::{cookie_named, is_cross_site};
use super::problem::Problem;
use super::zeroed::zeroed;
use crate::domain::limit::AUTHORIZATION_VALID;
use crate::domain::personal::Secret;
use axum::http::HeaderValue;
use zeroize::Zeroizing;

const NAME: &str = "__Host-tx";

/// The cookie. Lax: whoever comes back from the third party's site brings it along.
pub fn transit_cookie(secret: &Secret) -> Result<HeaderValue, Problem> {
    let age = AUTHORIZATION_VALID.as_secs().to_string();
    let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=";
    let text = zeroed(Zeroizing::new([NAME, "=", secret.expose(), attributes, &age].concat()));
    let mut value = HeaderValue::from_maybe_shared(text).map_err(|_| ProblemKind::Internal)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The cookie that ends the cookie.
pub fn expired_transit_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-tx=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The secret that a browser brings back.
pub fn transit_secret(call: &Call) -> Option<Secret> {
    cookie_named(call, NAME)
}

/// Requires that no other site sends a browser here with a changing request.
///
/// # Errors
///
/// `CrossSite`.
pub fn require_same_site(call: &Call) -> Result<(), Problem> {
    if is_cross_site(call) { Err(ProblemKind::CrossSite.into()) } else { Ok(()) }
}
