//! The words of every message, in both languages. Plain text: no pixel, no link that acts.

use shared::domain::limit::CODE_VALID;
use shared::domain::locale::{Locale, Text, text};
use shared::outbox::Content;

/// Subject and text of a message.
pub(crate) fn words(content: &Content, locale: Locale) -> (String, String) {
    let (subject, body) = match content {
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
        Content::CancellationRequested { link, erases_at, receipt } => {
            let values = [&erases_at.rfc3339(), receipt.as_str(), link.expose()];
            let body = fill(CANCELLATION, locale, &values);
            (CANCELLATION_SUBJECT, body)
        }
        Content::CancellationWithdrawn => (WITHDRAWN_SUBJECT, WITHDRAWN.of(locale).to_owned()),
        Content::EndsUnused { ends_at } => {
            (ENDS_UNUSED_SUBJECT, fill(ENDS_UNUSED, locale, &[&ends_at.rfc3339()]))
        }
        Content::Erased { erased_at, receipt } => {
            let body = fill(ERASED, locale, &[&erased_at.rfc3339(), receipt]);
            (ERASED_SUBJECT, body)
        }
    };
    (subject.of(locale).to_owned(), format!("{body}\n\n{}\n", FOOTER.of(locale)))
}

/// Puts values in for `{0}`, `{1}` ….
fn fill(text: Text, locale: Locale, values: &[&str]) -> String {
    let with =
        |filled: String, (i, value): (usize, &&str)| filled.replace(&format!("{{{i}}}"), value);
    values.iter().enumerate().fold(text.of(locale).to_owned(), with)
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
const CANCELLATION_SUBJECT: Text =
    text("Your OpenDataLab account is cancelled", "您的 OpenDataLab 账号已申请注销");
const CANCELLATION: Text = text(
    "Your account is cancelled. All sessions have ended. Everything is erased at {0}.\n\n\
     If you change your mind before that, open this page and press its button, or log in and \
     withdraw the cancellation:\n{2}\n\nYour receipt: {1}",
    "您的账号已申请注销，所有会话已结束。全部信息将于 {0} 删除。\n\n\
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
    "您的账号已长时间无人登录。不再需要的信息，我们不予保留：账号将于 {0} 终止，其中的全部信息将被删除。\n\n\
     如需保留，请在此之前登录一次；如不再需要，无需任何操作。",
);
const ERASED_SUBJECT: Text =
    text("Your OpenDataLab account was erased", "您的 OpenDataLab 账号已删除");
const ERASED: Text = text(
    "Your account was erased at {0}. What is gone, what stays, under which duty and until when \
     stands on your receipt, which anyone who has its id can read and verify: {1}\n\n\
     This is the last message to you.",
    "您的账号已于 {0} 删除。已删除的内容、仍保留的内容及其依据和期限载于回执，持有回执编号者均可查阅并验证：{1}\n\n\
     这是发送给您的最后一条消息。",
);
const FOOTER: Text = text(
    "OpenDataLab, Shanghai Artificial Intelligence Innovation Center. Questions: \
     OpenDataLab@pjlab.org.cn",
    "OpenDataLab，上海人工智能创新中心。如有疑问：OpenDataLab@pjlab.org.cn",
);

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::personal::Secret;
    use shared::domain::time::Timestamp;

    #[test]
    fn every_message_has_words_in_both_languages() {
        let at = Timestamp::from_secs(1_780_000_000);
        let receipt = "rcp_x".to_owned();
        let all = [
            Content::RegistrationCode { code: Secret::new("12345678".to_owned()) },
            Content::ContactCode { code: Secret::new("12345678".to_owned()) },
            Content::CancellationRequested {
                link: Secret::new("https://center.example/x".to_owned()),
                erases_at: at,
                receipt: receipt.clone(),
            },
            Content::CancellationWithdrawn,
            Content::EndsUnused { ends_at: at },
            Content::Erased { erased_at: at, receipt },
        ];
        for content in &all {
            let ((en, text), (zh, _)) = (words(content, Locale::En), words(content, Locale::Zh));
            assert!(en.is_ascii() && !zh.is_ascii());
            assert!(!text.contains('{'), "{text}");
        }
        assert!(words(&all[0], Locale::Zh).1.contains("12345678"));
    }
}
