//! What debug output shows of types that hold personal values: their shape, and no content.

use crate::needles::Needles;
use shared::domain::account::{AgeBand, Profile};
use shared::domain::contact::change::{ContactChange, Held};
use shared::domain::contact::{Channel, Email};
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::Timestamp;
use shared::ids::{SubjectId, SystemEntropy};
use shared::outbox::{Content, Message};
use shared::records::network_log::{Event, NetworkLog};
use shared::records::session::Token;
use shared::records::verification::{CodePurpose, Verification};
use std::collections::BTreeSet;
use std::fmt::Debug;

const EMAIL: &str = "canary.yellowfeather@example.org";
const NAME: &str = "Canary Yellowfeather";
const SOURCE: &str = "2001:db8:c0ff:ee:dead:beef:cafe:f00d";
const HASH: &str = "$argon2id$canary-yellowfeather";
const CODE: &str = "31415926";

#[test]
fn c_7_2_debug_output_of_what_is_stored_shows_no_value() {
    let address = || Personal::new(EMAIL.to_owned());
    let code = || Secret::new(CODE.to_owned());
    let token = Token::draw(SubjectId::from_bytes([7; 16]), &SystemEntropy::default());
    let held = || Held { address: address(), claim: String::new() };
    let profile = Profile {
        email: Some(address()),
        phone: None,
        display_name: Some(Personal::new(NAME.to_owned())),
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: Some(Secret::new(HASH.to_owned())),
        third_parties: Vec::new(),
        consents: Vec::new(),
        policy_version: "general-2022-08-16".to_owned(),
        acceptance: None,
        contact_change: Some(ContactChange {
            channel: Channel::Email,
            old: held(),
            new: Some(held()),
            changed_at: Timestamp::from_secs(0),
            frozen_until: None,
            link: String::new(),
        }),
        claims: Vec::new(),
        session_epoch: 0,
        told_at: None,
    };
    let verification = Verification {
        channel: Channel::Email,
        address: address(),
        code: code(),
        purpose: CodePurpose::Register,
        subject: None,
        age_band: Some(AgeBand::Adult),
        language: Locale::En,
    };
    let content = Content::RegistrationCode { code: code() };
    let message = Message { channel: Channel::Email, to: address(), language: Locale::En, content };
    let ip = Personal::new(SOURCE.parse().expect("an address"));
    let log = NetworkLog { ip, event: Event::LoggedIn, device: None, failed_at: Vec::new() };
    let email = Email::parse(EMAIL).expect("an address");
    let secret = token.reveal();
    let needles = Needles::of(&[
        ("address", EMAIL),
        ("part of the address", "yellowfeather"),
        ("name", NAME),
        ("source", SOURCE),
        ("hash of the password", HASH),
        ("code", CODE),
        ("token", secret.expose()),
        ("secret of the token", &secret.expose()[60..]),
    ]);
    let all: [&dyn Debug; 7] = [&profile, &verification, &message, &log, &email, &token, &secret];
    for shown in all.map(|value| format!("{value:?} {value:#?}")) {
        assert_eq!(needles.found_in(shown.as_bytes()), BTreeSet::new(), "{shown}");
    }
    // What they hold does stand in what is sealed: the comparison sees it there.
    let sealed = serde_json::to_vec(&(profile, verification, message, log)).expect("JSON");
    assert!(needles.found_in(&sealed).len() >= 6);
}
