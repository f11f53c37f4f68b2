//! Tests of the module above.

use super::super::super::account::AgeBand;
use super::super::super::locale::Locale;
use super::super::super::personal::Personal;
use super::super::Channel;
use super::super::change::{ContactChange, HELD, Held};
use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_000_000);
const OLD: &str = "old@example.org";
const NEW: &str = "new@example.org";
const PHONE: &str = "+8613800138000";

fn held(address: &str) -> Held {
    Held { address: Personal::new(address.to_owned()), claim: format!("login#{address}") }
}

/// A profile with both contacts.
fn profile() -> Profile {
    Profile {
        email: Some(held(OLD).address),
        phone: Some(held(PHONE).address),
        contact_change: None,
        display_name: None,
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: None,
        third_parties: Vec::new(),
        consents: Vec::new(),
        policy_version: String::new(),
        acceptance: None,
        claims: vec![held(OLD).claim, held(PHONE).claim],
        session_epoch: 0,
        told_at: None,
    }
}

/// The same, with its address changed or removed.
fn changed(new: Option<&str>) -> Profile {
    let mut profile = profile();
    let (channel, old, new) = (Channel::Email, held(OLD), new.map(held));
    let (changed_at, frozen_until, link) = (NOW, None, "link".to_owned());
    profile.begin_change(ContactChange { channel, old, new, changed_at, frozen_until, link });
    profile
}

/// What is left after an address was detached: the address, its claims, and the claims and the link
/// that went.
fn left(
    mut profile: Profile,
    address: &str,
    now: Timestamp,
) -> (Option<String>, Vec<String>, Vec<String>, bool) {
    let contact = Contact::parse(Channel::Email, address).expect("an address");
    let before = profile.claims.len();
    let names = [format!("login#{address}"), "login#elsewhere".to_owned()];
    profile.settle_contacts(now);
    let gone = profile.detach(&contact, &names, now).expect("a contact");
    assert_eq!(profile.claims.len() + gone.claims.len(), before);
    assert!(profile.contact_change.is_none() && profile.phone.is_some());
    profile.settle_contacts(now.plus(HELD));
    let email = profile.email.map(|address| address.expose().clone());
    (email, profile.claims, gone.claims, gone.link.is_some())
}

fn claim(address: &str) -> String {
    held(address).claim
}

#[test]
fn c_8_1_a_contact_leaves_with_its_claim() {
    let after = left(profile(), OLD, NOW);
    assert_eq!(after, (None, vec![claim(PHONE)], vec![claim(OLD)], false));
}

#[test]
fn c_8_1_either_side_of_an_open_change_leaves_and_the_other_stays() {
    let frozen = || {
        let mut profile = changed(Some(NEW));
        profile.freeze_change(NOW);
        profile
    };
    for (profile, open) in [(changed(Some(NEW)), true), (frozen(), false)] {
        for (gone, stays) in [(OLD, NEW), (NEW, OLD)] {
            let (email, claims, freed, link) = left(profile.clone(), gone, NOW);
            assert_eq!(email.as_deref(), Some(stays));
            assert!(claims.contains(&claim(stays)) && !claims.contains(&claim(gone)));
            assert_eq!((freed, link), (vec![claim(gone)], open));
        }
    }
}

#[test]
fn c_8_1_a_contact_that_was_removed_leaves_before_its_time() {
    let after = left(changed(None), OLD, NOW);
    assert_eq!(after, (None, vec![claim(PHONE)], vec![claim(OLD)], true));
}

#[test]
fn c_8_1_a_change_that_is_final_ends_with_either_side() {
    let then = NOW.plus(HELD);
    let (email, claims, freed, link) = left(changed(Some(NEW)), OLD, then);
    assert_eq!((email.as_deref(), freed, link), (Some(NEW), vec![claim(OLD)], false));
    assert_eq!(claims, vec![claim(PHONE), claim(NEW)]);
    let (email, claims, freed, _) = left(changed(Some(NEW)), NEW, then);
    assert_eq!((email, claims, freed), (None, vec![claim(PHONE)], vec![claim(OLD), claim(NEW)]));
}

#[test]
fn c_8_1_what_is_not_the_persons_changes_nothing() {
    for other in [(Channel::Email, NEW), (Channel::Phone, "+8613900139000")] {
        let contact = Contact::parse(other.0, other.1).expect("a contact");
        let mut profile = profile();
        assert_eq!(profile.detach(&contact, &["login#x".to_owned()], NOW), None);
        assert!(profile.email.is_some() && profile.phone.is_some() && profile.claims.len() == 2);
    }
}
