//! What only tests use: a clock that is set by hand, faults in the SDK's connector, and what runs a
//! function's binary as Lambda does.

pub mod binary;
mod clock;
pub mod events;
pub mod faults;

pub use clock::FixedClock;
