//! A message as a mail (RFC 5322), with an id that stays the same however often it is sent.
//!
//! Two parts say the same, one plain and one HTML (RFC 2046, section 5.1.4): both come from one text.

use crate::carrier::Letter;
use crate::html::html;
use crate::words::words;
use lettre::Message as Mail;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use shared::domain::contact::Channel;
use shared::error::{Error, Kind, Result};
use std::time::{Duration, UNIX_EPOCH};

/// How the parts of a mail are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// As they are, 8 bits wide: they can be read in a file too.
    EightBit,
    /// In base 64, for a server that knows no 8 bits (RFC 6152).
    SevenBit,
}

/// Composes a mail.
///
/// # Errors
///
/// `Internal` where the address cannot be written into a header.
pub fn compose(letter: &Letter, from: &Mailbox, encoding: Encoding) -> Result<Mail> {
    let failed = || Error::new(Kind::Internal, "compose a mail");
    let message = &letter.message;
    let (subject, text) = words(&message.content, message.language);
    let to = address(letter).parse().map_err(|_| failed().at("message.to"))?;
    let secs = u64::try_from(letter.created_at.secs()).unwrap_or_default();
    let domain = from.email.domain();
    let plain = part(ContentType::TEXT_PLAIN, &text, encoding);
    let mail = Mail::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(subject.as_str())
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .date(UNIX_EPOCH + Duration::from_secs(secs));
    let mail = match message.channel {
        Channel::Phone => mail.singlepart(plain),
        Channel::Email => {
            let page = html(&subject, &text, message.language, &letter.public_url);
            let parts = MultiPart::alternative().boundary(format!("part-{}", letter.id));
            let rich = part(ContentType::TEXT_HTML, &page, encoding);
            mail.multipart(parts.singlepart(plain).singlepart(rich))
        }
    };
    mail.map_err(|_| failed().at("body"))
}

/// The address that a mail goes to. A text message that is kept as a mail is addressed to its number.
fn address(letter: &Letter) -> String {
    let to = letter.message.to.expose();
    match letter.message.channel {
        Channel::Email => to.clone(),
        Channel::Phone => format!("{to}@sms.invalid"),
    }
}

/// A part of a mail. The words have no NUL and no line near the 998 bytes of RFC 5322, so nothing
/// needs encoding where 8 bits are understood.
fn part(kind: ContentType, text: &str, encoding: Encoding) -> SinglePart {
    let lines = text.replace('\n', "\r\n");
    let body = match encoding {
        Encoding::SevenBit => {
            Body::new_with_encoding(lines, ContentTransferEncoding::Base64).unwrap_or_else(as_it_is)
        }
        Encoding::EightBit => as_it_is(lines.into_bytes()),
    };
    SinglePart::builder().header(kind).body(body)
}

fn as_it_is(bytes: Vec<u8>) -> Body {
    Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::EightBit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::contact::Email;
    use shared::domain::locale::Locale;
    use shared::domain::time::Timestamp;
    use shared::ids::{MessageId, SystemEntropy};
    use shared::outbox::{Content, Message};

    fn mail_to(address: &str, encoding: Encoding) -> String {
        let email = Email::parse(address).expect("an address");
        let to = email.address().clone();
        let content = Content::CancellationWithdrawn;
        let letter = Letter {
            id: MessageId::draw(&SystemEntropy::default()),
            message: Message { channel: Channel::Email, to, language: Locale::Zh, content },
            created_at: Timestamp::from_secs(1_780_000_000),
            attempt: 1,
            public_url: "https://center.example".to_owned(),
        };
        let from = "Center <no-reply@center.example>".parse().expect("a mailbox");
        let mail = compose(&letter, &from, encoding).expect("composes");
        let again = compose(&letter, &from, encoding).expect("composes");
        assert_eq!(mail.formatted(), again.formatted(), "the same message is the same mail");
        String::from_utf8(mail.formatted()).expect("a mail")
    }

    #[test]
    fn every_address_that_is_accepted_can_be_mailed() {
        let mail = mail_to("ada@example.org", Encoding::EightBit);
        assert!(mail.contains("To: ada@example.org"));
        for address in
            ["éve@example.org", "用户@例子.中国", "a+b.c'd@x-y.example", "{x}@example.org"]
        {
            assert!(
                mail_to(address, Encoding::EightBit).contains("Message-ID: <msg_"),
                "{address}"
            );
        }
    }

    #[test]
    fn a_mail_has_a_plain_part_before_an_html_part() {
        let mail = mail_to("ada@example.org", Encoding::EightBit);
        let (plain, html) = (mail.find("text/plain"), mail.find("text/html"));
        assert!(mail.contains("multipart/alternative") && plain < html && plain.is_some());
        assert!(mail.contains("您的账号注销已撤回"), "it can be read as it is");
    }

    #[test]
    fn a_mail_for_a_server_of_seven_bits_has_no_eighth() {
        assert!(mail_to("ada@example.org", Encoding::SevenBit).is_ascii());
    }

    #[test]
    fn c_4_2_a_mail_loads_nothing_and_runs_nothing() {
        let mail = mail_to("ada@example.org", Encoding::EightBit).to_lowercase();
        for tracker in ["<img", "src=", "url(", "<script", "<link", "<iframe", "onload", "http:"] {
            assert!(!mail.contains(tracker), "{tracker}");
        }
    }
}
