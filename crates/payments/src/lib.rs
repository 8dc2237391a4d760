//! Payments: never charged without the permit, or the charge is undone by itself.
//!
//! An institution asks for a [`NewPayment`] in its own transaction ([`Payments::create`]); the payer begins at
//! [`PaymentRef::start_path`]. The outcome comes only from asking the [`Provider`] server to server. Then
//! [`Fulfilment::prepare`] makes ready what was paid for, and **one** transaction writes the success, the
//! accounting entries, the receipt and whatever the fulfilment gives (PAY-07). What a crash leaves open,
//! [`Payments::recover`] closes: it asks the provider by token and goes on, or gives all the money back (PAY-08).
//!
//! ```text
//! payment  created → started → submitted → success | failed | cancelled | error
//! attempt  new → redirected → returned → committing → authorised | rejected | aborted | timed_out | unknown
//! ```

mod app;
mod model;
mod pages;
mod ports;
mod provider;
mod sandbox;
mod store;

use copihue_db::MigrationSet;

copihue_web::locale!("payments", include_str!("../locales/es-CL.ftl"));

pub use app::{Audit, Begin, OWN_PAYMENT_UNDER_WAY, Parts, PaymentAct, PaymentView, Payments};
pub use model::attempt::{Attempt, AttemptState, Outcome, Proof};
pub use model::journal::{Entry, EntryKind, EntryLine, Finding, NewEntry, check_entries};
pub use model::payment::{
    ATTEMPTS_MAX, FailureCode, LIFE_MS, Line, NewPayment, Payment, PaymentEvent, PaymentRef, PaymentState,
};
pub use model::receipt::Receipt;
pub use model::refund::{Refund, RefundOutcome, RefundReason, RefundState};
pub use ports::{Act, Evidence, Fulfil, Fulfilment, Issued, Issuer, Issuers, PaidPayment, Registry};
pub use provider::{Method, Order, Provider, Redirect, ReturnSignal};
pub use sandbox::{Sandbox, Verdict};
pub use store::deeds;

/// The crate's tables.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "payments",
    files: &[
        ("0001_payments.sql", include_str!("../migrations/0001_payments.sql")),
        ("0002_journal.sql", include_str!("../migrations/0002_journal.sql")),
        ("0003_sandbox.sql", include_str!("../migrations/0003_sandbox.sql")),
    ],
};
