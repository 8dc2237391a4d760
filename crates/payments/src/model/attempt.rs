//! The attempt: one try with one provider, and what the provider said of it.

use copihue_core::{Clp, Id, Timestamp};
use serde::{Deserialize, Serialize};

use super::names;

/// How long the winner of a commit has before others may ask the provider: 30 seconds.
pub(crate) const LEASE_MS: i64 = 30_000;
/// How long a payer may stay at the provider's form: 10 minutes.
pub(crate) const WINDOW_MS: i64 = 10 * 60 * 1000;
/// After the window, this long until an attempt without news is given up: 5 minutes.
pub(crate) const GRACE_MS: i64 = 5 * 60 * 1000;

/// Where an attempt stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttemptState {
    /// Written down before the provider was called.
    New,
    /// The payer was sent to the provider.
    Redirected,
    /// The payer came back.
    Returned,
    /// One caller holds the lease and is asking the provider.
    Committing,
    /// Charged, with proof. Final.
    Authorised,
    /// The provider refused.
    Rejected,
    /// The payer gave up at the provider.
    Aborted,
    /// Nothing came within the window.
    TimedOut,
    /// The provider did not say. Never a failure (PAY-06).
    Unknown,
}

names!(AttemptState, "attempt state", {
    New => "new", Redirected => "redirected", Returned => "returned", Committing => "committing",
    Authorised => "authorised", Rejected => "rejected", Aborted => "aborted", TimedOut => "timed_out",
    Unknown => "unknown",
});

impl AttemptState {
    /// Whether a charge may still come of it without a surprise.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Redirected | Self::Returned | Self::Committing | Self::Unknown)
    }

    /// Whether it may become `next`. A proved charge is final; proof may come after any other end.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use AttemptState as S;
        match (self, next) {
            (S::Authorised, _) | (_, S::New) => false,
            (S::New, S::Redirected) => true,
            (_, S::Redirected) => false,
            (S::Redirected, S::Returned) => true,
            (_, S::Returned) => false,
            (S::Redirected | S::Returned | S::Unknown, S::Committing) => true,
            // A lease that ran out passes to the next caller.
            (S::Committing, S::Committing) => true,
            (_, S::Committing) => false,
            (_, S::Authorised) => true,
            (from, S::Rejected | S::Aborted | S::TimedOut | S::Unknown) => from.is_open(),
        }
    }
}

/// What proves a charge: kept as the provider gave it (I6), never with a card's number (PAY-11).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The provider's authorisation code.
    pub authorisation_code: String,
    /// How it was paid, in the provider's words (`crédito`, `débito`).
    pub card_kind: Option<String>,
    /// The last four digits of the card.
    pub card_last4: Option<String>,
    /// When the provider says it was charged.
    pub paid_at: Timestamp,
    /// The provider's whole answer.
    pub answer: serde_json::Value,
}

impl Proof {
    /// Keeps four digits at most of whatever came as the card's number (PAY-11).
    #[must_use]
    pub fn last4(text: &str) -> Option<String> {
        let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        (!digits.is_empty()).then(|| digits[digits.len().saturating_sub(4)..].iter().collect())
    }
}

/// What the provider says of an attempt, asked server to server (PAY-04).
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Charged.
    Authorised(Proof),
    /// Refused.
    Rejected {
        /// The provider's reason, for the payer's page and the log.
        reason: String,
    },
    /// The payer gave up there.
    Aborted,
    /// The payer has not finished.
    NotYet,
    /// No answer, or one that says nothing.
    Unknown {
        /// What came instead of an answer.
        why: String,
    },
}

/// One try with one provider.
#[derive(Clone, PartialEq, Debug)]
pub struct Attempt {
    /// Its id, in the payer's bucket.
    pub id: Id,
    /// The payment.
    pub payment: Id,
    /// The provider's name.
    pub provider: String,
    /// The order number that the provider sees; unique for the provider.
    pub buy_order: String,
    /// How much.
    pub amount: Clp,
    /// The provider's token, once it gave one.
    pub token: Option<String>,
    /// Where the payer was sent.
    pub redirect: Option<crate::provider::Redirect>,
    /// Where it stands.
    pub state: AttemptState,
    /// Until when the lease of a commit lasts.
    pub lease_until: Option<Timestamp>,
    /// The proof of the charge.
    pub proof: Option<Proof>,
    /// How many times the provider was asked in vain.
    pub asked: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When recovery looks at it next.
    pub next_check: Option<Timestamp>,
}

/// When to ask again after `asked` questions without an answer: 10 s, 30 s, 2 min, 10 min, 1 h, then hourly.
#[must_use]
pub(crate) const fn ask_again_ms(asked: i64) -> i64 {
    match asked {
        i64::MIN..=0 => 10_000,
        1 => 30_000,
        2 => 120_000,
        3 => 600_000,
        _ => 3_600_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_11_no_more_than_four_digits_are_kept() {
        assert_eq!(Proof::last4("4051 8856 0044 6623").as_deref(), Some("6623"));
        assert_eq!(Proof::last4("XXXXXXXXXXXX6623").as_deref(), Some("6623"));
        assert_eq!(Proof::last4(""), None);
    }

    #[test]
    fn pay_06_unknown_is_open_and_asked_again_ever_more_slowly() {
        assert!(AttemptState::Unknown.is_open());
        let waits: Vec<i64> = (0..6).map(|n| ask_again_ms(n) / 1000).collect();
        assert_eq!(waits, [10, 30, 120, 600, 3600, 3600]);
    }
}
