//! The limits that keep clauses; their values are read from the code and settings that apply them.

use crate::domain::locale::{Text, text};

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $en:literal / $zh:literal;)*) => {
        /// A limit of the running service.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Limit {
            $($(#[$doc])* $variant,)*
        }

        impl Limit {
            /// Every limit.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The published name, and what it limits.
            pub const fn spec(self) -> (&'static str, Text) {
                match self { $(Self::$variant => ($name, text($en, $zh)),)* }
            }
        }
    };
}

limits! {
    /// How long a code is valid.
    CodeValid = "code_valid", "A code is valid for" / "验证码有效期";
    /// Tries of one code.
    CodeTries = "code_tries", "Tries of one code" / "每个验证码的尝试次数";
    /// Codes of one address that are live at a time.
    LiveCodes = "live_codes", "Codes to one address" / "同一地址的有效验证码";
    /// Codes sent to one address.
    SendsPerAddress = "sends_per_address", "Codes sent to one address" / "向同一地址发送的验证码";
    /// Codes asked for by one source.
    SendsPerSource = "sends_per_source", "Codes asked for by one source" / "同一来源请求的验证码";
    /// How long a log-in by a third party may be under way.
    AuthorizationValid = "authorization_valid", "A log-in by a third party takes at most" / "第三方登录的最长时间";
    /// Log-ins by third parties that one source begins.
    AuthorizationsPerSource = "authorizations_per_source",
        "Log-ins by third parties begun by one source" / "同一来源发起的第三方登录";
    /// Tries to log in with one name.
    LoginTries = "login_tries", "Failed log-ins with one name" / "同一登录名的失败登录";
    /// The same in an hour.
    LoginTriesHour = "login_tries_hour",
        "Failed log-ins with one name, in an hour" / "同一登录名一小时内的失败登录";
    /// The same in a day.
    LoginTriesDay = "login_tries_day",
        "Failed log-ins with one name, in a day" / "同一登录名一天内的失败登录";
    /// Tries to log in from one source.
    SourceTries = "source_tries", "Failed log-ins from one source" / "同一来源的失败登录";
    /// The same in an hour.
    SourceTriesHour = "source_tries_hour",
        "Failed log-ins from one source, in an hour" / "同一来源一小时内的失败登录";
    /// Re-checks of a password by one account.
    PasswordTries = "password_tries", "Re-checks of one account's password" / "同一账号的密码复核";
    /// Wrong codes of second factors by one account.
    FactorTries = "factor_tries",
        "Wrong codes of one account's second factors, in a session" / "同一账号会话中第二验证因素的错误验证码";
    /// Sessions of a person at a time.
    MaxSessions = "max_sessions", "Sessions at a time" / "同时有效的会话";
    /// How long an unused session lives.
    SessionIdle = "session_idle", "A session ends unused after" / "会话闲置期限";
    /// How long an unused session lives that is remembered.
    SessionIdleRemembered = "session_idle_remembered",
        "A remembered session ends unused after" / "记住登录的会话闲置期限";
    /// How long a session lives at most.
    SessionAbsolute = "session_absolute", "A session ends at the latest after" / "会话最长期限";
    /// How long a remembered session lives at most.
    SessionAbsoluteRemembered = "session_absolute_remembered",
        "A remembered session ends at the latest after" / "记住登录的会话最长期限";
    /// How long a proof of identity counts.
    SessionFresh = "session_fresh", "A proof of identity counts for" / "身份验证的有效时间";
    /// The time between a cancellation and the erasure.
    CoolingOff = "cooling_off", "From cancellation to erasure" / "从注销到删除的冷静期";
    /// How long network logs are kept after their month.
    LogMonths = "log_months", "Network logs, after their month" / "网络日志在其当月结束后的保存期";
    /// How long evidence, ledger and receipts are kept after their year.
    EvidenceYears = "evidence_years", "Evidence and ledger, after their year" / "证据和记录链在其当年结束后的保存期";
    /// How long a message is kept that cannot be delivered.
    MessageKept = "message_kept", "A message that is not delivered" / "未送达消息的保存期";
    /// When no backup opens what was erased.
    KeyRecovery = "key_recovery", "Until no backup opens what was erased" / "备份不再可读的时间";
    /// How long backups hold, sealed, what was corrected or withdrawn.
    Recovery = "recovery",
        "Until backups no longer hold what was corrected or withdrawn" / "备份不再含有已更正或已撤回内容的时间";
    /// How long a counter behind a limit is kept.
    CounterKept = "counter_kept", "A counter behind a limit" / "限制计数的保存期";
    /// How long the memory of an idempotent call is kept.
    RepeatKept = "repeat_kept", "The memory of a repeated call" / "防重复执行记录的保存期";
    /// How long an account may be unused.
    Unused = "unused", "An account without a log-in ends after (0: never)" / "未登录账号的保存期（0 为不终止）";
    /// How long before its end an unused account is told first.
    FirstNotice = "first_notice", "First notice, before that end" / "闲置终止前首次提示的时间";
    /// How long before its end an unused account is told last.
    LastNotice = "last_notice", "Last notice, before that end" / "闲置终止前最后提示的时间";
    /// How long a change of contact can be objected to.
    ContactHeld = "contact_held", "A change of contact can be objected to for" / "联系方式变更的异议期";
    /// Reads of one copy, in one part or in many.
    CopyReads = "copy_reads", "Reads of one copy" / "同一副本的读取";
    /// Copies that one person asks for.
    Copies = "copies", "Copies asked for by one person" / "同一个人申请的副本";
    /// Changes of contact by one account.
    Told = "told", "Changes of contact and of second factors by one account" / "同一账号的联系方式和第二验证因素变更";
    /// Changes of the password of one account.
    PasswordChanges = "password_changes",
        "Changes of the password of one account" / "同一账号的密码变更";
    /// Cancellations of one account.
    Cancellations = "cancellations", "Cancellations of one account" / "同一账号的注销申请";
    /// Erasures in an hour before the brake stops them.
    ErasuresPerHour = "erasures_per_hour", "Erasures before the brake stops them" / "删除制动前的删除次数";
}
