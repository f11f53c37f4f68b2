//! The ledger of a real story, and every way to falsify a copy of it.

use crate::app::{PASSWORD, TestApp};
use data_encoding::HEXLOWER;
use personal_center::ledger;
use serde_json::json;
use shared::ledger::verify::{Entry, Finding, Head, Line, hash, verify};

/// The exported lines of a living person with four entries, and of an erased one with three.
async fn export() -> (Vec<Line>, [String; 2]) {
    let app = TestApp::without_cooling_off().await;
    let ada = app.register("ada@example.org").await;
    let patch = json!({"display_name": "Ada"});
    app.correct(&ada.token, "\"1\"", &patch).await.expect(200);
    let living = chains(&read(&app).await).remove(0);
    let bob = app.register("bob@example.org").await;
    app.log_in(&ada).await;
    let proof = json!({"password": PASSWORD});
    app.post("/v1/reauthentications").bearer(&ada.token).json(&proof).send().await.expect(204);
    app.cancel(&bob.token).await.expect(202);
    let lines = read(&app).await;
    let erased = chains(&lines).into_iter().find(|chain| *chain != living).expect("another");
    let actions = |chain: &String| {
        entries(&lines, chain).iter().map(|entry| entry.action.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        actions(&living),
        ["account.registered", "account.corrected", "session.opened", "session.freshened"]
    );
    assert_eq!(
        actions(&erased),
        ["account.registered", "cancellation.requested", "account.erased"]
    );
    (lines, [living, erased])
}

pub(crate) async fn read(app: &TestApp) -> Vec<Line> {
    let export = ledger::export(&app.world.ports).await.expect("an export");
    export.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
}

pub(crate) fn chains(lines: &[Line]) -> Vec<String> {
    let heads = lines.iter().filter_map(|line| match line {
        Line::Head(head) => Some(head.chain.clone()),
        Line::Entry(_) => None,
    });
    heads.collect()
}

pub(crate) fn entries(lines: &[Line], chain: &str) -> Vec<Entry> {
    let entries = lines.iter().filter_map(|line| match line {
        Line::Entry(entry) if entry.chain == chain => Some(entry.clone()),
        _ => None,
    });
    entries.collect()
}

pub(crate) fn findings(lines: &[Line]) -> Vec<Finding> {
    let text = |line: &Line| serde_json::to_string(line).expect("a line");
    verify(&lines.iter().map(text).collect::<Vec<_>>().join("\n")).findings
}

/// Where an entry's line is.
pub(crate) fn place(lines: &[Line], chain: &str, n: u64) -> usize {
    let is = |line: &Line| matches!(line, Line::Entry(e) if e.chain == chain && e.sequence == n);
    lines.iter().position(is).expect("the entry")
}

/// The findings after an entry was changed.
fn changed(lines: &[Line], at: (&str, u64), change: impl FnOnce(&mut Entry)) -> Vec<Finding> {
    let mut lines = lines.to_vec();
    let at = place(&lines, at.0, at.1);
    if let Line::Entry(entry) = &mut lines[at] {
        change(entry);
    }
    findings(&lines)
}

/// The findings after a head was changed, or removed.
pub(crate) fn reheaded(
    lines: &[Line],
    chain: &str,
    change: impl Fn(Head) -> Option<Head>,
) -> Vec<Finding> {
    let line = |line: &Line| match line {
        Line::Head(head) if head.chain == chain => change(head.clone()).map(Line::Head),
        other => Some(other.clone()),
    };
    findings(&lines.iter().filter_map(line).collect::<Vec<_>>())
}

#[tokio::test]
async fn c_7_5_the_ledger_of_a_story_verifies() {
    let (lines, _) = export().await;
    let text = |line: &Line| serde_json::to_string(line).expect("a line");
    let report = verify(&lines.iter().map(text).collect::<Vec<_>>().join("\n"));
    assert_eq!((report.entries, report.chains, report.findings), (7, 2, vec![]));
}

#[tokio::test]
async fn c_7_5_a_changed_entry_is_found() {
    type Change = fn(&mut Entry);
    let fields: [(&str, Change); 6] = [
        ("action", |entry| entry.action = "session.ended".to_owned()),
        ("at", |entry| entry.at += 1),
        ("actor", |entry| entry.actor = "sweep".to_owned()),
        ("sealed", |entry| entry.sealed = "AAAA".to_owned()),
        ("previous", |entry| entry.previous = "00".repeat(32)),
        ("hash", |entry| entry.hash = "00".repeat(32)),
    ];
    let (lines, chains) = export().await;
    for chain in &chains {
        let last = entries(&lines, chain).len() as u64;
        for n in 1..=last {
            for (field, change) in fields {
                let found = changed(&lines, (chain, n), change);
                assert!(found.contains(&Finding::Changed(chain.clone(), n)), "{field}: {found:?}");
            }
            // An entry whose hash was made to fit again shows at the next one, or at the head.
            let found = changed(&lines, (chain, n), |entry| {
                entry.at += 1;
                entry.hash = HEXLOWER.encode(&hash(entry));
            });
            assert_eq!(found, [Finding::Changed(chain.clone(), (n + 1).min(last))]);
            // Moved to another place, or to another chain, it is missing from its own.
            let found = changed(&lines, (chain, n), |entry| entry.sequence = 99);
            assert!(found.contains(&Finding::Missing(chain.clone(), n)), "{found:?}");
            assert!(found.contains(&Finding::Added(chain.clone(), 99)), "{found:?}");
            let found = changed(&lines, (chain, n), |entry| entry.chain = "other".to_owned());
            assert!(found.contains(&Finding::Missing(chain.clone(), n)), "{found:?}");
            assert!(found.contains(&Finding::Headless("other".to_owned())), "{found:?}");
        }
    }
}

#[tokio::test]
async fn c_7_5_a_removed_entry_is_found() {
    let (lines, chains) = export().await;
    for chain in &chains {
        for n in 1..=entries(&lines, chain).len() as u64 {
            let mut lines = lines.clone();
            lines.remove(place(&lines, chain, n));
            assert_eq!(findings(&lines), [Finding::Missing(chain.clone(), n)]);
        }
        let mut lines = lines.clone();
        lines.retain(|line| !matches!(line, Line::Entry(entry) if entry.chain == *chain));
        assert_eq!(findings(&lines), [Finding::Missing(chain.clone(), 1)]);
    }
}

#[tokio::test]
async fn c_7_5_an_added_entry_is_found() {
    let (lines, chains) = export().await;
    for chain in &chains {
        let theirs = entries(&lines, chain);
        for entry in &theirs {
            let mut lines = lines.clone();
            lines.push(Line::Entry(entry.clone()));
            assert_eq!(findings(&lines), [Finding::Added(chain.clone(), entry.sequence)]);
        }
        // One that follows the last in every way, but for the head.
        let mut next = theirs.last().expect("an entry").clone();
        next.previous = next.hash;
        next.hash = String::new();
        next.sequence += 1;
        next.hash = HEXLOWER.encode(&hash(&next));
        let added = Finding::Added(chain.clone(), next.sequence);
        let mut lines = lines.clone();
        lines.push(Line::Entry(next));
        assert_eq!(findings(&lines), [added]);
    }
}

#[tokio::test]
async fn c_7_5_reordered_entries_are_found() {
    let (lines, chains) = export().await;
    for chain in &chains {
        for n in 1..entries(&lines, chain).len() as u64 {
            let mut lines = lines.clone();
            let (one, other) = (place(&lines, chain, n), place(&lines, chain, n + 1));
            lines.swap(one, other);
            assert_eq!(findings(&lines), [Finding::Reordered(chain.clone(), n)]);
        }
    }
}

#[tokio::test]
async fn c_7_5_a_falsified_head_is_found() {
    let (lines, chains) = export().await;
    for chain in &chains {
        let last = entries(&lines, chain).len() as u64;
        let named = |finding: fn(String, u64) -> Finding, n| finding(chain.clone(), n);
        let found = reheaded(&lines, chain, |head| Some(Head { hash: "00".repeat(32), ..head }));
        assert_eq!(found, [named(Finding::Changed, last)]);
        let found = reheaded(&lines, chain, |head| Some(Head { sequence: last + 1, ..head }));
        assert_eq!(found, [named(Finding::Missing, last + 1)]);
        let found = reheaded(&lines, chain, |head| Some(Head { sequence: last - 1, ..head }));
        assert!(found.contains(&named(Finding::Added, last)), "{found:?}");
        let found = reheaded(&lines, chain, |_| None);
        assert_eq!(found, [Finding::Headless(chain.clone())]);
        let mut twice = lines.clone();
        let is_head = |line: &&Line| matches!(line, Line::Head(head) if head.chain == *chain);
        twice.extend(lines.iter().find(is_head).cloned());
        assert_eq!(findings(&twice), [named(Finding::Added, last)]);
    }
}

#[tokio::test]
async fn c_7_5_an_unreadable_line_is_found() {
    let (lines, _) = export().await;
    let text = serde_json::to_string(&lines[0]).expect("a line");
    assert!(verify(&format!("{text}\n{{}}\n")).findings.contains(&Finding::Unreadable(2)));
}
