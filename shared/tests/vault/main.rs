//! The promises of the vault: what is sealed opens in its own place, under its owner's key, through
//! the gate, and nowhere else.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it counted on")]

mod gate;
mod owners;
mod places;
mod roots;
mod secrets;
mod world;
