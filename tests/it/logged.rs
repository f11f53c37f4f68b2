//! What a request leaves in the log: one line, with what it was, what came of it, and what it took.

use crate::app::{Answer, PASSWORD, TestApp};
use crate::log::Log;
use serde_json::json;
use shared::testing::faults::Fault;
use std::collections::BTreeSet;
use std::path::Path;

/// The value of a field in the one line of an answer.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let value = line.split_once(&format!("{name}=")).expect("the field").1;
    value.split(' ').next().unwrap_or_default().trim().trim_matches('"')
}

/// The line of the request that was answered last.
fn line(log: &Log) -> String {
    let text = String::from_utf8(log.taken()).expect("text");
    let lines: Vec<_> = text.lines().filter(|line| line.contains(" answered ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

fn check(line: &str, answer: &Answer, operation: &str, outcome: &str) {
    assert_eq!(field(line, "request_id"), answer.header("x-request-id").expect("an id"));
    assert_eq!(field(line, "status"), answer.status.as_str(), "{line}");
    assert_eq!((field(line, "operation"), field(line, "outcome")), (operation, outcome), "{line}");
    assert_eq!(field(line, "duration_ms"), "0", "the clock of the tests stands still");
}

#[tokio::test]
async fn a_request_leaves_a_line_with_its_calls_and_its_outcome() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let log = Log::default();
    let _guard = log.capture();
    let counted = |line: &str| {
        let calls = app.faults.take_calls().len();
        assert_eq!(field(line, "round_trips"), calls.to_string(), "{line}");
        calls
    };

    app.faults.take_calls();
    let read = app.me(&ada.token).await.expect(200);
    let said = line(&log);
    check(&said, &read, "/v1/me", "ok");
    assert_eq!(counted(&said), 1, "a warm read");

    let body = json!({"display_name": "Ada"});
    let stale = app.correct(&ada.token, "\"7\"", &body).await.expect(412);
    let said = line(&log);
    check(&said, &stale, "/v1/me", stale.problem());
    counted(&said);

    let log_in = json!({"login": ada.email, "password": PASSWORD});
    let session = app.post("/v1/sessions").json(&log_in).send().await.expect(201);
    let said = line(&log);
    check(&said, &session, "/v1/sessions", "ok");
    assert!(counted(&said) > 2, "{said}");

    let unknown = app.get("/v1/nobody").send().await.expect(404);
    check(&line(&log), &unknown, "unmatched", "not-found");
}

#[tokio::test]
async fn tries_that_the_client_repeats_are_counted_too() {
    let app = TestApp::start().await;
    let ada = app.register("ada@example.org").await;
    let log = Log::default();
    let _guard = log.capture();
    app.faults.take_calls();
    app.faults.on_operation("BatchGetItem", 0, Fault::Throttle);
    app.me(&ada.token).await.expect(200);
    let said = line(&log);
    assert_eq!(field(&said, "round_trips"), app.faults.take_calls().len().to_string(), "{said}");
    assert_eq!(field(&said, "round_trips"), "2", "{said}");
}

/// The names of the fields that a source logs.
fn fields_of(source: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for call in ["info!(", "warn!(", "error!("] {
        for (_, rest) in source.match_indices(call).map(|(at, _)| source.split_at(at + call.len()))
        {
            let (mut depth, mut quoted, mut part) = (0_i32, false, String::new());
            for c in rest.chars() {
                match c {
                    '"' => quoted = !quoted,
                    '(' | '[' | '{' if !quoted => depth += 1,
                    ')' | ']' | '}' if !quoted => depth -= 1,
                    _ => {}
                }
                if depth < 0 || (depth == 0 && !quoted && c == ',') {
                    let name = part.split('=').next().unwrap_or_default().trim();
                    fields.insert(name.trim_start_matches(['%', '?']).to_owned());
                    part.clear();
                } else {
                    part.push(c);
                }
                if depth < 0 {
                    break;
                }
            }
        }
    }
    let is_name = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    fields.into_iter().filter(is_name).collect()
}

/// Every source of the common crate and of the functions.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
}

#[test]
fn every_field_that_is_logged_is_on_the_page_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut texts = Vec::new();
    sources(&root.join("shared/src"), &mut texts);
    for function in std::fs::read_dir(root.join("functions")).expect("functions") {
        sources(&function.expect("a function").path().join("src"), &mut texts);
    }
    let mut logged: BTreeSet<String> = texts.iter().flat_map(|text| fields_of(text)).collect();
    // A metric is a line of its own, with a table of its own.
    logged.remove("line");
    // What every line has.
    logged.extend(["level", "message"].map(str::to_owned));
    let page = include_str!("../../docs/LOGGING.md");
    let table = page.split("## What is never logged").next().unwrap_or_default();
    let first = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
    let named = first.flat_map(|(names, _)| names.split(", ").map(|name| name.trim_matches('`')));
    let named: BTreeSet<String> = named.map(str::to_owned).collect();
    assert_eq!(logged, named);
}
