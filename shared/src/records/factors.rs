//! The second factors of a person: an authenticator app, and recovery codes beside it.

use super::subject;
use crate::domain::inventory::{Declared, Entity, Item};
use crate::domain::limit::TOTP_PENDING;
use crate::domain::personal::Secret;
use crate::domain::time::Timestamp;
use crate::domain::totp;
use crate::error::Result;
use crate::ids::{self, BASE32, Entropy};
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::Person;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

/// How many recovery codes there are at first.
pub const RECOVERY_CODES: usize = 10;
/// Characters of a group of a recovery code.
const GROUP: usize = 4;

crate::declared! {
    /// What the row seals.
    #[derive(Default)]
    pub struct Factors in Factors {
        /// The secret of the app, base 32.
        totp: Option<Secret> => FACTORS_TOTP,
        /// When it was confirmed.
        totp_at: Option<Timestamp> => FACTORS_TOTP_AT,
        /// The step of the last code that was used: that code and older ones fit no more.
        used_step: Option<u64> => FACTORS_STEP,
        /// The secret of an app that is not confirmed.
        pending: Option<Secret> => FACTORS_PENDING,
        /// When it was asked for.
        pending_at: Option<Timestamp> => FACTORS_PENDING_AT,
        /// SHA-256 of the recovery codes that are not used, hex. They have 120 random bits, so no slow hash.
        recovery: Vec<String> => FACTORS_RECOVERY,
        /// When these were made.
        recovery_at: Option<Timestamp> => FACTORS_RECOVERY_AT,
    }
}

/// A code that is given as a proof.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// Of the authenticator app.
    Totp(&'a Secret),
    /// A recovery code.
    Recovery(&'a Secret),
}

/// The factors as they were read. A write of them is a precondition of what a proof by them allows,
/// so that one code never proves two things, however close they come.
#[derive(Clone)]
pub struct Held {
    key: Key,
    row: Option<Row>,
    /// What is held.
    pub factors: Factors,
}

impl Held {
    /// Opens the row of a person's factors; a secret that waited too long is none.
    ///
    /// # Errors
    ///
    /// `Corrupt`.
    pub fn open(person: &Person, row: Option<Row>, now: Timestamp) -> Result<Self> {
        let mut factors = match &row {
            Some(row) if !row.is_expired(now) => person.key.open(row)?,
            _ => Factors::default(),
        };
        if factors.pending_at.is_some_and(|at| now >= at.plus(TOTP_PENDING)) {
            (factors.pending, factors.pending_at) = (None, None);
        }
        Ok(Self { key: subject::factors(&person.subject), row, factors })
    }

    /// Whether there is a second factor, without which nobody logs in by password.
    pub const fn has_totp(&self) -> bool {
        self.factors.totp.is_some()
    }

    /// Tries a code, and uses it up where it is right.
    pub fn prove(&mut self, given: Given<'_>, now: Timestamp) -> bool {
        let factors = &mut self.factors;
        match (given, &factors.totp) {
            (_, None) => false,
            (Given::Totp(code), Some(secret)) => {
                let step = totp::step_of(secret, code.expose(), (now, factors.used_step));
                factors.used_step = step.or(factors.used_step);
                step.is_some()
            }
            (Given::Recovery(code), Some(_)) => {
                let (digest, before) = (digest_of(code.expose()), factors.recovery.len());
                factors.recovery.retain(|one| *one != digest);
                factors.recovery.len() < before
            }
        }
    }

    /// Draws the secret of an app that is to be confirmed, in place of one before.
    pub fn begin(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Secret {
        let secret = totp::secret(&Zeroizing::new(ids::bytes(entropy)));
        self.factors.pending = Some(secret.clone());
        self.factors.pending_at = Some(now);
        secret
    }

    /// Confirms that app by its first code, in place of the one before; whether the code is right.
    pub fn confirm(&mut self, code: &Secret, now: Timestamp) -> bool {
        let pending = self.factors.pending.as_ref();
        let Some(step) = pending.and_then(|p| totp::step_of(p, code.expose(), (now, None))) else {
            return false;
        };
        let totp = self.factors.pending.take();
        self.factors =
            Factors { totp, totp_at: Some(now), used_step: Some(step), ..Factors::default() };
        true
    }

    /// Draws recovery codes in place of those before.
    pub fn draw_codes(&mut self, entropy: &dyn Entropy, now: Timestamp) -> Vec<Secret> {
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| draw(entropy)).collect();
        self.factors.recovery = codes.iter().map(|code| digest_of(code.expose())).collect();
        self.factors.recovery_at = Some(now);
        codes
    }

    /// Writes what is held. Until an app is confirmed the row has an end of its own.
    ///
    /// # Errors
    ///
    /// Where it cannot be sealed.
    pub fn put(&self, person: &Person, now: Timestamp, to: &mut Transaction) -> Result<()> {
        let made = || Row::new(self.key.clone(), Entity::Factors).with(Attr::CreatedAt, now);
        let row = self.row.clone().map_or_else(made, Row::next);
        let ends = self.factors.pending_at.filter(|_| !self.has_totp());
        let row = match ends {
            Some(at) => row.with(Attr::ExpiresAt, at.plus(TOTP_PENDING)),
            None => row.without(Attr::ExpiresAt),
        };
        to.put("factors", person.key.seal(row, &self.factors)?, self.as_read());
        Ok(())
    }

    /// Makes it a precondition that they are as they were read.
    pub fn check(&self, to: &mut Transaction) {
        to.check("factors", self.key.clone(), self.as_read());
    }

    /// Removes them all.
    pub fn remove(&self, to: &mut Transaction) {
        to.delete("factors", self.key.clone(), self.as_read());
    }

    fn as_read(&self) -> When {
        self.row.as_ref().map_or(When::Absent, |row| When::Version(row.version))
    }
}

/// The items that go with an app.
pub const ALL: &[&Item] = Factors::FIELDS;

/// Draws a recovery code: 120 random bits in groups that can be written down.
fn draw(entropy: &dyn Entropy) -> Secret {
    let text = Zeroizing::new(BASE32.encode(&*Zeroizing::new(ids::bytes::<15>(entropy))));
    let mut code = String::with_capacity(text.len() + text.len() / GROUP);
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    Secret::new(code)
}

/// The digest of a recovery code, however it is written. Digests of random codes are compared, so the time
/// it takes tells nothing.
fn digest_of(code: &str) -> String {
    let letters = code.chars().filter(|c| *c != '-' && !c.is_whitespace());
    let mut plain = Zeroizing::new(String::with_capacity(code.len()));
    plain.extend(letters.map(|c| c.to_ascii_lowercase()));
    HEXLOWER.encode(digest(&SHA256, plain.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{SubjectId, SystemEntropy};

    fn held(factors: Factors) -> Held {
        let subject = SubjectId::from_bytes([7; 16]);
        Held { key: subject::factors(&subject), row: None, factors }
    }

    #[test]
    fn c_7_3_a_recovery_code_works_once_however_it_is_written() {
        let entropy = SystemEntropy::default();
        let now = Timestamp::from_secs(1_000_000);
        let totp = Some(Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()));
        let mut held = held(Factors { totp, ..Factors::default() });
        let codes = held.draw_codes(&entropy, now);
        assert_eq!((codes.len(), held.factors.recovery.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let text = codes[0].expose().to_owned();
        assert_eq!((text.len(), text.matches('-').count()), (29, 5), "24 letters: 120 bits");
        let other = Secret::new(text.to_uppercase().replace('-', " "));
        assert!(held.prove(Given::Recovery(&other), now));
        assert!(!held.prove(Given::Recovery(&codes[0]), now), "it is used up");
        assert!(held.prove(Given::Recovery(&codes[1]), now));
        assert_eq!(held.factors.recovery.len(), RECOVERY_CODES - 2);
        let again = held.draw_codes(&entropy, now);
        assert!(!held.prove(Given::Recovery(&codes[2]), now), "those before are over");
        assert!(held.prove(Given::Recovery(&again[2]), now));
    }

    #[test]
    fn c_7_3_nothing_is_proved_by_an_app_that_is_not_confirmed() {
        let now = Timestamp::from_secs(59);
        let code = Secret::new("287082".to_owned());
        let pending = Some(Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()));
        let mut held = held(Factors { pending, pending_at: Some(now), ..Factors::default() });
        assert!(!held.has_totp() && !held.prove(Given::Totp(&code), now));
        assert!(!held.confirm(&Secret::new("000000".to_owned()), now));
        assert!(held.confirm(&code, now) && held.has_totp());
        assert!(!held.prove(Given::Totp(&code), now), "the code that confirms is used");
        assert!(!held.confirm(&code, now), "there is nothing to confirm");
    }
}
