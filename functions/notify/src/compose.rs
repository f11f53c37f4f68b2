//! A message as a mail (RFC 5322), with an id that stays the same however often it is sent.

use crate::words::words;
use lettre::Message as Mail;
use lettre::message::{Body, Mailbox, SinglePart, header};
use shared::domain::contact::Channel;
use shared::domain::time::Timestamp;
use shared::error::{Error, Kind, Result};
use shared::ids::MessageId;
use shared::outbox::Message;
use std::time::{Duration, UNIX_EPOCH};

/// Who mails come from, until SMTP is configured.
const FROM: &str = "OpenDataLab Personal Center <no-reply@personal-center.invalid>";

/// Composes a mail.
///
/// # Errors
///
/// `Internal` where the address cannot be written into a header.
pub fn compose(id: &MessageId, message: &Message, created_at: Timestamp) -> Result<Mail> {
    let failed = || Error::new(Kind::Internal, "compose a mail");
    let (subject, text) = words(&message.content, message.language);
    let to = mailbox(message).parse().map_err(|_| failed().at("message.to"))?;
    let from: Mailbox = FROM.parse().map_err(|_| failed().at("from"))?;
    let secs = u64::try_from(created_at.secs()).unwrap_or_default();
    Mail::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(subject)
        .message_id(Some(format!("<{id}@personal-center.invalid>")))
        .date(UNIX_EPOCH + Duration::from_secs(secs))
        .singlepart(plain(&text))
        .map_err(|_| failed().at("body"))
}

/// The address that a mail goes to. A text message to be kept as a mail is addressed to its number.
fn mailbox(message: &Message) -> String {
    match message.channel {
        Channel::Email => message.to.expose().clone(),
        Channel::Phone => format!("{}@sms.invalid", message.to.expose()),
    }
}

/// Plain text as it is, 8 bits wide: it can be read in the file too. The words have no NUL and no
/// line near the 998 bytes of RFC 5322, so nothing needs encoding.
fn plain(text: &str) -> SinglePart {
    let lines = text.replace('\n', "\r\n").into_bytes();
    let body = Body::dangerous_pre_encoded(lines, header::ContentTransferEncoding::EightBit);
    SinglePart::builder().header(header::ContentType::TEXT_PLAIN).body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::contact::Email;
    use shared::domain::locale::Locale;
    use shared::ids::SystemEntropy;
    use shared::outbox::Content;

    fn mail_to(address: &str) -> String {
        let email = Email::parse(address).expect("an address");
        let content = Content::CancellationWithdrawn;
        let to = email.address().clone();
        let message = Message { channel: Channel::Email, to, language: Locale::Zh, content };
        let id = MessageId::draw(&SystemEntropy::default());
        let mail = compose(&id, &message, Timestamp::from_secs(1_780_000_000)).expect("composes");
        let again = compose(&id, &message, Timestamp::from_secs(1_780_000_000)).expect("composes");
        assert_eq!(mail.formatted(), again.formatted(), "the same message is the same mail");
        String::from_utf8(mail.formatted()).expect("a mail")
    }

    #[test]
    fn every_address_that_is_accepted_can_be_mailed() {
        assert!(mail_to("ada@example.org").contains("To: ada@example.org"));
        for address in
            ["éve@example.org", "用户@例子.中国", "a+b.c'd@x-y.example", "{x}@example.org"]
        {
            assert!(mail_to(address).contains("Message-ID: <msg_"), "{address}");
        }
    }
}
