//! Requests a minute of each application: a bucket that fills evenly. Each process counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use copihue_core::Timestamp;

/// Thousandths of a request, and when they were counted.
struct Left {
    thousandths: u64,
    at: Timestamp,
}

/// The buckets of all applications.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<String, Left>>);

impl Rates {
    /// Takes one request of so many a minute; whether there was one.
    pub(crate) fn take(&self, key: &str, per_minute: u32, now: Timestamp) -> bool {
        let full = u64::from(per_minute.max(1)) * 1000;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = all.entry(key.to_owned()).or_insert(Left { thousandths: full, at: now });
        let passed = u64::try_from(now.millis() - left.at.millis()).unwrap_or(0);
        let gained = passed.saturating_mul(full) / 60_000;
        if gained > 0 {
            // Parts that were not whole yet count next time, however often it is asked.
            left.thousandths = full.min(left.thousandths + gained);
            left.at = now;
        }
        if left.thousandths < 1000 {
            return false;
        }
        left.thousandths -= 1000;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_07_a_minute_gives_so_many_and_fills_again() {
        let (rates, at) = (Rates::default(), |ms| Timestamp::from_millis(ms));
        assert!(rates.take("a", 2, at(0)) && rates.take("a", 2, at(0)) && !rates.take("a", 2, at(0)));
        assert!(rates.take("b", 2, at(0)), "each has its own");
        assert!(rates.take("a", 2, at(30_000)) && !rates.take("a", 2, at(30_001)));
    }
}
