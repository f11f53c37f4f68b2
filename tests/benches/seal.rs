//! Sealing and opening a profile, beside bare AES-256-GCM over as many bytes.
//!
//! `cargo bench -p end-to-end --bench seal`

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use divan::{Bencher, black_box};
use personal_center::{Options, World};
use shared::domain::account::{AgeBand, Profile};
use shared::domain::consent::given;
use shared::domain::inventory::{Entity, Purpose};
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::Timestamp;
use shared::ids::{SubjectId, SystemEntropy};
use shared::store::{Attr, Key, Row};
use shared::vault::{DataKey, Owner};

/// When the consent was given.
const GIVEN: Timestamp = Timestamp::from_secs(1_795_507_200);

fn main() {
    divan::main();
}

/// A key out of a vault of its own.
fn key() -> DataKey {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut options = Options::in_folder(folder.path());
        options.data = None;
        let world = World::open(options).await.expect("a world");
        let owner = Owner::Person(SubjectId::draw(&SystemEntropy::default()));
        world.ports.vault.mint(owner).await.expect("a key").0
    })
}

fn row() -> Row {
    Row::new(Key::records("subject#sub_x", "account"), Entity::Account)
}

fn profile() -> Profile {
    Profile {
        email: Some(Personal::new("ada@example.org".to_owned())),
        phone: None,
        display_name: Some(Personal::new("Ada Lovelace".to_owned())),
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: Some(Secret::new("x".repeat(97))),
        consents: given(&[Purpose::Profile], GIVEN, "general-2022-08-16"),
        policy_version: "general-2022-08-16".to_owned(),
        contact_change: None,
        claims: vec!["x".repeat(70)],
        session_epoch: 0,
        told_at: None,
    }
}

/// Bytes of a sealed profile.
fn sealed_bytes() -> usize {
    let sealed = key().seal(row(), &profile()).expect("seals");
    sealed.bytes(Attr::Sealed).expect("sealed").len()
}

#[divan::bench]
fn seal_a_profile(bencher: Bencher<'_, '_>) {
    let (key, profile) = (key(), profile());
    bencher.with_inputs(row).bench_values(|row| key.seal(row, black_box(&profile)));
}

#[divan::bench]
fn open_a_profile(bencher: Bencher<'_, '_>) {
    let key = key();
    let sealed = key.seal(row(), &profile()).expect("seals");
    bencher.bench(|| key.open::<Profile>(black_box(&sealed)));
}

#[divan::bench]
fn bare_aes_256_gcm(bencher: Bencher<'_, '_>) {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key"));
    let bytes = sealed_bytes();
    bencher.with_inputs(|| vec![0_u8; bytes]).bench_values(|mut buffer| {
        let nonce = Nonce::assume_unique_for_key([1; 12]);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut buffer).map(|()| buffer)
    });
}
