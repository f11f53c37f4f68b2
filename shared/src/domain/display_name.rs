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
        _ if has_disguise(&name) => Err("has a control, direction or invisible character"),
        _ => Ok(name),
    }
}

/// Whether a character in the name can hide something. A joiner does not where it shapes its
/// neighbours, as Persian, the scripts of India and emoji need it.
fn has_disguise(name: &str) -> bool {
    let (mut before, mut rest) = (None, name.chars().peekable());
    while let Some(c) = rest.next() {
        let joins = matches!(c, '\u{200C}' | '\u{200D}')
            && before.is_some_and(is_shaped)
            && rest.peek().copied().is_some_and(is_shaped);
        if is_disguise(c) && !joins {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Characters that a joiner beside them shapes: of Arabic and Syriac, of the scripts of South and
/// Southeast Asia and Mongolia, and emoji (Unicode, 23.2; RFC 5892, appendix A).
fn is_shaped(c: char) -> bool {
    let of_a_script = matches!(c,
        '\u{620}'..='\u{8FF}' | '\u{900}'..='\u{DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{18AA}'
        | '\u{FB50}'..='\u{FDFB}' | '\u{FE70}'..='\u{FEFC}' | '\u{11000}'..='\u{11DFF}');
    let of_an_emoji = matches!(c,
        '\u{2190}'..='\u{21FF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}'
        | '\u{1F000}'..='\u{1FAFF}');
    (of_a_script || of_an_emoji) && !is_disguise(c)
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

    #[test]
    fn a_joiner_stands_between_what_it_shapes_and_nowhere_else() {
        let persian = "\u{639}\u{644}\u{6CC}\u{200C}\u{631}\u{636}\u{627}";
        let sinhala = "\u{DC1}\u{DCA}\u{200D}\u{DBB}\u{DD3}";
        let emoji = ["\u{1F469}\u{200D}\u{1F4BB}", "\u{26F9}\u{FE0F}\u{200D}\u{2640}\u{FE0F}"];
        for name in [persian, sinhala, emoji[0], emoji[1]] {
            assert_eq!(accept(name), Ok(name.to_owned()));
        }
        for name in [
            "\u{200C}\u{639}",
            "\u{639}\u{200C}",
            "\u{639}\u{200C}\u{200D}\u{644}",
            "\u{639}\u{200C} \u{644}",
            "\u{639}\u{202E}\u{644}",
            "\u{639}\u{200F}\u{644}",
            "A\u{200D}da",
            "\u{6D1B}\u{200C}\u{8299}",
            "\u{639}\u{200C}a",
            "\u{180B}\u{200D}\u{180E}",
        ] {
            assert!(accept(name).is_err(), "{name:?}");
        }
    }
}
