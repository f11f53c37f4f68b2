//! Who may use a person's data for what: the decision behind every opened key.

use super::account::State;
use super::inventory::Purpose;
use serde::{Deserialize, Serialize};

/// What a caller wants to use a person's data for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// A purpose of the inventory.
    For(Purpose),
    /// The person's own access, correction, export, withdrawal or erasure (C-8).
    Rights,
    /// Re-sealing and retention; nothing is shown to anyone.
    Storage,
    /// A ground that needs no consent (C-3.1).
    Ground(Ground),
}

/// The ten grounds that need no consent (C-3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// An obligation under laws and regulations.
    LegalDuty,
    /// National security and national defence.
    NationalSecurity,
    /// Public safety, public health, major public interests.
    PublicInterest,
    /// Criminal investigation, prosecution, trial, execution of judgments.
    CriminalJustice,
    /// Life, property and other major interests, where consent is hard to get.
    VitalInterests,
    /// The person published it.
    SelfPublished,
    /// Collected from what was lawfully published.
    LawfullyPublished,
    /// Safe and stable operation of the service.
    SafeOperation,
    /// Academic research in the public interest, on de-identified data.
    AcademicResearch,
    /// Another circumstance that a law or national standard states.
    OtherLaw,
}

/// Why a key stays closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// There is no such person.
    Unknown,
    /// The account is a tombstone.
    Erased,
    /// The key is gone, the rest is on its way.
    Erasing,
    /// The account's state does not allow this use.
    State(State),
    /// The person has not consented to this purpose, or has withdrawn.
    NoConsent(Purpose),
}

/// Decides whether a use is allowed.
///
/// # Errors
///
/// The refusal says why not.
pub fn decide(state: State, consents: &[Purpose], wanted: Use) -> Result<(), Refusal> {
    match (state, wanted) {
        (State::Erased, _) => Err(Refusal::Erased),
        (State::Erasing, _) => Err(Refusal::Erasing),
        (_, Use::Rights | Use::Storage | Use::Ground(_)) => Ok(()),
        (State::Active, Use::For(purpose)) if purpose.is_basic() || consents.contains(&purpose) => {
            Ok(())
        }
        (State::Active, Use::For(purpose)) => Err(Refusal::NoConsent(purpose)),
        (state, Use::For(_)) => Err(Refusal::State(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [State; 7] = [
        State::Active,
        State::PendingGuardian,
        State::Restricted,
        State::Suspended,
        State::Closing,
        State::Erasing,
        State::Erased,
    ];

    #[test]
    fn c_8_3_a_purpose_without_consent_stays_closed() {
        let wanted = Use::For(Purpose::Profile);
        assert_eq!(decide(State::Active, &[], wanted), Err(Refusal::NoConsent(Purpose::Profile)));
        assert_eq!(decide(State::Active, &[Purpose::Profile], wanted), Ok(()));
    }

    #[test]
    fn c_8_2_only_an_active_account_is_processed_for_a_purpose() {
        for state in ALL {
            let decision = decide(state, &[Purpose::Account], Use::For(Purpose::Account));
            assert_eq!(decision.is_ok(), state == State::Active, "{state:?}");
        }
    }

    #[test]
    fn c_8_1_rights_pass_in_every_state_that_has_a_key() {
        for state in ALL {
            let has_key = !matches!(state, State::Erasing | State::Erased);
            assert_eq!(decide(state, &[], Use::Rights).is_ok(), has_key, "{state:?}");
            assert_eq!(decide(state, &[], Use::Storage).is_ok(), has_key, "{state:?}");
        }
    }
}
