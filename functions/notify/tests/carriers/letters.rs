//! Messages to send.

use notify::Letter;
use shared::domain::contact::Channel;
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::Timestamp;
use shared::ids::{MessageId, SystemEntropy};
use shared::outbox::{Content, Message};

/// The code in every message here.
pub(crate) const CODE: &str = "31415926";

/// A message with a code.
pub(crate) fn letter(channel: Channel, to: &str) -> Letter {
    let content = Content::RegistrationCode { code: Secret::new(CODE.to_owned()) };
    let to = Personal::new(to.to_owned());
    Letter {
        id: MessageId::draw(&SystemEntropy::default()),
        message: Message { channel, to, language: Locale::Zh, content },
        created_at: Timestamp::from_secs(1_795_507_200),
        attempt: 1,
        public_url: "https://center.example".to_owned(),
    }
}

/// A mail with a code.
pub(crate) fn mail() -> Letter {
    letter(Channel::Email, "ada@example.org")
}
