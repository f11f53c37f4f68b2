//! What wakes `sweep`: slices from its queue, an operator's command, or a bare invoke.

use crate::{Bounds, Place, SLICES, control, handle, plan, sweep_slice};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::error::{Error, Kind, Result};
use shared::ports::Ports;
use shared::vault::RootUse;
use shared::{restore, rotation};

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

/// Answers an event: with records it is the queue's, with `do` an operator's; without either
/// everything that is due is taken up.
///
/// # Errors
///
/// Where a command is unknown, or the store does not answer. A slice that fails is told to the
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
    handle(ports, bounds).await.map(|report| json!(report))
}

fn read<T: serde::de::DeserializeOwned>(event: Value) -> Result<T> {
    let unknown = |_| Error::new(Kind::Config, "read an event").at("an unknown form");
    serde_json::from_value(event).map_err(unknown)
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
