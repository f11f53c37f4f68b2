//! Runs the whole bundle in one process: every function's router on an embedded database that
//! speaks the DynamoDB protocol, with a local key provider and a mailbox folder.
//!
//! The local key provider is here and nowhere else, so a deployed function cannot link it.

pub mod aws;
pub mod broom;
pub mod clauses;
pub mod demo;
pub mod engine;
pub mod kms;
pub mod ledger;
pub mod mailbox;
pub mod openapi;
mod problems;
mod providers;
pub mod role;
pub mod run;
pub mod tables;
pub mod world;

pub use world::{Options, World};
