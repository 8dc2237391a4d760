//! The payment: what an institution asks of a person, and the states it goes through.

use copihue_core::{Clp, Error, Id, PersonRef, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::names;
use super::refund::RefundState;

/// How long a payment waits for its payer: 90 minutes.
pub const LIFE_MS: i64 = 90 * 60 * 1000;
/// How many tries a payment allows while it lives.
pub const ATTEMPTS_MAX: i64 = 3;
/// The largest amount that is charged in one payment.
pub(crate) const AMOUNT_MAX: i64 = 999_999_999;

/// One concept of what is charged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// What it is for, as the payer reads it.
    pub label: String,
    /// How much.
    pub amount: Clp,
}

/// What an institution asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPayment {
    /// Letter code of the institution that charges.
    pub institution: String,
    /// Who pays.
    pub payer: PersonRef,
    /// The concepts; their sum is charged.
    pub lines: Vec<Line>,
    /// What is paid, 1–255 characters, without `<`, `>` or `|`.
    pub description: String,
    /// The institution's own reference, same rule; need not be unique.
    pub reference: String,
    /// What the payment extinguishes (plate, year, instalment): one live payment for each (PAY-10).
    pub obligation: String,
    /// The case it belongs to, by its IUIe.
    pub case: Option<String>,
    /// Own path where the payer goes on, whatever the outcome.
    pub return_to: String,
    /// Seconds from the authorisation in which what was paid for must be given; after them all is refunded (PAY-08).
    pub fulfil_within_s: i64,
}

impl NewPayment {
    /// The sum of the lines.
    #[must_use]
    pub fn amount(&self) -> Clp {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// Whether it may be charged.
    ///
    /// # Errors
    /// `pago_invalido`, with a message per field.
    pub fn check(&self) -> Result<()> {
        let mut error = Error::invalid("pago_invalido", "El pago no se puede crear con estos datos.");
        for (field, text) in [("description", &self.description), ("reference", &self.reference)] {
            if !plain_text(text) {
                error = error.field(field, "Escriba entre 1 y 255 caracteres, sin < > |.");
            }
        }
        if self.obligation.is_empty() || self.obligation.len() > 255 {
            error = error.field("obligation", "Indique qué obligación se paga.");
        }
        if self.lines.is_empty()
            || self.lines.iter().any(|line| line.amount.0 <= 0 || !plain_text(&line.label))
        {
            error = error.field("lines", "Cada concepto necesita un nombre y un monto mayor que cero.");
        }
        let sum = self.lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.amount.0));
        if !sum.is_some_and(|sum| (1..=AMOUNT_MAX).contains(&sum)) {
            error = error.field("amount", "El monto debe estar entre $1 y $999.999.999.");
        }
        if !own_path(&self.return_to) {
            error = error.field("return_to", "La dirección de regreso debe ser de este sitio.");
        }
        if self.fulfil_within_s <= 0 {
            error = error.field("fulfil_within_s", "El plazo para entregar debe ser mayor que cero.");
        }
        if error.fields().is_empty() { Ok(()) } else { Err(error) }
    }
}

fn plain_text(text: &str) -> bool {
    let n = text.chars().count();
    !text.trim().is_empty()
        && n <= 255
        && !text.contains(['<', '>', '|'])
        && !text.chars().any(char::is_control)
}

/// An own path: one slash first, never two, so that no browser reads a host in it.
fn own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.len() <= 2000
        && !path.chars().any(char::is_control)
}

/// Where a payment stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PaymentState {
    /// Asked for; the payer has not begun.
    Created,
    /// The payer has begun, and may try (again).
    Started,
    /// With the provider: the outcome is not known yet.
    Submitted,
    /// Charged and recorded. Final.
    Success,
    /// Not charged. Only proof of a late success moves it.
    Failed,
    /// Withdrawn by the institution. Only proof of a late success moves it.
    Cancelled,
    /// The provider answered what it can't. Only proof of a late success moves it.
    Error,
}

names!(PaymentState, "payment state", {
    Created => "created", Started => "started", Submitted => "submitted", Success => "success",
    Failed => "failed", Cancelled => "cancelled", Error => "error",
});

/// Why a payment was not charged: the published code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureCode {
    /// No attempt is left and the last was rejected.
    Rejected,
    /// Nobody paid in time.
    Expired,
    /// The payer left.
    CancelledByPayer,
    /// The institution withdrew it.
    CancelledByService,
    /// The provider's answer is an error, proved or stated by an official.
    ProviderError,
}

names!(FailureCode, "failure code", {
    Rejected => "P0010", Expired => "P0020", CancelledByPayer => "P0030",
    CancelledByService => "P0040", ProviderError => "P0050",
});

/// What can happen to a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentEvent {
    /// An attempt was sent to the provider.
    AttemptStarted,
    /// The outcome is being asked for, or is unknown.
    Submitted,
    /// The attempt ended without a charge, and another may follow.
    AttemptEnded,
    /// The provider proved the charge.
    Paid,
    /// It ends without a charge.
    Failed(FailureCode),
}

impl PaymentState {
    /// Whether nothing more is expected.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Cancelled | Self::Error)
    }

    /// The state after `event`; `None` when the event can't happen in this one.
    #[must_use]
    pub const fn on(self, event: PaymentEvent) -> Option<Self> {
        use PaymentEvent as E;
        match (self, event) {
            (Self::Created | Self::Started, E::AttemptStarted) => Some(Self::Started),
            (Self::Started | Self::Submitted, E::Submitted) => Some(Self::Submitted),
            (Self::Started | Self::Submitted, E::AttemptEnded) => Some(Self::Started),
            // A charge that is proved is never denied, however late it shows (§5.6).
            (Self::Started | Self::Submitted | Self::Failed | Self::Cancelled | Self::Error, E::Paid) => {
                Some(Self::Success)
            }
            (Self::Created | Self::Started | Self::Submitted, E::Failed(code)) => Some(match code {
                FailureCode::CancelledByService => Self::Cancelled,
                FailureCode::ProviderError => Self::Error,
                _ => Self::Failed,
            }),
            _ => None,
        }
    }
}

/// A payment as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// Its id, in the payer's bucket.
    pub id: Id,
    /// Letter code of the institution that charges.
    pub institution: String,
    /// Who pays.
    pub payer: PersonRef,
    /// The concepts.
    pub lines: Vec<Line>,
    /// Their sum.
    pub amount: Clp,
    /// What is paid.
    pub description: String,
    /// The institution's reference.
    pub reference: String,
    /// What it extinguishes.
    pub obligation: String,
    /// The case, by its IUIe.
    pub case: Option<String>,
    /// Own path where the payer goes on.
    pub return_to: String,
    /// Seconds to fulfil, from the authorisation.
    pub fulfil_within_s: i64,
    /// Where it stands.
    pub state: PaymentState,
    /// Why it was not charged.
    pub failure: Option<FailureCode>,
    /// The refund, when there is one.
    pub refund: Option<RefundState>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ends if nobody pays.
    pub expires_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

impl Payment {
    /// Path of the page where the payer begins.
    #[must_use]
    pub fn start_path(&self) -> String {
        format!("/pagos/{}", self.id)
    }

    /// Whether money was taken and stays taken.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.state == PaymentState::Success && self.refund.is_none()
    }
}

/// The payment that [`create`](crate::Payments::create) made, or the live one that was already there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRef {
    /// Its id.
    pub id: Id,
    /// Where to send the payer: `/pagos/{id}`.
    pub start_path: String,
}
