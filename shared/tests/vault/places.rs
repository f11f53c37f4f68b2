//! A sealed value opens in the place it was sealed for, under the key it was sealed under.

use crate::world::{CANARY, Note, World, assert_corrupt, flow, note, row};
use shared::Kind;
use shared::domain::inventory::Entity;
use shared::store::{Attr, Key, Row, Table};
use shared::vault::DataKey;

/// A key, and a row that it sealed.
async fn sealed(world: &World) -> (DataKey, Row) {
    let (key, _) = world.vault.mint(flow()).await.expect("a key");
    let sealed = key.seal(row("a"), &note()).expect("sealed");
    (key, sealed)
}

#[tokio::test]
async fn c_7_2_a_sealed_value_shows_nothing_and_opens_in_its_place() {
    let world = World::start().await;
    let (key, row) = sealed(&world).await;
    let bytes = row.bytes(Attr::Sealed).expect("sealed");
    assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));
    let again = key.seal(row.clone(), &note()).expect("sealed");
    assert_ne!(again.bytes(Attr::Sealed).expect("sealed"), bytes, "no two seals are alike");
    for row in [row, again] {
        assert_eq!(key.open::<Note<false>>(&row).expect("opened"), note());
    }
}

#[tokio::test]
async fn c_7_2_a_sealed_value_does_not_open_in_another_place() {
    let world = World::start().await;
    let (key, row) = sealed(&world).await;
    let moved = |to: Key| Row { key: to, ..row.clone() };
    let places = [
        ("another partition", moved(Key::records("test#b", "row"))),
        ("another sort key", moved(Key::records("test#a", "rox"))),
        ("keys parted elsewhere", moved(Key::records("test#ar", "ow"))),
        ("another table", moved(Key { table: Table::Ledger, ..row.key.clone() })),
        ("the next version", row.clone().next()),
        ("the version before", Row { version: row.version - 1, ..row.clone() }),
        ("another state", row.clone().with(Attr::State, "erased")),
        ("no state", row.clone().without(Attr::State)),
        ("a state of another type", row.clone().with(Attr::State, 1)),
    ];
    for (what, row) in places {
        assert_corrupt(key.open::<Note<false>>(&row), "account.sealed", what);
    }
    let attribute = row.clone().with(Attr::SeenAt, 1);
    assert_eq!(key.open::<Note<false>>(&attribute).expect("no part of the place"), note());
}

#[tokio::test]
async fn c_7_2_a_sealed_value_does_not_open_as_another_kind() {
    let world = World::start().await;
    let (key, row) = sealed(&world).await;
    let session = Row { entity: Entity::Session, ..row.clone() };
    assert_corrupt(key.open::<Note<true>>(&session), "session.sealed", "the row's kind");
    assert_corrupt(key.open::<Note<true>>(&row), "account.sealed", "the reader's kind");
    let refused = key.seal(row, &Note::<true>(String::new())).expect_err("another kind");
    assert_eq!(refused.kind(), &Kind::Internal);
}

#[tokio::test]
async fn c_7_2_no_changed_missing_or_added_byte_opens() {
    let world = World::start().await;
    let (key, row) = sealed(&world).await;
    let bytes = row.bytes(Attr::Sealed).expect("sealed").to_vec();
    for n in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[n] ^= 1;
        for other in [changed, bytes[..n].to_vec()] {
            let row = row.clone().with(Attr::Sealed, other);
            assert_corrupt(key.open::<Note<false>>(&row), "account.sealed", &format!("byte {n}"));
        }
    }
    let longer = row.clone().with(Attr::Sealed, [&bytes[..], &[0]].concat());
    assert_corrupt(key.open::<Note<false>>(&longer), "account.sealed", "a byte more");
    let without = row.without(Attr::Sealed);
    assert_corrupt(key.open::<Note<false>>(&without), "account.sealed", "nothing");
}

#[tokio::test]
async fn c_7_2_another_owners_key_does_not_open() {
    let world = World::start().await;
    let (_, row) = sealed(&world).await;
    let (other, _) = world.vault.mint(flow()).await.expect("a key");
    assert_corrupt(other.open::<Note<false>>(&row), "account.sealed", "another key");
    // Nor where the seal claims to be of that key.
    let mut bytes = row.bytes(Attr::Sealed).expect("sealed").to_vec();
    let theirs = other.seal(row.clone(), &note()).expect("sealed");
    let id = &theirs.bytes(Attr::Sealed).expect("sealed")[1..9];
    assert_ne!(&bytes[1..9], id, "the seal names its key there");
    bytes[1..9].copy_from_slice(id);
    let forged = row.with(Attr::Sealed, bytes);
    assert_corrupt(other.open::<Note<false>>(&forged), "account.sealed", "another key's name");
}
