//! What every part of one database shares.

use std::sync::Arc;

use copihue_core::{Clock, Random};
use tokio::sync::Notify;

/// Clock, randomness, and the bell that wakes the workers.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) jobs: Arc<Notify>,
}
