//! An account: its state and the age band that a person gives before any address.

use super::consent::{Acceptance, Consent};
use super::contact::Channel;
use super::contact::change::ContactChange;
use super::inventory::Purpose;
use super::locale::{Locale, Text, text};
use super::personal::{Personal, Secret};
use super::third_party::ThirdParty;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The state of an account, in clear on its row and bound into what is sealed there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(description = "The state of an account.")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use.
    Active,
    /// A guardian has not decided yet (C-9.1).
    PendingGuardian,
    /// Processing is restricted (C-8.2).
    Restricted,
    /// Log-in is suspended; rights go on.
    Suspended,
    /// Cancelled, in the cooling-off period (C-8.4).
    Closing,
    /// The key is gone and the rest is on its way.
    Erasing,
    /// Erased: a tombstone.
    Erased,
}

impl State {
    /// The stored and published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::PendingGuardian => "pending_guardian",
            Self::Restricted => "restricted",
            Self::Suspended => "suspended",
            Self::Closing => "closing",
            Self::Erasing => "erasing",
            Self::Erased => "erased",
        }
    }

    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Active => text("in use", "使用中"),
            Self::PendingGuardian => text("a guardian has not decided yet", "等待监护人决定"),
            Self::Restricted => text("processing is restricted", "限制处理"),
            Self::Suspended => text("log-in is suspended", "暂停登录"),
            Self::Closing => text("cancelled; it can still be withdrawn", "已申请注销，仍可撤回"),
            Self::Erasing => text("being erased", "正在删除"),
            Self::Erased => text("erased", "已删除"),
        }
    }

    /// Reads a name back.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Active,
            Self::PendingGuardian,
            Self::Restricted,
            Self::Suspended,
            Self::Closing,
            Self::Erasing,
            Self::Erased,
        ]
        .into_iter()
        .find(|s| s.name() == name)
    }
}

/// The age band, asked before any address (C-9.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum AgeBand {
    /// 18 and over.
    #[serde(rename = "adult")]
    Adult,
    /// 14 to 17.
    #[serde(rename = "14_17")]
    From14To17,
    /// Under 14.
    #[serde(rename = "under_14")]
    Under14,
}

impl AgeBand {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Adult => text("18 and over", "18 周岁及以上"),
            Self::From14To17 => text("14 to 17", "14 至 17 周岁"),
            Self::Under14 => text("under 14", "不满 14 周岁"),
        }
    }
}

crate::declared! {
    /// All that an account holds, sealed under the person's key.
    pub struct Profile in Account {
        /// The verified e-mail address.
        email: Option<Personal<String>> => EMAIL,
        /// The verified phone number, in E.164.
        phone: Option<Personal<String>> => PHONE,
        /// The display name, where the person gave one.
        display_name: Option<Personal<String>> => DISPLAY_NAME,
        /// The language of messages.
        language: Locale => LANGUAGE,
        /// The age band that was declared.
        age_band: AgeBand => AGE_BAND,
        /// The password's hash, as a PHC string.
        password: Option<Secret> => PASSWORD,
        /// The third-party accounts that are linked. Version 0.1.0 knew none.
        #[serde(default)]
        third_parties: Vec<ThirdParty> => THIRD_PARTIES,
        /// The purposes consented to beyond the basic ones.
        consents: Vec<Consent> => CONSENTS,
        /// The policy version accepted last.
        policy_version: String => POLICY_VERSION,
        /// The acceptance of it; none in an account of before proofs.
        acceptance: Option<Acceptance> => ACCEPTANCE,
        /// The change of a contact that is not for good yet.
        contact_change: Option<ContactChange> => CONTACT_CHANGE,
        /// The partition keys of the person's claims in `Keys`.
        claims: Vec<String> => CLAIMS,
        /// Counts the times that all sessions ended at once: those of an earlier count are over.
        session_epoch: u64 => SESSION_EPOCH,
        /// When a notice about the end of an unused account went out last.
        told_at: Option<Timestamp> => TOLD_AT,
    }
}

impl Profile {
    /// The verified contacts, the e-mail address first.
    pub fn contacts(&self) -> impl Iterator<Item = (Channel, &Personal<String>)> {
        let email = self.email.iter().map(|address| (Channel::Email, address));
        email.chain(self.phone.iter().map(|number| (Channel::Phone, number)))
    }

    /// The purposes consented to beyond the basic ones.
    pub fn consented(&self) -> Vec<Purpose> {
        self.consents.iter().map(|consent| consent.purpose).collect()
    }
}
