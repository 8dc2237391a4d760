//! What payments need of others, as small traits: wired by the binary, played by tests.

use copihue_core::calendar::Zone;
use copihue_core::{Id, Result, Timestamp, VerificationCode};
use copihue_db::Tx;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::model::attempt::Proof;
use crate::model::payment::Payment;

/// Writes an act to the transparency log (ledger `payment`), in the act's own transaction.
pub trait Evidence: Send + Sync {
    /// Appends the commitment of one act.
    ///
    /// # Errors
    /// When it can't be written: the act is rolled back with it.
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()>;
}

/// An act with legal effect.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// `payment.succeeded`, `payment.refunded`.
    pub kind: &'static str,
    /// What it is about: one record for each act of a kind.
    pub record: String,
    /// Whose it is.
    pub subject: Option<Id>,
    /// Fields that are committed in clear terms: ids, amounts, hashes.
    pub fields: &'a [(&'static str, Value)],
}

/// Who charges, as receipts must name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issuer {
    /// The institution's name.
    pub name: String,
    /// Its RUT, printed.
    pub rut: String,
    /// The zone in which its days begin.
    pub zone: Zone,
}

/// Knows the institutions.
pub trait Issuers: Send + Sync {
    /// The institution of this letter code.
    fn issuer(&self, institution: &str) -> Option<Issuer>;
}

/// Makes documents known to the verification page.
pub trait Registry: Send + Sync {
    /// Registers a receipt, in the transaction that issues it.
    ///
    /// # Errors
    /// When it can't be written: the receipt is rolled back with it.
    fn register(&self, tx: &mut Tx<'_>, receipt: &Issued<'_>) -> Result<()>;
}

/// A receipt, as the verification page must know it.
#[derive(Clone, Debug)]
pub struct Issued<'a> {
    /// Its verification code.
    pub code: VerificationCode,
    /// SHA-256 of the receipt's canonical JSON, which its owner can download.
    pub sha256: [u8; 32],
    /// Letter code of the institution.
    pub institution: &'a str,
    /// Its name.
    pub institution_name: &'a str,
    /// `Comprobante de pago 2026-000001`.
    pub title: &'a str,
    /// The case, by its IUIe.
    pub case: Option<&'a str>,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// A charge that the provider proved, before it is recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct PaidPayment {
    /// The payment.
    pub payment: Payment,
    /// The provider.
    pub provider: String,
    /// The order number that the provider saw.
    pub buy_order: String,
    /// The proof of the charge.
    pub proof: Proof,
    /// When the receipt will say that it was issued, give or take the record itself.
    pub at: Timestamp,
}

/// What is written in the transaction that records the success (PAY-07). It may run more than once, like
/// every closure of a transaction, and takes effect once.
pub type Fulfil = Box<dyn Fn(&mut Tx<'_>) -> Result<()> + Send + Sync>;

/// Who gives what was paid for.
pub trait Fulfilment: Send + Sync {
    /// Makes ready what will be given (renders, signs), outside of any transaction. It may be called again.
    fn prepare<'a>(&'a self, paid: &'a PaidPayment) -> BoxFuture<'a, Result<Fulfil>>;

    /// The payment ended without anything to give: it failed, was cancelled, or its charge is being refunded.
    ///
    /// # Errors
    /// When it can't be written down; it will be tried again.
    fn ended(&self, tx: &mut Tx<'_>, payment: &Payment) -> Result<()>;
}
