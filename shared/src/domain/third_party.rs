//! Third-party accounts (C-2.4): of each only the provider and the subject are kept, and they go on
//! unlinking.

use super::account::Profile;
use super::personal::Personal;
use serde::{Deserialize, Serialize};

/// The most characters of a provider's name.
const NAME_CHARS: usize = 32;
/// The most bytes of a subject (OpenID Connect Core 1.0, section 2: 255 ASCII characters).
const SUBJECT_BYTES: usize = 255;

/// An account that a person has with a third party.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = LinkedAccount)]
#[serde(deny_unknown_fields)]
pub struct ThirdParty {
    /// The configured name of the provider.
    pub provider: String,
    /// Who the person is there.
    #[schema(value_type = String)]
    pub subject: Personal<String>,
}

/// Whether a text can name a provider: it stands in paths, keys and messages.
pub fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let edged = |text: &str| text.starts_with('-') || text.ends_with('-');
    (1..=NAME_CHARS).contains(&text.len()) && text.bytes().all(plain) && !edged(text)
}

/// A subject as a provider gives it, where it can be one.
pub fn subject(text: &str) -> Option<Personal<String>> {
    let fits = (1..=SUBJECT_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
    fits.then(|| Personal::new(text.to_owned()))
}

impl Profile {
    /// The account with a provider that is linked.
    pub fn third_party(&self, provider: &str) -> Option<&ThirdParty> {
        self.third_parties.iter().find(|linked| linked.provider == provider)
    }

    /// Whether this very account with a third party is linked.
    pub fn is_linked(&self, account: &ThirdParty) -> bool {
        self.third_parties.contains(account)
    }

    /// Links an account with a third party, under its claim.
    pub fn link(&mut self, account: ThirdParty, claim: String) {
        self.claims.push(claim);
        self.third_parties.push(account);
    }

    /// Unlinks the account with a provider: nothing of it stays.
    pub fn unlink(&mut self, provider: &str, claim: &str) {
        self.claims.retain(|held| held != claim);
        self.third_parties.retain(|linked| linked.provider != provider);
    }

    /// Whether a contact is a way in. A password alone is none: it goes with a contact.
    pub fn has_way_by_contact(&self) -> bool {
        self.contacts().next().is_some()
    }

    /// The accounts with other third parties than this one.
    pub fn besides<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a ThirdParty> {
        self.third_parties.iter().filter(move |linked| linked.provider != provider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_into_a_path() {
        for name in ["github", "we-chat", "x1"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-x", "x-", "X", "a/b", "a#b", "a b", "\u{e9}", &"x".repeat(33)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_subject_is_short_and_plain() {
        assert!(subject("24400320").is_some() && subject(&"x".repeat(255)).is_some());
        assert!(subject("").is_none() && subject("a\nb").is_none());
        assert!(subject(&"x".repeat(256)).is_none());
    }
}
