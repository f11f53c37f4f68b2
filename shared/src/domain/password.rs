//! Which passwords are accepted: length over rules, none of the commonest, and none that the
//! person's own contacts or the service's name give away (OWASP ASVS 5.0, 6.2).

use super::contact::Channel;
use super::personal::{Personal, Secret};
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 8;
/// The most characters of a password.
pub const MAX_CHARS: usize = 128;

/// The commonest passwords that are long enough, in lower case, a line each (`common.license`).
const COMMON: &str = include_str!("password/common.txt");
/// The service's names.
const SERVICE: [&str; 3] = ["opendatalab", "personal center", "personalcenter"];
/// The fewest bytes of a word that tells anything: four letters, or two Chinese characters.
const TELLING: usize = 4;
/// The fewest digits at the end of a phone number that tell it.
const TELLING_DIGITS: usize = 6;

/// Normalises a password (NFC), so that the same keys typed on another device match.
pub fn normalise(input: &str) -> Secret {
    // A text that grows leaves copies that nobody overwrites; NFC makes UTF-8 at most three times
    // as long (UAX 15, 13).
    let mut text = String::with_capacity(3 * input.len());
    text.extend(input.nfc());
    Secret::new(text)
}

/// Checks a new password by itself; [`differs`] is the other half.
///
/// # Errors
///
/// Says which rule is broken; the text holds nothing of the password.
pub fn accept(input: &str) -> Result<Secret, &'static str> {
    let password = normalise(input);
    match password.expose().chars().count() {
        n if n < MIN_CHARS => return Err("needs at least 8 characters"),
        n if n > MAX_CHARS => return Err("has more than 128 characters"),
        _ => {}
    }
    let lower = lower(&password);
    if COMMON.lines().any(|common| common == lower.expose()) {
        return Err("is one of the commonest passwords");
    }
    if left(&lower, SERVICE.into_iter()) < MIN_CHARS {
        return Err("needs 8 characters besides the name of the service");
    }
    Ok(password)
}

/// Checks a new password against what others know of the person: contacts and display name. They
/// may be part of it, where what is left without them is long enough.
///
/// # Errors
///
/// Says which rule is broken; the text holds nothing of the password.
pub fn differs<'a>(
    password: &Secret,
    contacts: impl Iterator<Item = (Channel, &'a Personal<String>)>,
    display_name: Option<&Personal<String>>,
) -> Result<(), &'static str> {
    let lower = lower(password);
    let contacts: Vec<String> = contacts.flat_map(words).collect();
    // A number is one however its digits are set apart.
    if [&lower, &together(&lower)].into_iter().any(|text| {
        let left = left(text, contacts.iter().map(String::as_str));
        left < MIN_CHARS && left < text.expose().chars().count()
    }) {
        return Err("needs 8 characters besides a contact of yours");
    }
    let name = display_name.map(|name| name.expose().to_lowercase()).unwrap_or_default();
    let names = std::iter::once(name.as_str()).chain(name.split_whitespace());
    if left(&lower, names) < MIN_CHARS {
        return Err("needs 8 characters besides your display name");
    }
    Ok(())
}

/// A password in lower case, in a buffer that does not grow: no letter becomes more than three
/// times as long.
fn lower(password: &Secret) -> Secret {
    let mut text = String::with_capacity(3 * password.expose().len());
    text.extend(password.expose().chars().flat_map(char::to_lowercase));
    Secret::new(text)
}

/// A text without what sets the digits of a number apart.
fn together(text: &Secret) -> Secret {
    let mut plain = String::with_capacity(text.expose().len());
    plain.extend(text.expose().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '+')));
    Secret::new(plain)
}

/// What a contact gives away: an address whole and before its `@`, and every end of a number.
fn words((channel, address): (Channel, &Personal<String>)) -> Vec<String> {
    let address = address.expose().to_lowercase();
    match channel {
        Channel::Email => {
            let local = address.split('@').next().unwrap_or_default().to_owned();
            vec![address, local]
        }
        Channel::Phone => {
            let digits = address.trim_start_matches('+');
            let most = digits.len().saturating_sub(TELLING_DIGITS);
            (0..=most).filter_map(|from| digits.get(from..).map(str::to_owned)).collect()
        }
    }
}

/// How many characters are left of a text without some words, wherever they stand.
fn left<'a>(text: &Secret, words: impl Iterator<Item = &'a str>) -> usize {
    let text = text.expose();
    let mut covered = vec![false; text.len()];
    for word in words.filter(|word| word.len() >= TELLING) {
        for (at, _) in text.match_indices(word) {
            covered.iter_mut().skip(at).take(word.len()).for_each(|byte| *byte = true);
        }
    }
    text.char_indices().filter(|(at, _)| covered.get(*at) == Some(&false)).count()
}

#[cfg(test)]
mod tests;
