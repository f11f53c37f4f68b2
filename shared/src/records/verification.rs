//! A contact verification in progress: the address and its code, sealed under a key of its own.

use crate::domain::account::AgeBand;
use crate::domain::contact::Channel;
use crate::domain::inventory::Entity;
use crate::domain::limit::CODE_VALID;
use crate::domain::locale::Locale;
use crate::domain::personal::{Personal, Secret};
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{Entropy, VerificationId};
use crate::store::{Attr, Key, Lane, Row, Transaction, When};
use crate::vault::{DataKey, Owner};
use serde::{Deserialize, Serialize};

/// What a code is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// To register an account.
    Register,
    /// To add a contact to an account, or to change it.
    Contact,
    /// To set a forgotten password anew.
    Reset,
    /// To take a contact out of an account that is not its holder's.
    Detach,
    /// To prove identity again, together with a live session.
    Reauthenticate,
}

crate::declared! {
    /// What a verification seals.
    pub struct Verification in Verification {
        /// How the code was sent.
        channel: Channel => VERIFICATION_CHANNEL,
        /// The normalised address.
        address: Personal<String> => VERIFICATION_ADDRESS,
        /// The code.
        code: Secret => VERIFICATION_CODE,
        /// What it is for.
        purpose: CodePurpose => VERIFICATION_PURPOSE,
        /// The account that a new contact is for, or that proves identity by its own.
        subject: Option<String> => VERIFICATION_SUBJECT,
        /// The age band given with a request to register.
        age_band: Option<AgeBand> => VERIFICATION_AGE,
        /// The language of the request.
        language: Locale => VERIFICATION_LANGUAGE,
    }
}

/// Where a verification is.
pub fn key(id: &VerificationId) -> Key {
    Key::records(format!("flow#{id}"), "verification")
}

/// The verification of a partition.
pub fn of_partition(pk: &str) -> Option<VerificationId> {
    VerificationId::parse(pk.strip_prefix("flow#")?)
}

/// The row of a new verification, due when it expires.
pub fn row(
    id: &VerificationId,
    verification: &Verification,
    (now, key): (Timestamp, &DataKey),
) -> Result<Row> {
    let ends = now.plus(CODE_VALID);
    let row = Row::new(self::key(id), Entity::Verification)
        .with(Attr::CreatedAt, now)
        .with(Attr::EndsAt, ends)
        .with(Attr::Tries, 0)
        .due(Lane::Sweep, ends);
    key.seal(row, verification)
}

/// Uses a verification up, in the transaction of what it was for.
pub fn end(transaction: &mut Transaction, id: &VerificationId) {
    transaction.delete("verification", key(id), When::Present);
    transaction.delete("flow-key", Owner::Flow(id.clone()).key(), When::Present);
}

/// Draws a code: eight decimal digits, 26 bits (OWASP ASVS 5.0, 6.5: at least 20).
pub fn draw_code(entropy: &dyn Entropy) -> Secret {
    const CODES: u32 = 100_000_000;
    // The largest multiple of CODES that fits keeps every code equally likely.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let drawn = u32::from_be_bytes(crate::ids::bytes(entropy));
        if drawn < FAIR {
            return Secret::new(format!("{:08}", drawn % CODES));
        }
    }
}

/// Compares two codes without telling by time how much of them is the same.
pub fn same_code(one: &Secret, other: &str) -> bool {
    let other = other.trim();
    aws_lc_rs::constant_time::verify_slices_are_equal(one.expose().as_bytes(), other.as_bytes())
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemEntropy;

    #[test]
    fn a_code_has_eight_digits() {
        for _ in 0..100 {
            let code = draw_code(&SystemEntropy::default());
            assert!(code.expose().len() == 8 && code.expose().bytes().all(|b| b.is_ascii_digit()));
            assert!(same_code(&code, &format!(" {} ", code.expose())));
            assert!(!same_code(&code, &code.expose()[1..]));
        }
    }
}
