//! What a binary has logged when it is stopped.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::missing_panics_doc, reason = "a broken promise is a panic, for each of them")]

use super::Binary;
use super::promises::CANARY;
use serde_json::Value;

/// Stops a binary; asserts that each line that it logged is a log or a metric in JSON, and that no
/// canary is in it.
pub fn stop(binary: Binary) {
    check_log(&binary.stop().expect("a log"));
}

pub(super) fn check_log(log: &str) {
    for line in log.lines() {
        let parsed: Result<Value, _> = serde_json::from_str(line);
        let known = |line: Value| line["level"].is_string() || line["_aws"].is_object();
        assert!(parsed.is_ok_and(known), "neither a log nor a metric: {line}");
        assert!(!line.contains(CANARY), "{line}");
    }
}

/// Stops a binary as [`stop`] does; asserts that each of its events left one line that says what it
/// was, what came of it, and what it took.
pub(super) fn stop_after(binary: Binary, events: usize) {
    let log = binary.stop().expect("a log");
    check_log(&log);
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let is_of_event =
        |line: &Value| ["answered", "handled"].map(Value::from).contains(&line["message"]);
    let lines: Vec<_> = lines.filter(is_of_event).collect();
    assert_eq!(lines.len(), events, "{log}");
    for line in lines {
        for text in ["request_id", "operation", "outcome"] {
            assert!(line[text].is_string(), "{text}: {line}");
        }
        for number in ["duration_ms", "round_trips"] {
            assert!(line[number].is_u64(), "{number}: {line}");
        }
        let of_request = line["message"] == "answered";
        assert_eq!(line["gateway_request_id"].is_string(), of_request, "{line}");
    }
}
