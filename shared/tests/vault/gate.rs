//! The gate: no person's plaintext without an account, a key, a state and a consent that allow it.

use crate::world::{CANARY, World, assert_corrupt, subject};
use shared::domain::account::{AgeBand, Profile, State};
use shared::domain::consent::Consent;
use shared::domain::gate::{Ground, Refusal, Use};
use shared::domain::inventory::{Entity, Purpose};
use shared::domain::locale::Locale;
use shared::domain::personal::Personal;
use shared::domain::time::Timestamp;
use shared::ids::SubjectId;
use shared::records::subject::account;
use shared::store::{Attr, Row};
use shared::vault::{Denied, Owner, Person};

/// A person: the account's row and the key's.
struct Ada {
    id: SubjectId,
    account: Row,
    key: Row,
}

fn consent(purpose: Purpose) -> Consent {
    let (given_at, policy_version) = (Timestamp::from_secs(1), "1".to_owned());
    Consent { purpose, given_at, policy_version, proof: None }
}

/// A person in a state, who consented to purposes.
async fn ada(world: &World, state: State, consents: &[Purpose]) -> Ada {
    let id = subject();
    let (key, key_row) = world.vault.mint(Owner::Person(id.clone())).await.expect("a key");
    let row = Row::new(account(&id), Entity::Account)
        .with(Attr::State, state.name())
        .with(Attr::GateEpoch, 3);
    let profile = Profile {
        email: Some(Personal::new(CANARY.to_owned())),
        phone: None,
        display_name: None,
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: None,
        third_parties: Vec::new(),
        consents: consents.iter().map(|purpose| consent(*purpose)).collect(),
        policy_version: "1".to_owned(),
        acceptance: None,
        contact_change: None,
        claims: Vec::new(),
        session_epoch: 0,
        told_at: None,
    };
    let account = key.seal(row, &profile).expect("sealed");
    Ada { id, account, key: key_row }
}

async fn open(world: &World, ada: &Ada, key: Option<&Row>, wanted: Use) -> Result<Person, Denied> {
    world.vault.open_person(&ada.id, Some(&ada.account), key, wanted).await
}

/// Why it was refused.
#[track_caller]
fn refusal(opened: Result<Person, Denied>) -> Refusal {
    match opened {
        Err(Denied::Refused(refusal)) => refusal,
        Err(Denied::Failed(error)) => panic!("it failed: {error:?}"),
        Ok(_) => panic!("it was opened"),
    }
}

/// Asserts that what was read is corrupt there.
#[track_caller]
fn failed(opened: Result<Person, Denied>, place: &str, what: &str) {
    match opened {
        Err(Denied::Failed(error)) => assert_corrupt::<()>(Err(error), place, what),
        Err(Denied::Refused(refusal)) => panic!("{what}: it was refused, {refusal:?}"),
        Ok(_) => panic!("{what}: it was opened"),
    }
}

#[tokio::test]
async fn c_8_1_an_active_person_is_opened() {
    let world = World::start().await;
    let ada = ada(&world, State::Active, &[]).await;
    let person = open(&world, &ada, Some(&ada.key), Use::Rights).await.expect("opened");
    assert_eq!(person.profile.email.as_ref().map(|email| email.expose().as_str()), Some(CANARY));
    assert_eq!((person.state, person.gate_epoch()), (State::Active, 3));
}

#[tokio::test]
async fn c_8_3_a_purpose_opens_with_consent_only() {
    let world = World::start().await;
    let without = ada(&world, State::Active, &[Purpose::Account]).await;
    let wanted = Use::For(Purpose::Profile);
    let refused = refusal(open(&world, &without, Some(&without.key), wanted).await);
    assert_eq!(refused, Refusal::NoConsent(Purpose::Profile));
    let with = ada(&world, State::Active, &[Purpose::Profile]).await;
    open(&world, &with, Some(&with.key), wanted).await.expect("consented");
}

#[tokio::test]
async fn c_8_2_a_restricted_person_is_opened_for_rights_and_duties_only() {
    let world = World::start().await;
    let closed = [State::PendingGuardian, State::Restricted, State::Suspended, State::Closing];
    for state in closed {
        let ada = ada(&world, state, &Purpose::ALL).await;
        for purpose in Purpose::ALL {
            let refused = refusal(open(&world, &ada, Some(&ada.key), Use::For(purpose)).await);
            assert_eq!(refused, Refusal::State(state));
        }
        for wanted in [Use::Rights, Use::Storage, Use::Ground(Ground::LegalDuty)] {
            let opened = open(&world, &ada, Some(&ada.key), wanted).await;
            assert!(opened.is_ok(), "{state:?} {wanted:?}");
        }
    }
}

#[tokio::test]
async fn c_8_2_an_erased_person_stays_closed_without_a_look_at_the_key() {
    let world = World::start().await;
    let everything =
        [Use::Rights, Use::Storage, Use::For(Purpose::Account), Use::Ground(Ground::LegalDuty)];
    for (state, why) in [(State::Erasing, Refusal::Erasing), (State::Erased, Refusal::Erased)] {
        let ada = ada(&world, state, &Purpose::ALL).await;
        let unwraps = world.unwraps();
        world.clock.advance(shared::domain::time::minutes(6));
        for wanted in everything {
            for key in [None, Some(&ada.key)] {
                assert_eq!(refusal(open(&world, &ada, key, wanted).await), why, "{wanted:?}");
            }
        }
        assert_eq!(world.unwraps(), unwraps);
    }
}

#[tokio::test]
async fn c_8_4_a_person_without_a_key_reads_as_erasing() {
    let world = World::start().await;
    for state in [State::Active, State::Restricted, State::Closing] {
        let ada = ada(&world, state, &Purpose::ALL).await;
        for wanted in [Use::Rights, Use::Storage, Use::For(Purpose::Account)] {
            assert_eq!(refusal(open(&world, &ada, None, wanted).await), Refusal::Erasing);
        }
    }
}

#[tokio::test]
async fn c_7_2_nobody_is_opened_without_an_account() {
    let world = World::start().await;
    let ada = ada(&world, State::Active, &[]).await;
    let opened = world.vault.open_person(&ada.id, None, Some(&ada.key), Use::Rights).await;
    assert_eq!(refusal(opened), Refusal::Unknown);
}

#[tokio::test]
async fn c_7_2_a_state_changed_behind_our_back_does_not_open() {
    let world = World::start().await;
    let mut ada = ada(&world, State::Restricted, &Purpose::ALL).await;
    ada.account = ada.account.with(Attr::State, State::Active.name());
    let wanted = Use::For(Purpose::Account);
    failed(open(&world, &ada, Some(&ada.key), wanted).await, "account.sealed", "restricted");
    ada.account = ada.account.with(Attr::State, "alive");
    failed(open(&world, &ada, Some(&ada.key), wanted).await, "account.state", "no state");
}

#[tokio::test]
async fn c_7_2_another_persons_key_does_not_open() {
    let world = World::start().await;
    let (ada, bob) = (ada(&world, State::Active, &[]).await, ada(&world, State::Active, &[]).await);
    failed(open(&world, &ada, Some(&bob.key), Use::Rights).await, "data_key.wrapped", "bob's key");
    // Nor does the account open as another person's.
    let opened = world.vault.open_person(&bob.id, Some(&ada.account), Some(&bob.key), Use::Rights);
    failed(opened.await, "account.sealed", "ada's account");
}

#[cfg(debug_assertions)]
#[tokio::test]
#[should_panic(expected = "a person's key is behind the gate")]
async fn c_7_2_a_persons_key_is_not_had_around_the_gate() {
    let world = World::start().await;
    let ada = ada(&world, State::Active, &[]).await;
    let owner = Owner::Person(ada.id.clone());
    drop(world.vault.open(owner, Some(&ada.key)).await);
}
