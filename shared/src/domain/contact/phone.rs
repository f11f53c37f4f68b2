//! Phone numbers, normalised to E.164.

use super::super::personal::Personal;
use unicode_normalization::UnicodeNormalization;

/// The most digits of a number, country code included (ITU-T E.164, section 6).
const MOST_DIGITS: usize = 15;
/// The fewest digits of a number in use anywhere, country code included.
const FEWEST_DIGITS: usize = 7;
/// The country code of the mainland.
const MAINLAND: &str = "86";

/// Country codes whose numbers are dialled with a 0 in front within the country, and never from
/// abroad (ITU-T E.164, national trunk prefixes). Not all of them: those that people write most.
const TRUNK_ZERO: [&str; 23] = [
    "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "60", "61", "62", "63", "64",
    "66", "81", "82", "84", "86", "90", "91",
];

/// A phone number, normalised to E.164: a plus sign and digits.
///
/// A number without a country code is one of the mainland, where it has the form of a mobile
/// number there. No table of the world's numbering plans is linked: a code that arrives is the
/// proof that a number is one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Phone(Personal<String>);

impl Phone {
    /// Parses a number as people write it: spaces, dots, hyphens and brackets are dropped, wide
    /// digits narrowed, `00` read as `+`.
    ///
    /// # Errors
    ///
    /// Says which rule of the form is broken; the text holds nothing of the input.
    pub fn parse(input: &str) -> Result<Self, &'static str> {
        let written: String = input.nfkc().filter(|c| !is_filler(*c)).collect();
        let written = written.replace("(0)", "").replace(['(', ')'], "");
        let abroad = written.strip_prefix('+').or_else(|| written.strip_prefix("00"));
        let digits = match abroad {
            Some(digits) => digits.to_owned(),
            None if is_mainland_mobile(&written) => format!("{MAINLAND}{written}"),
            None => return Err("needs a + and its country code, as in +86 138 0013 8000"),
        };
        if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
            return Err("has a character that no phone number has");
        }
        if !(FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()) {
            return Err("needs 7 to 15 digits with its country code");
        }
        if digits.strip_prefix(MAINLAND).is_some_and(|rest| !is_mainland_mobile(rest)) {
            return Err("is no mobile number of the mainland");
        }
        Ok(Self(Personal::new(format!("+{digits}"))))
    }

    /// Parses a number that nobody has yet. Those that were taken before keep their spelling.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`]; and where the 0 stands behind the country code that is dialled within the
    /// country alone, with which one number would have two spellings.
    pub fn parse_new(input: &str) -> Result<Self, &'static str> {
        let phone = Self::parse(input)?;
        let digits = phone.0.expose().trim_start_matches('+');
        let behind =
            |code: &&str| digits.strip_prefix(*code).is_some_and(|rest| rest.starts_with('0'));
        if TRUNK_ZERO.iter().any(behind) {
            return Err(
                "has a 0 behind its country code, which is dialled only within the country",
            );
        }
        Ok(phone)
    }

    /// The number, as E.164 has it.
    pub const fn number(&self) -> &Personal<String> {
        &self.0
    }
}

fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '\u{2010}'..='\u{2013}')
}

/// Whether it is a mobile number of the mainland, without the country code: 11 digits from 13 on.
fn is_mainland_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes[0] == b'1'
        && bytes[1] >= b'3'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(input: &str) -> Option<String> {
        Phone::parse(input).ok().map(|phone| phone.number().expose().clone())
    }

    #[test]
    fn c_7_3_one_number_has_one_spelling() {
        for input in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "0086 13800138000",
            "(+86) 138.0013.8000",
            "＋８６１３８００１３８０００",
            "138\u{2013}0013\u{2013}8000",
        ] {
            assert_eq!(normal(input).as_deref(), Some("+8613800138000"), "{input}");
        }
        assert_eq!(normal("+44 (0)20 7946 0958").as_deref(), Some("+442079460958"));
        assert_eq!(normal("+44 20 7946 0958").as_deref(), Some("+442079460958"));
        assert_eq!(
            normal("+39 06 698 12345").as_deref(),
            Some("+390669812345"),
            "part of it there"
        );
        assert_eq!(normal("+1 (202) 555-0100").as_deref(), Some("+12025550100"));
    }

    #[test]
    fn c_7_3_a_new_number_has_no_zero_that_is_dialled_within_the_country() {
        for input in ["+44 020 7946 0958", "+49 0151 23456789"] {
            assert!(Phone::parse_new(input).is_err(), "{input}");
            assert!(normal(input).is_some(), "whoever has it logs in: {input}");
        }
        for input in ["+44 (0)20 7946 0958", "+39 06 698 12345", "13800138000"] {
            assert!(Phone::parse_new(input).is_ok(), "{input}");
        }
    }

    #[test]
    fn malformed_numbers_are_refused() {
        for input in [
            "",
            "+",
            "00",
            "123456",
            "2025550100",
            "+0123456789",
            "+12345",
            "+1234567890123456",
            "+86 10 6552 9988",
            "+86 128 0013 8000",
            "+86138001380001",
            "8613800138000",
            "+8613800138000x1",
            "+86138OO138000",
            "++8613800138000",
            "1380013800\0",
            "ada@example.org",
        ] {
            assert_eq!(normal(input), None, "{input:?}");
        }
    }
}
