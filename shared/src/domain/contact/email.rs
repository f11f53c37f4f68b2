//! E-mail addresses, normalised so that one mailbox has one spelling.

use super::super::personal::Personal;
use unicode_normalization::UnicodeNormalization;

/// The longest address that SMTP carries (RFC 5321, section 4.5.3.1.3).
const MAX_ADDRESS_BYTES: usize = 254;
/// The longest local part (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// An e-mail address, normalised: NFC and lower case, its domain in ASCII (IDNA, UTS 46).
///
/// Lower case for the local part too: no provider in use tells addresses apart by case, and two
/// accounts for one mailbox would break the uniqueness of C-7.3.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Email(Personal<String>);

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    ///
    /// Says which rule of the form is broken; the text holds nothing of the input.
    pub fn parse(input: &str) -> Result<Self, &'static str> {
        let folded = input.trim_matches(' ').nfc().flat_map(fold);
        let input: String = folded.nfc().collect();
        let (local, domain) = input.rsplit_once('@').ok_or("has no @")?;
        if local.is_empty() || local.len() > MAX_LOCAL_BYTES {
            return Err("needs 1 to 64 bytes before the @");
        }
        if !is_dot_atom(local) {
            return Err("has a character before the @ that is not served");
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| "has no valid domain")?;
        if !domain.contains('.') || domain.ends_with('.') {
            return Err("needs a full domain name");
        }
        let address = format!("{local}@{domain}");
        if address.len() > MAX_ADDRESS_BYTES {
            return Err("is longer than 254 bytes");
        }
        Ok(Self(Personal::new(address)))
    }

    /// The normalised address.
    pub const fn address(&self) -> &Personal<String> {
        &self.0
    }
}

/// A character in lower case, whatever stands beside it: a sigma is one letter, at the end of a word
/// too.
fn fold(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Whether a local part is a dot-atom (RFC 5322, section 3.2.3; letters of any script by RFC 6532).
fn is_dot_atom(local: &str) -> bool {
    let atext = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(input: &str) -> Option<String> {
        Email::parse(input).ok().map(|e| e.address().expose().clone())
    }

    #[test]
    fn c_7_3_one_mailbox_has_one_spelling() {
        assert_eq!(normal(" Ada@Example.ORG ").as_deref(), Some("ada@example.org"));
        assert_eq!(normal("ada@例子.中国").as_deref(), Some("ada@xn--fsqu00a.xn--fiqs8s"));
        assert_eq!(normal("e\u{301}ve@example.org"), normal("éve@example.org"));
        for spelling in ["ΑΣ@example.org", "ας@example.org", "Ασ@example.org"] {
            assert_eq!(normal(spelling).as_deref(), Some("ασ@example.org"), "{spelling}");
        }
    }

    #[test]
    fn c_7_3_what_an_address_becomes_is_checked_and_not_what_was_written() {
        assert_eq!(normal("İ@example.org"), None, "in lower case it has a mark of its own");
        assert_eq!(normal(&format!("{}@example.org", "Ⱥ".repeat(32))), None, "it becomes longer");
        assert!(normal(&format!("{}@example.org", "Ⱥ".repeat(21))).is_some());
    }

    #[test]
    fn c_7_3_what_was_normalised_is_its_own_spelling() {
        let changes = |c: &char| c.to_lowercase().ne([*c]) || std::iter::once(*c).nfc().ne([*c]);
        for c in ('\u{21}'..=char::MAX).filter(changes) {
            for written in [format!("{c}@example.org"), format!("a{c}\u{301}@example.org")] {
                if let Some(address) = normal(&written) {
                    assert_eq!(normal(&address).as_ref(), Some(&address), "{c:?}");
                }
            }
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for input in [
            "",
            "@",
            "a@",
            "@b.c",
            "a b@c.de",
            "a@b",
            "a@b.",
            "a..b@c.de",
            ".a@c.de",
            "a\n@c.de",
            "a@c.de\r\nBcc: x@y.zz",
            "<a@c.de>",
            "a@[127.0.0.1]",
            "a,b@c.de",
            "a@c d.de",
        ] {
            assert_eq!(normal(input), None, "{input:?}");
        }
        assert_eq!(normal(&format!("{}@c.de", "a".repeat(65))), None);
        assert_eq!(normal(&format!("a@{}.de", "b".repeat(64))), None);
    }
}
