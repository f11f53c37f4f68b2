//! The common crate of Personal Center.
//!
//! Arrows point one way: [`http`] → [`records`] → [`vault`] → [`store`] → [`domain`]. `domain` knows
//! none of the others, `store` carries ciphertext only, and `vault` is the only way to a plaintext.

pub mod brake;
pub mod clock;
pub mod config;
pub mod contact_change;
pub mod domain;
pub mod erasure;
pub mod error;
pub mod http;
pub mod ids;
pub mod lambda;
pub mod ledger;
pub mod opening;
pub mod outbox;
pub mod ports;
pub mod records;
pub mod restore;
pub mod rotation;
pub mod store;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vault;

pub use error::{Error, Kind, Result};
pub use ports::Ports;
