//! Plain calls on the same engine, to compare with.

use crate::people::World;
use crate::{SPAN, rate};
use shared::domain::account::{AgeBand, Profile};
use shared::domain::consent::Consent;
use shared::domain::inventory::{Entity, Purpose};
use shared::domain::locale::Locale;
use shared::domain::personal::{Personal, Secret};
use shared::domain::time::Timestamp;
use shared::ids::{EntryId, SubjectId, SystemEntropy};
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::vault::Owner;
use std::time::Instant;

/// Reads of three rows in one batch, a second.
pub(crate) async fn reads(world: &World, clients: usize) -> f64 {
    spread(clients, |until| {
        let ports = world.inner.ports.clone();
        async move {
            let keys = ["a", "b", "c"].map(|pk| Key::records(format!("plain#{pk}"), "x"));
            let mut done = 0;
            while Instant::now() < until {
                ports.store.get(&keys).await.expect("reads");
                done += 1;
            }
            done
        }
    })
    .await
}

/// Transactions of three new rows, a second.
pub(crate) async fn writes(world: &World, clients: usize) -> f64 {
    spread(clients, |until| {
        let ports = world.inner.ports.clone();
        async move {
            let mut done = 0;
            while Instant::now() < until {
                let mut transaction = Transaction::new();
                for _ in 0..3 {
                    let id = EntryId::draw(&*ports.entropy);
                    let row = Row::new(Key::records(format!("plain#{id}"), "x"), Entity::Limit);
                    let row = row.with(Attr::Sealed, vec![0; 300]);
                    transaction.put("row", row, When::Absent);
                }
                ports.store.write(transaction).await.expect("writes");
                done += 1;
            }
            done
        }
    })
    .await
}

/// Password hashes a second.
pub(crate) async fn hashes(clients: usize) -> f64 {
    spread(clients, |until| async move {
        let mut done = 0;
        while Instant::now() < until {
            let password = Secret::new("correct horse battery".to_owned());
            let hash = shared::vault::password::hash(password, &SystemEntropy::default()).await;
            hash.expect("hashes");
            done += 1;
        }
        done
    })
    .await
}

/// Microseconds to seal and to open a profile.
pub(crate) async fn sealing(world: &World) -> (f64, f64) {
    const TIMES: u32 = 100_000;
    let owner = Owner::Person(SubjectId::draw(&SystemEntropy::default()));
    let (key, _) = world.inner.ports.vault.mint(owner).await.expect("a key");
    let row = Row::new(Key::records("subject#sub_x", "account"), Entity::Account);
    let profile = Profile {
        email: Some(Personal::new("ada@example.org".to_owned())),
        phone: None,
        display_name: Some(Personal::new("Ada Lovelace".to_owned())),
        language: Locale::En,
        age_band: AgeBand::Adult,
        password: Some(Secret::new("x".repeat(97))),
        consents: vec![Consent {
            purpose: Purpose::Profile,
            given_at: Timestamp::from_secs(1_795_507_200),
            policy_version: "general-2022-08-16".to_owned(),
        }],
        policy_version: "general-2022-08-16".to_owned(),
        claims: vec!["x".repeat(70)],
        session_epoch: 0,
        told_at: None,
    };
    let started = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(key.seal(row.clone(), &profile).expect("seals"));
    }
    let seal = started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES);
    let sealed = key.seal(row, &profile).expect("seals");
    let started = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(key.open::<Profile>(&sealed).expect("opens"));
    }
    (seal, started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES))
}

async fn spread<F>(clients: usize, one: impl Fn(Instant) -> F) -> f64
where
    F: Future<Output = usize> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(one(started + SPAN))).collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("no panic");
    }
    rate(done, started)
}
