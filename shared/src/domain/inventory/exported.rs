//! How items and kinds of rows appear in the copy that a person takes along (C-8.5).

use super::super::locale::{Text, text};
use super::Entity;
use std::fmt::Write;

/// How an item, or a kind of row, appears in a person's copy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exported {
    /// As it is.
    Value,
    /// Named, and its value withheld, for this reason.
    Masked(Text),
    /// Named, and not part of it, for this reason.
    No(Text),
}

impl Exported {
    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Masked(_) => "masked",
            Self::No(_) => "no",
        }
    }

    /// Why there is no value.
    pub const fn reason(self) -> Option<Text> {
        match self {
            Self::Value => None,
            Self::Masked(reason) | Self::No(reason) => Some(reason),
        }
    }
}

pub(super) const SECRET: Text = text(
    "It guards your account; in a copy it could be used against you.",
    "用于保护您的账号；写入副本可能被他人利用。",
);
pub(super) const KEYED: Text = text(
    "A hash under a key of the service; outside it means nothing.",
    "由本服务密钥生成的散列值；在服务之外没有意义。",
);
pub(super) const BRIEF: Text = text(
    "It is there for a short time only, under a key of its own, and is found by its own id alone, not by whom it is about.",
    "仅短暂存在，由单独的密钥封存，且只能按其自身标识查找，无法按所涉个人查找。",
);
pub(super) const AFTERWARDS: Text = text(
    "It is made when the account is erased, and readable then without an account.",
    "在账号删除时生成，届时无需账号即可查阅。",
);
pub(super) const SIGNED: Text = text(
    "It is read by its id, with or without an account: your account has the id once it is cancelled, and the erasure signs it.",
    "凭其标识即可查阅，有无账号均可：注销后标识记于您的账号，删除时签名。",
);
pub(super) const INNER: Text =
    text("It holds nothing about you but that it is there.", "除其存在本身外，不含关于您的信息。");

/// A column that is not an item: technical, in clear.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Column {
    /// The name of the attribute; `id` and `count` are made from the row.
    pub name: &'static str,
    /// What it is, in words.
    pub label: Text,
}

const fn column(name: &'static str, en: &'static str, zh: &'static str) -> Column {
    Column { name, label: text(en, zh) }
}

const ID: Column = column("id", "Random id", "随机标识");
const CREATED: Column = column("created_at", "When it was made", "生成时间");
const EXPIRES: Column = column("expires_at", "When it goes at the latest", "最晚删除时间");
const ACCOUNT: &[Column] = &[
    column("receipt", "Receipt of a cancellation", "注销回执"),
    column("erases_at", "When a cancelled account is erased", "已注销账号的删除时间"),
];
const LIMIT: &[Column] = &[ID, column("count", "How many events are counted", "已计次数"), EXPIRES];
const LEDGER_ENTRY: &[Column] = &[
    column("sequence", "Place in the chain", "链中序号"),
    column("at", "When it was done", "操作时间"),
    column("action", "What was done", "操作"),
    column(
        "actor",
        "Who did it: you are `self`; `link` is who opened a link sent to a contact",
        "操作者：您为 `self`；`link` 指打开发送至联系方式的链接的人",
    ),
    column("previous", "Hash of the entry before", "前一条记录的散列值"),
    column("hash", "Hash of this entry", "本条记录的散列值"),
    EXPIRES,
];

impl Entity {
    /// What this kind of row is, in words.
    pub const fn words(self) -> Text {
        match self {
            Self::Account => text("Your account", "您的账号"),
            Self::Session => text("Your sessions", "您的会话"),
            Self::Factors => text("Your second factors", "您的第二验证因素"),
            Self::Link => text("Links that were sent to you", "发送给您的链接"),
            Self::Export => text("Copies that you asked for", "您申请的副本"),
            Self::Chain => text("The head of your ledger", "您的记录链的链首"),
            Self::Evidence => text("Evidence of your consents", "您的同意凭证"),
            Self::NetworkLog => text("The network log", "网络日志"),
            Self::Verification => text("Codes on their way", "发送中的验证码"),
            Self::Authorization => text("Log-ins by a third party under way", "进行中的第三方登录"),
            Self::Message => text("Messages on their way to you", "发送中的消息"),
            Self::Receipt => text("The receipt of an erasure", "删除回执"),
            Self::Erasure => text("The job that finishes an erasure", "完成删除的任务"),
            Self::Period => text("Reminders of the end of a period", "期间到期提醒"),
            Self::Brake => text("The brake on erasures", "删除制动"),
            Self::Job => text("Jobs of the service", "服务任务"),
            Self::Configuration => text("Settings of the service", "服务设置"),
            Self::Limit => text("Counters behind limits", "限制计数"),
            Self::Idempotency => text("The memory of repeated calls", "重复请求的记录"),
            Self::Claim => text("Claims on your contacts", "联系方式的占用"),
            Self::DataKey => text("Your key", "您的密钥"),
            Self::Root => text("Keys of the service", "服务密钥"),
            Self::LedgerEntry => text("Your ledger: what was done", "您的记录：所做的操作"),
            Self::Tombstone => text("The note of an erasure", "删除记录"),
        }
    }

    /// Columns in clear that a person's copy has beside the declared items.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Account => ACCOUNT,
            Self::Session => &[ID],
            Self::Factors => &[CREATED],
            Self::Link | Self::Evidence | Self::NetworkLog | Self::Export => {
                &[ID, CREATED, EXPIRES]
            }
            Self::Limit => LIMIT,
            Self::LedgerEntry => LEDGER_ENTRY,
            Self::Chain
            | Self::Verification
            | Self::Authorization
            | Self::Message
            | Self::Receipt
            | Self::Erasure
            | Self::Period
            | Self::Brake
            | Self::Job
            | Self::Configuration
            | Self::Idempotency
            | Self::Claim
            | Self::DataKey
            | Self::Root
            | Self::Tombstone => &[],
        }
    }
}

/// Every declaration as one text, whose digest is the version of the inventory.
pub fn canonical() -> String {
    let mut text = String::new();
    for entity in Entity::ALL {
        let super::Spec { name, key_owner, retention, erased, seen_by, exported } = entity.spec();
        let words = (retention, erased, seen_by, exported, entity.words(), entity.columns());
        let _infallible = writeln!(text, "{name} {key_owner} {words:?}");
    }
    for item in super::items::ALL {
        let _infallible = writeln!(text, "{item:?}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::items;
    use super::*;

    #[test]
    fn c_8_5_an_item_is_in_the_copy_where_its_kind_of_row_is() {
        for item in items::ALL {
            let kind = item.entity.spec().exported;
            if kind == Exported::Value {
                assert!(!matches!(item.exported, Exported::No(_)), "{}", item.id());
            } else {
                assert_eq!(item.exported, kind, "{}", item.id());
            }
        }
    }

    #[test]
    fn c_8_5_no_two_columns_of_a_kind_have_one_name() {
        for entity in Entity::ALL {
            let items = items::ALL.iter().filter(|item| item.entity == entity);
            let mut names: Vec<_> = items.map(|item| item.field).collect();
            names.extend(entity.columns().iter().map(|column| column.name));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", entity.name());
        }
    }
}
