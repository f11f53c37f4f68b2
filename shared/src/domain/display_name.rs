//! Which display names are accepted.

use unicode_normalization::UnicodeNormalization;

/// The most characters of a display name.
const MAX_CHARS: usize = 64;

/// Checks a display name, and normalises it (NFC, no space around it).
///
/// # Errors
///
/// Says which rule is broken; the text holds nothing of the name.
pub fn accept(input: &str) -> Result<String, &'static str> {
    let name: String = input.trim().nfc().collect();
    match name.chars().count() {
        0 => Err("is empty; send null to remove it"),
        n if n > MAX_CHARS => Err("has more than 64 characters"),
        _ if name.chars().any(is_disguise) => {
            Err("has a control, direction or invisible character")
        }
        _ => Ok(name),
    }
}

/// Control characters, and those that turn the direction of text or have no width of their own,
/// with which one name can be made to look like another.
fn is_disguise(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_typed() {
        assert_eq!(accept("  Ada 洛芙莱斯 "), Ok("Ada 洛芙莱斯".to_owned()));
        assert!(accept(" ").is_err());
        assert!(accept(&"x".repeat(65)).is_err());
        for disguise in ["a\u{202E}b", "a\u{0}b", "a\nb", "\u{FEFF}a\u{200B}"] {
            assert!(accept(disguise).is_err(), "{disguise:?}");
        }
    }
}
