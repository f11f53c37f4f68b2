//! What is not there, on a path that is right: its words stand in the answer, a 404.

use super::catalogue::ProblemKind;
use super::problem::Problem;
use crate::domain::locale::{Text, text};

/// Something that was asked for and is not there.
///
/// What never was and what is gone share their words: nobody learns which of the two it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Missing {
    /// A kind of contact.
    Channel,
    /// A contact of the account.
    Contact,
    /// A change of contact that can be taken back.
    Change,
    /// An authenticator app of the person, or one that waits to be confirmed.
    Totp,
    /// A third party.
    Provider,
    /// A linked account with a third party.
    ThirdParty,
    /// A session of the person.
    Session,
    /// A part of a copy.
    Copy,
    /// A receipt.
    Receipt,
    /// A purpose.
    Purpose,
    /// A clause of the policy.
    Clause,
    /// A version of the policy.
    Version,
    /// A policy in force.
    Policy,
}

impl Missing {
    /// Everything that can be missing.
    pub const ALL: [Self; 13] = [
        Self::Channel,
        Self::Contact,
        Self::Change,
        Self::Totp,
        Self::Provider,
        Self::ThirdParty,
        Self::Session,
        Self::Copy,
        Self::Receipt,
        Self::Purpose,
        Self::Clause,
        Self::Version,
        Self::Policy,
    ];

    /// What is not there, and what to do.
    pub const fn words(self) -> Text {
        match self {
            Self::Channel => text(
                "There is no such kind of contact: it is `email` or `phone`.",
                "没有该类联系方式：应为 `email` 或 `phone`。",
            ),
            Self::Contact => text(
                "The account has no contact of this kind. `GET /v1/me` shows those that it has.",
                "该账号没有此类联系方式。`GET /v1/me` 列出现有联系方式。",
            ),
            Self::Change => text(
                "No change of this contact can be taken back: there is none, or it is final. `GET /v1/me` shows an \
                 open one as `contact_change`.",
                "该联系方式没有可撤回的变更：没有变更，或变更已最终生效。未生效的变更见 `GET /v1/me` 的 `contact_change`。",
            ),
            Self::Totp => text(
                "No authenticator app is set up, or waits for this step. `GET /v1/me/factors` shows which one you have; \
                 `POST /v1/me/factors/totp` begins anew.",
                "没有已设置或等待此步骤的身份验证器应用。`GET /v1/me/factors` 列出现有应用；`POST /v1/me/factors/totp` 可重新开始。",
            ),
            Self::Provider => text(
                "No third party of this name is configured. `GET /v1/third-parties` lists them all.",
                "未配置此名称的第三方。`GET /v1/third-parties` 列出全部第三方。",
            ),
            Self::ThirdParty => text(
                "No account with this third party is linked. `GET /v1/me/third-parties` lists those that are.",
                "未关联该第三方的账号。`GET /v1/me/third-parties` 列出已关联的账号。",
            ),
            Self::Session => text(
                "You have no session with this id: it ended, or the id is wrong. `GET /v1/sessions` lists yours.",
                "您没有此标识的会话：会话已结束，或标识有误。`GET /v1/sessions` 列出您的会话。",
            ),
            Self::Copy => text(
                "There is no such part of a copy of yours: its hour is over, or the link is wrong. Ask for a new copy \
                 by `POST /v1/me/exports`.",
                "没有您的副本的该部分：一小时有效期已过，或链接有误。请通过 `POST /v1/me/exports` 重新申请。",
            ),
            Self::Receipt => text(
                "There is no receipt with this id. Compare it with the one in your message. The receipt of a \
                 cancellation that was withdrawn is gone, as is one whose time is over.",
                "没有此编号的回执。请与您收到的消息核对编号。注销已撤回或保存期限已过的，其回执不再保留。",
            ),
            Self::Purpose => text(
                "There is no purpose of this name. `GET /v1/me/consents` lists them all.",
                "没有此名称的目的。`GET /v1/me/consents` 列出全部目的。",
            ),
            Self::Clause => text(
                "The policy has no such clause. `GET /v1/policy/clauses` lists them all.",
                "政策没有该条款。`GET /v1/policy/clauses` 列出全部条款。",
            ),
            Self::Version => text(
                "No version of the policy has this id. `GET /v1/policy/versions` lists them all.",
                "没有此标识的政策版本。`GET /v1/policy/versions` 列出全部版本。",
            ),
            Self::Policy => text(
                "No version of the policy is in force yet. `GET /v1/policy/versions` lists those that are known.",
                "尚无生效的政策版本。`GET /v1/policy/versions` 列出已知版本。",
            ),
        }
    }
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Self {
        Self::new(ProblemKind::NotFound).saying(missing.words())
    }
}
