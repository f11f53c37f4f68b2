//! Pure rules of the policy: no SDK, no HTTP, no clock, no I/O.

pub mod account;
pub mod brake;
pub mod clauses;
pub mod consent;
pub mod contact;
pub mod deadline;
pub mod device;
pub mod display_name;
pub mod gate;
pub mod inventory;
pub mod limit;
pub mod locale;
pub mod password;
pub mod period;
pub mod personal;
pub mod policy;
pub mod receipt;
pub mod residency;
pub mod retention;
pub mod third_party;
pub mod time;
pub mod totp;
