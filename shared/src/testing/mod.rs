//! What only tests use: a clock that is set by hand, and faults in the SDK's connector.

mod clock;
pub mod faults;

pub use clock::FixedClock;
