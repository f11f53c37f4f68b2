//! ID tokens: who signed them, with what, for whom, about which log-in, when (OpenID Connect Core
//! 1.0, section 3.1.3.7). Times are held against our own clock.

use crate::client::Fault;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use shared::domain::time::{Timestamp, minutes};
use std::time::Duration;

/// The algorithms that are taken: with a public key alone, so that nobody who knows it can sign.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];
/// How far clocks may be apart.
const SKEW: Duration = minutes(1);
/// How old a token may be: it comes straight from the third party.
const OLDEST: Duration = minutes(10);

/// What a token has to say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) logged_in_since: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

/// By what a token says it is signed.
pub(crate) struct Header {
    algorithm: Algorithm,
    key: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    auth_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads the header of a token.
pub(crate) fn header(token: &str) -> Result<Header, Fault> {
    let header = jsonwebtoken::decode_header(token);
    let header = header.map_err(|_| Fault::Wrong("a token that is none"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Fault::Wrong("an algorithm that is not taken"));
    }
    Ok(Header { algorithm: header.alg, key: header.kid })
}

impl Header {
    /// The keys that can have signed: of the kind, and of the name where it has one.
    fn keys<'a>(&'a self, keys: &'a [Jwk]) -> impl Iterator<Item = &'a Jwk> {
        keys.iter().filter(|key| {
            let named = self.key.is_none() || key.common.key_id == self.key;
            let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
            named && signs && self.is_of_kind(key)
        })
    }

    fn is_of_kind(&self, key: &Jwk) -> bool {
        let elliptic = matches!(self.algorithm, Algorithm::ES256 | Algorithm::ES384);
        match &key.algorithm {
            AlgorithmParameters::RSA(_) => !elliptic,
            AlgorithmParameters::EllipticCurve(_) => elliptic,
            _ => false,
        }
    }

    /// Whether one of the keys can have signed.
    pub(crate) fn has_key_among(&self, keys: &[Jwk]) -> bool {
        self.keys(keys).next().is_some()
    }
}

/// Whom a token is about, where it is what it has to be.
pub(crate) fn subject(
    token: &str,
    header: &Header,
    keys: &[Jwk],
    expected: &Expected<'_>,
) -> Result<String, Fault> {
    let mut validation = Validation::new(header.algorithm);
    // What it looks at by the system's clock is looked at below by ours.
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let mut signed = header.keys(keys).filter_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        Some(jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims)
    });
    let claims = signed.next().ok_or(Fault::Wrong("a token that no key of its issuer signed"))?;
    check(&claims, expected).map_err(Fault::Wrong)?;
    Ok(claims.sub)
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), &'static str> {
    let at = Timestamp::from_secs;
    let now = expected.now;
    let (one, many) = match &claims.aud {
        Audience::One(one) => (Some(one), [].as_slice()),
        Audience::Many(many) => (None, many.as_slice()),
    };
    let ours = one.into_iter().chain(many).any(|audience| audience == expected.client_id);
    let party = claims.azp.as_deref();
    let same = |one: &str, other: &str| {
        let (one, other) = (one.as_bytes(), other.as_bytes());
        aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
    };
    let holds = |holds: bool, otherwise| if holds { Ok(()) } else { Err(otherwise) };
    holds(claims.iss == expected.issuer, "a token of another issuer")?;
    holds(ours, "a token for another audience")?;
    holds(party.is_some() || many.len() < 2, "a token for several that names no party")?;
    holds(party.is_none_or(|party| party == expected.client_id), "a token for another party")?;
    holds(now < at(claims.exp).plus(SKEW), "a token that is over")?;
    holds(at(claims.iat) <= now.plus(SKEW), "a token of a time to come")?;
    holds(now < at(claims.iat).plus(OLDEST), "a token that is old")?;
    holds(claims.nbf.is_none_or(|from| at(from) <= now.plus(SKEW)), "a token that is early")?;
    let nonce = claims.nonce.as_deref().is_some_and(|nonce| same(nonce, expected.nonce));
    holds(nonce, "a token of another log-in")?;
    // Who does not say when somebody logged in was asked for a log-in all the same.
    let logged_in = claims.auth_time.zip(expected.logged_in_since);
    let since = logged_in.is_none_or(|(when, since)| since <= at(when).plus(SKEW));
    holds(since, "a log-in of before")
}
