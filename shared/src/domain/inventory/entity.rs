//! Kinds of rows: who owns their key, how long they stay, what erasure does with them.

use super::exported::{AFTERWARDS, BRIEF, Exported, INNER, KEYED, SECRET, SIGNED};
use crate::domain::locale::{Text, text};
use crate::domain::retention::Retention;
use crate::domain::retention::table::{
    AUTHORIZATION_MINUTES, CODE_MINUTES, LIMIT_HOURS, MESSAGE_HOURS, REPEAT_HOURS,
};

/// A kind of row in one of the tables.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Entity {
    /// An account with its profile, later its tombstone.
    Account,
    /// A session.
    Session,
    /// The second factors of a person.
    Factors,
    /// A link that was sent to a person and acts once.
    Link,
    /// A copy of a person's data that was asked for: where its parts begin.
    Export,
    /// The head of a person's ledger chain.
    Chain,
    /// Evidence of a consent.
    Evidence,
    /// An entry of the network log.
    NetworkLog,
    /// A contact verification in progress.
    Verification,
    /// A log-in by a third party that is under way.
    Authorization,
    /// An outgoing message.
    Message,
    /// The receipt of a cancellation and erasure.
    Receipt,
    /// The job that finishes an erasure.
    Erasure,
    /// A job that goes on over many runs.
    Job,
    /// A counter behind a limit.
    Limit,
    /// The memory of an idempotent call.
    Idempotency,
    /// A claim on a contact.
    Claim,
    /// A wrapped data key.
    DataKey,
    /// A root key, or the pointer to the current one.
    Root,
    /// Settings that are secret: the servers that messages leave by, the third parties.
    Configuration,
    /// An entry of the ledger.
    LedgerEntry,
    /// The ledger's note of an erasure.
    Tombstone,
    /// What reminds of the end of a period.
    Period,
    /// The count of erasures, and the brake on them.
    Brake,
}

/// What erasure does with a kind of row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Erased {
    /// Unreadable with the person's key at once, then deleted.
    Gone,
    /// Stays until its own end, under a duty; the receipt names it.
    Kept(Text),
    /// Has nothing to do with an account's end.
    Apart,
}

/// The handling of a kind of row.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The stored and published name.
    pub name: &'static str,
    /// Whose key seals it.
    pub key_owner: &'static str,
    /// How long it stays.
    pub retention: Retention,
    /// What erasure does with it.
    pub erased: Erased,
    /// Who can see it besides the person.
    pub seen_by: Text,
    /// Whether its rows are in the copy that a person takes along.
    pub exported: Exported,
}

const NOBODY: Text = text("nobody", "无人");
const EVIDENCE_DUTY: Text = text(
    "Records of processing are kept for at least three years (PIPL 56).",
    "处理情况记录至少保存三年（《个人信息保护法》第五十六条）。",
);
const LOG_DUTY: Text = text(
    "Network logs are kept for not less than six months (Cybersecurity Law).",
    "网络日志留存不少于六个月（《网络安全法》）。",
);
const LIMIT_DUTY: Text = text(
    "A keyed hash without the address guards against floods of messages, for at most 24 hours.",
    "为防止消息滥发，保留不含地址的带密钥散列值，最长 24 小时。",
);

const MESSAGE_DUTY: Text = text(
    "The last message is on its way to you; its key is destroyed at delivery.",
    "最后一条消息正在发送；送达时销毁其密钥。",
);
const REPEAT_DUTY: Text = text(
    "A keyed hash of a request guards against running it twice, for at most 24 hours.",
    "为防止重复执行，保留请求的带密钥散列值，最长 24 小时。",
);

impl Entity {
    /// Every kind of row.
    pub const ALL: [Self; 24] = [
        Self::Account,
        Self::Session,
        Self::Factors,
        Self::Link,
        Self::Export,
        Self::Chain,
        Self::Evidence,
        Self::NetworkLog,
        Self::Verification,
        Self::Authorization,
        Self::Message,
        Self::Receipt,
        Self::Erasure,
        Self::Job,
        Self::Limit,
        Self::Idempotency,
        Self::Claim,
        Self::DataKey,
        Self::Root,
        Self::Configuration,
        Self::LedgerEntry,
        Self::Tombstone,
        Self::Period,
        Self::Brake,
    ];

    /// The handling of this kind of row.
    pub const fn spec(self) -> Spec {
        use Erased::{Apart, Gone, Kept};
        use Exported::{No, Value};
        use Retention as R;
        let (name, key_owner, retention, erased, exported) = match self {
            Self::Account => ("account", "person", R::Account, Gone, Value),
            Self::Session => ("session", "person", R::OwnEnd, Gone, Value),
            Self::Factors => ("factors", "person", R::Account, Gone, Value),
            Self::Link => ("link", "person", R::OwnEnd, Gone, Value),
            Self::Export => ("export", "person", R::OwnEnd, Gone, Value),
            Self::Chain => ("chain", "person", R::Account, Gone, Value),
            Self::Evidence => ("evidence", "period", R::Evidence, Kept(EVIDENCE_DUTY), Value),
            Self::NetworkLog => ("network_log", "period", R::Logs, Kept(LOG_DUTY), Value),
            Self::Verification => {
                ("verification", "flow", R::Minutes(CODE_MINUTES), Apart, No(BRIEF))
            }
            Self::Authorization => {
                ("authorization", "flow", R::Minutes(AUTHORIZATION_MINUTES), Apart, No(BRIEF))
            }
            Self::Message => {
                ("message", "message", R::Hours(MESSAGE_HOURS), Kept(MESSAGE_DUTY), No(BRIEF))
            }
            Self::Receipt => ("receipt", "period", R::Evidence, Kept(EVIDENCE_DUTY), No(SIGNED)),
            Self::Erasure => ("erasure", "none", R::WithItsOwner, Apart, No(INNER)),
            Self::Job => ("job", "none", R::Permanent, Apart, No(INNER)),
            Self::Limit => ("limit", "none", R::Hours(LIMIT_HOURS), Kept(LIMIT_DUTY), Value),
            Self::Idempotency => {
                ("idempotency", "none", R::Hours(REPEAT_HOURS), Kept(REPEAT_DUTY), No(KEYED))
            }
            Self::Claim => ("claim", "none", R::Account, Gone, No(KEYED)),
            Self::DataKey => ("data_key", "branch", R::WithItsOwner, Gone, No(SECRET)),
            Self::Root => ("root", "kms", R::Permanent, Apart, No(SECRET)),
            Self::Configuration => {
                ("configuration", "configuration", R::Permanent, Apart, No(SECRET))
            }
            Self::LedgerEntry => {
                ("ledger_entry", "period", R::Evidence, Kept(EVIDENCE_DUTY), Value)
            }
            Self::Tombstone => {
                ("tombstone", "period", R::Evidence, Kept(EVIDENCE_DUTY), No(AFTERWARDS))
            }
            Self::Period => ("period", "none", R::WithItsOwner, Apart, No(INNER)),
            Self::Brake => ("brake", "none", R::Permanent, Apart, No(INNER)),
        };
        Spec { name, key_owner, retention, erased, seen_by: NOBODY, exported }
    }

    /// The stored and published name.
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// Reads a stored name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }
}
