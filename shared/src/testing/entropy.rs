//! Randomness that repeats itself.

use crate::ids::Entropy;
use aws_lc_rs::digest::{SHA256, digest};
use std::sync::atomic::{AtomicU64, Ordering};

/// A random source that gives the same bytes in the same order to the same seed, so that two worlds
/// get the same ids.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// A source at its beginning.
    pub const fn of(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = [self.seed.to_be_bytes(), drawn.to_be_bytes()].concat();
            chunk.copy_from_slice(&digest(&SHA256, &block).as_ref()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SubjectId;

    #[test]
    fn a_seed_repeats_itself_and_never_within() {
        let ids = |seed| {
            let entropy = SeededEntropy::of(seed);
            [SubjectId::draw(&entropy), SubjectId::draw(&entropy)]
        };
        assert_eq!(ids(1), ids(1));
        let ([a, b], [c, _]) = (ids(1), ids(2));
        assert!(a != b && a != c);
    }
}
