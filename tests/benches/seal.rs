//! Sealing and opening a profile, beside bare AES-256-GCM over as many bytes; and their ratios.
//!
//! `cargo bench -p end-to-end --bench seal`

#![expect(clippy::expect_used, reason = "a bench ends where something is wrong")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
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
use std::hint::black_box;
use std::time::{Duration, Instant};

/// When the consent was given.
const GIVEN: Timestamp = Timestamp::from_secs(1_795_507_200);

/// Rounds, and how often each does the same.
const ROUNDS: usize = 50;
const TIMES: u32 = 2_000;
/// The most µs that sealing or opening may take.
const BUDGET: u32 = 5;

/// Measures all three in each round, so that what else the machine does meets them alike; the middle
/// round of each counts.
fn main() {
    let (data_key, profile, bare_key) = (key(), profile(), bare());
    let sealed = data_key.seal(row(), &profile).expect("seals");
    let bytes = sealed.bytes(Attr::Sealed).expect("sealed").len();
    let mut rounds = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        rounds[0].push(each(|| encrypt(&bare_key, vec![0; bytes]).is_ok()));
        rounds[1].push(each(|| data_key.seal(row(), black_box(&profile)).is_ok()));
        rounds[2].push(each(|| data_key.open::<Profile>(black_box(&sealed)).is_ok()));
    }
    let micros = rounds.map(|mut round| {
        round.sort_unstable();
        round[round.len() / 2].as_secs_f64() * 1e6
    });
    let plain = format!("bare AES-256-GCM of {bytes} bytes");
    println!("| operation | µs | ratio |\n| --- | --- | --- |\n| {plain} | {:.2} | |", micros[0]);
    for (name, time) in [("seal a profile", micros[1]), ("open a profile", micros[2])] {
        println!("| {name} | {time:.2} | {:.2} times the bare one |", time / micros[0]);
    }
    println!("\nThe budget is {BUDGET} µs for each.");
}

/// What one run of something takes.
fn each(run: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    for _ in 0..TIMES {
        assert!(run(), "it succeeds");
    }
    began.elapsed() / TIMES
}

fn bare() -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key"))
}

fn encrypt(key: &LessSafeKey, mut buffer: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
    let nonce = Nonce::assume_unique_for_key([1; 12]);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut buffer).map(|()| buffer)
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
        third_parties: Vec::new(),
        consents: given(&[Purpose::Profile], GIVEN, "general-2022-08-16"),
        policy_version: "general-2022-08-16".to_owned(),
        acceptance: None,
        contact_change: None,
        claims: vec!["x".repeat(70)],
        session_epoch: 0,
        told_at: None,
    }
}
