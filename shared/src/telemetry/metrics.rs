//! Metrics: a closed set, written as lines in CloudWatch's embedded metric format.
//!
//! What tells one series from another is a name out of the code, so no value of a person can get in.

use crate::ports::Ports;
use serde_json::{Map, Value, json};

/// The target of a metric's event; its line is printed as it is.
pub const TARGET: &str = "metrics";
/// The field that holds the line.
pub const FIELD: &str = "line";
/// Where CloudWatch keeps the metrics.
pub const NAMESPACE: &str = "PersonalCenter";

/// A metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metric {
    /// Messages delivered.
    MessagesDelivered,
    /// Tries that failed and are repeated.
    MessagesFailed,
    /// Messages given up undelivered.
    MessagesDead,
    /// Age of the oldest message in the outbox.
    OutboxOldestAge,
    /// Requests answered with a fault of ours.
    RequestsFailed,
    /// Log-ins that were refused.
    ProofsRefused,
    /// How long the row of a slice that is due the longest has been due.
    SweepOldestOverdue,
    /// Whether the brake on erasures is on.
    ErasuresStopped,
    /// Starts of a function whose residency guard is lifted.
    StartsUnguarded,
}

/// What a metric is.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name; a unit that is no count is part of it.
    pub name: &'static str,
    /// CloudWatch's name of the unit.
    pub unit: &'static str,
    /// What its series are told apart by, besides the stage.
    pub dimensions: &'static [&'static str],
    /// What it counts, for `docs/LOGGING.md`.
    pub about: &'static str,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 9] = [
        Self::MessagesDelivered,
        Self::MessagesFailed,
        Self::MessagesDead,
        Self::OutboxOldestAge,
        Self::RequestsFailed,
        Self::ProofsRefused,
        Self::SweepOldestOverdue,
        Self::ErasuresStopped,
        Self::StartsUnguarded,
    ];

    /// What it is.
    pub const fn spec(self) -> Spec {
        let (name, unit, dimensions, about): (_, _, &[&str], _) = match self {
            Self::MessagesDelivered => {
                ("messages_delivered", "Count", &["channel"], "messages handed over")
            }
            Self::MessagesFailed => (
                "messages_failed",
                "Count",
                &["channel", "cause"],
                "tries that failed and are repeated",
            ),
            Self::MessagesDead => (
                "messages_dead",
                "Count",
                &["channel", "cause"],
                "messages given up undelivered, their keys destroyed",
            ),
            Self::OutboxOldestAge => (
                "outbox_oldest_age_secs",
                "Seconds",
                &[],
                "age of the oldest message that waits, once a minute",
            ),
            Self::RequestsFailed => (
                "requests_failed",
                "Count",
                &["function"],
                "requests answered with a status of 500 or above",
            ),
            Self::ProofsRefused => {
                ("proofs_refused", "Count", &["cause"], "proofs of identity that were refused")
            }
            Self::SweepOldestOverdue => (
                "sweep_oldest_overdue_secs",
                "Seconds",
                &[],
                "how long the oldest work of a slice has been due, when a run begins",
            ),
            Self::ErasuresStopped => (
                "erasures_stopped",
                "Count",
                &[],
                "1 when the brake on erasures is pulled, and at each run of a slice while it is on; else 0",
            ),
            Self::StartsUnguarded => (
                "starts_unguarded",
                "Count",
                &["function"],
                "starts of a function whose residency guard is lifted; 0 at a start where it holds",
            ),
        };
        Spec { name, unit, dimensions, about }
    }
}

/// Writes a metric down, with a value for each of its dimensions in their order.
pub fn emit(ports: &Ports, metric: Metric, value: i64, told_apart_by: &[&'static str]) {
    let line = line(ports, metric, value, told_apart_by).to_string();
    tracing::info!(target: TARGET, line);
}

/// The document of a metric. Every metric has a series of the whole stage, which alarms look at.
fn line(ports: &Ports, metric: Metric, value: i64, told_apart_by: &[&'static str]) -> Value {
    let spec = metric.spec();
    let mut members = Map::new();
    members.insert("stage".to_owned(), json!(ports.config.stage));
    let function = [ports.config.function.as_str()];
    let values: &[&str] = if spec.dimensions == ["function"] { &function } else { told_apart_by };
    debug_assert_eq!(values.len(), spec.dimensions.len(), "{}", spec.name);
    for (name, value) in spec.dimensions.iter().zip(values) {
        members.insert((*name).to_owned(), json!(value));
    }
    members.insert(spec.name.to_owned(), json!(value));
    let mut series = vec![vec!["stage"]];
    if !spec.dimensions.is_empty() {
        series.push([&["stage"], spec.dimensions].concat());
    }
    let directive = json!({
        "Timestamp": ports.clock.now().secs().saturating_mul(1_000),
        "CloudWatchMetrics": [{
            "Namespace": NAMESPACE,
            "Dimensions": series,
            "Metrics": [{"Name": spec.name, "Unit": spec.unit}],
        }],
    });
    members.insert("_aws".to_owned(), directive);
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_metrics_is_what_the_code_writes() {
        let page = include_str!("../../../docs/LOGGING.md");
        let row = |metric: &Metric| {
            let Spec { name, unit, dimensions, about } = metric.spec();
            let dimensions: Vec<_> = dimensions.iter().map(|d| format!("`{d}`")).collect();
            format!("| `{name}` | {unit} | {} | {about} |", dimensions.join(", "))
        };
        for line in Metric::ALL.iter().map(row) {
            let line = line.replace("|  |", "| – |");
            assert!(page.lines().any(|l| l == line), "docs/LOGGING.md lacks this line: {line}");
        }
        let listed = page.lines().filter(|l| l.contains("| Count |") || l.contains("| Seconds |"));
        assert_eq!(listed.count(), Metric::ALL.len());
    }
}
