//! Evidence of a consent: which text, in which language, when and how (PIPL 14). Appended, never
//! overwritten; sealed under the year's key, so it outlives the account and ends with its year.

use super::subject;
use crate::domain::account::AgeBand;
use crate::domain::inventory::{Entity, Purpose};
use crate::domain::locale::Locale;
use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ids::{EntryId, SubjectId};
use crate::store::{Attr, Key, Row};
use crate::vault::DataKey;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

crate::declared! {
    /// What a piece of evidence seals.
    pub struct Evidence in Evidence {
        /// The version that was accepted.
        policy_version: String => EVIDENCE_VERSION,
        /// SHA-256 of the text that was shown, hex.
        text_digest: String => EVIDENCE_DIGEST,
        /// The language of that text.
        language: Locale => EVIDENCE_LANGUAGE,
        /// The purposes consented to.
        purposes: Vec<Purpose> => EVIDENCE_PURPOSES,
        /// How it was given.
        channel: String => EVIDENCE_CHANNEL,
        /// The age band declared then.
        age_band: AgeBand => EVIDENCE_AGE,
    }
}

/// SHA-256 of a policy text as it is shown, its annex included, hex.
pub fn text_digest(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
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
