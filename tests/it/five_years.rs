//! Five years of a thousand people: at the end nothing is there past its end, and nothing is
//! missing before it, by the retention function.
//!
//! People are made by the function that registration uses, with a password hash of the lowest cost,
//! so that time goes into the years and not into hashing; everything else they do goes over HTTP.

mod people;
mod written;

use crate::app::TestApp;
use crate::sweep::invoke;
use crate::{raw, referee};
use people::{Life, People};
use personal_center::ledger::export;
use personal_center::role::acting;
use serde_json::json;
use shared::domain::gate::Use;
use shared::domain::inventory::Entity;
use shared::domain::retention::Account;
use shared::domain::time::{Timestamp, days};
use shared::ledger::verify::verify;
use shared::records::{account, held, subject};
use shared::store::{Key, Row};
use shared::vault::Owner;
use std::collections::BTreeMap;
use written::Written;

/// How many people there are in the end, and how many periods: months of logs, and the first two
/// years of evidence. At the referee's, which takes its time, there are fewer, and in four months
/// of theirs nobody comes by.
fn scale() -> (usize, usize) {
    if referee::is_on() { (100, 50 + 2) } else { (1_000, 54 + 2) }
}

/// Fortnights that are simulated; the sweep comes once in each.
const FORTNIGHTS: usize = 5 * 26;
/// Fortnights in which people register.
const OPEN: usize = 100;
/// Days that the end of an unused account may be late, where the sweep comes so seldom: it has to
/// come twice for the notices, and a week after the last one again.
const LATE: u64 = 29;

/// Every slice at once, as its workers do.
async fn sweep(app: &TestApp) -> sweep::Report {
    let mut workers = Vec::new();
    for slice in 0..sweep::SLICES {
        let ports = app.world.ports.clone();
        let bounds = sweep::Bounds::default();
        workers.push(tokio::spawn(async move {
            acting("sweep", sweep::sweep_slice(&ports, slice, bounds)).await.expect("sweeps")
        }));
    }
    let mut report = sweep::Report::default();
    for worker in workers {
        report.add(worker.await.expect("no panic"));
    }
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_5_3_after_five_years_nothing_is_past_its_end_and_nothing_is_missing_before_it() {
    let written = Written::default();
    let recorder = written.clone();
    let app = TestApp::with(move |options| recorder.listen(options)).await;
    let ((most, periods), mut people) = (scale(), People::new(&app, 2026).await);
    let mut report = sweep::Report::default();
    for fortnight in 0..FORTNIGHTS {
        let registering = if fortnight < OPEN { most / OPEN } else { 0 };
        people.live_a_fortnight(registering).await;
        if fortnight % 40 == 20 {
            invoke(&app, json!({"rotate": "branch"})).await;
        }
        // Nobody delivers: their messages are given up.
        report.add(sweep(&app).await);
    }
    assert_eq!(people.all.len(), most);
    assert_eq!((report.failed, report.braked), (0, 0));
    let now = app.world.ports.clock.now();
    raw::broom(&app, now).await;

    let verified = verify(&export(&app.world.ports).await.expect("an export"));
    assert_eq!(verified.findings, []);

    let rows = crate::stored::rows(&app).await;
    let accounts = accounts(&app, &rows).await;
    nothing_is_past_its_end(&rows, &accounts, now);
    assert!(nothing_is_missing(&rows, &written, now) > most);
    let counted = people_are_as_they_should(&people.all, &rows, now);
    // The years had something of everything.
    eprintln!("{report:?} {counted:?} {} rows of {}", rows.len(), written.count());
    assert!(report.erased > most / 4 && report.told > most / 4 && report.moved > most / 20);
    assert!(report.messages > report.told);
    assert!(counted.iter().all(|(_, n)| *n > most / 50), "{counted:?}");
    assert_eq!(report.periods, periods);
    assert!(report.rotated >= 2 * 3, "each rotation went through its stages");
}

/// What is known of each account, by its partition: of one that lives, its last notice too.
async fn accounts(app: &TestApp, rows: &BTreeMap<Key, Row>) -> BTreeMap<String, Account> {
    let (unused, vault) = (app.world.ports.config.unused, &app.world.ports.vault);
    let mut accounts = BTreeMap::new();
    for row in rows.values().filter(|row| row.entity == Entity::Account) {
        let id = subject::of_partition(&row.key.pk).expect("an account's partition");
        let key = rows.get(&Owner::Person(id.clone()).key());
        let facts = match vault.open_person(&id, Some(row), key, Use::Storage).await {
            Ok(person) => account::retention_facts(&person, unused),
            Err(_) => account::retention_facts_of_row(row, unused),
        };
        accounts.insert(row.key.pk.clone(), facts.expect("an account"));
    }
    accounts
}

/// The account that a row belongs to.
fn account_of(
    row: &Row,
    rows: &BTreeMap<Key, Row>,
    accounts: &BTreeMap<String, Account>,
) -> Option<Account> {
    let partition = match row.entity {
        Entity::Claim => {
            format!("subject#{}", row.text(shared::store::Attr::Subject).expect("a subject"))
        }
        Entity::Receipt => {
            let id = row.key.pk.trim_start_matches("receipt#");
            let names = |account: &&Row| {
                account.text(shared::store::Attr::Receipt).is_ok_and(|receipt| receipt == id)
            };
            rows.values().find(names)?.key.pk.clone()
        }
        _ => row.key.pk.replace("person#", "subject#"),
    };
    accounts.get(&partition).copied()
}

/// Asks the retention function about every row that is left.
fn nothing_is_past_its_end(
    rows: &BTreeMap<Key, Row>,
    accounts: &BTreeMap<String, Account>,
    now: Timestamp,
) {
    for row in rows.values() {
        let end = held::ends(row, account_of(row, rows, accounts)).expect("an end");
        assert!(!end.until.is_over(now), "{:?} ended {:?}", row.key, end.until);
    }
}

/// Everything that a law keeps and that was ever written is there until its end. Says how much is.
fn nothing_is_missing(rows: &BTreeMap<Key, Row>, written: &Written, now: Timestamp) -> usize {
    let mut kept = 0;
    for row in written.kept_by_law() {
        let end = held::ends(&row, None).expect("an end");
        let over = end.until.is_over(now);
        assert_eq!(!rows.contains_key(&row.key), over, "{:?} {:?}", row.key, end.until);
        kept += usize::from(!over);
    }
    kept
}

/// Each person is where their own story says.
fn people_are_as_they_should(
    people: &[people::One],
    rows: &BTreeMap<Key, Row>,
    now: Timestamp,
) -> BTreeMap<&'static str, usize> {
    let mut counted = BTreeMap::new();
    for one in people {
        let key = Owner::Person(one.id.clone()).key();
        let lives = rows.contains_key(&key);
        let name = match one.life {
            Life::Cancelled => {
                assert!(!lives, "{} was cancelled", one.id);
                "cancelled"
            }
            Life::Lives { used_at } => {
                let ends = used_at.plus(days(730));
                assert!(lives || ends <= now, "{} was used at {used_at}", one.id);
                assert!(!lives || ends.plus(days(LATE)) > now, "{} unused since {used_at}", one.id);
                if lives { "in use" } else { "unused" }
            }
        };
        // All of a person is there, or nothing.
        for theirs in [subject::chain(&one.id), one.claim.clone()] {
            assert_eq!(rows.contains_key(&theirs), lives, "{theirs:?}");
        }
        *counted.entry(name).or_insert(0) += 1;
    }
    counted
}
