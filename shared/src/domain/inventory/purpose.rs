//! Purposes: what personal information is processed for, and what stops where one is withdrawn.

use super::super::locale::{Text, text};
use serde::{Deserialize, Serialize};

/// A purpose that personal information is processed for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To register an account, log in and bind collections and downloads to it (C-2.4).
    Account,
    /// To keep the service and the account safe (C-2.3).
    Security,
    /// To show a name of the person's own choice.
    Profile,
    /// To prove what was done with the data, and on which basis (C-7.5).
    Accountability,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Account, Self::Security, Self::Profile, Self::Accountability];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Security => "security",
            Self::Profile => "profile",
            Self::Accountability => "accountability",
        }
    }

    /// What it is called.
    pub const fn words(self) -> Text {
        match self {
            Self::Account => text("the account", "账号"),
            Self::Security => text("safety", "安全"),
            Self::Profile => text("a name of your choice", "自选名称"),
            Self::Accountability => text("proof of processing", "处理留证"),
        }
    }

    /// Reads a published name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// Whether the account cannot exist without it; such a purpose ends with the account (C-8.3).
    pub const fn is_basic(self) -> bool {
        !matches!(self, Self::Profile)
    }

    /// What it is for, in words.
    pub const fn why(self) -> Text {
        match self {
            Self::Account => text(
                "To register an account, log in, and bind collections and downloads to it.",
                "注册账号、登录，并将收藏和下载与账号绑定。",
            ),
            Self::Security => text(
                "To keep the service running and the account safe.",
                "保障服务正常运行和账号安全。",
            ),
            Self::Profile => text("To show a name of your own choice.", "显示您自己选择的名称。"),
            Self::Accountability => text(
                "To prove what was done with the data, and on which basis.",
                "证明数据如何、依据什么被处理。",
            ),
        }
    }

    /// What stops once it is withdrawn, said beforehand (C-8.3).
    pub const fn stops(self) -> Text {
        match self {
            Self::Profile => text(
                "Nothing shows your display name any more, and it is erased; sealed backups hold it for 35 \
                 days more. All else goes on.",
                "不再显示您的显示名称，并将其删除；加密备份最多再保留 35 天。其他功能不受影响。",
            ),
            Self::Account | Self::Security | Self::Accountability => text(
                "The account cannot exist without it: withdrawing it means cancelling the account, by `POST /v1/me/cancellation`.",
                "账号离不开该目的：撤回即意味着注销账号（`POST /v1/me/cancellation`）。",
            ),
        }
    }
}
