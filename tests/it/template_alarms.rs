//! The template's alarms and dashboard agree with the metrics of the code, and lead to the runbook.

#![expect(clippy::panic, reason = "a filter of another form fails the test")]

use super::template::{TEMPLATE, resources};
use serde_json::Value;
use shared::telemetry::metrics::{Metric, NAMESPACE};
use std::collections::{BTreeMap, BTreeSet};

/// The code that names an alarm in a log line which a filter turns into a metric.
const SOURCE: &str = include_str!("../../functions/sweep/src/aside.rs");

/// Resources of a type: their ids and lines.
fn of_type(kind: &str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let line = format!("Type: {kind}");
    resources().into_iter().filter(|(_, lines)| lines.contains(&line.as_str())).collect()
}

/// What follows a member's name in each line that has it.
fn values<'a>(lines: &[&'a str], name: &str) -> Vec<&'a str> {
    let start = format!("{name}: ");
    lines.iter().filter_map(|line| line.strip_prefix(start.as_str())).collect()
}

/// The metrics that filters make out of log lines: the group of the lines, and the filter.
fn filtered() -> BTreeMap<&'static str, Vec<Vec<&'static str>>> {
    let mut metrics: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, lines) in of_type("AWS::Logs::MetricFilter") {
        let [name] = values(&lines, "MetricName")[..] else { panic!("{id} makes one metric") };
        assert!(lines.contains(&"- MetricNamespace: !Sub PersonalCenter/${Stage}"), "{id}");
        metrics.entry(name).or_default().push(lines);
    }
    metrics
}

#[test]
fn every_metric_of_ours_that_an_alarm_watches_is_emitted_with_its_dimensions() {
    let emitted: BTreeSet<_> = Metric::ALL.map(|metric| metric.spec().name).into();
    let filtered = filtered();
    let mut of_filters = BTreeSet::new();
    for (id, lines) in of_type("AWS::CloudWatch::Alarm") {
        let [name] = values(&lines, "MetricName")[..] else { continue };
        let dimensions: Vec<_> = lines.iter().filter(|l| l.starts_with("- { Name: ")).collect();
        match values(&lines, "Namespace")[..] {
            [NAMESPACE] => {
                assert!(emitted.contains(name), "{id}: {name}");
                assert_eq!(dimensions, [&"- { Name: stage, Value: !Ref Stage }"], "{id}");
            }
            ["!Sub PersonalCenter/${Stage}"] => {
                assert!(filtered.contains_key(name), "{id}: {name}");
                assert!(dimensions.is_empty(), "{id}: a filter's metric has no dimensions");
                of_filters.insert(name);
            }
            [other] => assert!(other.starts_with("AWS/"), "{id}: {other}"),
            _ => panic!("{id} has a namespace"),
        }
    }
    let made: BTreeSet<_> = filtered.into_keys().collect();
    assert_eq!(of_filters, made, "each filter's metric has an alarm");
}

#[test]
fn every_metric_of_the_code_is_in_an_alarm_or_on_the_dashboard() {
    for metric in Metric::ALL {
        let name = metric.spec().name;
        let alarm = format!("MetricName: {name}");
        let shown = format!("[\"{NAMESPACE}\", \"{name}\", \"stage\", \"${{Stage}}\"]");
        assert!(TEMPLATE.contains(&alarm) || TEMPLATE.contains(&shown), "{name}");
    }
}

#[test]
fn the_dashboard_shows_only_metrics_that_there_are() {
    let (_, body) = TEMPLATE.split_once("DashboardBody: !Sub |\n").expect("a dashboard");
    let lines = body.lines().take_while(|line| line.starts_with("        "));
    let body: Value = serde_json::from_str(&lines.collect::<String>()).expect("it is JSON");
    let (filtered, alarms) = (filtered(), alarms());
    for widget in body["widgets"].as_array().expect("widgets") {
        let properties = &widget["properties"];
        for metric in properties["metrics"].as_array().into_iter().flatten() {
            let name = metric[1].as_str().expect("a name");
            let known = match metric[0].as_str().expect("a namespace") {
                NAMESPACE => Metric::ALL.iter().any(|metric| metric.spec().name == name),
                "PersonalCenter/${Stage}" => filtered.contains_key(name),
                other => other.starts_with("AWS/"),
            };
            assert!(known, "{metric}");
        }
        let shown: Vec<_> = properties["alarms"].as_array().into_iter().flatten().collect();
        let ids = alarms.keys().map(|id| format!("${{{id}.Arn}}"));
        if !shown.is_empty() {
            let shown: BTreeSet<_> = shown.iter().filter_map(|arn| arn.as_str()).collect();
            let ids: Vec<_> = ids.collect();
            assert_eq!(shown, ids.iter().map(String::as_str).collect(), "all alarms");
        }
    }
}

/// All alarms, the composite one too.
fn alarms() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut alarms = of_type("AWS::CloudWatch::Alarm");
    alarms.extend(of_type("AWS::CloudWatch::CompositeAlarm"));
    alarms
}

#[test]
fn every_alarm_tells_the_operator_and_links_to_its_part_of_the_runbook() {
    let mut anchors = BTreeSet::new();
    for (id, lines) in alarms() {
        let link = lines.iter().find_map(|l| l.strip_prefix("infra/README.md#alarm-"));
        let anchor = link.unwrap_or_else(|| panic!("{id} has no link"));
        assert!(anchor.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{anchor}");
        assert!(anchors.insert(anchor), "{anchor} twice");
        for action in ["AlarmActions", "OKActions"] {
            let told = "!If [HasAlarmTopic, [!Ref AlarmTopic], !Ref AWS::NoValue]";
            assert_eq!(values(&lines, action), [told], "{id}");
        }
    }
}

#[test]
fn c_7_3_the_service_level_is_one_alarm_over_what_people_notice() {
    let all = alarms();
    let lines = &all["ServiceLevel"];
    let rule = lines.iter().filter_map(|l| l.strip_prefix("ALARM(\"${")?.split_once('}'));
    let parts: BTreeSet<_> = rule.map(|(id, _)| id).collect();
    let noticed = [
        "ErrorRate",
        "FailedFunctions",
        "FailedRequests",
        "Latency",
        "Overdue",
        "ThrottledFunctions",
        "ThrottledRequests",
        "ThrottledTables",
        "WaitingMessages",
    ];
    assert_eq!(parts, noticed.into());
    assert!(parts.iter().all(|id| all.contains_key(id)), "each is an alarm");
}

/// A quiet night is judged too: no alarm waits for a number of requests that a small service never has.
#[test]
fn c_7_3_the_service_level_is_judged_at_any_traffic() {
    assert!(!TEMPLATE.contains("EvaluateLowSampleCountPercentile: ignore"));
    let alarms = alarms();
    let expression = |id: &str| {
        let found =
            alarms[id].iter().find_map(|l| l.split_once("Expression: \"")?.1.split_once('"'));
        found.expect("an expression").0
    };
    let faults = "IF(FILL(faults, 0) >= 3, 100 * FILL(faults, 0) / requests, 0)";
    assert_eq!(expression("ErrorRate"), faults, "no least number of requests");
    assert_eq!(expression("Latency"), "IF(requests >= 1000, hundredth, tenth)");
    let stats = values(&alarms["Latency"], "Stat");
    assert_eq!(stats, ["p99", "p90", "SampleCount"]);
    // A single slow request of a quiet hour tells nobody.
    assert_eq!(values(&alarms["Latency"], "DatapointsToAlarm"), ["2"]);
    assert_eq!(values(&alarms["Latency"], "EvaluationPeriods"), ["3"]);
}

#[test]
fn c_7_3_a_function_that_does_not_start_is_told_however_seldom_it_is_called() {
    let kind = "Type: AWS::Serverless::Function";
    let functions = resources().into_iter().filter(|(_, lines)| lines.contains(&kind));
    let of_people = functions.filter(|(_, lines)| lines.contains(&"Type: HttpApi"));
    let of_people: BTreeSet<_> = of_people.map(|(id, _)| id).collect();
    let lines = &alarms()["FailedFunctions"];
    let watched = lines.iter().filter_map(|line| {
        line.strip_prefix("Dimensions: [{ Name: FunctionName, Value: !Ref ")?.strip_suffix(" }]")
    });
    assert_eq!(watched.collect::<BTreeSet<_>>(), of_people);
    assert!(of_people.len() <= 9, "CloudWatch takes ten metrics in one alarm");
    assert!(values(lines, "MetricName").iter().all(|name| *name == "Errors"));
    assert_eq!(
        (&values(lines, "Threshold")[..], &values(lines, "Period")[0]),
        (&["3"][..], &"3600")
    );
}

#[test]
fn what_is_measured_all_the_time_alarms_when_it_is_silent_and_what_lasts_stays() {
    for (id, lines) in of_type("AWS::CloudWatch::Alarm") {
        let expected = match values(&lines, "MetricName")[..] {
            ["outbox_oldest_age_secs" | "sweep_oldest_overdue_secs"] => "breaching",
            ["erasures_stopped" | "starts_unguarded"] => "ignore",
            _ => "notBreaching",
        };
        assert_eq!(values(&lines, "TreatMissingData"), [expected], "{id}");
    }
}

#[test]
fn c_5_3_the_alarm_on_a_row_that_fails_outlasts_the_time_between_two_tries() {
    let alarms = alarms();
    let number = |name| -> u64 {
        let [value] = values(&alarms["SweepFails"], name)[..] else { panic!("{name}") };
        value.parse().expect("a number")
    };
    assert_eq!(number("DatapointsToAlarm"), 1);
    // The period under way counts as one, and a run may come some minutes after a row is due.
    let seen = number("Period") * (number("EvaluationPeriods") - 2);
    assert!(seen > sweep::LONGEST_WAIT.as_secs(), "{seen}");
    // What CloudWatch takes everywhere.
    assert!(number("Period") * number("EvaluationPeriods") <= 86_400);
}

#[test]
fn c_5_3_the_tables_that_are_watched_for_throttling_are_those_in_use() {
    let watched: Vec<_> = alarms()["ThrottledTables"]
        .iter()
        .filter_map(|line| line.strip_prefix("Dimensions: [{ Name: TableName, Value: "))
        .collect();
    for table in ["Records", "Keys"] {
        let in_use = format!("!Sub \"${{{table}}}${{Restored{table}}}\" }}]");
        assert_eq!(watched.iter().filter(|line| **line == in_use).count(), 2, "{watched:?}");
    }
    assert_eq!(watched.len(), 8, "reads and writes of four tables");
}

#[test]
fn a_filter_looks_for_an_alarm_that_the_code_names() {
    for (name, filters) in filtered() {
        for lines in filters {
            let pattern =
                lines.iter().find_map(|l| l.strip_prefix("FilterPattern: '{ $.alarm = \""));
            let Some(alarm) = pattern.and_then(|rest| rest.strip_suffix("\" }'")) else { continue };
            assert_eq!(alarm, name);
            let code = format!("alarm = \"{alarm}\"");
            assert!(SOURCE.contains(&code), "{alarm}");
        }
    }
}
