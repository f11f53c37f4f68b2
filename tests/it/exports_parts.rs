//! A person with many rows: several parts, each an archive of its own and small enough for an answer.

use crate::app::{BEGIN, TestApp};
use crate::consents::opened;
use crate::unzipped::{Unzipped, links};
use data_encoding::HEXLOWER;
use serde_json::json;
use shared::domain::gate::Use;
use shared::domain::inventory::{Entity, items};
use shared::domain::period::Period;
use shared::domain::personal::Personal;
use shared::domain::time::minutes;
use shared::ids::{EntryId, RequestId, SubjectId};
use shared::ledger::verify::{Entry, hash, verify};
use shared::ledger::{Chain, Facts};
use shared::records::export::{ENTRIES, ROWS};
use shared::records::network_log::{self, Event, NetworkLog};
use shared::records::subject;
use shared::store::{Attr, Key, Row, Transaction, When};
use shared::vault::{DataKey, Owner, Person};
use std::collections::BTreeSet;

/// What a function's answer holds in base 64 (AWS Lambda: 6 MB).
pub(crate) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// What the files of a part have together, where its rows are of the longest.
const MOST_UNPACKED: usize = 5 * 1024 * 1024;

/// Enters acts into a person's chain, with facts made of the request's id: as the book does, many in
/// one transaction.
pub(crate) async fn enter(
    app: &TestApp,
    person: &Person,
    acts: u64,
    facts: impl Fn(&str) -> Facts,
) {
    let ports = &app.world.ports;
    let owner = Owner::Period(Period::evidence(BEGIN));
    let [chain, year] =
        ports.store.get(&[subject::chain(&person.subject), owner.key()]).await.expect("a read");
    let year = ports.vault.open(owner, year.as_ref()).await.expect("a key").expect("a key");
    let chain = chain.expect("a chain");
    let mut head: Chain = person.key.open(&chain).expect("a head");
    let last = head.sequence + acts;
    while head.sequence < last {
        let mut transaction = Transaction::new();
        for _ in 0..(last - head.sequence).min(90) {
            let request = RequestId::draw(&*ports.entropy);
            let row = entry(&mut head, &year, &facts(request.as_str()));
            transaction.put("ledger", row, When::Absent);
        }
        ports.store.write(transaction).await.expect("writes");
    }
    let mut transaction = Transaction::new();
    transaction.replace("chain", person.key.seal(chain.next(), &head).expect("seals"));
    ports.store.write(transaction).await.expect("writes");
}

/// The next entry of a chain; moves its head.
fn entry(head: &mut Chain, year: &DataKey, facts: &Facts) -> Row {
    let sequence = head.sequence + 1;
    let key = Key::ledger(format!("chain#{}", head.chain), format!("{sequence:012}"));
    let row = Row::new(key, Entity::LedgerEntry)
        .with(Attr::Action, "cancellation.requested")
        .with(Attr::At, BEGIN)
        .with(Attr::Sequence, i64::try_from(sequence).expect("a number"))
        .with(Attr::ExpiresAt, Period::evidence(BEGIN).ends());
    let previous = HEXLOWER.decode(head.last_hash.as_bytes()).expect("hex");
    let row = year.seal(row, facts).expect("seals").with(Attr::Previous, previous);
    let row = row.with(Attr::Hash, Vec::<u8>::new());
    let hash = hash(&Entry::read(&row).expect("an entry"));
    (head.sequence, head.last_hash) = (sequence, HEXLOWER.encode(&hash));
    row.with(Attr::Hash, hash)
}

/// Notes log-ins of a person.
async fn note(app: &TestApp, person: &Person, log_ins: usize) {
    let ports = &app.world.ports;
    let owner = Owner::Period(Period::logs(BEGIN));
    let [key] = ports.store.get(&[owner.key()]).await.expect("a read");
    let month = ports.vault.open(owner, key.as_ref()).await.expect("a key").expect("a key");
    let mut left = log_ins;
    while left > 0 {
        let mut transaction = Transaction::new();
        for _ in 0..left.min(90) {
            let ip = "2001:db8:c0ff:ee:dead:beef:cafe:f00d".parse().expect("an address");
            let log = NetworkLog {
                ip: Personal::new(ip),
                event: Event::LoggedIn,
                device: None,
                failed_at: Vec::new(),
            };
            let entry = EntryId::draw(&*ports.entropy);
            let id: &SubjectId = &person.subject;
            let row = network_log::row(id, &entry, &log, (BEGIN, &month)).expect("a row");
            transaction.put("log", row, When::Absent);
        }
        left -= left.min(90);
        ports.store.write(transaction).await.expect("writes");
    }
}

#[tokio::test]
async fn c_8_5_many_rows_come_in_parts_that_each_stand_alone() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let person = opened(&app, &ada, Use::Rights).await.expect("opens");
    let acts = ENTRIES + 500;
    // As many items as any act has.
    let items: Vec<_> = items::ALL.iter().copied().take(12).collect();
    enter(&app, &person, acts, |request| Facts::of("accountability", &items, request)).await;
    note(&app, &person, 2 * ROWS + 100).await;
    let links = links(&app, &ada.token).await;
    assert_eq!(links.len(), 3, "by the rows; the ledger alone would take two");
    // What comes after the request is in no part.
    app.clock.advance(minutes(1));
    app.log_in(&ada).await;
    let (mut chain, mut ids, mut kinds) = (String::new(), BTreeSet::new(), Vec::new());
    let mut entries = 0;
    let mut sizes = Vec::new();
    for (number, link) in links.iter().enumerate().rev() {
        let bytes = app.get(link).bearer(&ada.token).send().await.expect(200).bytes;
        sizes.push(bytes.len());
        assert!(bytes.len() <= MOST_BYTES, "part {number}: {}", bytes.len());
        let part = Unzipped::of(&bytes);
        let unpacked: usize = part.0.values().map(Vec::len).sum();
        assert!(unpacked <= MOST_UNPACKED, "part {number}: {unpacked}");
        let manifest = part.json("manifest.json");
        assert_eq!((&manifest["part"], &manifest["of"]), (&json!(number + 1), &json!(3)));
        chain = part.text("ledger.jsonl").to_owned() + &chain;
        entries += part.count("ledger_entry");
        for row in part.csv("network_log.csv") {
            assert!(ids.insert(row["id"].clone()), "once");
        }
        kinds.push(["account", "chain", "session", "evidence"].map(|kind| part.count(kind)));
    }
    eprintln!("parts of {sizes:?} bytes, the last one first");
    assert_eq!(ids.len(), 2 * ROWS + 101, "every log-in until the request");
    let total = |n: usize| kinds.iter().map(|part| part[n]).sum::<usize>();
    assert_eq!([0, 1, 2, 3].map(total), [1, 1, 1, 1], "each row in one part");
    let acts = usize::try_from(acts).expect("a number");
    // The registration, what was entered, and the export itself.
    assert_eq!(entries, acts + 2);
    let report = verify(&chain);
    assert_eq!((report.findings.as_slice(), report.entries), (&[][..], acts + 2));
    assert_eq!(crate::tables::Tables::read(&app).await.count(Entity::Export), 1);
}
