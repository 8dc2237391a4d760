//! How often what costs a write, and brings nothing new, may be asked for.

use std::collections::BTreeMap;

use copihue_core::Timestamp;

/// Requests a second for each log.
const RATE: i64 = 10;
const SECOND: i64 = 1000;

/// A bucket for each log that somebody repeats himself about: there are never more than logs.
#[derive(Debug, Default)]
pub(crate) struct Pace(BTreeMap<String, (i64, Timestamp)>);

impl Pace {
    /// Takes one from the log's bucket; `false` when it is empty.
    pub(crate) fn take(&mut self, origin: &str, now: Timestamp) -> bool {
        let full = RATE * SECOND;
        let (level, at) = self.0.entry(origin.to_owned()).or_insert((full, now));
        // A clock that goes back fills nothing; one that jumps fills the bucket once.
        let passed = now.millis().saturating_sub(at.millis()).clamp(0, SECOND);
        (*level, *at) = ((*level + passed * RATE).min(full), now);
        let enough = *level >= SECOND;
        if enough {
            *level -= SECOND;
        }
        enough
    }
}
