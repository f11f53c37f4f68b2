//! The periods, each once: how long, and by which law, rule or promise. Everything that computes
//! an end takes its length from here.

use crate::domain::clauses::Limit;
use crate::domain::locale::{Locale, Text, text};

/// A length of time, as it is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Length {
    /// Minutes.
    Minutes(u32),
    /// Hours.
    Hours(u32),
    /// Days.
    Days(u32),
    /// Calendar months.
    Months(i32),
    /// Calendar years.
    Years(i32),
}

/// Minutes that a code is valid (NIST SP 800-63B-4: at most ten).
pub const CODE_MINUTES: u32 = 10;
/// Minutes that a log-in by a third party may be under way.
pub const AUTHORIZATION_MINUTES: u32 = 10;
/// Hours after which an undelivered message is given up.
pub const MESSAGE_HOURS: u32 = 72;
/// Hours that a counter under a keyed hash is kept at most.
pub const LIMIT_HOURS: u32 = 24;
/// Hours that the memory of an idempotent call is kept.
pub const REPEAT_HOURS: u32 = 24;
/// Days in which the recovery window of the other tables ends: after them no backup holds what was
/// corrected or withdrawn.
pub const RECOVERY_DAYS: u32 = 35;
/// Hours in which the recovery window of the key table ends: after them no backup opens anything.
pub const KEY_RECOVERY_HOURS: u32 = 24;
/// Months that network and security logs are kept after their month is over
/// (Cybersecurity Law: not less than six months).
pub const LOG_MONTHS: i32 = 6;
/// Years that ledger facts and consent evidence are kept after their year is over
/// (PIPL 56: at least three years for records of processing).
pub const EVIDENCE_YEARS: i32 = 3;
/// Days without a log-in after which an account ends, where the deployment does not say otherwise.
pub const UNUSED_DAYS: u32 = 730;
/// Days before that end when the first notice goes out.
pub const FIRST_NOTICE_DAYS: u32 = 30;
/// Days before that end when the last notice goes out; no account ends sooner after a notice.
pub const LAST_NOTICE_DAYS: u32 = 7;
/// Last notices that nobody got, each so many days after the one before, after which an account ends
/// nevertheless.
pub const UNHEARD_NOTICES: u32 = 3;
/// Days between a cancellation and the erasure, where the deployment does not say otherwise.
pub const COOLING_OFF_DAYS: u32 = 7;

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What lasts so long.
    pub what: Text,
    /// How long.
    pub length: Length,
    /// By what it is so long.
    pub source: &'static str,
    /// The limit that it is with the clauses of the policy.
    pub limit: Limit,
}

const fn line(what: Text, length: Length, source: &'static str, limit: Limit) -> Line {
    Line { what, length, source, limit }
}

/// Every period.
pub const PERIODS: &[Line] = &[
    line(
        text("a code", "验证码"),
        Length::Minutes(CODE_MINUTES),
        "NIST SP 800-63B-4",
        Limit::CodeValid,
    ),
    line(
        text("a log-in by a third party under way", "进行中的第三方登录"),
        Length::Minutes(AUTHORIZATION_MINUTES),
        "C-4.2: ten minutes",
        Limit::AuthorizationValid,
    ),
    line(
        text("a message that cannot be delivered", "无法送达的消息"),
        Length::Hours(MESSAGE_HOURS),
        "C-5.2: the function is complete",
        Limit::MessageKept,
    ),
    line(
        text("a counter behind a limit", "限制计数"),
        Length::Hours(LIMIT_HOURS),
        "C-5.2: the function is complete",
        Limit::CounterKept,
    ),
    line(
        text("the memory of an idempotent call", "防重复执行记录"),
        Length::Hours(REPEAT_HOURS),
        "C-5.2: the function is complete",
        Limit::RepeatKept,
    ),
    line(
        text("backups of keys, after a key is destroyed", "密钥销毁后的密钥备份"),
        Length::Hours(KEY_RECOVERY_HOURS),
        "shortest recovery window of DynamoDB",
        Limit::KeyRecovery,
    ),
    line(
        text("backups of what was corrected or withdrawn, sealed", "已更正或已撤回内容的加密备份"),
        Length::Days(RECOVERY_DAYS),
        "recovery window of the tables, `template.yaml`",
        Limit::Recovery,
    ),
    line(
        text("network logs, after their month", "网络日志（当月结束后）"),
        Length::Months(LOG_MONTHS),
        "Cybersecurity Law: not less than six months",
        Limit::LogMonths,
    ),
    line(
        text("records of processing, after their year", "处理情况记录（当年结束后）"),
        Length::Years(EVIDENCE_YEARS),
        "PIPL 56: at least three years",
        Limit::EvidenceYears,
    ),
    line(
        text("an account without a log-in", "未登录的账号"),
        Length::Days(UNUSED_DAYS),
        "`PC_UNUSED_DAYS`, C-5.3",
        Limit::Unused,
    ),
    line(
        text("the first notice, before an unused account ends", "闲置账号终止前的首次提示"),
        Length::Days(FIRST_NOTICE_DAYS),
        "C-5.3",
        Limit::FirstNotice,
    ),
    line(
        text("the last notice, before an unused account ends", "闲置账号终止前的最后提示"),
        Length::Days(LAST_NOTICE_DAYS),
        "C-5.3",
        Limit::LastNotice,
    ),
    line(
        text("the cooling-off period of a cancellation", "注销冷静期"),
        Length::Days(COOLING_OFF_DAYS),
        "`PC_COOLING_OFF_DAYS`, C-8.4",
        Limit::CoolingOff,
    ),
];

impl Length {
    /// The length in words.
    pub fn words(self, locale: Locale) -> String {
        let (n, unit) = match self {
            Self::Minutes(n) => (i64::from(n), text("minutes", "分钟")),
            Self::Hours(n) => (i64::from(n), text("hours", "小时")),
            Self::Days(n) => (i64::from(n), text("days", "天")),
            Self::Months(n) => (i64::from(n), text("months", "个月")),
            Self::Years(n) => (i64::from(n), text("years", "年")),
        };
        format!("{n} {}", unit.of(locale))
    }
}
