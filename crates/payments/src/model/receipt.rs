//! The receipt of a payment: one for each success, numbered without gaps by institution and year (I4).

use copihue_core::{Timestamp, VerificationCode};

use super::attempt::Proof;
use super::payment::Payment;

/// A receipt.
#[derive(Clone, PartialEq, Debug)]
pub struct Receipt {
    /// What was paid, and by whom.
    pub payment: Payment,
    /// Civil year in the institution's zone.
    pub year: i64,
    /// Its number in that year, from 1.
    pub number: i64,
    /// The code by which anyone can check it.
    pub code: VerificationCode,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The provider.
    pub provider: String,
    /// The order number that the provider saw.
    pub buy_order: String,
    /// The proof of the charge.
    pub proof: Proof,
}

impl Receipt {
    /// `2026-000001`.
    #[must_use]
    pub fn folio(&self) -> String {
        format!("{}-{:06}", self.year, self.number)
    }
}
