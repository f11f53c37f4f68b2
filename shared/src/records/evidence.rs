//! Evidence of a consent, given or withdrawn: which text, in which language, when and how (PIPL 14). Appended, never
//! overwritten; sealed under the year's key, so it outlives the account and ends with its year.

use super::subject;
use crate::domain::account::AgeBand;
use crate::domain::consent;
use crate::domain::inventory::{Entity, Purpose};
use crate::domain::locale::Locale;
use crate::domain::period::Period;
use crate::domain::policy;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{EntryId, SubjectId};
use crate::store::{Attr, Key, Row};
use crate::vault::DataKey;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// How an act came about. The names are stored; add to them, never change them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Means {
    /// By a call of its own.
    #[serde(rename = "api")]
    Call,
    /// By providing what it is about, or by removing it.
    #[serde(rename = "correction")]
    Correction,
}

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
    }
}

/// SHA-256 of a policy text as it is shown, its annex included, hex.
pub fn text_digest(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// Evidence that a consent was given or withdrawn, by a person of an age band who reads a language.
pub fn of_consent(
    (act, purpose): (Act, Purpose),
    (age_band, language): (AgeBand, Locale),
    (channel, now): (Means, Timestamp),
) -> Evidence {
    let shown = consent::shown(purpose, language);
    Evidence {
        act,
        policy_version: policy::in_force_id(now).to_owned(),
        text_digest: HEXLOWER.encode(digest(&SHA256, shown.as_bytes()).as_ref()),
        language,
        purposes: vec![purpose],
        channel,
        age_band,
    }
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
