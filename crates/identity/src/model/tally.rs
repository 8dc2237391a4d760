//! What happens, counted by hour: for the keepers' panel and its alarms. Nothing here says to whom.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use copihue_core::Timestamp;

use super::event::{EventKind, Outcome};

/// Milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// In place of the factors of a login with a RUN that nobody has: no factor of anybody was tried.
pub(crate) const STRANGER: &str = "nadie";

/// The hour of an instant, since 1970.
pub(crate) const fn hour_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(HOUR_MS)
}

/// What is counted together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Counted {
    pub(crate) hour: i64,
    /// Codes of [`EventKind`] and [`Outcome`], as they are stored.
    pub(crate) kind: String,
    pub(crate) outcome: String,
    /// `client_id`; empty where no application is concerned.
    pub(crate) client: String,
    /// The history's words for what was used, one space between two; or [`STRANGER`].
    pub(crate) factors: String,
}

impl Counted {
    pub(crate) fn new(at: Timestamp, kind: EventKind, outcome: Outcome, client: &str, factors: &str) -> Self {
        Self {
            hour: hour_of(at),
            kind: kind.code().to_owned(),
            outcome: outcome.code().to_owned(),
            client: client.to_owned(),
            factors: factors.to_owned(),
        }
    }

    pub(crate) fn is(&self, kind: EventKind, outcome: Outcome) -> bool {
        self.kind == kind.code() && self.outcome == outcome.code()
    }
}

/// What this process counted and has not written yet. A login pays no row for it; a crash loses some seconds of counts and
/// of nothing else.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<HashMap<Counted, u64>>);

impl Tally {
    pub(crate) fn add(&self, what: Counted, n: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += n;
    }

    /// Everything, which is counted from zero from now on.
    pub(crate) fn take(&self) -> Vec<(Counted, u64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}
