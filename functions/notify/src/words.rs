//! The words of every message, in both languages: plain text, empty lines between paragraphs, no
//! link that acts. The HTML part is made from the same text.

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
        Content::PasswordChanged => (PASSWORD_SUBJECT, PASSWORD.of(locale).to_owned()),
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

const REGISTRATION_CODE_SUBJECT: Text =
    text("Your OpenDataLab registration code", "您的 OpenDataLab 注册验证码");
const REGISTRATION_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. If you did not ask for it, do nothing: \
     without the code no account can be made with this address.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。如非本人操作，请忽略：没有验证码，无法使用此地址注册账号。",
);
const CONTACT_CODE_SUBJECT: Text =
    text("Your OpenDataLab code for a new contact", "您的 OpenDataLab 新联系方式验证码");
const CONTACT_CODE: Text = text(
    "Your code is {0}\n\nIt is valid for {1} minutes. Someone asked to use this contact for an \
     account. If that was not you, do nothing, and give the code to nobody.",
    "您的验证码是 {0}\n\n{1} 分钟内有效。有人申请将此联系方式用于账号。如非本人操作，请忽略，且勿告知他人。",
);
const ADDED_SUBJECT: Text =
    text("A contact was added to your OpenDataLab account", "您的 OpenDataLab 账号新增了联系方式");
const ADDED: Text = text(
    "A new {0} was added to your account. If that was not you, log in, remove it, and change your \
     password. If your own contact was replaced, first open the link in the message about that.",
    "您的账号新增了{0}。如非本人操作，请登录将其移除并修改密码。如您的联系方式已被更换，请先打开相关通知中的链接。",
);
const CHANGED_SUBJECT: Text = text(
    "A contact of your OpenDataLab account was changed",
    "您的 OpenDataLab 账号联系方式已变更",
);
const CHANGED: Text = text(
    "The {0} of your account was replaced by another one. Until {1} this can be taken back.",
    "您账号的{0}已更换。在{1}之前可以撤回。",
);
const REMOVED_SUBJECT: Text = text(
    "A contact of your OpenDataLab account was removed",
    "您的 OpenDataLab 账号联系方式已移除",
);
const REMOVED: Text = text(
    "The {0} of your account was removed. Until {1} this can be taken back.",
    "您账号的{0}已移除。在{1}之前可以撤回。",
);
const FREEZE: Text = text(
    "If that was not you, open this page and press its button. For 72 hours this contact then \
     counts again, and you can log in with it and your password:\n{0}\n\nIf you cannot log in, write \
     to the address that the policy names.",
    "如非本人操作，请打开以下页面并点击按钮；此联系方式将恢复有效 72 小时，您可用其和密码登录：\n{0}\n\n\
     如无法登录，请写信至政策所列的联系地址。",
);
const TAKE_BACK: Text = text(
    "If that was not you, log in, take the change back, remove contacts that are not yours, and \
     change your password.",
    "如非本人操作，请登录撤回变更，移除非本人的联系方式，并修改密码。",
);
const FROZEN_SUBJECT: Text = text(
    "A change of contact of your OpenDataLab account is frozen",
    "您的 OpenDataLab 账号联系方式变更已冻结",
);
const FROZEN: Text = text(
    "Whoever holds the former {0} of your account has frozen its change. Until {1} the former one \
     counts, also to log in; then the change is final, unless it is taken back.",
    "您账号原{0}的持有人已冻结此次变更。在{1}之前以原联系方式为准（包括登录）；此后变更最终生效，除非撤回。",
);
const TAKEN_BACK_SUBJECT: Text = text(
    "A change of contact of your OpenDataLab account was taken back",
    "您的 OpenDataLab 账号联系方式变更已撤回",
);
const TAKEN_BACK: Text = text(
    "The change of the {0} of your account was taken back: the former one counts again. A contact \
     that was added meanwhile stays: remove it if it is not yours.",
    "您账号的{0}变更已撤回，恢复使用原联系方式。其间新增的联系方式仍然保留；如非本人所有，请将其移除。",
);
const PASSWORD_SUBJECT: Text =
    text("Your OpenDataLab password was changed", "您的 OpenDataLab 密码已修改");
const PASSWORD: Text = text(
    "The password of your account was changed, and all other sessions have ended. If that was not \
     you, write to us at once.",
    "您的账号密码已修改，其他会话均已结束。如非本人操作，请立即联系我们。",
);
const CANCELLATION_SUBJECT: Text =
    text("Your OpenDataLab account is cancelled", "您的 OpenDataLab 账号已申请注销");
const CANCELLATION: Text = text(
    "Your account is cancelled. All sessions have ended. Everything is erased at {0}.\n\n\
     If you change your mind before that, open this page and press its button, or log in and \
     withdraw the cancellation:\n{2}\n\nYour receipt: {1}",
    "您的账号已申请注销，所有会话已结束。全部信息将于{0}删除。\n\n\
     如在此之前改变主意，请打开以下页面并点击按钮，或登录后撤回注销：\n{2}\n\n您的回执：{1}",
);
const WITHDRAWN_SUBJECT: Text =
    text("Your OpenDataLab account stays", "您的 OpenDataLab 账号将保留");
const WITHDRAWN: Text = text(
    "The cancellation of your account was withdrawn. Nothing is erased. If that was not you, \
     change your password and cancel again.",
    "您的账号注销已撤回，不会删除任何信息。如非本人操作，请修改密码并重新申请注销。",
);
const ENDS_UNUSED_SUBJECT: Text =
    text("Your OpenDataLab account is about to end", "您的 OpenDataLab 账号即将终止");
const ENDS_UNUSED: Text = text(
    "Nobody has logged in to your account for a long time. What we no longer need we do not keep: \
     at {0} the account ends and everything in it is erased.\n\n\
     To keep it, log in once before that. If you no longer need it, do nothing.",
    "您的账号已长时间无人登录。不再需要的信息，我们不予保留：账号将于{0}终止，其中的全部信息将被删除。\n\n\
     如需保留，请在此之前登录一次；如不再需要，无需任何操作。",
);
const ERASED_SUBJECT: Text =
    text("Your OpenDataLab account was erased", "您的 OpenDataLab 账号已删除");
const ERASED: Text = text(
    "Your account was erased at {0}. What is gone, what stays, under which duty and until when \
     stands on your receipt, which anyone who has its id can read and verify: {1}\n\n\
     This is the last message to you.",
    "您的账号已于{0}删除。已删除的内容、仍保留的内容及其依据和期限载于回执，持有回执编号者均可查阅并验证：{1}\n\n\
     这是发送给您的最后一条消息。",
);
const FOOTER: Text = text(
    "OpenDataLab, Shanghai Artificial Intelligence Innovation Center. Questions: \
     OpenDataLab@pjlab.org.cn",
    "OpenDataLab，上海人工智能创新中心。如有疑问：OpenDataLab@pjlab.org.cn",
);

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
        Content::ContactAdded { channel: Channel::Email },
        Content::ContactChanged { channel, final_at, link: Some(link()) },
        Content::ContactChanged { channel, final_at, link: None },
        Content::ContactRemoved { channel, final_at, link: Some(link()) },
        Content::ContactRemoved { channel, final_at, link: None },
        Content::ContactChangeFrozen { channel, until: at },
        Content::ContactChangeTakenBack { channel },
        Content::PasswordChanged,
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
