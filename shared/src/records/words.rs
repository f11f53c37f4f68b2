//! What the coded values of rows mean, in words: next to every name that is stored.

use super::evidence::{self, Means};
use super::network_log::Event;
use super::subject::Counter;
use super::{link, session};
use crate::domain::locale::{Text, text};

impl evidence::Act {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Accepted => text("you accepted the policy", "您接受了政策"),
            Self::Granted => text("you gave a consent", "您给予了同意"),
            Self::Withdrawn => text("you withdrew a consent", "您撤回了同意"),
        }
    }
}

impl Means {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Call => text("by an act of its own", "通过专门操作"),
            Self::Correction => text(
                "by giving or removing what the consent is about",
                "通过提供或移除同意所涉的信息",
            ),
        }
    }
}

impl Event {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Registered => text("the account was registered", "注册账号"),
            Self::LoggedIn => text("a log-in", "登录"),
        }
    }
}

impl session::Scope {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Full => text("all that you may", "您可进行的全部操作"),
            Self::Sessions => text("list your sessions and end one", "查看会话列表并结束其中一个"),
        }
    }
}

impl link::Act {
    /// What it means, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::WithdrawCancellation => text("withdraws a cancellation", "撤回注销"),
            Self::FreezeContactChange => text("freezes a change of contact", "冻结联系方式变更"),
        }
    }
}

impl Counter {
    /// What it counts, to the person.
    pub const fn words(self) -> Text {
        match self {
            Self::Password => text("checks of your password", "密码核验"),
            Self::PasswordChange => text("changes of your password", "密码变更"),
            Self::Export => text("copies that you asked for", "您申请的副本"),
            Self::Told => {
                text("changes of your contacts and second factors", "联系方式和第二验证因素变更")
            }
            Self::Cancellation => text("cancellations that you withdrew", "您撤回的注销"),
            Self::Factor => text("wrong codes of your second factors", "第二验证因素的错误验证码"),
            Self::Code => text("codes sent to your contacts", "发送至您联系方式的验证码"),
        }
    }

    /// Reads the name in a key back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counter| counter.name() == name)
    }
}
