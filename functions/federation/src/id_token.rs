//! ID tokens: who signed them, with what, for whom, about which log-in, when (OpenID Connect Core
//! 1.0, section 3.1.3.7). Times are held against our own clock.

use crate::client::Fault;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Number;
use shared::domain::time::{Timestamp, minutes};
use std::str::FromStr;
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

/// A key of an issuer (RFC 7517), as far as it can sign what is taken. The crate's own type reads
/// every kind that there is, and is larger than the function has room for.
#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    fn is_elliptic(&self) -> bool {
        self.kty == "EC"
    }

    fn decoding(&self) -> Option<DecodingKey> {
        let key = if self.is_elliptic() {
            DecodingKey::from_ec_components(self.x.as_deref()?, self.y.as_deref()?)
        } else {
            DecodingKey::from_rsa_components(self.n.as_deref()?, self.e.as_deref()?)
        };
        key.ok()
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: Seconds,
    iat: Seconds,
    nbf: Option<Seconds>,
    nonce: Option<String>,
    auth_time: Option<Seconds>,
}

/// Whole seconds; a part of one, which a token may have (RFC 7519, section 2), is dropped.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Number")]
struct Seconds(i64);

impl TryFrom<Number> for Seconds {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        let text = number.to_string();
        let (whole, _) = text.split_once('.').unwrap_or((&text, ""));
        whole.parse().map(Self).map_err(|_| "no time")
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The head of a token (RFC 7515, section 4.1).
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    /// What has to be understood: we understand none of it.
    crit: Option<Vec<String>>,
}

/// A part of a token, as JSON in base 64.
fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
}

/// Reads the header of a token.
pub(crate) fn header(token: &str) -> Result<Header, Fault> {
    let head: Option<Head> = token.split('.').next().and_then(part);
    let head =
        head.filter(|head| head.crit.is_none()).ok_or(Fault::Wrong("a token that is none"))?;
    let known = Algorithm::from_str(&head.alg).ok().filter(|alg| ALGORITHMS.contains(alg));
    let algorithm = known.ok_or(Fault::Wrong("an algorithm that is not taken"))?;
    Ok(Header { algorithm, key: head.kid })
}

impl Header {
    /// The keys that can have signed: of the kind, and of the name where it has one.
    fn keys<'a>(&'a self, keys: &'a [Key]) -> impl Iterator<Item = &'a Key> {
        let elliptic = matches!(self.algorithm, Algorithm::ES256 | Algorithm::ES384);
        keys.iter().filter(move |key| {
            let named = self.key.is_none() || key.kid == self.key;
            let signs = key.usage.as_deref() != Some("enc");
            let fits = key.is_elliptic() == elliptic && (elliptic || key.kty == "RSA");
            named && signs && fits
        })
    }
}

/// What a token says that one of the keys signed.
pub(crate) struct Signed<'a>(&'a str);

/// Looks for the key that signed a token; `None` where none of them did.
pub(crate) fn signed<'a>(token: &'a str, header: &Header, keys: &[Key]) -> Option<Signed<'a>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (_, claims) = signed.split_once('.')?;
    let by = |key: &Key| {
        let verified =
            key.decoding().map(|key| verify(signature, signed.as_bytes(), &key, header.algorithm));
        matches!(verified, Some(Ok(true)))
    };
    header.keys(keys).any(by).then_some(Signed(claims))
}

impl Signed<'_> {
    /// Whom the token is about, where it is what it has to be.
    pub(crate) fn subject(&self, expected: &Expected<'_>) -> Result<String, Fault> {
        let claims = part(self.0);
        let claims: Claims = claims.ok_or(Fault::Wrong("a token without what it has to say"))?;
        check(&claims, expected).map_err(Fault::Wrong)?;
        Ok(claims.sub)
    }
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), &'static str> {
    let at = |Seconds(seconds): Seconds| Timestamp::from_secs(seconds);
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
