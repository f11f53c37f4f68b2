//! What an operator says by a direct invoke: which third parties there are.

use crate::desk::Desk;
use crate::settings::check;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::error::{Error, Kind, Result};
use shared::ports::Ports;
use shared::records::third_parties::{self, Protocol, Provider};
use std::fmt;
use std::sync::Arc;

/// What an operator can say, for whoever mistyped it.
const UNDERSTOOD: [&str; 2] =
    [r#"{"do": "configure", "providers": [{…}]}"#, r#"{"do": "providers"}"#];

/// An event before it is looked at. Secrets may stand in it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Event(Value);

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(..)")
    }
}

impl Event {
    /// Whether it has these members and no others: a task with more is mistyped.
    fn has_just(&self, members: &[&str]) -> bool {
        let given = self.0.as_object();
        given.is_some_and(|given| {
            given.len() == members.len() && members.iter().all(|name| given.contains_key(*name))
        })
    }
}

/// What came of an event: the third parties that there are now.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Done {
    /// Each of them.
    pub providers: Vec<Told>,
}

/// What is told of a third party: where people and codes go, and nothing else.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Told {
    /// Its name.
    pub name: String,
    /// Its host.
    pub host: Option<String>,
}

/// Takes new settings, or tells which there are.
///
/// # Errors
///
/// `Config` where an event is not known, or settings cannot be used; `Conflict` where somebody else
/// configures at the same time.
pub async fn handle(ports: &Ports, desk: &Desk, event: Event) -> Result<Done> {
    let now = ports.clock.now();
    let settings = match event.0["do"].as_str() {
        Some("configure") if event.has_just(&["do", "providers"]) => {
            let providers = read(&event.0["providers"])?;
            let settings = third_parties::replace(ports, providers, check).await?;
            tracing::info!(providers = settings.providers.len(), "configured");
            settings
        }
        Some("providers") if event.has_just(&["do"]) => third_parties::read(ports).await?,
        _ => return Err(unknown()),
    };
    let providers = settings.providers.iter().map(told).collect();
    desk.keep(now, Arc::new(settings));
    Ok(Done { providers })
}

fn told(provider: &Provider) -> Told {
    let url = match &provider.protocol {
        Protocol::Openid(openid) => &openid.issuer,
        Protocol::Oauth2(oauth2) => &oauth2.token_endpoint,
    };
    let host = url.parse().ok().and_then(|uri: http::Uri| uri.host().map(str::to_owned));
    Told { name: provider.name.clone(), host }
}

/// The refusal of an event. It quotes nothing of it.
fn unknown() -> Error {
    let known = UNDERSTOOD.join(", ");
    let said = format!("an unknown form; nothing was done. Understood are {known}");
    Error::new(Kind::Config, "read an event").at(said)
}

/// Reads settings. A failure says where, and quotes nothing of what stands there.
fn read(given: &Value) -> Result<Vec<Provider>> {
    serde_path_to_error::deserialize(given).map_err(|error| {
        let path = error.path().to_string();
        Error::new(Kind::Config, "read the third parties").at(format!("providers{path}"))
    })
}
