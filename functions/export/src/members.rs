//! The members of objects that stand in one cell, in words.

use crate::words::{Form, age_band, channel, language, means, purpose};
use shared::domain::locale::{Text, text};

/// A member of an object, as a line.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) label: Text,
    pub(crate) form: Form,
}

const fn member(name: &'static str, label: Text, form: Form) -> Member {
    Member { name, label, form }
}

/// A consent that is in force.
pub(crate) const CONSENT: &[Member] = &[
    member("purpose", text("for", "目的"), Form::Code(purpose)),
    member("given_at", text("given", "同意时间"), Form::Time),
    member("policy_version", text("under policy version", "政策版本"), Form::Plain),
    member("proof", text("what proves it", "凭证"), Form::Lines(PROOF)),
];

/// An account with a third party.
pub(crate) const THIRD_PARTY: &[Member] = &[
    member("provider", text("with", "提供方"), Form::Plain),
    member("subject", text("your id there", "您在该处的标识"), Form::Plain),
];

/// The acceptance of the policy.
pub(crate) const ACCEPTANCE: &[Member] = &[
    member("accepted_at", text("accepted", "接受时间"), Form::Time),
    member("policy_version", text("policy version", "政策版本"), Form::Plain),
    member("purposes", text("with consent for", "同时同意的目的"), Form::Code(purpose)),
    member("proof", text("what proves it", "凭证"), Form::Lines(PROOF)),
];

const PROOF: &[Member] = &[
    member(
        "text_digest",
        text("digest of the text that was shown", "所展示文本的摘要"),
        Form::Plain,
    ),
    member("language", text("in", "语言"), Form::Code(language)),
    member("channel", text("given", "方式"), Form::Code(means)),
    member("age_band", text("age band declared", "声明的年龄段"), Form::Code(age_band)),
];

/// A change of contact that is not final.
pub(crate) const CONTACT_CHANGE: &[Member] = &[
    member("channel", text("of", "类别"), Form::Code(channel)),
    member("old", text("the contact before", "原联系方式"), Form::Lines(HELD)),
    member("new", text("the contact after", "新联系方式"), Form::Lines(HELD)),
    member("changed_at", text("changed", "变更时间"), Form::Time),
    member("frozen_until", text("frozen until", "冻结至"), Form::Time),
    member(
        "link",
        text("id of the link that can freeze it", "可冻结该变更的链接标识"),
        Form::Plain,
    ),
];

const HELD: &[Member] = &[
    member("address", text("address", "地址"), Form::Plain),
    member("claim", text("keyed hash", "带密钥散列值"), Form::Plain),
];

/// Where the ledger of a copy begins.
pub(crate) const BASE: &[Member] = &[
    member("sequence", text("first entry", "首条记录序号"), Form::Plain),
    member("previous", text("hash of the entry before", "前一条记录的散列值"), Form::Plain),
];

/// Where the entries of a year begin.
pub(crate) const BEGINNING: &[Member] = &[
    member("until", text("kept until", "保存至"), Form::Time),
    member("sequence", text("first entry", "首条记录序号"), Form::Plain),
    member("previous", text("hash of the entry before", "前一条记录的散列值"), Form::Plain),
];
