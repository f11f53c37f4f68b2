//! What holds a secret prints none: it has no `Debug`, or one that shows no content.

use crate::world::{CANARY, World, assert_corrupt, flow, note, row};
use aws_credential_types::Credentials;
use shared::Ports;
use shared::domain::account::{AgeBand, Profile};
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::store::{Attr, Endpoint, connect};
use shared::vault::kms_aws::AwsKms;
use shared::vault::{DataKey, IndexKey, Person, Vault};
use std::fmt::{Debug, Display};
use std::marker::PhantomData;

/// Tells whether a type prints itself.
struct Probe<T>(PhantomData<T>);

trait Silent {
    const DEBUG: bool = false;
    const DISPLAY: bool = false;
}

impl<T> Silent for Probe<T> {}

impl<T: Debug> Probe<T> {
    const DEBUG: bool = true;
}

impl<T: Display> Probe<T> {
    const DISPLAY: bool = true;
}

#[test]
fn c_7_2_keys_cannot_be_printed() {
    let prints = [Probe::<String>::DEBUG, Probe::<String>::DISPLAY];
    assert_eq!(prints, [true; 2], "the probe sees what prints");
    let debug = [
        Probe::<DataKey>::DEBUG,
        Probe::<IndexKey>::DEBUG,
        Probe::<Person>::DEBUG,
        Probe::<Vault>::DEBUG,
        Probe::<Ports>::DEBUG,
    ];
    assert_eq!(debug, [false; 5]);
    let display = [
        Probe::<DataKey>::DISPLAY,
        Probe::<IndexKey>::DISPLAY,
        Probe::<Personal<String>>::DISPLAY,
        Probe::<Secret>::DISPLAY,
    ];
    assert_eq!(display, [false; 4]);
}

#[test]
fn c_7_2_a_profile_prints_no_personal_value() {
    let profile = Profile {
        email: Some(Personal::new(CANARY.to_owned())),
        phone: None,
        display_name: Some(Personal::new(CANARY.to_owned())),
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: Some(Secret::new(CANARY.to_owned())),
        third_parties: Vec::new(),
        consents: Vec::new(),
        policy_version: "1".to_owned(),
        acceptance: None,
        contact_change: None,
        claims: Vec::new(),
        session_epoch: 0,
        told_at: None,
    };
    let printed = format!("{profile:?} {profile:#?}");
    assert!(printed.starts_with("Profile") && !printed.contains(CANARY), "{printed}");
}

#[test]
fn c_7_2_clients_print_no_credentials() {
    let credentials = Credentials::new("id", CANARY, Some(CANARY.to_owned()), None, "test");
    let endpoint = Endpoint { credentials, ..Endpoint::local("http://127.0.0.1:1".to_owned()) };
    let http = aws_smithy_http_client::Builder::new().build_http();
    let client = connect(&endpoint, http.clone());
    let kms = AwsKms::connect(&endpoint, http, "alias/any".to_owned());
    for printed in [format!("{endpoint:?}"), format!("{client:?}"), format!("{kms:?}")] {
        assert!(!printed.contains(CANARY), "{printed}");
    }
}

#[tokio::test]
async fn c_7_2_a_sealed_row_prints_no_value() {
    let world = World::start().await;
    let (key, key_row) = world.vault.mint(flow()).await.expect("a key");
    let sealed = key.seal(row("a"), &note()).expect("sealed");
    let numbers = CANARY.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(", ");
    for printed in [format!("{sealed:?}"), format!("{key_row:?}")] {
        assert!(!printed.contains(CANARY) && !printed.contains(&numbers));
    }
    // An error about it tells where it was, and nothing else.
    let other = sealed.with(Attr::State, CANARY);
    assert_corrupt(
        key.open::<crate::world::Note<false>>(&other),
        "account.sealed",
        "another state",
    );
}
