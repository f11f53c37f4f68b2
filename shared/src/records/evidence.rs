//! Evidence of a consent, given or withdrawn: which text, in which language, when and how (PIPL 14). Appended, never
//! overwritten; sealed under the year's key, so it outlives the account and ends with its year.
//!
//! What proves a consent that is in force is in the account too, which outlives the year. Where it
//! ends in a later year it is appended again, so that the years after are those of its end (C-5.2).

use super::subject;
use crate::domain::account::{AgeBand, Profile};
use crate::domain::consent::{self, Acceptance, Consent, Proof};
use crate::domain::inventory::{Entity, Purpose};
use crate::domain::locale::Locale;
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{Entropy, EntryId, SubjectId};
use crate::store::{Attr, Key, Row, Transaction, When};
use crate::vault::DataKey;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

pub use crate::domain::consent::Means;

/// What a piece of evidence proves. The names are stored; add to them, never change them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The policy was accepted, with the purposes consented to beside the basic ones.
    Accepted,
    /// A consent was given.
    Granted,
    /// A consent was withdrawn.
    Withdrawn,
}

crate::declared! {
    /// What a piece of evidence seals.
    pub struct Evidence in Evidence {
        /// What was done.
        act: Act => EVIDENCE_ACT,
        /// The version that was accepted, or that was in force.
        policy_version: String => EVIDENCE_VERSION,
        /// SHA-256 of the text that was shown, hex.
        text_digest: String => EVIDENCE_DIGEST,
        /// The language of that text.
        language: Locale => EVIDENCE_LANGUAGE,
        /// The purposes that the act was about.
        purposes: Vec<Purpose> => EVIDENCE_PURPOSES,
        /// How it was given.
        channel: Means => EVIDENCE_CHANNEL,
        /// The age band declared then.
        age_band: AgeBand => EVIDENCE_AGE,
        /// When it was done, where the row is of a later year: that in which it ended.
        given_at: Option<Timestamp> => EVIDENCE_GIVEN,
    }
}

/// SHA-256 of a policy text as it is shown, its annex included, hex.
pub fn text_digest(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// What proves a consent to a purpose, or its withdrawal: the text that was shown to a person of an
/// age band who reads a language.
pub fn proof(purpose: Purpose, (age_band, language): (AgeBand, Locale), channel: Means) -> Proof {
    let text_digest = text_digest(&consent::shown(purpose, language));
    Proof { text_digest, language, channel, age_band }
}

/// Evidence of an act on purposes under a version of the policy.
pub fn of(act: Act, policy_version: &str, purposes: &[Purpose], proof: Proof) -> Evidence {
    let Proof { text_digest, language, channel, age_band } = proof;
    Evidence {
        act,
        policy_version: policy_version.to_owned(),
        text_digest,
        language,
        purposes: purposes.to_vec(),
        channel,
        age_band,
        given_at: None,
    }
}

/// Appends a piece of evidence.
pub fn append(
    transaction: &mut Transaction,
    (subject, entropy): (&SubjectId, &dyn Entropy),
    evidence: &Evidence,
    (now, year): (Timestamp, &DataKey),
) -> Result<()> {
    let row = row(subject, &EntryId::draw(entropy), evidence, (now, year))?;
    transaction.put("evidence", row, When::Absent);
    Ok(())
}

/// What proves all that is in force for a person, and since when.
fn in_force(profile: &Profile) -> impl Iterator<Item = (Timestamp, Evidence)> + '_ {
    let accepted = profile.acceptance.iter().map(|accepted| {
        let Acceptance { accepted_at, policy_version, purposes, proof } = accepted;
        (*accepted_at, of(Act::Accepted, policy_version, purposes, proof.clone()))
    });
    accepted.chain(profile.consents.iter().filter_map(of_consent))
}

fn of_consent(consent: &Consent) -> Option<(Timestamp, Evidence)> {
    let Consent { purpose, given_at, policy_version, proof } = consent;
    Some((*given_at, of(Act::Granted, policy_version, &[*purpose], proof.clone()?)))
}

/// The evidence that an account begins with.
pub fn of_profile(profile: &Profile) -> Vec<Evidence> {
    in_force(profile).map(|(_, evidence)| evidence).collect()
}

/// What proves the consents that an act ends: those of the profile before it that are not in the
/// one after it.
pub fn ended(before: &Profile, after: &Profile, now: Timestamp) -> Vec<Evidence> {
    let gone = before.consents.iter().filter(|consent| !after.consents.contains(consent));
    anew(gone.filter_map(of_consent), now)
}

/// What proves all that the end of an account ends.
pub fn ended_with(profile: &Profile, now: Timestamp) -> Vec<Evidence> {
    anew(in_force(profile), now)
}

/// Evidence to be appended anew, of those in force until `now`. What began in the same year has
/// a row that ends no sooner than a new one would.
fn anew(ended: impl Iterator<Item = (Timestamp, Evidence)>, now: Timestamp) -> Vec<Evidence> {
    let earlier = ended.filter(|(at, _)| Period::evidence(*at) != Period::evidence(now));
    earlier.map(|(at, evidence)| Evidence { given_at: Some(at), ..evidence }).collect()
}

/// How many pieces of evidence an account alone holds: what is in force since a year whose key is
/// gone.
pub fn held_alone(profile: &Profile, now: Timestamp) -> usize {
    in_force(profile).filter(|(at, _)| Period::evidence(*at).ends() <= now).count()
}

/// The row of a new piece of evidence.
pub fn row(
    subject: &SubjectId,
    entry: &EntryId,
    evidence: &Evidence,
    (now, year): (Timestamp, &DataKey),
) -> Result<Row> {
    let key = Key::records(subject::partition(subject), format!("evidence#{entry}"));
    let row = Row::new(key, Entity::Evidence)
        .with(Attr::CreatedAt, now)
        .with(Attr::ExpiresAt, Period::evidence(now).ends());
    year.seal(row, evidence)
}
