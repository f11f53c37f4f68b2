//! The rows about people, and the settings that are secret: where each kind is, and what is sealed in it.

pub mod account;
pub mod authorization;
pub mod configuration;
pub mod evidence;
pub mod export;
pub mod factors;
pub mod held;
pub mod idempotency;
pub mod job;
pub mod limit;
pub mod link;
pub mod network_log;
pub mod profile;
pub mod receipt;
pub mod session;
pub mod subject;
pub mod third_parties;
pub mod tombstone;
pub mod verification;
mod words;
