//! What the template's filters let through, and what they hold back.

#![expect(clippy::panic, reason = "a pattern of another form fails the test")]

use super::template::{TEMPLATE, resources};
use serde_json::{Value, json};

/// The patterns of a resource's filters.
fn patterns(id: &str) -> Vec<Value> {
    let lines = resources().remove(id).expect("the resource");
    let patterns = lines.iter().filter_map(|line| line.strip_prefix("- Pattern: '"));
    patterns
        .map(|line| serde_json::from_str(line.trim_end_matches('\'')).expect("a pattern"))
        .collect()
}

/// Whether one of the patterns matches, as `EventBridge` defines it: every member has to match one
/// of the values that are listed for it.
fn passes(patterns: &[Value], event: &Value) -> bool {
    patterns.iter().any(|pattern| matches(pattern, Some(event)))
}

fn matches(pattern: &Value, event: Option<&Value>) -> bool {
    match pattern {
        Value::Object(members) => members
            .iter()
            .all(|(name, pattern)| matches(pattern, event.and_then(|event| event.get(name)))),
        Value::Array(choices) => choices.iter().any(|choice| allows(choice, event)),
        _ => panic!("a pattern is an object or a list"),
    }
}

fn allows(choice: &Value, value: Option<&Value>) -> bool {
    let Some(form) = choice.as_object() else { return value == Some(choice) };
    let found = value.and_then(Value::as_str);
    match form.iter().next().map(|(name, of)| (name.as_str(), of)) {
        Some(("exists", wanted)) => value.is_some() == (wanted == true),
        Some(("anything-but", other)) => value.is_some_and(|value| value != other),
        Some(("prefix", start)) => {
            found.zip(start.as_str()).is_some_and(|(found, start)| found.starts_with(start))
        }
        other => panic!("{other:?} is no test that the template uses"),
    }
}

/// A record of a stream, as DynamoDB gives it for a change by somebody.
fn record(name: &str, pk: &str) -> Value {
    let keys = json!({"pk": {"S": pk}, "sk": {"S": "000000000001"}});
    json!({"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys}})
}

/// The same by a service.
fn by(principal: &str, mut record: Value) -> Value {
    record["userIdentity"] = json!({"type": "Service", "principalId": principal});
    record
}

#[test]
fn c_7_5_a_change_of_the_ledger_is_seen_and_a_removal_but_for_its_time_to_live() {
    let patterns = patterns("LedgerWatch");
    let entry = |name| record(name, "chain#abc");
    assert!(!passes(&patterns, &entry("INSERT")), "entries are put all the time");
    assert!(passes(&patterns, &entry("MODIFY")));
    assert!(passes(&patterns, &entry("REMOVE")));
    assert!(passes(&patterns, &record("REMOVE", "tombstone#abc")));
    assert!(!passes(&patterns, &by("dynamodb.amazonaws.com", entry("REMOVE"))), "its time is over");
    assert!(passes(&patterns, &by("backup.amazonaws.com", entry("REMOVE"))));
    assert!(passes(&patterns, &by("dynamodb.amazonaws.com", entry("MODIFY"))));
}

#[test]
fn c_7_5_the_ledgers_stream_leads_to_a_queue_with_an_alarm() {
    let resources = resources();
    let pipe = &resources["LedgerWatch"];
    assert!(pipe.contains(&"Source: !GetAtt Ledger.StreamArn"));
    assert!(pipe.contains(&"Target: !GetAtt LedgerChanges.Arn"));
    let alarm = &resources["LedgerChanged"];
    let queue = "- { Name: QueueName, Value: !GetAtt LedgerChanges.QueueName }";
    assert!(alarm.contains(&queue) && alarm.contains(&"Threshold: 1"));
}

#[test]
fn a_stream_carries_keys_and_nothing_else() {
    for (id, lines) in resources() {
        let streams: Vec<_> = lines.iter().filter(|l| l.starts_with("StreamSpec")).collect();
        match id {
            "Records" | "Ledger" => {
                let keys = "StreamSpecification: { StreamViewType: KEYS_ONLY }";
                assert_eq!(streams, [&keys], "{id}");
            }
            _ => assert!(streams.is_empty(), "{id}"),
        }
    }
}

#[test]
fn a_new_message_wakes_notify_and_nothing_else_does() {
    let patterns = patterns("Notify");
    assert!(passes(&patterns, &record("INSERT", "outbox#abc")));
    assert!(!passes(&patterns, &record("MODIFY", "outbox#abc")));
    assert!(!passes(&patterns, &record("REMOVE", "outbox#abc")));
    assert!(!passes(&patterns, &record("INSERT", "subject#abc")));
}

#[test]
fn c_7_5_the_trail_records_management_and_every_table_and_each_filter_fits() {
    let resources = resources();
    let trail = resources["Trail"].join("\n");
    assert!(trail.contains("- { Field: eventCategory, Equals: [Management] }"));
    let tables = "StartsWith: [!GetAtt Records.Arn, !GetAtt Keys.Arn, !GetAtt Roots.Arn, \
                  !GetAtt Ledger.Arn]";
    assert!(trail.contains(tables) && trail.contains("EnableLogFileValidation: true"));
    for (id, lines) in &resources {
        if lines.contains(&"Type: AWS::Serverless::Function") {
            assert!(trail.contains(&format!(":assumed-role/${{{id}Role}}/\n")), "{id}");
        }
    }
    let mut filters = 0;
    for (id, lines) in &resources {
        if !lines.contains(&"LogGroupName: !Ref TrailLogs") {
            continue;
        }
        filters += 1;
        let pattern = lines.iter().skip_while(|line| **line != "FilterPattern: !Sub >-").skip(1);
        let pattern: Vec<_> =
            pattern.take_while(|l| **l != "MetricTransformations:").copied().collect();
        let pattern = pattern.join(" ");
        // CloudWatch takes 1,024 characters; an ARN or a name that is filled in has at most 128.
        let filled = pattern.len() + pattern.matches("${").count() * 128;
        assert!(filled <= 1_024, "{id}: {filled}");
        assert_eq!(pattern.matches('(').count(), pattern.matches(')').count(), "{id}");
        // Whoever the functions are, a caller without a role is none of them.
        if pattern.contains("sessionIssuer.arn !=") {
            assert!(pattern.contains("sessionIssuer.arn NOT EXISTS"), "{id}");
        }
    }
    assert_eq!(filters, 5);
}

#[test]
fn c_7_5_what_watches_is_not_under_the_path_that_the_vaults_key_lets_in() {
    assert!(TEMPLATE.contains("role/personal-center/${Stage}/*"));
    for role in ["LedgerWatchRole", "TrailRole"] {
        let lines = &resources()[role];
        assert!(lines.contains(&"Path: !Sub /personal-center-watch/${Stage}/"), "{role}");
    }
}
