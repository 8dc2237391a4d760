//! What is measured of the ledgers.

use copihue_core::Timestamp;
use metrics::{counter, gauge, histogram};

use crate::record::Family;

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    (to.millis().saturating_sub(from.millis())).max(0) as f64 / 1000.0
}

/// A log's tree has grown to this size.
pub(crate) fn size(family: Family, size: u64) {
    gauge!("ledger_size", "ledger" => family.name()).set(size as f64);
}

/// How long the oldest record has been waiting for its place.
pub(crate) fn outbox(oldest: Option<Timestamp>, now: Timestamp) {
    gauge!("ledger_outbox_age_seconds").set(oldest.map_or(0.0, |oldest| seconds(oldest, now)));
}

/// A checkpoint is out; `oldest` is when the first entry that it brings was appended.
pub(crate) fn published(family: Family, oldest: Timestamp, now: Timestamp) {
    histogram!("ledger_publish_latency_seconds", "ledger" => family.name()).record(seconds(oldest, now));
}

/// What a witness came to say.
pub(crate) fn witness(name: &str, code: &'static str) {
    counter!("ledger_witness_result_total", "witness" => name.to_owned(), "code" => code).increment(1);
}

/// For how long a signed checkpoint has been waiting for its quorum.
pub(crate) fn unwitnessed(family: Family, seconds: i64) {
    gauge!("ledger_unwitnessed_seconds", "ledger" => family.name()).set(seconds as f64);
}

/// An authority of time was asked about a log.
pub(crate) fn anchor(family: Family, given: bool) {
    let code = if given { "dado" } else { "sin_sello" };
    counter!("ledger_anchor_total", "ledger" => family.name(), "code" => code).increment(1);
}

/// Something kept us from signing what might have been a fork.
pub(crate) fn fork_guard(family: Family, reason: &'static str) {
    counter!("ledger_fork_guard_total", "ledger" => family.name(), "reason" => reason).increment(1);
}
