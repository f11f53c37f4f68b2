//! A log-in by a third party that is under way: what has to come back, sealed under a key of its own.

use crate::domain::account::AgeBand;
use crate::domain::inventory::{Entity, Purpose};
use crate::domain::limit::AUTHORIZATION_VALID;
use crate::domain::locale::Locale;
use crate::domain::personal::Secret;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{self, AuthorizationId, BASE32, Entropy};
use crate::store::{Attr, Key, Lane, Row, Transaction, When};
use crate::vault::{DataKey, Owner};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a log-in by a third party is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To open a session.
    LogIn,
    /// To register an account.
    Register,
    /// To link the third-party account to the account of a session.
    Link,
    /// To make a session fresh.
    Prove,
}

/// The session that began it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Began {
    /// The person.
    pub subject: String,
    /// The session.
    pub session: String,
}

/// What was chosen to register with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// The age band.
    pub age_band: AgeBand,
    /// The version of the policy that was accepted.
    pub policy_version: String,
    /// The language in which it was read.
    pub policy_language: Locale,
    /// The purposes consented to beyond the basic ones.
    pub consents: Vec<Purpose>,
}

crate::declared! {
    /// What a log-in by a third party seals.
    pub struct Authorization in Authorization {
        /// The configured name of the provider.
        provider: String => AUTHORIZATION_PROVIDER,
        /// What it is for.
        intent: Intent => AUTHORIZATION_INTENT,
        /// SHA-256 of the secret in `state`, hex. It has 256 random bits, so no slow hash.
        state_digest: String => AUTHORIZATION_STATE,
        /// SHA-256 of the secret in the browser's cookie, hex.
        browser_digest: String => AUTHORIZATION_BROWSER,
        /// What the ID token repeats.
        nonce: Secret => AUTHORIZATION_NONCE,
        /// What the code is exchanged with (PKCE, RFC 7636).
        verifier: Secret => AUTHORIZATION_VERIFIER,
        /// The session that began it, to link or to prove.
        session: Option<Began> => AUTHORIZATION_SESSION,
        /// Whether the session is to outlive the browser.
        remember: bool => AUTHORIZATION_REMEMBER,
        /// What was chosen to register with.
        choices: Option<Choices> => AUTHORIZATION_CHOICES,
    }
}

/// Draws a secret of 256 bits, 52 characters.
pub fn draw_secret(entropy: &dyn Entropy) -> Secret {
    let drawn = Zeroizing::new(ids::bytes::<32>(entropy));
    Secret::new(BASE32.encode(&*drawn))
}

/// What is kept of a secret.
pub fn digest_of(secret: &Secret) -> String {
    HEXLOWER.encode(digest(&SHA256, secret.expose().as_bytes()).as_ref())
}

/// What goes to the third party and comes back, `<id>_<secret>`.
#[derive(Clone, Debug)]
pub struct State {
    /// Which log-in it is.
    pub id: AuthorizationId,
    /// That it is this one.
    pub secret: Secret,
}

impl State {
    /// Draws the state of a new log-in.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self { id: AuthorizationId::draw(entropy), secret: draw_secret(entropy) }
    }

    /// Reads a state; `None` where the form is another.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.rsplit_once('_')?;
        let id = AuthorizationId::parse(id)?;
        (secret.len() == 52).then(|| Self { id, secret: Secret::new(secret.to_owned()) })
    }

    /// The state as it travels.
    pub fn reveal(&self) -> Secret {
        Secret::new(format!("{}_{}", self.id, self.secret.expose()))
    }
}

/// Where a log-in by a third party is.
pub fn key(id: &AuthorizationId) -> Key {
    Key::records(format!("flow#{id}"), "authorization")
}

/// The log-in of a partition.
pub fn of_partition(pk: &str) -> Option<AuthorizationId> {
    AuthorizationId::parse(pk.strip_prefix("flow#")?)
}

/// The row of a new one, due when it expires.
pub fn row(
    id: &AuthorizationId,
    authorization: &Authorization,
    (now, key): (Timestamp, &DataKey),
) -> Result<Row> {
    let ends = now.plus(AUTHORIZATION_VALID);
    let row = Row::new(self::key(id), Entity::Authorization)
        .with(Attr::CreatedAt, now)
        .with(Attr::EndsAt, ends)
        .due(Lane::Sweep, ends);
    key.seal(row, authorization)
}

/// Uses one up: of several that come back at once, one finds it there.
pub fn end(transaction: &mut Transaction, id: &AuthorizationId, version: u64) {
    transaction.delete("authorization", key(id), When::Version(version));
    transaction.delete("flow-key", Owner::Authorization(id.clone()).key(), When::Present);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemEntropy;

    #[test]
    fn a_state_reads_back_and_shows_no_secret() {
        let state = State::draw(&SystemEntropy::default());
        let text = state.reveal();
        let again = State::parse(text.expose()).expect("a state");
        assert_eq!((again.id, again.secret.expose()), (state.id.clone(), state.secret.expose()));
        assert!(!format!("{state:?}").contains(state.secret.expose()));
        for other in ["", "_", "aut_x_y", &text.expose()[1..], &format!("{}_x", text.expose())] {
            assert!(State::parse(other).is_none(), "{other}");
        }
    }
}
