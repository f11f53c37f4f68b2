//! The rule of a kind of row: what its end depends on.

use super::table::{EVIDENCE_YEARS, LOG_MONTHS, Length};
use crate::domain::locale::{Locale, text};

/// How long a kind of row stays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Retention {
    /// As long as the account.
    Account,
    /// Until an end of its own, at most as long as the account.
    OwnEnd,
    /// Until its period of logs is over (C-2.3).
    Logs,
    /// Until its year of evidence is over (C-5.2).
    Evidence,
    /// At most so many minutes.
    Minutes(u32),
    /// At most so many hours.
    Hours(u32),
    /// As long as what it opens.
    WithItsOwner,
    /// For good: it holds nothing personal.
    Permanent,
}

impl Retention {
    /// The period in words.
    pub fn words(self, locale: Locale) -> String {
        let after = |length: Length, en: &str, zh: &str| {
            let words = length.words(locale);
            match locale {
                Locale::En => format!("until {words} after its {en}"),
                Locale::Zh => format!("至{zh}结束后 {words}"),
            }
        };
        let most = |length: Length| {
            format!("{} {}", text("at most", "最长").of(locale), length.words(locale))
        };
        let text = match self {
            Self::Account => text("as long as the account", "与账号同期"),
            Self::OwnEnd => {
                text("until it ends; at most as long as the account", "至其到期；最长与账号同期")
            }
            Self::WithItsOwner => text("as long as what it opens", "与其所保护的内容同期"),
            Self::Permanent => text("for good; nothing personal", "长期；不含个人信息"),
            Self::Logs => return after(Length::Months(LOG_MONTHS), "month", "当月"),
            Self::Evidence => return after(Length::Years(EVIDENCE_YEARS), "year", "当年"),
            Self::Minutes(n) => return most(Length::Minutes(n)),
            Self::Hours(n) => return most(Length::Hours(n)),
        };
        text.of(locale).to_owned()
    }
}
