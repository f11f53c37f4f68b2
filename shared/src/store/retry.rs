//! Bounded retries with jitter, for what the SDK does not retry itself.

use super::Store;
use std::time::Duration;

/// Tries of a transaction that meets another one, and of keys that a batch left out.
pub(super) const TRIES: u32 = 8;

impl Store {
    /// Waits before the next try: a random part of 10 ms doubled each time, at most 320 ms.
    pub async fn back_off(&self, attempt: u32) {
        let most = 10_u64 << attempt.min(5);
        let [random] = crate::ids::bytes(&*self.entropy);
        let wait = 1 + most * u64::from(random) / 256;
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
}
