//! Which passwords are accepted: length over rules (OWASP ASVS 5.0, 6.2).

use super::personal::Secret;
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 8;
/// The most characters of a password.
pub const MAX_CHARS: usize = 128;

/// Normalises a password (NFC), so that the same keys typed on another device match.
pub fn normalise(input: &str) -> Secret {
    // A text that grows leaves copies that nobody overwrites; NFC makes UTF-8 at most three times
    // as long (UAX 15, 13).
    let mut text = String::with_capacity(3 * input.len());
    text.extend(input.nfc());
    Secret::new(text)
}

/// Checks a new password.
///
/// # Errors
///
/// Says which rule is broken; the text holds nothing of the password.
pub fn accept(input: &str) -> Result<Secret, &'static str> {
    let password = normalise(input);
    match password.expose().chars().count() {
        n if n < MIN_CHARS => Err("needs at least 8 characters"),
        n if n > MAX_CHARS => Err("has more than 128 characters"),
        _ => Ok(password),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_of_any_script() {
        assert!(accept("1234567").is_err());
        assert!(accept("密码密码密码密码").is_ok());
        assert!(accept(&"x".repeat(128)).is_ok());
        assert!(accept(&"x".repeat(129)).is_err());
    }

    #[test]
    fn both_spellings_of_an_accent_are_one_password() {
        assert_eq!(normalise("e\u{301}").expose(), normalise("é").expose());
    }
}
