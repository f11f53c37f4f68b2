//! Consent: given for one purpose, withdrawn at any time; what only that purpose justified goes with
//! it (C-8.3). What goes is read from the inventory, so that a new item is covered by its declaration.

use super::account::{AgeBand, Profile};
use super::inventory::{Entity, Item, Purpose, items};
use super::locale::{Locale, Text, text};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A consent that is in force.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// What for.
    pub purpose: Purpose,
    /// Since when.
    pub given_at: Timestamp,
    /// Under which version of the policy.
    pub policy_version: String,
    /// What proves it, as long as it is in force; none in an account of before proofs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// The acceptance of the policy that is in force for an account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Since when.
    pub accepted_at: Timestamp,
    /// The version.
    pub policy_version: String,
    /// The purposes consented to with it, beside the basic ones.
    pub purposes: Vec<Purpose>,
    /// What proves it.
    pub proof: Proof,
}

/// What proves a consent: which text, in which language, how, by whom (PIPL 14).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// SHA-256 of the text that was shown, hex.
    pub text_digest: String,
    /// The language of that text.
    pub language: Locale,
    /// How it was given.
    pub channel: Means,
    /// The age band declared then.
    pub age_band: AgeBand,
}

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

/// The items that a purpose covers, of those that are about a person: settings of the service are not.
pub fn covered(purpose: Purpose) -> impl Iterator<Item = &'static Item> {
    items::ALL
        .iter()
        .copied()
        .filter(move |item| item.purpose == purpose && item.entity != Entity::Configuration)
}

/// The text that is shown before a consent is given or withdrawn, in one language: what for, which
/// items, what stops. Evidence keeps its digest.
pub fn shown(purpose: Purpose, locale: Locale) -> String {
    let line = |label: Text, words: &str| format!("{}: {words}\n", label.of(locale));
    let labels: Vec<_> = covered(purpose).map(|item| item.label.of(locale)).collect();
    let separator = text("; ", "；").of(locale);
    line(text("Purpose", "目的"), purpose.why().of(locale))
        + &line(text("Items", "信息项"), &labels.join(separator))
        + &line(text("If you withdraw it", "如撤回"), purpose.stops().of(locale))
}

/// The consents to purposes that were named with a registration: the optional ones, each once.
pub fn given(purposes: &[Purpose], given_at: Timestamp, policy_version: &str) -> Vec<Consent> {
    let optional = Purpose::ALL.into_iter().filter(|p| !p.is_basic() && purposes.contains(p));
    let policy_version = policy_version.to_owned();
    let consent = |purpose| {
        let policy_version = policy_version.clone();
        Consent { purpose, given_at, policy_version, proof: None }
    };
    optional.map(consent).collect()
}

/// Gives a consent. The one that is there stays where it is under the same version; a newer version
/// is a consent of its own (PIPL 14).
pub fn give(profile: &mut Profile, consent: Consent) -> bool {
    let same =
        |c: &Consent| c.purpose == consent.purpose && c.policy_version == consent.policy_version;
    if consent.purpose.is_basic() || profile.consents.iter().any(same) {
        return false;
    }
    profile.consents.retain(|c| c.purpose != consent.purpose);
    profile.consents.push(consent);
    true
}

/// The profile without a consent and without what only that purpose justified, and the items that
/// changed; `None` where there was no such consent.
///
/// # Errors
///
/// Where the profile cannot exist without one of those items: a fault of the declaration.
pub fn withdraw(
    profile: &Profile,
    purpose: Purpose,
) -> serde_json::Result<Option<(Profile, Vec<&'static Item>)>> {
    if !profile.consented().contains(&purpose) {
        return Ok(None);
    }
    let mut held = serde_json::to_value(profile)?;
    let mut touched = vec![&items::CONSENTS];
    for item in covered(purpose).filter(|item| item.entity == Entity::Account) {
        if held.get(item.field).is_some_and(|value| !value.is_null()) {
            held[item.field] = Value::Null;
            touched.push(item);
        }
    }
    let mut left: Profile = serde_json::from_value(held)?;
    left.consents.retain(|consent| consent.purpose != purpose);
    Ok(Some((left, touched)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AgeBand;
    use crate::domain::personal::{Personal, Secret};

    fn consent(version: &str) -> Consent {
        let policy_version = version.to_owned();
        let given_at = Timestamp::from_secs(1);
        Consent { purpose: Purpose::Profile, given_at, policy_version, proof: None }
    }

    fn ada() -> Profile {
        Profile {
            email: Some(Personal::new("ada@example.org".to_owned())),
            phone: Some(Personal::new("+8613800138000".to_owned())),
            contact_change: None,
            display_name: Some(Personal::new("Ada".to_owned())),
            language: Locale::Zh,
            age_band: AgeBand::Adult,
            password: Some(Secret::new("hash".to_owned())),
            third_parties: Vec::new(),
            consents: vec![consent("one")],
            policy_version: "one".to_owned(),
            acceptance: None,
            claims: vec!["login#1".to_owned()],
            session_epoch: 3,
            told_at: Some(Timestamp::from_secs(9)),
        }
    }

    #[test]
    fn c_8_3_a_consent_is_given_once_for_each_version() {
        let mut ada = ada();
        assert!(!give(&mut ada, consent("one")));
        assert!(give(&mut ada, consent("two")));
        assert_eq!(ada.consents, [consent("two")]);
        let basic = Consent { purpose: Purpose::Security, ..consent("two") };
        assert!(!give(&mut ada, basic), "a basic purpose is no matter of consent");
    }

    #[test]
    fn c_8_3_withdrawal_takes_what_only_that_purpose_justified_and_nothing_else() {
        let before = ada();
        let (after, touched) =
            withdraw(&before, Purpose::Profile).expect("a profile").expect("was");
        assert_eq!(touched, [&items::CONSENTS, &items::DISPLAY_NAME]);
        let mut expected = serde_json::to_value(&before).expect("a value");
        expected["display_name"] = Value::Null;
        expected["consents"] = serde_json::json!([]);
        assert_eq!(serde_json::to_value(&after).expect("a value"), expected);
        assert!(withdraw(&after, Purpose::Profile).expect("a profile").is_none(), "twice");
    }

    #[test]
    fn c_8_3_every_optional_purpose_covers_items_of_the_account_only() {
        // Where an item of a consent is elsewhere, withdrawal has to go there too.
        for purpose in Purpose::ALL.into_iter().filter(|purpose| !purpose.is_basic()) {
            assert!(covered(purpose).count() > 0, "{purpose:?}");
            assert!(covered(purpose).all(|item| item.entity == Entity::Account), "{purpose:?}");
        }
    }

    #[test]
    fn c_8_3_a_purpose_covers_no_setting_of_the_service() {
        let all = || Purpose::ALL.into_iter().flat_map(covered);
        assert!(all().all(|item| item.entity != Entity::Configuration));
        assert!(all().any(|item| item == &items::EMAIL));
        assert!(!shown(Purpose::Account, Locale::En).contains("Gateway"));
    }

    #[test]
    fn c_2_2_the_text_names_every_item_in_both_languages() {
        for purpose in Purpose::ALL {
            for locale in [Locale::En, Locale::Zh] {
                let text = shown(purpose, locale);
                assert!(
                    covered(purpose).all(|item| text.contains(item.label.of(locale))),
                    "{text}"
                );
                assert!(text.contains(purpose.stops().of(locale)), "{text}");
            }
        }
    }
}
