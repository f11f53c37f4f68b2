//! What wakes `notify`: the stream of `Records`, a schedule, or the operator with new settings.

use crate::carrier::Carrier;
use crate::office::Office;
use crate::{Report, deliver_due_in, deliver_these, oldest_age};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::error::{Error, Kind, Result};
use shared::lambda::is_bare;
use shared::outbox;
use shared::ports::Ports;
use shared::records::configuration::{self, Delivery};
use std::fmt;
use std::time::Duration;

/// What an operator can say, for whoever mistyped it.
const UNDERSTOOD: [&str; 3] =
    ["{}", r#"{"do": "hosts"}"#, r#"{"do": "configure", "mail": {…}, "text": {…}}"#];

/// An event before it is looked at: with records it is the stream's, with a task the operator's, a
/// bare one the schedule's. Secrets may stand in it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Event(Value);

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(..)")
    }
}

impl Event {
    /// Whether it has no members but these: a task with more is mistyped.
    fn has_only(&self, members: &[&str]) -> bool {
        let given = self.0.as_object().into_iter().flatten();
        given.map(|(name, _)| name.as_str()).all(|name| members.contains(&name))
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
/// no failure of the stream. Nor is one that the time of the invocation does not reach.
///
/// # Errors
///
/// `Config` where an event is not known, or settings cannot be used; or where the index cannot be
/// read.
pub async fn handle(ports: &Ports, office: &Office, event: &Event, left: Duration) -> Result<Done> {
    let counter = office.open(ports);
    match event.0["do"].as_str() {
        Some("configure") if event.has_only(&["do", "mail", "text"]) => {
            configure(ports, office, &event.0).await
        }
        Some("hosts") if event.has_only(&["do"]) => hosts(ports).await,
        None if event.has_only(&["Records"]) && event.0["Records"].is_array() => {
            Ok(Done::Delivered(of_stream(ports, &counter, &event.0["Records"], left).await))
        }
        None if is_bare(&event.0) => {
            let report = deliver_due_in(ports, &counter, left).await?;
            oldest_age(ports).await?;
            Ok(Done::Delivered(report))
        }
        _ => Err(unknown()),
    }
}

/// The refusal of an event. It quotes nothing of it.
fn unknown() -> Error {
    let known = UNDERSTOOD.join(", ");
    let said = format!("an unknown form; nothing was done. Understood are {known}");
    Error::new(Kind::Config, "read an event").at(said)
}

/// Each record is read by itself: one of another form keeps none of the others.
async fn of_stream(
    ports: &Ports,
    carrier: &dyn Carrier,
    records: &Value,
    left: Duration,
) -> Report {
    let records = records.as_array().map(Vec::as_slice).unwrap_or_default();
    let partitions = records.iter().filter_map(partition);
    let ids: Vec<_> = partitions.filter_map(outbox::of_partition).collect();
    if ids.len() < records.len() {
        tracing::warn!(records = records.len() - ids.len(), "no messages of the outbox");
    }
    deliver_these(ports, carrier, &ids, left).await
}

/// The partition that a record of the stream names.
fn partition(record: &Value) -> Option<&str> {
    record["dynamodb"]["Keys"]["pk"]["S"].as_str()
}

/// Replaces the settings of both channels: one that is not given has none.
async fn configure(ports: &Ports, office: &Office, event: &Value) -> Result<Done> {
    let (mail, text) = (read("mail", &event["mail"])?, read("text", &event["text"])?);
    let settings = Delivery { mail, text };
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
fn read<T: serde::de::DeserializeOwned>(name: &str, given: &Value) -> Result<Option<T>> {
    serde_path_to_error::deserialize(given).map_err(|error| {
        let path = error.path().to_string();
        Error::new(Kind::Config, "read the settings").at(format!("{name}.{path}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::records::configuration::MailServer;

    #[test]
    fn a_record_of_the_stream_names_a_message() {
        let stream = shared::testing::events::stream();
        let named = partition(&stream["Records"][0]).expect("a partition");
        assert!(outbox::of_partition(named).is_some(), "{named}");
        assert!(partition(&Value::Null).is_none());
    }

    #[test]
    fn c_7_2_settings_that_do_not_fit_are_named_and_not_quoted() {
        let given = r#"{"do":"configure","mail":{"host":"x","port":"canary","tls":"implicit",
            "login":{"user":"canary","password":"canary"},"from":"canary"}}"#;
        let event: Event = serde_json::from_str(given).expect("an event");
        assert!(!format!("{event:?}").contains("canary"));
        let error = read::<MailServer>("mail", &event.0["mail"]).expect_err("no number").chain();
        assert!(error.contains("mail.port") && !error.contains("canary"), "{error}");
    }
}
