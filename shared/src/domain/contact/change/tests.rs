//! Tests of the module above.

use super::super::super::account::AgeBand;
use super::super::super::locale::Locale;
use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_000_000);

fn held(name: &str) -> Held {
    Held { address: Personal::new(name.to_owned()), claim: format!("login#{name}") }
}

fn profile() -> Profile {
    Profile {
        email: Some(Personal::new("old".to_owned())),
        phone: None,
        contact_change: None,
        display_name: None,
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: None,
        third_parties: Vec::new(),
        consents: Vec::new(),
        policy_version: String::new(),
        acceptance: None,
        claims: vec!["login#old".to_owned()],
        session_epoch: 0,
        told_at: None,
    }
}

fn changed(new: Option<&str>) -> Profile {
    let mut profile = profile();
    profile.begin_change(ContactChange {
        channel: Channel::Email,
        old: held("old"),
        new: new.map(held),
        changed_at: NOW,
        frozen_until: None,
        link: String::new(),
    });
    profile
}

fn email_at(profile: &Profile, now: Timestamp) -> Option<String> {
    let mut then = profile.clone();
    then.settle_contacts(now);
    then.email.map(|address| address.expose().clone())
}

#[test]
fn c_8_1_a_change_counts_at_once_and_is_final_after_three_days() {
    let mut profile = changed(Some("new"));
    assert_eq!(email_at(&profile, NOW).as_deref(), Some("new"));
    assert_eq!(profile.claims, ["login#old", "login#new"], "both stay the person's");
    let last = NOW.plus(HELD).minus(Duration::from_secs(1));
    assert!(profile.open_change(last).is_some());
    assert!(profile.finish_change(last).is_none());
    assert!(profile.open_change(NOW.plus(HELD)).is_none(), "by the clock alone");
    assert!(profile.take_change_back(NOW.plus(HELD)).is_none());
    assert!(profile.finish_change(NOW.plus(HELD)).is_some());
    assert_eq!((profile.claims, profile.contact_change), (vec!["login#new".to_owned()], None));
}

#[test]
fn a_claim_that_is_renamed_is_renamed_wherever_it_stands() {
    let mut profile = changed(Some("new"));
    profile.rename_claim("login#old", "login#older");
    profile.rename_claim("login#new", "login#newer");
    assert_eq!(profile.claims, ["login#older", "login#newer"]);
    let change = profile.contact_change.clone().expect("a change");
    assert_eq!(change.old.claim, "login#older");
    assert_eq!(change.new.expect("a new one").claim, "login#newer");
    let names: Vec<_> = profile.claimed().map(|(_, name)| name.expose().as_str()).collect();
    assert_eq!(names, ["new", "old", "new"]);
}

#[test]
fn c_8_1_a_freeze_brings_the_old_contact_back_for_three_days_and_once() {
    for new in [Some("new"), None] {
        let mut profile = changed(new);
        let frozen = NOW.plus(hours(71));
        assert!(profile.freeze_change(frozen).is_some());
        assert!(profile.freeze_change(frozen).is_none());
        assert_eq!(profile.email, held("old").address.into());
        let last = frozen.plus(HELD).minus(Duration::from_secs(1));
        assert_eq!(email_at(&profile, last).as_deref(), Some("old"));
        assert_eq!(email_at(&profile, frozen.plus(HELD)).as_deref(), new, "no taking over");
        assert!(profile.freeze_change(frozen.plus(HELD)).is_none());
    }
    assert!(changed(None).freeze_change(NOW.plus(HELD)).is_none(), "too late");
}

#[test]
fn c_8_1_a_change_taken_back_leaves_nothing_of_the_new_contact() {
    for freezes in 0..2 {
        let mut profile = changed(Some("new"));
        for _ in 0..freezes {
            profile.freeze_change(NOW);
        }
        assert!(profile.take_change_back(NOW.plus(hours(1))).is_some());
        assert_eq!(profile.claims, ["login#old"]);
        assert_eq!((profile.email, profile.contact_change), (held("old").address.into(), None));
    }
}
