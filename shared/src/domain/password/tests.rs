//! What a new password may be, rule by rule.

use super::*;

fn text(value: &str) -> Personal<String> {
    Personal::new(value.to_owned())
}

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

#[test]
fn the_commonest_passwords_are_refused_in_any_case() {
    for common in ["12345678", "password1", "PassWord1", "qwertyuiop", "1qaz2wsx"] {
        assert_eq!(accept(common).err(), Some("is one of the commonest passwords"), "{common}");
    }
    assert!(accept("password1 password1 ?").is_ok());
}

#[test]
fn the_list_is_of_ten_thousand_that_the_other_rules_let_pass() {
    let long = |line: &str| (MIN_CHARS..=MAX_CHARS).contains(&line.chars().count());
    assert!(COMMON.lines().all(|line| long(line) && line == line.to_lowercase()));
    assert_eq!(COMMON.lines().count(), 10_000);
}

#[test]
fn the_name_of_the_service_makes_no_password() {
    for named in ["OpenDataLab", "opendatalab2026", "Personal Center", "OpenDataLab/opendatalab"] {
        assert!(accept(named).is_err(), "{named}");
    }
    assert!(accept("opendatalab, bits of it").is_ok());
}

#[test]
fn contacts_and_name_make_no_password() {
    let (email, phone, name) =
        (text("lovelace@example.org"), text("+8613800138000"), text("Ada King"));
    let check = |password: &str| {
        let contacts = [(Channel::Email, &email), (Channel::Phone, &phone)];
        differs(&normalise(password), contacts.into_iter(), Some(&name)).err()
    };
    let (contact, named) = (
        Some("needs 8 characters besides a contact of yours"),
        Some("needs 8 characters besides your display name"),
    );
    for like in
        ["Lovelace@Example.org", "lovelace1815", "+8613800138000", "138 0013 8000", "x138000x"]
    {
        assert_eq!(check(like), contact, "{like}");
    }
    assert_eq!(check("Ada King!!"), named);
    assert_eq!(check("kingking 1815"), named);
    assert_eq!(check("lovelace wrote the first loop"), None);
    assert_eq!(check("correct horse battery"), None);
    // What tells too little is no reason: three letters stand in many words.
    assert_eq!(check("adamantine"), None);
    assert_eq!(check("a-b-c-d-e"), None, "what sets letters apart counts");
}

#[test]
fn two_characters_of_a_name_count() {
    let name = text("张伟");
    let none = || std::iter::empty();
    assert!(differs(&normalise("张伟123456"), none(), Some(&name)).is_err());
    assert!(differs(&normalise("张伟12345678"), none(), Some(&name)).is_ok());
    assert!(differs(&normalise("张三123456"), none(), None).is_ok());
}

#[test]
fn letters_that_grow_in_lower_case_fit_their_buffer() {
    let password = normalise(&"İ".repeat(128));
    let lower = lower(&password);
    assert!(lower.expose().len() <= 3 * password.expose().len());
}
