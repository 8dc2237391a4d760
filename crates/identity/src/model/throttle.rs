//! Failures slow the guesser down and never stop the owner (§3.4). Numbers are data.

use copihue_core::Timestamp;

/// When failures begin to cost time, and how much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Failures that cost nothing yet.
    pub free: i64,
    /// Seconds of the first wait.
    pub first_wait: i64,
    /// Seconds of the longest; each failure after the first wait doubles it.
    pub max_wait: i64,
    /// Seconds after which failures are forgotten.
    pub forget: i64,
}

/// What one network may ask of pages where strangers try codes and RUNs.
pub(crate) const NETWORK: Limit = Limit { free: 30, first_wait: 60, max_wait: 15 * 60, forget: 3_600 };

/// From how many failures on a try costs a proof of work: below, nobody notices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorkFrom {
    /// Of one RUN, from unknown browsers.
    pub run: i64,
    /// Of one network.
    pub prefix: i64,
    /// Of everybody together, from unknown browsers, in a minute.
    pub everybody: i64,
}

/// The limits of a deployment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A known browser of the person: it alone waits.
    pub known_device: Limit,
    /// All unknown browsers of one RUN together.
    pub unknown_devices: Limit,
    /// An address prefix (/24, /56), over all RUNs.
    pub prefix: Limit,
    /// When a try costs a proof of work, long before it has to wait.
    pub work: WorkFrom,
}

impl Default for Limits {
    fn default() -> Self {
        let (quarter, day) = (15 * 60, 24 * 3_600);
        Self {
            known_device: Limit { free: 6, first_wait: quarter, max_wait: quarter, forget: quarter },
            unknown_devices: Limit { free: 15, first_wait: quarter, max_wait: day, forget: day },
            prefix: Limit { free: 300, first_wait: 60, max_wait: quarter, forget: 3_600 },
            work: WorkFrom { run: 10, prefix: 100, everybody: 960 },
        }
    }
}

/// What is known of a subject's failures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counter {
    /// Tries that did not succeed.
    pub failures: i64,
    /// The last one.
    pub last: Timestamp,
    /// Until then no try is looked at.
    pub wait_until: Timestamp,
}

/// Whether a try is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is.
    Go,
    /// Not before then.
    Wait(Timestamp),
}

/// Whether a try is looked at now.
#[must_use]
pub fn verdict(counter: &Counter, now: Timestamp) -> Verdict {
    if now < counter.wait_until { Verdict::Wait(counter.wait_until) } else { Verdict::Go }
}

/// The failures that still count.
#[must_use]
pub fn standing(counter: &Counter, limit: Limit, now: Timestamp) -> i64 {
    if stale(counter, limit, now) { 0 } else { counter.failures }
}

fn stale(counter: &Counter, limit: Limit, now: Timestamp) -> bool {
    now > counter.last.max(counter.wait_until).plus_seconds(limit.forget)
}

/// Counts a try as a failure before it is looked at: a thousand tries at once are a thousand failures. A success takes it back.
#[must_use]
pub fn count(counter: &Counter, limit: Limit, now: Timestamp) -> Counter {
    let failures = standing(counter, limit, now) + 1;
    let over = failures - limit.free;
    let wait = match u32::try_from(over) {
        Ok(doublings) => limit.first_wait.saturating_mul(1_i64 << doublings.min(30)).min(limit.max_wait),
        Err(_) => 0,
    };
    Counter { failures, last: now, wait_until: now.plus_seconds(wait) }
}
