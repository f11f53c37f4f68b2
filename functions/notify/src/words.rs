//! The words of every message, in both languages: plain text, empty lines between paragraphs, no
//! link that acts. The HTML part is made from the same text.

use crate::texts::{
    ADDED, ADDED_SUBJECT, CANCELLATION, CANCELLATION_SUBJECT, CHANGED, CHANGED_SUBJECT,
    CONTACT_CODE, CONTACT_CODE_SUBJECT, DETACH_CODE, DETACH_CODE_SUBJECT, DETACHED,
    DETACHED_SUBJECT, ENDS_UNUSED, ENDS_UNUSED_SUBJECT, ERASED, ERASED_SUBJECT, FOOTER, FREEZE,
    FROZEN, FROZEN_SUBJECT, LINKED, LINKED_SUBJECT, PASSWORD, PASSWORD_SUBJECT, PROOF_CODE,
    PROOF_CODE_SUBJECT, RECOVERY, RECOVERY_SUBJECT, RECOVERY_USED, RECOVERY_USED_SUBJECT,
    REGISTRATION_CODE, REGISTRATION_CODE_SUBJECT, REMOVED, REMOVED_SUBJECT, RESET, RESET_CODE,
    RESET_CODE_SUBJECT, RESET_SUBJECT, TAKE_BACK, TAKEN_BACK, TAKEN_BACK_SUBJECT, TOTP,
    TOTP_REMOVED, TOTP_REMOVED_SUBJECT, TOTP_SUBJECT, UNLINKED, UNLINKED_SUBJECT, WITHDRAWN,
    WITHDRAWN_SUBJECT,
};
use shared::domain::contact::Channel;
use shared::domain::limit::CODE_VALID;
use shared::domain::locale::{Locale, Text, text};
use shared::domain::personal::Secret;
use shared::domain::time::{Timestamp, hours};
use shared::outbox::Content;

/// Subject and text of a message.
pub(crate) fn words(content: &Content, locale: Locale) -> (String, String) {
    let (subject, body) = said(content, locale);
    (subject.of(locale).to_owned(), format!("{body}\n\n{}\n", FOOTER.of(locale)))
}

/// The text of a text message: the same, without subject and footer, since each part of it costs.
pub(crate) fn short(content: &Content, locale: Locale) -> String {
    said(content, locale).1
}

/// Subject and body of a message.
fn said(content: &Content, locale: Locale) -> (Text, String) {
    match content {
        Content::RegistrationCode { code } => {
            let minutes = CODE_VALID.as_secs() / 60;
            let body = fill(REGISTRATION_CODE, locale, &[code.expose(), &minutes.to_string()]);
            (REGISTRATION_CODE_SUBJECT, body)
        }
        Content::ContactCode { code } => {
            let minutes = CODE_VALID.as_secs() / 60;
            let body = fill(CONTACT_CODE, locale, &[code.expose(), &minutes.to_string()]);
            (CONTACT_CODE_SUBJECT, body)
        }
        Content::ResetCode { code } => {
            let minutes = CODE_VALID.as_secs() / 60;
            let body = fill(RESET_CODE, locale, &[code.expose(), &minutes.to_string()]);
            (RESET_CODE_SUBJECT, body)
        }
        Content::DetachCode { code } => {
            let minutes = CODE_VALID.as_secs() / 60;
            let body = fill(DETACH_CODE, locale, &[code.expose(), &minutes.to_string()]);
            (DETACH_CODE_SUBJECT, body)
        }
        Content::ReauthenticationCode { code } => {
            let minutes = CODE_VALID.as_secs() / 60;
            let body = fill(PROOF_CODE, locale, &[code.expose(), &minutes.to_string()]);
            (PROOF_CODE_SUBJECT, body)
        }
        Content::TotpConfirmed => (TOTP_SUBJECT, TOTP.of(locale).to_owned()),
        Content::TotpRemoved => (TOTP_REMOVED_SUBJECT, TOTP_REMOVED.of(locale).to_owned()),
        Content::RecoveryCodesMade => (RECOVERY_SUBJECT, RECOVERY.of(locale).to_owned()),
        Content::RecoveryCodeUsed { left } => {
            (RECOVERY_USED_SUBJECT, fill(RECOVERY_USED, locale, &[&left.to_string()]))
        }
        Content::ContactAdded { channel } => {
            (ADDED_SUBJECT, fill(ADDED, locale, &[named(*channel, locale)]))
        }
        Content::ContactChanged { channel, final_at, link } => {
            (CHANGED_SUBJECT, changed((CHANGED, link.as_ref()), (*channel, *final_at), locale))
        }
        Content::ContactRemoved { channel, final_at, link } => {
            (REMOVED_SUBJECT, changed((REMOVED, link.as_ref()), (*channel, *final_at), locale))
        }
        Content::ContactChangeFrozen { channel, until } => (
            FROZEN_SUBJECT,
            fill(FROZEN, locale, &[named(*channel, locale), &told(*until, locale)]),
        ),
        Content::ContactChangeTakenBack { channel } => {
            (TAKEN_BACK_SUBJECT, fill(TAKEN_BACK, locale, &[named(*channel, locale)]))
        }
        Content::ContactDetached { channel } => {
            (DETACHED_SUBJECT, fill(DETACHED, locale, &[named(*channel, locale)]))
        }
        Content::PasswordChanged => (PASSWORD_SUBJECT, PASSWORD.of(locale).to_owned()),
        Content::PasswordReset => (RESET_SUBJECT, RESET.of(locale).to_owned()),
        Content::ThirdPartyLinked { provider } => {
            (LINKED_SUBJECT, fill(LINKED, locale, &[provider]))
        }
        Content::ThirdPartyUnlinked { provider } => {
            (UNLINKED_SUBJECT, fill(UNLINKED, locale, &[provider]))
        }
        Content::CancellationRequested { link, erases_at, receipt } => {
            let values = [&told(*erases_at, locale), receipt.as_str(), link.expose()];
            let body = fill(CANCELLATION, locale, &values);
            (CANCELLATION_SUBJECT, body)
        }
        Content::CancellationWithdrawn => (WITHDRAWN_SUBJECT, WITHDRAWN.of(locale).to_owned()),
        Content::EndsUnused { ends_at } => {
            (ENDS_UNUSED_SUBJECT, fill(ENDS_UNUSED, locale, &[&told(*ends_at, locale)]))
        }
        Content::Erased { erased_at, receipt } => {
            let body = fill(ERASED, locale, &[&told(*erased_at, locale), receipt]);
            (ERASED_SUBJECT, body)
        }
    }
}

/// Puts values in for `{0}`, `{1}` ….
fn fill(text: Text, locale: Locale, values: &[&str]) -> String {
    let with =
        |filled: String, (i, value): (usize, &&str)| filled.replace(&format!("{{{i}}}"), value);
    values.iter().enumerate().fold(text.of(locale).to_owned(), with)
}

/// A point in time in UTC and in mainland China, which is eight hours ahead all year.
fn told(at: Timestamp, locale: Locale) -> String {
    let written = |at: Timestamp| at.rfc3339().replace('T', " ").replace('Z', "");
    let (utc, china) = (written(at), written(at.plus(hours(8))));
    match locale {
        Locale::En => format!("{utc} UTC ({china} in mainland China)"),
        Locale::Zh => format!("北京时间 {china}（{utc} UTC）"),
    }
}

/// What a channel's contact is called.
const fn named(channel: Channel, locale: Locale) -> &'static str {
    let text = match channel {
        Channel::Email => text("e-mail address", "邮箱地址"),
        Channel::Phone => text("phone number", "手机号码"),
    };
    text.of(locale)
}

/// The words about a change of contact: to the contact before with the link to freeze it by, to
/// the others with what to do.
fn changed(
    (body, link): (Text, Option<&Secret>),
    (channel, final_at): (Channel, Timestamp),
    locale: Locale,
) -> String {
    let body = fill(body, locale, &[named(channel, locale), &told(final_at, locale)]);
    let more = match link {
        Some(link) => fill(FREEZE, locale, &[link.expose()]),
        None => TAKE_BACK.of(locale).to_owned(),
    };
    format!("{body}\n\n{more}")
}

/// One message of each kind.
#[cfg(test)]
pub(crate) fn samples() -> Vec<Content> {
    let at = Timestamp::from_secs(1_780_000_000);
    let receipt = "rcp_x".to_owned();
    let link = || Secret::new("https://center.example/x".to_owned());
    let code = || Secret::new("12345678".to_owned());
    let (channel, final_at) = (Channel::Phone, at);
    vec![
        Content::RegistrationCode { code: code() },
        Content::ContactCode { code: code() },
        Content::ResetCode { code: code() },
        Content::DetachCode { code: code() },
        Content::ContactAdded { channel: Channel::Email },
        Content::ContactChanged { channel, final_at, link: Some(link()) },
        Content::ContactChanged { channel, final_at, link: None },
        Content::ContactRemoved { channel, final_at, link: Some(link()) },
        Content::ContactRemoved { channel, final_at, link: None },
        Content::ContactChangeFrozen { channel, until: at },
        Content::ContactChangeTakenBack { channel },
        Content::ContactDetached { channel },
        Content::PasswordChanged,
        Content::PasswordReset,
        Content::ReauthenticationCode { code: code() },
        Content::TotpConfirmed,
        Content::TotpRemoved,
        Content::RecoveryCodesMade,
        Content::RecoveryCodeUsed { left: 9 },
        Content::ThirdPartyLinked { provider: "example".to_owned() },
        Content::ThirdPartyUnlinked { provider: "example".to_owned() },
        Content::CancellationRequested { link: link(), erases_at: at, receipt: receipt.clone() },
        Content::CancellationWithdrawn,
        Content::EndsUnused { ends_at: at },
        Content::Erased { erased_at: at, receipt },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_words_in_both_languages() {
        let all = samples();
        for content in &all {
            let ((en, text), (zh, _)) = (words(content, Locale::En), words(content, Locale::Zh));
            assert!(en.is_ascii() && !zh.is_ascii());
            assert!(!text.contains('{'), "{text}");
        }
        let erased = all.last().expect("a message");
        let [en, zh] = [Locale::En, Locale::Zh].map(|locale| words(erased, locale).1);
        assert!(en.contains("at 2026-05-28 20:26:40 UTC (2026-05-29 04:26:40 in mainland China)."));
        assert!(
            zh.contains("于北京时间 2026-05-29 04:26:40（2026-05-28 20:26:40 UTC）删除"),
            "{zh}"
        );
        assert!(words(&all[0], Locale::Zh).1.contains("12345678"));
    }
}
