//! The declarations, one for each stored field that is about a person or guards one.

use super::exported::{AFTERWARDS, BRIEF, KEYED, SECRET, SIGNED};
use super::{Basis, Entity, Exported, Item, Purpose, Scope, Shown};
use crate::domain::locale::text;

macro_rules! items {
    ($(
        $(#[$meta:meta])*
        $name:ident = $entity:ident.$field:ident, $sealed:ident, $scope:ident,
        $purpose:ident, $basis:ident, $shown:ident, $exported:ident $(($reason:ident))?,
        $en:literal, $zh:literal;
    )*) => {
        $(
            #[doc = $en]
            pub const $name: Item = Item {
                entity: Entity::$entity,
                field: stringify!($field),
                label: text($en, $zh),
                scope: Scope::$scope,
                purpose: Purpose::$purpose,
                basis: Basis::$basis,
                shown: Shown::$shown,
                exported: Exported::$exported $(($reason))?,
                sealed: is_sealed!($sealed),
            };
        )*

        /// Every declaration.
        pub const ALL: &[&Item] = &[$(&$name),*];
    };
}

macro_rules! is_sealed {
    (sealed) => {
        true
    };
    (clear) => {
        false
    };
}

items! {
    ACCOUNT_ID = Account.id, clear, PersonalCenter, Account, Contract, Profile,
        Value, "Random id of the account", "账号的随机标识";
    ACCOUNT_STATE = Account.state, clear, PersonalCenter, Account, Contract, Profile,
        Value, "State of the account", "账号状态";
    ACCOUNT_CREATED = Account.created_at, clear, PersonalCenter, Account, Contract, Profile,
        Value, "Time of registration", "注册时间";
    EMAIL = Account.email, sealed, General, Account, Contract, Profile,
        Value, "E-mail address", "邮箱地址";
    PHONE = Account.phone, sealed, General, Account, Contract, Profile,
        Value, "Phone number", "手机号码";
    CONTACT_CHANGE = Account.contact_change, sealed, PersonalCenter, Security, Contract, Profile,
        Value, "A change of contact that is not final, with the contact before", "尚未最终生效的联系方式变更及原联系方式";
    DISPLAY_NAME = Account.display_name, sealed, PersonalCenter, Profile, Consent, Profile,
        Value, "Display name, if you give one", "显示名称（如您提供）";
    LANGUAGE = Account.language, sealed, PersonalCenter, Account, Contract, Profile,
        Value, "Language of messages to you", "向您发送消息所用语言";
    AGE_BAND = Account.age_band, sealed, PersonalCenter, Account, LegalDuty, No,
        Value, "Age band you declared", "您声明的年龄段";
    PASSWORD = Account.password, sealed, General, Account, Contract, No,
        Masked(SECRET), "Password, as an Argon2id hash", "密码（Argon2id 散列值）";
    THIRD_PARTIES = Account.third_parties, sealed, General, Account, Contract, Profile,
        Value, "Third-party accounts that you linked: the provider, and who you are there",
        "您关联的第三方账号：提供方及您在该处的标识";
    CONSENTS = Account.consents, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Purposes you consented to, since when, under which policy version, and what proves it",
        "您同意的处理目的、同意时间、政策版本及其凭证";
    POLICY_VERSION = Account.policy_version, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Policy version you accepted", "您接受的政策版本";
    ACCEPTANCE = Account.acceptance, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "When you accepted it, and what proves it", "您接受政策的时间及其凭证";
    CLAIMS = Account.claims, sealed, PersonalCenter, Account, Contract, No,
        Masked(KEYED), "Keyed hashes of your contacts", "您的联系方式的带密钥散列值";
    SESSION_EPOCH = Account.session_epoch, sealed, PersonalCenter, Security, Contract, No,
        Value, "How often all sessions ended at once", "全部会话同时结束的次数";
    TOLD_AT = Account.told_at, sealed, PersonalCenter, Account, Contract, No,
        Value, "Time of the last notice that an unused account ends", "最近一次提示闲置账号即将结束的时间";
    HEARD_AT = Account.heard_at, clear, PersonalCenter, Account, Contract, No,
        Value, "Time such a notice was handed over last to what delivers it", "最近一次将该提示交付发送的时间";
    EMAIL_DETACHED = Account.email_detached_at, clear, PersonalCenter, Security, Contract, No,
        Value, "Time the holder of an e-mail address took it out of your account", "由持有人将邮箱从您的账号移除的时间";
    PHONE_DETACHED = Account.phone_detached_at, clear, PersonalCenter, Security, Contract, No,
        Value, "Time the holder of a phone number took it out of your account", "由持有人将手机号码从您的账号移除的时间";
    NOTICES = Account.notices, clear, PersonalCenter, Account, Contract, No,
        Value, "Number of last notices in a row", "连续发出的最后提示次数";
    USED_AT = Account.used_at, clear, PersonalCenter, Account, Contract, Profile,
        Value, "Time of your last log-in", "您最近一次登录的时间";

    SESSION_CREATED = Session.created_at, clear, PersonalCenter, Security, Contract, Sessions,
        Value, "Time of a log-in", "登录时间";
    SESSION_SEEN = Session.seen_at, clear, PersonalCenter, Security, Contract, Sessions,
        Value, "Time a session was last used", "会话最近使用时间";
    SESSION_SECRET = Session.secret_digest, sealed, PersonalCenter, Security, Contract, No,
        Masked(SECRET), "Digest of a session's secret", "会话密钥的摘要";
    SESSION_SCOPE = Session.scope, sealed, PersonalCenter, Security, Contract, No,
        Value, "What a session may do", "会话权限范围";
    SESSION_FRESH = Session.fresh_until, sealed, PersonalCenter, Security, Contract, No,
        Value, "Until when a session counts as fresh", "会话的新近认证截止时间";
    SESSION_EPOCH_OF = Session.epoch, sealed, PersonalCenter, Security, Contract, No,
        Value, "Count of the ends of all sessions that it began with", "会话开始时的全部会话结束次数";
    SESSION_ENDS = Session.ends_at, sealed, PersonalCenter, Security, Contract, Sessions,
        Value, "When a session ends", "会话结束时间";
    SESSION_REMEMBERED = Session.remembered, sealed, PersonalCenter, Security, Contract, Sessions,
        Value, "Whether a session outlives the browser", "会话是否在关闭浏览器后保留";
    SESSION_DEVICE = Session.device, sealed, PersonalCenter, Security, Contract, Sessions,
        Value, "Device a session was opened from: browser and system, nothing finer",
        "打开会话的设备：仅浏览器和操作系统";

    FACTORS_TOTP = Factors.totp, sealed, PersonalCenter, Security, Contract, No,
        Masked(SECRET), "Secret that you share with your authenticator app", "您与身份验证器应用共享的密钥";
    FACTORS_TOTP_AT = Factors.totp_at, sealed, PersonalCenter, Security, Contract, No,
        Value, "When you confirmed that app", "您确认该应用的时间";
    FACTORS_STEP = Factors.used_step, sealed, PersonalCenter, Security, Contract, No,
        Value, "The half minute, counted since 1970, of the last code of that app that was used",
        "该应用最近一次使用的验证码所属的半分钟序号（自 1970 年起）";
    FACTORS_PENDING = Factors.pending, sealed, PersonalCenter, Security, Contract, No,
        Masked(SECRET), "Secret of an app that you have not confirmed yet", "您尚未确认的应用的密钥";
    FACTORS_PENDING_AT = Factors.pending_at, sealed, PersonalCenter, Security, Contract, No,
        Value, "When you asked for that secret", "您申请该密钥的时间";
    FACTORS_RECOVERY = Factors.recovery, sealed, PersonalCenter, Security, Contract, No,
        Masked(SECRET), "Digests of your recovery codes that are not used", "您未使用的恢复码的摘要";
    FACTORS_RECOVERY_AT = Factors.recovery_at, sealed, PersonalCenter, Security, Contract, No,
        Value, "When these recovery codes were made", "这些恢复码的生成时间";

    LINK_SECRET = Link.secret_digest, sealed, PersonalCenter, Security, Contract, No,
        Masked(SECRET), "Digest of the secret of a link that was sent to you", "发送给您的链接密钥的摘要";
    LINK_ACT = Link.act, sealed, PersonalCenter, Security, Contract, No,
        Value, "What a link that was sent to you does", "发送给您的链接的用途";
    LINK_ABOUT = Link.about, sealed, PersonalCenter, Security, Contract, No,
        Value, "What a link that was sent to you is about", "发送给您的链接所涉事项";

    EXPORT_STARTS = Export.starts, sealed, PersonalCenter, Account, Contract, No,
        Value, "Where the parts of a copy that you asked for begin", "您申请的副本各部分的起点";
    EXPORT_ENTRIES = Export.entries, sealed, PersonalCenter, Account, Contract, No,
        Value, "Number of that copy's last ledger entry", "该副本最后一条记录的序号";
    EXPORT_FROM = Export.from, sealed, PersonalCenter, Account, Contract, No,
        Value, "Where the ledger of that copy begins", "该副本中记录的起始位置";

    CHAIN_ID = Chain.chain, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Random id of your ledger chain", "您的记录链的随机标识";
    CHAIN_SEQUENCE = Chain.sequence, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Number of ledger entries", "记录条数";
    CHAIN_HASH = Chain.last_hash, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Hash of the last ledger entry", "最后一条记录的散列值";
    CHAIN_BEGINS = Chain.begins, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Where the ledger entries of each year begin", "各年度记录的起始位置";

    EVIDENCE_ACT = Evidence.act, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "What you did: accepted the policy, gave a consent, or withdrew it",
        "您的操作：接受政策、给予同意或撤回同意";
    EVIDENCE_VERSION = Evidence.policy_version, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Policy version that was accepted", "所接受的政策版本";
    EVIDENCE_DIGEST = Evidence.text_digest, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Digest of the text that was shown", "所展示文本的摘要";
    EVIDENCE_LANGUAGE = Evidence.language, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Language of the text that was shown", "所展示文本的语言";
    EVIDENCE_PURPOSES = Evidence.purposes, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Purposes that the act was about", "该操作所涉及的目的";
    EVIDENCE_CHANNEL = Evidence.channel, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Channel of the consent", "同意的渠道";
    EVIDENCE_AGE = Evidence.age_band, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Age band declared then", "当时声明的年龄段";
    EVIDENCE_GIVEN = Evidence.given_at, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "When it was done, where the proof was kept until it no longer held",
        "操作时间（如凭证保存至其失效之时）";

    NETWORK_IP = NetworkLog.ip, sealed, General, Security, LegalDuty, SecurityPage,
        Value, "IP address of a log-in", "登录的 IP 地址";
    NETWORK_EVENT = NetworkLog.event, sealed, PersonalCenter, Security, LegalDuty, SecurityPage,
        Value, "What happened from that address", "该地址上发生的事件";
    NETWORK_DEVICE = NetworkLog.device, sealed, PersonalCenter, Security, LegalDuty, SecurityPage,
        Value, "Device of a log-in: browser and system, nothing finer", "登录设备：仅浏览器和操作系统";
    NETWORK_FAILED = NetworkLog.failed_at, sealed, PersonalCenter, Security, LegalDuty, SecurityPage,
        Value, "When log-ins with your contact failed before it", "此前以您的联系方式登录失败的时间";

    VERIFICATION_ADDRESS = Verification.address, sealed, General, Account, Contract, No,
        No(BRIEF), "Address that a code was sent to", "接收验证码的地址";
    VERIFICATION_CHANNEL = Verification.channel, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "How the code was sent", "验证码的发送方式";
    VERIFICATION_SUBJECT = Verification.subject, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "Random id of the account that a new contact is for, or that proves identity", "新联系方式所属或验证身份的账号的随机标识";
    VERIFICATION_CODE = Verification.code, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "The code", "验证码";
    VERIFICATION_PURPOSE = Verification.purpose, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "What the code is for", "验证码用途";
    VERIFICATION_AGE = Verification.age_band, sealed, PersonalCenter, Account, LegalDuty, No,
        No(BRIEF), "Age band given with the request", "请求时声明的年龄段";
    VERIFICATION_LANGUAGE = Verification.language, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "Language of the request", "请求的语言";

    AUTHORIZATION_PROVIDER = Authorization.provider, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "The third party that a log-in under way is with", "进行中的登录所用的第三方";
    AUTHORIZATION_INTENT = Authorization.intent, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "What the log-in by a third party is for", "第三方登录的用途";
    AUTHORIZATION_STATE = Authorization.state_digest, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Digest of the secret that comes back with it", "随其返回的密钥的摘要";
    AUTHORIZATION_BROWSER = Authorization.browser_digest, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Digest of the secret in the browser that began it", "发起登录的浏览器中密钥的摘要";
    AUTHORIZATION_NONCE = Authorization.nonce, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Random text that the third party repeats", "由第三方原样返回的随机文本";
    AUTHORIZATION_VERIFIER = Authorization.verifier, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Secret that proves towards the third party who began it", "向第三方证明由谁发起的密钥";
    AUTHORIZATION_SESSION = Authorization.session, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Random ids of the account and the session that began it", "发起登录的账号和会话的随机标识";
    AUTHORIZATION_REMEMBER = Authorization.remember, sealed, PersonalCenter, Security, Contract, No,
        No(BRIEF), "Whether the session is to outlive the browser", "会话是否在关闭浏览器后保留";
    AUTHORIZATION_CHOICES = Authorization.choices, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(BRIEF), "What was chosen to register with: age band, policy version, consents",
        "注册时的选择：年龄段、政策版本、同意";

    MESSAGE_CHANNEL = Message.channel, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "How the message reaches you", "消息的发送方式";
    MESSAGE_TO = Message.to, sealed, General, Account, Contract, No,
        No(BRIEF), "Address of a message to you", "向您发送的消息的地址";
    MESSAGE_LANGUAGE = Message.language, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "Language of the message", "消息语言";
    MESSAGE_CONTENT = Message.content, sealed, PersonalCenter, Account, Contract, No,
        No(BRIEF), "Content of the message", "消息内容";

    CONFIGURATION_MAIL = Configuration.mail, sealed, PersonalCenter, Account, Contract, No,
        No(SECRET), "Server that mails to you leave by; nothing about you", "向您发送邮件所用的服务器（不含您的信息）";
    CONFIGURATION_TEXT = Configuration.text, sealed, PersonalCenter, Account, Contract, No,
        No(SECRET), "Gateway that text messages to you leave by; nothing about you",
        "向您发送短信所用的网关（不含您的信息）";

    CONFIGURATION_PROVIDERS = Configuration.providers, sealed, PersonalCenter, Account, Contract, No,
        No(SECRET), "Third parties that you can log in by; nothing about you", "您可用于登录的第三方（不含您的信息）";
    CONFIGURATION_NAMES = Configuration.names, sealed, PersonalCenter, Account, Contract, No,
        No(SECRET), "Which third party a name stands for; nothing about you", "名称所对应的第三方（不含您的信息）";

    RECEIPT_STATEMENT = Receipt.statement, sealed, PersonalCenter, Accountability, LegalDuty, Receipt,
        No(SIGNED), "Signed statement of an erasure", "删除的签名声明";
    RECEIPT_CHAIN = Receipt.chain, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(SIGNED), "Ledger chain that the erasure closed", "删除所终结的记录链";
    RECEIPT_HASH = Receipt.last_hash, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(SIGNED), "Hash of that chain's last entry", "该链最后一条记录的散列值";
    RECEIPT_SEQUENCE = Receipt.sequence, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(SIGNED), "Number of that chain's entries", "该链的记录条数";
    RECEIPT_BEGINS = Receipt.begins, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(SIGNED), "Where that chain's entries of each year begin", "该链各年度记录的起始位置";

    NOTED_RECEIPT = Tombstone.receipt, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Receipt of an erasure, as the ledger notes it", "记录中注明的删除回执标识";
    NOTED_REQUESTED = Tombstone.requested_at, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "When that erasure was asked for", "申请删除的时间";
    NOTED_STATEMENT = Tombstone.statement, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Signed statement of that erasure", "该删除的签名声明";
    NOTED_CHAIN = Tombstone.chain, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Ledger chain that it closed", "其终结的记录链";
    NOTED_SEQUENCE = Tombstone.sequence, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Number of that chain's entries", "该链的记录条数";
    NOTED_HASH = Tombstone.last_hash, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Hash of that chain's last entry", "该链最后一条记录的散列值";
    NOTED_BEGINS = Tombstone.begins, sealed, PersonalCenter, Accountability, LegalDuty, No,
        No(AFTERWARDS), "Where that chain's entries of each year begin", "该链各年度记录的起始位置";

    LEDGER_ITEMS = LedgerEntry.items, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Names of the items that an act touched", "操作涉及的信息项名称";
    LEDGER_BASIS = LedgerEntry.basis, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Basis of the act", "操作依据";
    LEDGER_CASE = LedgerEntry.case, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Case number of the act", "操作的案件编号";
    LEDGER_REQUEST = LedgerEntry.request, sealed, PersonalCenter, Accountability, LegalDuty, No,
        Value, "Request id of the act", "操作的请求标识";
}

/// What an erased account still shows: its random id, and that it was erased.
pub const TOMBSTONE: [&Item; 2] = [&ACCOUNT_ID, &ACCOUNT_STATE];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn c_2_1_every_field_is_declared_once() {
        let ids: HashSet<_> = ALL.iter().map(|item| item.id()).collect();
        assert_eq!(ids.len(), ALL.len());
    }

    #[test]
    fn c_2_2_every_optional_purpose_rests_on_consent() {
        for item in ALL.iter().filter(|item| !item.purpose.is_basic()) {
            assert_eq!(item.basis, Basis::Consent, "{}", item.id());
        }
    }
}
