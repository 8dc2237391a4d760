//! Giving the money back.

use copihue_core::{Clp, Id, Timestamp};

use super::names;

/// Where a refund stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundState {
    /// Written down; the provider has not confirmed it.
    Submitted,
    /// The provider gave the money back.
    Confirmed,
    /// The provider refused: a treasurer must act.
    Refused,
}

names!(RefundState, "refund state", { Submitted => "submitted", Confirmed => "confirmed", Refused => "refused" });

/// Why money goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundReason {
    /// Nothing could be given for it within the limit (PAY-08).
    NotFulfilled,
    /// A late charge for an obligation that is no longer open.
    ObligationClosed,
    /// Another attempt of the same payment was already charged.
    ChargedTwice,
}

names!(RefundReason, "refund reason", {
    NotFulfilled => "not_fulfilled", ObligationClosed => "obligation_closed", ChargedTwice => "charged_twice",
});

/// A full refund of one charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    /// Its id; also the idempotency key towards the provider.
    pub id: Id,
    /// The payment.
    pub payment: Id,
    /// The attempt that was charged.
    pub attempt: Id,
    /// How much: always the whole charge.
    pub amount: Clp,
    /// Why.
    pub reason: RefundReason,
    /// Where it stands.
    pub state: RefundState,
    /// How many times the provider was asked.
    pub asked: i64,
    /// When it was written down.
    pub created_at: Timestamp,
}

/// What the provider says of a refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundOutcome {
    /// The money is back, or on its way.
    Confirmed,
    /// It will not give it back.
    Refused {
        /// The provider's reason.
        reason: String,
    },
    /// No answer: ask again with the same key.
    Unknown {
        /// What came instead.
        why: String,
    },
}
