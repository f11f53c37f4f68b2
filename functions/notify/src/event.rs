//! What wakes `notify`: the stream of `Records`, a schedule, or the operator with new settings.

use crate::carrier::Carrier;
use crate::office::Office;
use crate::{Report, deliver_due, deliver_these, oldest_age};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::error::{Error, Kind, Result};
use shared::outbox;
use shared::ports::Ports;
use shared::records::configuration::{self, Delivery};
use std::fmt;

/// An event: with records it is the stream's, with a task the operator's, else the schedule's.
#[derive(Debug, Default, Deserialize)]
pub struct Event {
    /// The stream's records, each read by itself: one of another form keeps none of the others.
    #[serde(default, rename = "Records")]
    records: Vec<Unread>,
    /// What the operator wants done.
    #[serde(default, rename = "do")]
    task: Option<String>,
    /// The settings of the mail server.
    #[serde(default)]
    mail: Unread,
    /// The settings of the gateway of text messages.
    #[serde(default)]
    text: Unread,
}

/// A part before it is looked at. A failure of the event's own reading would quote it.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Unread(Value);

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unread(..)")
    }
}

impl Unread {
    /// The partition that a record of the stream names.
    fn partition(&self) -> Option<&str> {
        self.0["dynamodb"]["Keys"]["pk"]["S"].as_str()
    }
}

/// What came of an event.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Done {
    /// Of a delivery.
    Delivered(Report),
    /// Of a configuration: which channels have settings now.
    Configured {
        /// Mail.
        mail: bool,
        /// Text messages.
        text: bool,
    },
    /// Of a question where messages leave to.
    Hosts {
        /// The host of the mail server, where there is one.
        mail: Option<String>,
        /// The host of the gateway of text messages, where there is one.
        text: Option<String>,
    },
}

/// Delivers the messages that an event names, or everything that is due; or takes new settings.
///
/// A message that fails stays in the outbox with a later time, and the schedule takes it up: it is
/// no failure of the stream.
///
/// # Errors
///
/// Where the index cannot be read, or settings cannot be used.
pub async fn handle(ports: &Ports, office: &Office, event: &Event) -> Result<Done> {
    let counter = office.open(ports);
    if let Some(task) = &event.task {
        return match task.as_str() {
            "configure" => configure(ports, office, event).await,
            "hosts" => hosts(ports).await,
            _ => Err(Error::new(Kind::Config, "do").at("the tasks are `configure` and `hosts`")),
        };
    }
    if event.records.is_empty() {
        let report = deliver_due(ports, &counter).await?;
        oldest_age(ports).await?;
        return Ok(Done::Delivered(report));
    }
    Ok(Done::Delivered(of_stream(ports, &counter, event).await))
}

async fn of_stream(ports: &Ports, carrier: &dyn Carrier, event: &Event) -> Report {
    let partitions = event.records.iter().filter_map(Unread::partition);
    let ids: Vec<_> = partitions.filter_map(outbox::of_partition).collect();
    if ids.len() < event.records.len() {
        tracing::warn!(records = event.records.len() - ids.len(), "no messages of the outbox");
    }
    deliver_these(ports, carrier, &ids).await
}

/// Replaces the settings of both channels: one that is not given has none.
async fn configure(ports: &Ports, office: &Office, event: &Event) -> Result<Done> {
    let settings = Delivery { mail: read("mail", &event.mail)?, text: read("text", &event.text)? };
    office.configure(ports, &settings).await?;
    let (mail, text) = (settings.mail.is_some(), settings.text.is_some());
    tracing::info!(mail, text, "configured");
    Ok(Done::Configured { mail, text })
}

/// Says which hosts messages leave to, and nothing else of the settings: whoever looks a stage over
/// compares them with those that are known.
async fn hosts(ports: &Ports) -> Result<Done> {
    let settings = configuration::read(ports).await?;
    let host = |url: &str| Some(url.parse::<http::Uri>().ok()?.host()?.to_owned());
    let mail = settings.as_ref().and_then(|all| Some(all.mail.as_ref()?.host.clone()));
    let text = settings.and_then(|all| host(all.text?.url.expose()));
    Ok(Done::Hosts { mail, text })
}

/// Reads settings. A failure says where, and quotes nothing of what stands there.
fn read<T: serde::de::DeserializeOwned>(name: &str, given: &Unread) -> Result<Option<T>> {
    serde_path_to_error::deserialize(&given.0).map_err(|error| {
        let path = error.path().to_string();
        Error::new(Kind::Config, "read the settings").at(format!("{name}.{path}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::records::configuration::MailServer;

    #[test]
    fn a_stream_event_names_messages_and_a_schedule_none() {
        let stream = r#"{"Records":[{"eventID":"1","eventName":"INSERT","dynamodb":{
            "Keys":{"pk":{"S":"outbox#msg_x"},"sk":{"S":"message"}},"SequenceNumber":"1"}}]}"#;
        let event: Event = serde_json::from_str(stream).expect("a stream event");
        assert_eq!(event.records[0].partition(), Some("outbox#msg_x"));
        let event: Event = serde_json::from_str(r#"{"version":"0"}"#).expect("a schedule event");
        assert!(event.records.is_empty() && event.task.is_none());
    }

    #[test]
    fn c_7_2_settings_that_do_not_fit_are_named_and_not_quoted() {
        let given = r#"{"do":"configure","mail":{"host":"x","port":"canary","tls":"implicit",
            "login":{"user":"canary","password":"canary"},"from":"canary"}}"#;
        let event: Event = serde_json::from_str(given).expect("an event");
        assert!(!format!("{event:?}").contains("canary"));
        let error = read::<MailServer>("mail", &event.mail).expect_err("no number").chain();
        assert!(error.contains("mail.port") && !error.contains("canary"), "{error}");
    }
}
