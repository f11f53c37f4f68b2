//! The third parties of a local run, from a file: what the operator says to a deployed `federation`.

use crate::role::acting;
use crate::world::World;
use federation::Desk;
use federation::event::{Event, handle};
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// Configures the third parties that a file lists, as `docs/third-parties.md` shows.
///
/// # Errors
///
/// Where the file cannot be read, or a setting cannot be used.
pub(crate) async fn configure(world: &World, file: &Path) -> io::Result<()> {
    let path = file.display();
    let unread = |error: &dyn std::fmt::Display| {
        io::Error::other(format!(
            "{path} cannot be read ({error}); docs/third-parties.md shows one"
        ))
    };
    let text = std::fs::read_to_string(file).map_err(|error| unread(&error))?;
    // Where it is no JSON is told; what stands there may be secret.
    let place = |e: serde_json::Error| unread(&format!("line {}, column {}", e.line(), e.column()));
    let providers: Value = serde_json::from_str(&text).map_err(place)?;
    let event = json!({"do": "configure", "providers": providers});
    let event: Event = serde_json::from_value(event).map_err(io::Error::other)?;
    let desk = Desk::default();
    let configured = acting("federation", handle(&world.ports, &desk, event)).await;
    configured.map(drop).map_err(|error| io::Error::other(format!("{path}: {}", error.chain())))
}
