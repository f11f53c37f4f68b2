//! Where the time comes from.

use crate::domain::time::Timestamp;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, to the second.
    fn now(&self) -> Timestamp;

    /// Time since some moment of this process, which never goes back: the difference of two says
    /// how long something took.
    fn elapsed(&self) -> Duration;
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

    #[expect(clippy::disallowed_methods, reason = "the one place that measures")]
    fn elapsed(&self) -> Duration {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        FIRST.get_or_init(Instant::now).elapsed()
    }
}
