//! What every part of one database shares.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use copihue_core::{Bucket, Id};
use copihue_core::{Clock, Random};
use tokio::sync::watch;

/// Clock, randomness, and the bell that wakes the workers.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    /// How many commits there were.
    pub(crate) commits: AtomicU64,
    /// Changes whenever jobs were committed.
    pub(crate) jobs: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn new_id(&self) -> Id {
        Id::new(self.clock.now(), Bucket::new(0), self.random.as_ref())
    }
}
