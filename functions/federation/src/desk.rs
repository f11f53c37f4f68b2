//! What an environment keeps of third parties between requests: settings, lines, documents, keys.

use crate::client::Line;
use crate::id_token::Key;
use crate::openid::Discovery;
use shared::domain::time::{Timestamp, hours};
use shared::error::{Error, Kind, Result};
use shared::http::{Missing, Problem};
use shared::ports::Ports;
use shared::records::third_parties::{self, Provider, ThirdParties};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long documents and keys of third parties are kept.
const KEPT: Duration = hours(1);

type Kept<T> = Mutex<HashMap<String, (Timestamp, Arc<T>)>>;

/// The desk.
#[derive(Default)]
pub struct Desk {
    settings: Mutex<Option<(Timestamp, Arc<ThirdParties>)>>,
    lines: Mutex<HashMap<Option<String>, Line>>,
    documents: Kept<Discovery>,
    keys: Kept<Vec<Key>>,
}

impl Desk {
    /// The settings, as they were read within the last minutes.
    pub(crate) async fn settings(&self, ports: &Ports) -> Result<Arc<ThirdParties>> {
        let now = ports.clock.now();
        let kept = locked(&self.settings).clone();
        let fresh = |read: Timestamp| read <= now && now < read.plus(ports.config.root_cache);
        if let Some((_, settings)) = kept.filter(|(read, _)| fresh(*read)) {
            return Ok(settings);
        }
        let settings = Arc::new(third_parties::read(ports).await?);
        // None are not kept: what is configured now is used at once.
        if !settings.providers.is_empty() {
            self.keep(now, settings.clone());
        }
        Ok(settings)
    }

    /// Keeps settings that were read or written.
    pub(crate) fn keep(&self, now: Timestamp, settings: Arc<ThirdParties>) {
        *locked(&self.settings) = Some((now, settings));
    }

    /// A third party by its name.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub(crate) async fn provider(
        &self,
        ports: &Ports,
        name: &str,
    ) -> std::result::Result<Provider, Problem> {
        let settings = self.settings(ports).await?;
        settings.named(name).cloned().ok_or_else(|| Missing::Provider.into())
    }

    /// The line to a third party.
    pub(crate) fn line(&self, provider: &Provider) -> Result<Line> {
        let mut lines = locked(&self.lines);
        if let Some(line) = lines.get(&provider.roots) {
            return Ok(line.clone());
        }
        let line = Line::with_roots(provider.roots.as_deref());
        let line = line.ok_or_else(|| Error::new(Kind::Config, "read the roots"))?;
        lines.insert(provider.roots.clone(), line.clone());
        Ok(line)
    }

    pub(crate) fn document(&self, issuer: &str, now: Timestamp) -> Option<Arc<Discovery>> {
        find(&self.documents, issuer, now)
    }

    pub(crate) fn keep_document(&self, issuer: &str, document: Arc<Discovery>, now: Timestamp) {
        locked(&self.documents).insert(issuer.to_owned(), (now, document));
    }

    pub(crate) fn keys(&self, issuer: &str, now: Timestamp) -> Option<Arc<Vec<Key>>> {
        find(&self.keys, issuer, now)
    }

    pub(crate) fn keep_keys(&self, issuer: &str, keys: Arc<Vec<Key>>, now: Timestamp) {
        locked(&self.keys).insert(issuer.to_owned(), (now, keys));
    }
}

fn find<T>(kept: &Kept<T>, issuer: &str, now: Timestamp) -> Option<Arc<T>> {
    let kept = locked(kept);
    let (at, value) = kept.get(issuer)?;
    (*at <= now && now < at.plus(KEPT)).then(|| value.clone())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
