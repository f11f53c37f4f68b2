//! What wakes `sweep`: slices from its queue, an operator's command, or a bare invoke. What is
//! mistyped is refused, and never taken for a bare one.

use crate::{Bounds, Place, SLICES, control, handle, plan, sweep_slice};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::error::{Error, Kind, Result};
use shared::lambda::is_bare;
use shared::ports::Ports;
use shared::vault::RootUse;
use shared::{restore, rotation};

/// What an operator can say, for whoever mistyped it.
const UNDERSTOOD: [&str; 10] = [
    "{}",
    r#"{"do": "dry_run"}"#,
    r#"{"do": "stop"}"#,
    r#"{"do": "start"}"#,
    r#"{"do": "status"}"#,
    r#"{"do": "release_brake"}"#,
    r#"{"rotate": "branch"}"#,
    r#"{"rotate": "index"}"#,
    r#"{"rotate": "receipts"}"#,
    r#"{"restore": {"do": "status"}}"#,
];

/// What an operator can tell the sweep, by a direct invoke.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    /// Tells what would be done, and does nothing.
    DryRun {
        /// Where the last page ended.
        #[serde(default)]
        after: Option<Place>,
    },
    /// Stops every worker, and lets none begin.
    Stop {},
    /// Lets workers go on.
    Start {},
    /// Tells how far each slice is.
    Status {},
    /// Releases the brake on erasures; it takes two.
    ReleaseBrake {},
}

/// A wish to rotate the root key of a use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    rotate: RootUse,
}

/// What an operator tells the restore.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restore {
    restore: restore::Command,
}

/// A batch of the queue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Queued>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Queued {
    message_id: String,
    body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slice {
    slice: u8,
}

/// Answers an event: with records it is the queue's, with `do`, `rotate` or `restore` an operator's;
/// a bare one takes up everything that is due.
///
/// # Errors
///
/// `Config` where an event is none of these, naming those that are; or where the store does not answer. A slice that fails is told to the
/// queue, which delivers it again.
pub async fn respond(ports: &Ports, event: Value, bounds: Bounds) -> Result<Value> {
    if event.get("Records").is_some() {
        return slices(ports, read(event)?, bounds).await;
    }
    if event.get("rotate").is_some() {
        let Rotate { rotate } = read(event)?;
        return rotation::begin(ports, rotate).await.map(|begun| json!(begun));
    }
    if event.get("restore").is_some() {
        let Restore { restore } = read(event)?;
        return restore::command(ports, restore).await.map(|progress| json!(progress));
    }
    if event.get("do").is_some() {
        return command(ports, read(event)?).await;
    }
    if is_bare(&event) {
        return handle(ports, bounds).await.map(|report| json!(report));
    }
    Err(unknown())
}

fn read<T: serde::de::DeserializeOwned>(event: Value) -> Result<T> {
    serde_json::from_value(event).map_err(|_| unknown())
}

/// The refusal of an event. It quotes nothing of it.
fn unknown() -> Error {
    let known = UNDERSTOOD.join(", ");
    let said = format!("an unknown form; nothing was done. Understood are {known}");
    Error::new(Kind::Config, "read an event").at(said)
}

async fn command(ports: &Ports, command: Command) -> Result<Value> {
    match command {
        Command::DryRun { after } => plan::dry_run(ports, after).await.map(|plan| json!(plan)),
        Command::Stop {} => control::stop(ports).await,
        Command::Start {} => control::start(ports).await,
        Command::Status {} => control::status(ports).await,
        Command::ReleaseBrake {} => control::release_brake(ports).await,
    }
}

/// Takes up the slices of a batch, and names those that are to be delivered again.
async fn slices(ports: &Ports, batch: Batch, bounds: Bounds) -> Result<Value> {
    let (mut failures, began) = (Vec::new(), ports.clock.now());
    for queued in batch.records {
        let left = bounds.since(began, ports.clock.now());
        if let Err(error) = slice(ports, &queued.body, left).await {
            tracing::warn!(cause = error.chain(), "a slice failed");
            failures.push(json!({"itemIdentifier": queued.message_id}));
        }
    }
    Ok(json!({"batchItemFailures": failures}))
}

async fn slice(ports: &Ports, body: &str, bounds: Bounds) -> Result<()> {
    let unknown = || Error::new(Kind::Config, "read a slice").at("an unknown form");
    let Slice { slice } = serde_json::from_str(body).map_err(|_| unknown())?;
    if slice >= SLICES {
        return Err(unknown());
    }
    // A new deployment has no root keys; one of the slices looks after them.
    if slice == 0 {
        ports.vault.ensure_roots().await?;
    }
    sweep_slice(ports, slice, bounds).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_be_understood_is() {
        for text in UNDERSTOOD {
            let event: Value = serde_json::from_str(text).expect(text);
            let understood = is_bare(&event)
                || read::<Command>(event.clone()).is_ok()
                || read::<Rotate>(event.clone()).is_ok()
                || read::<Restore>(event).is_ok();
            assert!(understood, "{text}");
        }
    }
}
