//! Password hashes: Argon2id with the parameters that OWASP names (19,456 KiB, t = 2, p = 1).

use crate::domain::personal::Secret;
use crate::error::{Error, Kind, Result};
use crate::ids::{self, Entropy};
use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// What a hash costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// Of a hash that is made now.
    pub const NEW: Self =
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST };
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Hashes a password, on a thread of its own.
pub async fn hash(password: Secret, entropy: &dyn Entropy) -> Result<Secret> {
    let failed = || Error::new(Kind::Internal, "hash a password");
    let salt = ids::bytes::<16>(entropy);
    tokio::task::spawn_blocking(move || {
        let salt = Salt::new(&salt).ok()?;
        let hash = argon2().hash_password_with_salt(password.expose().as_bytes(), &salt).ok()?;
        Some(Secret::new(hash.to_string()))
    })
    .await
    .map_err(|_| failed())?
    .ok_or_else(failed)
}

/// Whether a hash costs less than this.
pub fn costs_less(hash: &Secret, than: Cost) -> bool {
    let Ok(hash) = PasswordHash::new(hash.expose()) else { return false };
    let less = |params: Params| params.m_cost() < than.memory_kib || params.t_cost() < than.passes;
    Params::try_from(&hash).is_ok_and(less)
}

/// Checks a password against its hash, on a thread of its own. Without a hash the same work is
/// done, and the answer is no.
pub async fn matches(password: Secret, hash: Option<Secret>) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let text = hash.as_ref().map_or(NOBODY, Secret::expose);
        let right = PasswordHash::new(text)
            .is_ok_and(|h| argon2().verify_password(password.expose().as_bytes(), &h).is_ok());
        right && hash.is_some()
    })
    .await
    .map_err(|_| Error::new(Kind::Internal, "check a password"))
}

/// A hash that no password is known for, made with the same parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
                      $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemEntropy;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let hash = hash(secret("correct horse"), &SystemEntropy::default()).await.expect("hashes");
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches(secret("correct horse"), Some(hash.clone())).await.expect("checks"));
        assert!(!matches(secret("wrong horse"), Some(hash)).await.expect("checks"));
        assert!(!matches(secret("correct horse"), None).await.expect("checks"));
    }

    #[tokio::test]
    async fn a_hash_of_a_lower_cost_than_a_new_one_costs_less() {
        let less = |hash: &Secret| costs_less(hash, Cost::NEW);
        let of = |cost: &str| secret(&NOBODY.replace("m=19456,t=2", cost));
        assert!(less(&of("m=19455,t=2")) && less(&of("m=65536,t=1")));
        assert!(!less(&of("m=19456,t=2")) && !less(&of("m=65536,t=3")));
        let made = hash(secret("correct horse"), &SystemEntropy::default()).await.expect("hashes");
        assert!(!less(&made) && !less(&secret("no hash")));
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_any_other() {
        let nobody = PasswordHash::new(NOBODY).expect("a valid hash");
        let params = Params::try_from(&nobody).expect("parameters");
        let all = |p: &Params| (p.m_cost(), p.t_cost(), p.p_cost());
        assert_eq!(all(&params), all(&Params::DEFAULT));
    }
}
