//! The limits that keep clauses; their values are read from the code and settings that apply them.

use crate::domain::locale::{Text, text};

/// A limit of the running service.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Limit {
    /// How long a code is valid.
    CodeValid,
    /// Tries of one code.
    CodeTries,
    /// Codes of one address that are live at a time.
    LiveCodes,
    /// Codes sent to one address.
    SendsPerAddress,
    /// Codes asked for by one source.
    SendsPerSource,
    /// Tries to log in with one name.
    LoginTries,
    /// Re-checks of a password by one account.
    PasswordTries,
    /// Sessions of a person at a time.
    MaxSessions,
    /// How long an unused session lives.
    SessionIdle,
    /// How long an unused session lives that is remembered.
    SessionIdleRemembered,
    /// How long a session lives at most.
    SessionAbsolute,
    /// How long a remembered session lives at most.
    SessionAbsoluteRemembered,
    /// How long a proof of identity counts.
    SessionFresh,
    /// The time between a cancellation and the erasure.
    CoolingOff,
    /// How long network logs are kept after their month.
    LogMonths,
    /// How long evidence, ledger and receipts are kept after their year.
    EvidenceYears,
    /// How long a message is kept that cannot be delivered.
    MessageKept,
    /// When no backup opens what was erased.
    KeyRecovery,
    /// How long backups hold, sealed, what was corrected or withdrawn.
    Recovery,
    /// How long a counter behind a limit is kept.
    CounterKept,
    /// How long the memory of an idempotent call is kept.
    RepeatKept,
    /// How long an account may be unused.
    Unused,
    /// How long before its end an unused account is told first.
    FirstNotice,
    /// How long before its end an unused account is told last.
    LastNotice,
    /// How long a change of contact can be objected to.
    ContactHeld,
    /// Copies that one person asks for.
    Copies,
    /// Changes of contact and of the password by one account.
    Told,
    /// Cancellations of one account.
    Cancellations,
    /// Erasures in an hour before the brake stops them.
    ErasuresPerHour,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 29] = [
        Self::CodeValid,
        Self::CodeTries,
        Self::LiveCodes,
        Self::SendsPerAddress,
        Self::SendsPerSource,
        Self::LoginTries,
        Self::PasswordTries,
        Self::MaxSessions,
        Self::SessionIdle,
        Self::SessionIdleRemembered,
        Self::SessionAbsolute,
        Self::SessionAbsoluteRemembered,
        Self::SessionFresh,
        Self::CoolingOff,
        Self::LogMonths,
        Self::EvidenceYears,
        Self::MessageKept,
        Self::KeyRecovery,
        Self::Recovery,
        Self::CounterKept,
        Self::RepeatKept,
        Self::Unused,
        Self::FirstNotice,
        Self::LastNotice,
        Self::ContactHeld,
        Self::Copies,
        Self::Told,
        Self::Cancellations,
        Self::ErasuresPerHour,
    ];

    /// The published name, and what it limits.
    pub const fn spec(self) -> (&'static str, Text) {
        match self {
            Self::CodeValid => ("code_valid", text("A code is valid for", "验证码有效期")),
            Self::CodeTries => ("code_tries", text("Tries of one code", "每个验证码的尝试次数")),
            Self::LiveCodes => ("live_codes", text("Codes to one address", "同一地址的有效验证码")),
            Self::SendsPerAddress => {
                ("sends_per_address", text("Codes sent to one address", "向同一地址发送的验证码"))
            }
            Self::SendsPerSource => {
                ("sends_per_source", text("Codes asked for by one source", "同一来源请求的验证码"))
            }
            Self::LoginTries => {
                ("login_tries", text("Tries to log in with one name", "同一登录名的登录尝试"))
            }
            Self::PasswordTries => (
                "password_tries",
                text("Re-checks of one account's password", "同一账号的密码复核"),
            ),
            Self::MaxSessions => ("max_sessions", text("Sessions at a time", "同时有效的会话")),
            Self::SessionIdle => {
                ("session_idle", text("A session ends unused after", "会话闲置期限"))
            }
            Self::SessionIdleRemembered => (
                "session_idle_remembered",
                text("A remembered session ends unused after", "记住登录的会话闲置期限"),
            ),
            Self::SessionAbsolute => {
                ("session_absolute", text("A session ends at the latest after", "会话最长期限"))
            }
            Self::SessionAbsoluteRemembered => (
                "session_absolute_remembered",
                text("A remembered session ends at the latest after", "记住登录的会话最长期限"),
            ),
            Self::SessionFresh => {
                ("session_fresh", text("A proof of identity counts for", "身份验证的有效时间"))
            }
            Self::CoolingOff => {
                ("cooling_off", text("From cancellation to erasure", "从注销到删除的冷静期"))
            }
            Self::LogMonths => (
                "log_months",
                text("Network logs, after their month", "网络日志在其当月结束后的保存期"),
            ),
            Self::EvidenceYears => (
                "evidence_years",
                text("Evidence and ledger, after their year", "证据和记录链在其当年结束后的保存期"),
            ),
            Self::MessageKept => {
                ("message_kept", text("A message that is not delivered", "未送达消息的保存期"))
            }
            Self::KeyRecovery => (
                "key_recovery",
                text("Until no backup opens what was erased", "备份不再可读的时间"),
            ),
            Self::Recovery => (
                "recovery",
                text(
                    "Until backups no longer hold what was corrected or withdrawn",
                    "备份不再含有已更正或已撤回内容的时间",
                ),
            ),
            Self::CounterKept => {
                ("counter_kept", text("A counter behind a limit", "限制计数的保存期"))
            }
            Self::RepeatKept => {
                ("repeat_kept", text("The memory of a repeated call", "防重复执行记录的保存期"))
            }
            Self::Unused => (
                "unused",
                text(
                    "An account without a log-in ends after (0: never)",
                    "未登录账号的保存期（0 为不终止）",
                ),
            ),
            Self::FirstNotice => {
                ("first_notice", text("First notice, before that end", "闲置终止前首次提示的时间"))
            }
            Self::LastNotice => {
                ("last_notice", text("Last notice, before that end", "闲置终止前最后提示的时间"))
            }
            Self::ContactHeld => (
                "contact_held",
                text("A change of contact can be objected to for", "联系方式变更的异议期"),
            ),
            Self::Told => (
                "told",
                text(
                    "Changes of contact or password by one account",
                    "同一账号的联系方式或密码变更",
                ),
            ),
            Self::Cancellations => {
                ("cancellations", text("Cancellations of one account", "同一账号的注销申请"))
            }
            Self::Copies => {
                ("copies", text("Copies asked for by one person", "同一个人申请的副本"))
            }
            Self::ErasuresPerHour => (
                "erasures_per_hour",
                text("Erasures before the brake stops them", "删除制动前的删除次数"),
            ),
        }
    }
}
