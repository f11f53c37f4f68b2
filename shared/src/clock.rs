//! Where the time comes from.

use crate::domain::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, to the second.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, moved by an offset that local mode can set.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    /// Seconds added to the machine's time.
    pub offset_secs: i64,
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        let secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let secs = i64::try_from(secs).unwrap_or(i64::MAX);
        Timestamp::from_secs(secs.saturating_add(self.offset_secs))
    }
}
