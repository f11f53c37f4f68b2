//! What wakes `notify`: the stream of `Records`, or a schedule.

use crate::{Mailer, Report, deliver, deliver_due};
use serde::Deserialize;
use shared::error::Result;
use shared::outbox;
use shared::ports::Ports;

/// An event: with records it is the stream's, without it is the schedule's.
#[derive(Debug, Default, Deserialize)]
pub struct Event {
    /// The stream's records.
    #[serde(default, rename = "Records")]
    records: Vec<StreamRecord>,
}

#[derive(Debug, Deserialize)]
struct StreamRecord {
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Keys,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// Delivers the messages that an event names, or everything that is due.
///
/// A message that fails stays in the outbox with a later time, and the schedule takes it up: it is
/// no failure of the stream.
///
/// # Errors
///
/// Where the index cannot be read.
pub async fn handle(ports: &Ports, mailer: &dyn Mailer, event: &Event) -> Result<Report> {
    if event.records.is_empty() {
        return deliver_due(ports, mailer).await;
    }
    let mut report = Report::default();
    for record in &event.records {
        if let Some(id) = outbox::of_partition(&record.dynamodb.keys.pk.text) {
            deliver(ports, mailer, &id, &mut report).await;
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_event_names_messages_and_a_schedule_none() {
        let stream = r#"{"Records":[{"eventID":"1","eventName":"INSERT","dynamodb":{
            "Keys":{"pk":{"S":"outbox#msg_x"},"sk":{"S":"message"}},"SequenceNumber":"1"}}]}"#;
        let event: Event = serde_json::from_str(stream).expect("a stream event");
        assert_eq!(event.records[0].dynamodb.keys.pk.text, "outbox#msg_x");
        let event: Event = serde_json::from_str(r#"{"version":"0"}"#).expect("a schedule event");
        assert!(event.records.is_empty());
    }
}
