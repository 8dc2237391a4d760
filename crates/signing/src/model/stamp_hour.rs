//! Timestamps given, summed up by the hour.

use copihue_core::Timestamp;
use copihue_core::json::sha256;

const HOUR_MS: i64 = 3_600_000;

/// The timestamps that a certificate gave in an hour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StampHour {
    /// Serial number of the certificate, hex.
    pub serial: String,
    /// When the hour began.
    pub hour: Timestamp,
    /// How many.
    pub given: u64,
    /// SHA-256 of the chain before and the digest of each token, one after the other, from the certificate's first on.
    pub chain: [u8; 32],
    /// When the first was given.
    pub first_at: Timestamp,
    /// When the last was given.
    pub last_at: Timestamp,
}

/// The hour of an instant.
#[must_use]
pub fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(HOUR_MS) * HOUR_MS)
}

impl StampHour {
    /// An hour in which nothing was given yet, after one that ended with this chain.
    #[must_use]
    pub fn begin(serial: &str, at: Timestamp, chain: [u8; 32]) -> Self {
        Self { serial: serial.to_owned(), hour: hour_of(at), given: 0, chain, first_at: at, last_at: at }
    }

    /// One more was given.
    pub fn add(&mut self, token: [u8; 32], at: Timestamp) {
        self.given += 1;
        self.chain = sha256(&[self.chain, token].concat());
        self.last_at = self.last_at.max(at);
    }

    /// The name under which the ledger holds it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.serial, self.hour.millis())
    }
}
