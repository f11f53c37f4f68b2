//! The port that messages leave by, and what can come of it.

use serde::Serialize;
use shared::domain::time::Timestamp;
use shared::ids::MessageId;
use shared::outbox::Message;
use std::pin::Pin;
use std::time::Duration;

/// A message on its way out.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its id, the same however often it is sent.
    pub id: MessageId,
    /// Address, language and content.
    pub message: Message,
    /// When it was posted.
    pub created_at: Timestamp,
    /// Which try this is, from 1.
    pub attempt: i64,
    /// The start of every link in it.
    pub public_url: String,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handed {
    /// It was taken on.
    Over,
    /// It was refused for good: the message is dead.
    Refused(Cause),
    /// It was not taken on now, and is tried again; after this time, where the other side said so.
    Later(Cause, Option<Duration>),
}

/// Why a message was not delivered. A closed set: it is logged, and tells metrics apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The address has no form that can be sent to, or the server cannot carry it.
    Address,
    /// The other side refuses the address for good.
    Recipient,
    /// The other side refuses the message for good.
    Content,
    /// The other side asks to come back later.
    Busy,
    /// The other side does not know us: name, password, signature or place.
    Login,
    /// The mail server refuses what mails come from.
    Sender,
    /// No connection, or it was cut.
    Connection,
    /// Not within the time.
    Timeout,
    /// The connection could not be secured.
    Tls,
    /// The other side says what nobody understands.
    Protocol,
    /// The channel has no settings, or they cannot be read.
    Unconfigured,
    /// It was of no use any more before it could be delivered.
    TooLate,
}

impl Cause {
    /// The name in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Recipient => "recipient",
            Self::Content => "content",
            Self::Busy => "busy",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Protocol => "protocol",
            Self::Unconfigured => "unconfigured",
            Self::TooLate => "too_late",
        }
    }
}

/// A future of this port.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Handed> + Send + 'a>>;

/// Carries a message to its address, or as far as the next server.
pub trait Carrier: Send + Sync {
    /// Hands a message over. The same id may come twice: at least once is promised, not exactly once.
    fn carry<'a>(&'a self, letter: &'a Letter) -> Carried<'a>;
}
