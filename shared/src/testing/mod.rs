//! What only tests use: a clock that is set by hand, randomness that repeats itself, faults in the SDK's connector, and what runs a
//! function's binary as Lambda does.

pub mod binary;
mod clock;
mod entropy;
pub mod events;
pub mod faults;

pub use clock::FixedClock;
pub use entropy::SeededEntropy;
