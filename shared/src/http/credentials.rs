//! Credentials on a request: a bearer token or the session cookie, never both (C-4.1, C-4.2).

use super::call::Call;
use super::catalogue::ProblemKind;
use super::problem::Problem;
use super::zeroed::zeroed;
use crate::domain::personal::Secret;
use crate::ids::SubjectId;
use crate::records::session::Token;
use axum::http::{HeaderValue, Method, header};
use std::time::Duration;
use zeroize::Zeroizing;

/// The name of the session cookie.
pub const COOKIE: &str = "__Host-pc";

/// The token that a request carries.
///
/// # Errors
///
/// `Unauthenticated` without one, `CredentialsTwice`, `CrossSite`.
pub(super) fn token(call: &Call) -> Result<Token, Problem> {
    let (bearer, cookie) = (bearer(call), cookie_value(call));
    let text = match (bearer, cookie) {
        (Some(_), Some(_)) => return Err(ProblemKind::CredentialsTwice.into()),
        (Some(token), None) => token,
        (None, Some(token)) => {
            if is_cross_site(call) {
                return Err(ProblemKind::CrossSite.into());
            }
            token
        }
        (None, None) => return Err(ProblemKind::Unauthenticated.into()),
    };
    Token::parse(text.expose()).ok_or_else(|| ProblemKind::Unauthenticated.into())
}

/// The person whom the token names that a request carries. Nothing is proved yet.
///
/// # Errors
///
/// `Unauthenticated` without one, `CredentialsTwice`, `CrossSite`.
pub fn claimed_subject(call: &Call) -> Result<SubjectId, Problem> {
    token(call).map(|token| token.subject)
}

/// Whether a request carries the session as a cookie.
pub(super) fn by_cookie(call: &Call) -> bool {
    cookie_value(call).is_some()
}

/// The token of the session cookie, where a request carries one and nothing else does.
pub fn cookie_token(call: &Call) -> Option<Token> {
    if bearer(call).is_some() || is_cross_site(call) {
        return None;
    }
    Token::parse(cookie_value(call)?.expose())
}

fn bearer(call: &Call) -> Option<Secret> {
    let value = call.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
}

fn cookie_value(call: &Call) -> Option<Secret> {
    cookie_named(call, COOKIE)
}

/// The value of a cookie.
pub(super) fn cookie_named(call: &Call, wanted: &str) -> Option<Secret> {
    let values = call.headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs =
        values.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| Secret::new(value.to_owned()))
}

/// Whether a browser says that a changing request comes from another site (Fetch Metadata, or the
/// `Origin` that every browser sends with one).
pub(super) fn is_cross_site(call: &Call) -> bool {
    if matches!(call.method, Method::GET | Method::HEAD) {
        return false;
    }
    let text = |name: &str| call.headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_none() || host != text("host")
}

/// The cookie of a session. With a length it outlives the browser.
pub fn cookie(token: &Secret, keep: Option<Duration>) -> Result<HeaderValue, Problem> {
    let keep = keep.map(|k| format!("; Max-Age={}", k.as_secs())).unwrap_or_default();
    let parts =
        [COOKIE, "=", token.expose(), "; Path=/; Secure; HttpOnly; SameSite=Strict", keep.as_str()];
    // Joined at once into a buffer of that size, which the value shares.
    let text = zeroed(Zeroizing::new(parts.concat()));
    let mut value = HeaderValue::from_maybe_shared(text).map_err(|_| ProblemKind::Internal)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The cookie that ends the cookie.
pub fn expired_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-pc=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}
