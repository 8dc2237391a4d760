//! A circuit breaker: who does not answer is left alone for a while, and then asked once.

use copihue_core::Timestamp;

/// Failures one after the other that open it.
const FAILURES: u32 = 5;
/// How long it stays open, in milliseconds.
const REST_MS: i64 = 30_000;

/// What is remembered of the last answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Breaker {
    failures: u32,
    /// Nobody asks before then.
    closed_from: Option<Timestamp>,
}

impl Breaker {
    /// Whether one may ask now. After a rest, one asks and the others wait for what comes of it.
    pub(crate) fn lets_through(&mut self, now: Timestamp) -> bool {
        match self.closed_from {
            Some(from) if now < from => false,
            Some(_) => {
                self.closed_from = Some(now.plus_millis(REST_MS));
                true
            }
            None => true,
        }
    }

    /// There was an answer, whatever it said.
    pub(crate) fn answered(&mut self) {
        *self = Self::default();
    }

    /// There was none.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.closed_from = Some(now.plus_millis(REST_MS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_21_five_failures_open_it_and_after_a_rest_one_asks() {
        let mut breaker = Breaker::default();
        let mut now = Timestamp::from_millis(0);
        for _ in 0..4 {
            breaker.failed(now);
        }
        breaker.answered();
        for _ in 0..5 {
            assert!(breaker.lets_through(now));
            breaker.failed(now);
        }
        assert!(!breaker.lets_through(now));
        now = now.plus_millis(REST_MS);
        assert!(breaker.lets_through(now));
        assert!(!breaker.lets_through(now), "the others wait");
        breaker.failed(now);
        assert!(!breaker.lets_through(now.plus_millis(REST_MS - 1)));
        now = now.plus_millis(REST_MS);
        assert!(breaker.lets_through(now));
        breaker.answered();
        assert!(breaker.lets_through(now) && breaker.lets_through(now));
    }
}
