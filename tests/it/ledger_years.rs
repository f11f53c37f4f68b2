//! Chains that outlive their first entries, which leave at the end of their year.

use crate::app::{Person, TestApp};
use crate::environments::Environments;
use crate::ledger::{chains, entries, findings, place, read, reheaded};
use crate::restored::{back_up, restored};
use crate::{raw, rows};
use personal_center::ledger::export;
use serde_json::Value;
use shared::domain::inventory::Entity;
use shared::domain::time::days;
use shared::ledger::verify::{Base, Finding, Head, Line, verify};
use shared::store::Table;

/// Three years and two months: the first year is over and the others are not. Then the broom comes.
async fn three_years(app: &TestApp, people: &[&Person]) {
    for step in [600, 550] {
        app.clock.advance(days(step));
        for person in people {
            app.log_in(person).await;
        }
    }
    sweep_and_broom(app).await;
}

async fn sweep_and_broom(app: &TestApp) {
    app.sweep().await;
    raw::broom(app, app.world.ports.clock.now()).await;
}

/// Where a chain begins, as its head says.
fn begins(lines: &[Line], chain: &str) -> Option<u64> {
    let head = lines.iter().find_map(|line| match line {
        Line::Head(head) if head.chain == chain => Some(head),
        _ => None,
    });
    head.expect("a head").from.as_ref().map(|base| base.sequence)
}

/// The places of a chain's entries.
fn places(lines: &[Line], chain: &str) -> Vec<u64> {
    entries(lines, chain).iter().map(|entry| entry.sequence).collect()
}

#[tokio::test]
async fn c_7_5_a_chain_verifies_that_outlived_its_first_entries() {
    let app = TestApp::without_cooling_off().await;
    let (ada, bob) = (app.register("ada@example.org").await, app.register("bob@example.org").await);
    three_years(&app, &[&ada, &bob]).await;
    let token = app.log_in(&bob).await;
    app.cancel(&token).await.expect(202);
    let lines = read(&app).await;
    // Of a living person, of an erased one, and of the jobs that ended a year.
    let persons: Vec<_> = chains(&lines)
        .into_iter()
        .filter(|chain| entries(&lines, chain).iter().all(|entry| entry.actor == "self"))
        .collect();
    assert_eq!((findings(&lines), persons.len()), (vec![], 2));
    for chain in &persons {
        assert_eq!(begins(&lines, chain), Some(2));
        assert_eq!(places(&lines, chain)[0], 2);
    }
    // The next year goes as well, and what is left still verifies.
    app.clock.advance(days(800));
    sweep_and_broom(&app).await;
    let lines = read(&app).await;
    assert_eq!(findings(&lines), []);
    assert!(persons.iter().all(|chain| places(&lines, chain)[0] == 3));
}

#[tokio::test]
async fn c_7_5_an_entry_removed_at_the_front_of_a_year_that_is_kept_is_found() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    three_years(&app, &[&ada]).await;
    let lines = read(&app).await;
    let people = |chain: &String| entries(&lines, chain)[0].actor == "self";
    let chain = chains(&lines).into_iter().find(people).expect("a chain");
    assert_eq!(places(&lines, &chain), [2, 3]);
    let mut fewer = lines.clone();
    fewer.remove(place(&lines, &chain, 2));
    assert_eq!(findings(&fewer), [Finding::Missing(chain.clone(), 2)]);
    let mut none = lines.clone();
    none.retain(|line| !matches!(line, Line::Entry(entry) if entry.chain == chain));
    assert_eq!(findings(&none), [Finding::Missing(chain.clone(), 2)]);
    // The chain begins where the head says and nowhere else.
    let based = |sequence, previous: &str| {
        let base = Base { sequence, previous: previous.to_owned() };
        reheaded(&lines, &chain, |head| Some(Head { from: Some(base.clone()), ..head }))
    };
    let before = entries(&lines, &chain)[0].previous.clone();
    assert_eq!(based(2, &before), []);
    assert_eq!(based(2, &"00".repeat(32)), [Finding::Changed(chain.clone(), 2)]);
    let later = entries(&lines, &chain)[1].previous.clone();
    assert_eq!(based(3, &later), [Finding::Added(chain.clone(), 2)]);
    let unsaid = reheaded(&lines, &chain, |head| Some(Head { from: None, ..head }));
    assert_eq!(unsaid, [Finding::Missing(chain.clone(), 1)]);
    // Whoever writes the tables cannot say it either: the beginning is sealed in the head.
    let key = rows::of(&app, Table::Ledger)
        .await
        .into_iter()
        .find(|row| row.entity == Entity::LedgerEntry && row.key.pk == format!("chain#{chain}"));
    raw::remove(&app, &key.expect("an entry").key).await;
    assert_eq!(findings(&read(&app).await), [Finding::Missing(chain, 2)]);
}

#[tokio::test]
async fn c_8_5_the_copy_of_an_old_account_verifies_and_counts_what_is_there() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    three_years(&app, &[&ada]).await;
    let token = app.log_in(&ada).await;
    let made = app.post("/v1/me/exports").bearer(&token).send().await.expect(201);
    let part = made.body["parts"][0]["href"].as_str().expect("a part");
    let bytes = app.get(part).bearer(&token).send().await.expect(200).bytes;
    let copy = crate::unzipped::Unzipped::of(&bytes);
    let report = verify(copy.text("ledger.jsonl"));
    // Two log-ins of the last years, the last one, and the export: the registration has left.
    assert_eq!((report.findings, report.entries), (vec![], 4));
    let held = app.get("/v1/me/retention").bearer(&token).send().await.expect(200).body;
    let items = held["items"].as_array().expect("items");
    let counted = items.iter().find(|item| item["item"] == "ledger_entry.items").expect("entries");
    assert_eq!(counted["count"], Value::from(4));
}

#[tokio::test]
async fn c_7_5_a_restore_finds_where_an_old_chain_begins() {
    let world = Environments::start(|_| {}).await;
    let ada = world.app.register("ada@example.org").await;
    three_years(&world.app, &[&ada]).await;
    let backup = back_up(&world.app, Table::Records).await;
    // A year begins that the head in the copy does not know.
    world.app.clock.advance(days(30));
    world.app.log_in(&ada).await;
    let (app, _) = restored(&world, &backup).await;
    app.log_in(&ada).await;
    let old = read(&app).await;
    assert_eq!(findings(&old), []);
    app.clock.advance(days(3 * 365 + 300));
    raw::broom(&app, app.world.ports.clock.now()).await;
    let report = verify(&export(&app.world.ports).await.expect("an export"));
    assert_eq!(report.findings, []);
    assert!(report.entries < old.len());
}
