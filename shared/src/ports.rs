//! What a function reaches the world through, built once per process.

use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Entropy;
use crate::store::Store;
use crate::vault::Vault;
use crate::vault::kms::Kms;
use std::ops::Deref;
use std::sync::Arc;

/// The ports, cheap to clone.
#[derive(Clone)]
pub struct Ports(Arc<Inner>);

/// The content of [`Ports`].
pub struct Inner {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The tables.
    pub store: Store,
    /// Keys and the gate.
    pub vault: Vault,
}

impl Ports {
    /// Puts the ports together.
    pub fn new(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        store: Store,
        kms: Arc<dyn Kms>,
    ) -> Self {
        let vault = Vault::new(&config, store.clone(), kms, clock.clone(), entropy.clone());
        Self(Arc::new(Inner { config, clock, entropy, store, vault }))
    }

    /// The same ports for the restore alone: its vault opens while the service is closed.
    pub(crate) fn for_restore(&self) -> Self {
        let (clock, entropy) = (self.clock.clone(), self.entropy.clone());
        let (config, store) = (self.config.clone(), self.store.clone());
        let vault = self.vault.for_restore();
        Self(Arc::new(Inner { config, clock, entropy, store, vault }))
    }
}

impl Deref for Ports {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
