//! What holds of a store at any time: nothing in it is half there.

use personal_center::{World, ledger};
use shared::domain::account::State;
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::ids::SubjectId;
use shared::ledger::verify::{Line, verify};
use shared::ledger::{Chain, head_of};
use shared::records::subject;
use shared::store::{Attr, Row, Table};
use shared::vault::{Owner, Person};
use std::collections::{BTreeMap, BTreeSet};

/// Asserts everything; gives the number of accounts.
pub(crate) async fn hold(world: &World) -> usize {
    let export = ledger::export(&world.ports).await.expect("an export");
    assert_eq!(verify(&export).findings, [], "the ledger");
    let mut actions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in export.lines() {
        if let Line::Entry(entry) = serde_json::from_str(line).expect("a line") {
            actions.entry(entry.chain).or_default().push(entry.action);
        }
    }
    let records = rows(world, Table::Records).await;
    let keys = rows(world, Table::Keys).await;
    pairs(&records, &keys);
    let mut accounts = 0;
    for row in records.iter().filter(|row| row.entity == Entity::Account) {
        if row.text(Attr::State).expect("a state") != State::Erased.name() {
            account(world, row, (&records, &keys), &actions).await;
            accounts += 1;
        }
    }
    let of_person =
        |row: &&Row| row.entity == Entity::Chain && subject::of_partition(&row.key.pk).is_some();
    let claims = keys.iter().filter(|row| row.entity == Entity::Claim).count();
    let chains = records.iter().filter(of_person).count();
    assert_eq!((claims, chains), (accounts, accounts), "claims and chains of nobody");
    accounts
}

async fn rows(world: &World, table: Table) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = world.ports.store.scan(table, after.as_ref()).await.expect("a page");
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

/// Every message and every verification has its key, and every such key what it opens.
fn pairs(records: &[Row], keys: &[Row]) {
    for (entity, partition, owner) in
        [(Entity::Message, "outbox#", "message#"), (Entity::Verification, "flow#", "flow#")]
    {
        let of = |rows: &[Row], entity: Entity, prefix: &str| -> BTreeSet<String> {
            let of_the_kind = rows.iter().filter(|row| row.entity == entity);
            of_the_kind.filter_map(|r| r.key.pk.strip_prefix(prefix).map(str::to_owned)).collect()
        };
        let (sealed, opened) = (of(records, entity, partition), of(keys, Entity::DataKey, owner));
        assert_eq!(sealed, opened, "{} and their keys", entity.name());
    }
}

/// An account has everything that came with it, and its ledger tells as much as its rows.
async fn account(
    world: &World,
    row: &Row,
    (records, keys): (&[Row], &[Row]),
    actions: &BTreeMap<String, Vec<String>>,
) {
    let id = subject::of_partition(&row.key.pk).expect("an account's partition");
    let (person, chain) = open(world, &id).await;
    for claim in &person.profile.claims {
        let found = keys.iter().find(|key| key.key.pk == *claim).expect("the claim");
        assert_eq!(found.text(Attr::Subject).expect("a subject"), id.as_str());
    }
    let theirs = |entity: Entity| {
        records.iter().filter(|r| r.key.pk == row.key.pk && r.entity == entity).count()
    };
    let acts = actions.get(&chain.chain).expect("entries");
    let done = |action: &str| acts.iter().filter(|act| *act == action).count();
    assert_eq!(acts.len() as u64, chain.sequence, "{id}: entries");
    assert_eq!(done("account.registered"), 1, "{id}: registrations");
    // Whoever writes here gives a name, and changes it; nobody takes it away.
    let consents = person.profile.consents.len();
    assert_eq!(theirs(Entity::Evidence), 1 + consents, "{id}: evidence");
    assert_eq!(row.version, 1 + done("account.corrected") as u64, "{id}: corrections");
    let opened = 1 + done("session.opened");
    assert_eq!(theirs(Entity::NetworkLog), opened, "{id}: network log");
    assert_eq!(theirs(Entity::Session), opened - done("session.ended"), "{id}: sessions");
}

/// Opens a person and the head of the chain: all of it is sealed under the key that is there.
async fn open(world: &World, id: &SubjectId) -> (Person, Chain) {
    let keys = [subject::account(id), Owner::Person(id.clone()).key(), subject::chain(id)];
    let [account, key, chain] = world.ports.store.get(&keys).await.expect("a read");
    let (account, key) = (account.as_ref(), key.as_ref());
    let opened = world.ports.vault.open_person(id, account, key, Use::Storage).await;
    let person = opened.expect("an account that opens");
    let head = head_of(&person.key, &chain.expect("a chain")).expect("a head");
    (person, head)
}
