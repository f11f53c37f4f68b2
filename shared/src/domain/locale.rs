//! The two languages that people read here, and texts that exist in both.

use serde::{Deserialize, Serialize};

/// A language of the service.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The language tag (RFC 5646).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// What it is called.
    pub const fn words(self) -> Text {
        match self {
            Self::Zh => text("Simplified Chinese", "简体中文"),
            Self::En => text("English", "英文"),
        }
    }

    /// Chooses from an `Accept-Language` value (RFC 9110, section 12.5.4): the highest weight
    /// wins, the first of equals; English where nothing fits.
    pub fn negotiate(accept: Option<&str>) -> Self {
        let mut best = (0_u16, Self::En);
        for range in accept.unwrap_or_default().split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = parts.find_map(weight).unwrap_or(1000);
            let language = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en" | "*") => Self::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// A quality value in thousandths.
fn weight(parameter: &str) -> Option<u16> {
    let value: f32 = parameter.trim().strip_prefix("q=")?.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    (0.0..=1.0).contains(&value).then_some((value * 1000.0) as u16)
}

/// A text in both languages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Text {
    /// The text in one language.
    pub const fn of(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.en,
            Locale::Zh => self.zh,
        }
    }
}

/// Both languages of a text, English first.
pub const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_weight_wins() {
        assert_eq!(Locale::negotiate(Some("en;q=0.5, zh-CN")), Locale::Zh);
        assert_eq!(Locale::negotiate(Some("zh;q=0.2, en-GB;q=0.9")), Locale::En);
        assert_eq!(Locale::negotiate(Some("fr, zh-TW;q=0.1")), Locale::Zh);
        assert_eq!(Locale::negotiate(Some("zh;q=0")), Locale::En);
        assert_eq!(Locale::negotiate(Some(";;;q=x,,")), Locale::En);
        assert_eq!(Locale::negotiate(None), Locale::En);
    }
}
