//! `docs/asvs.md` answers every requirement, by tests and pages that are there.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/asvs.md");

/// The requirements of levels 1 and 2 in V2, V6, V7, V9 and V10 of ASVS 5.0.
const REQUIREMENTS: &str = "\
    2.1.1 2.1.2 2.1.3 2.2.1 2.2.2 2.2.3 2.3.1 2.3.2 2.3.3 2.3.4 2.4.1 6.1.1 6.1.2 6.1.3 6.2.1 \
    6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1 6.3.2 6.3.3 \
    6.3.4 6.4.1 6.4.2 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 \
    6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 \
    7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4 10.1.1 10.1.2 \
    10.2.1 10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 10.4.6 10.4.7 \
    10.4.8 10.4.9 10.4.10 10.4.11 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 \
    10.7.2 10.7.3";

/// Where tests are.
const MEMBERS: [&str; 4] = ["functions", "shared", "infra", "tests"];

/// A row: its id, what it says, and what shows it.
struct Row<'a> {
    id: &'a str,
    how: &'a str,
    shown_by: Vec<&'a str>,
}

/// The rows of a page: those whose first cell is a number.
fn rows(page: &str) -> Vec<Row<'_>> {
    let cells = |line| -> Vec<&str> { str::split(line, '|').map(str::trim).collect() };
    let row = |line| match *cells(line) {
        ["", id, _, how, shown_by, ""] if id.starts_with(|c: char| c.is_ascii_digit()) => {
            let shown_by = shown_by.split(' ').map(|name| name.trim_matches('`')).collect();
            Some(Row { id, how, shown_by })
        }
        _ => None,
    };
    page.lines().filter_map(row).collect()
}

/// The text of every source of ours.
fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push_str(&std::fs::read_to_string(path).expect("a text"));
        }
    }
}

#[test]
fn every_requirement_has_one_row_that_says_how() {
    let rows = rows(PAGE);
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, REQUIREMENTS.split(' ').collect::<Vec<_>>());
    for Row { id, how, shown_by } in rows {
        assert!(!how.is_empty() && shown_by.iter().all(|name| !name.is_empty()), "{id}");
        let alone = shown_by.contains(&"none");
        assert!(!alone || shown_by.len() == 1, "{id}: {shown_by:?}");
    }
}

#[test]
fn every_test_and_page_that_a_requirement_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = String::new();
    for member in MEMBERS {
        sources(&root.join(member), &mut text);
    }
    let mut named = BTreeSet::new();
    for Row { id, shown_by, .. } in rows(PAGE) {
        for name in shown_by.into_iter().filter(|name| *name != "none") {
            let there = match name.strip_prefix("docs/") {
                Some(_) => root.join(name).is_file(),
                None => text.contains(&format!("fn {name}()")),
            };
            assert!(there, "{id}: {name} is not there");
            named.insert(name);
        }
    }
    assert!(named.len() > 30, "{named:?}");
}

/// Whether an answer hands a session over: a token, or a cookie.
fn hands_over(document: &Value, answer: &Value) -> bool {
    let schema = &answer["content"]["application/json"]["schema"]["$ref"];
    let name = schema.as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let members = &document["components"]["schemas"][name]["properties"];
    members.get("token").is_some() || answer["headers"].get("Set-Cookie").is_some()
}

#[test]
fn c_7_3_whatever_opens_a_session_is_in_the_table_of_ways_in() {
    let document = include_str!("../../docs/openapi.json");
    let document: Value = serde_json::from_str(document).expect("a document");
    let page = include_str!("../../docs/api-design.md");
    let table = page.split("## Ways in").nth(1).and_then(|rest| rest.split("\n## ").next());
    let ways: Vec<_> =
        table.expect("a table").lines().filter(|line| line.starts_with('|')).collect();
    let mut opening = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, says) in operations.as_object().expect("operations") {
            let mut answers = says["responses"].as_object().expect("responses").values();
            if answers.any(|answer| hands_over(&document, answer)) {
                let way = format!("| `{} {path}` |", method.to_uppercase());
                assert!(ways.iter().any(|line| line.starts_with(&way)), "{way}");
                opening += 1;
            }
        }
    }
    assert!(opening >= 3, "{opening}");
}
