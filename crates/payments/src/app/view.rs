//! What payers see, and what the books say.

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::Conn;
use serde_json::Value;

use super::Payments;
use crate::model::attempt::Attempt;
use crate::model::journal::{Entry, Finding, check_entries};
use crate::model::payment::Payment;
use crate::model::receipt::Receipt;
use crate::model::refund::{Refund, RefundReason, RefundState};
use crate::ports::Issuer;
use crate::store;
use crate::store::journal::ReceiptRow;

/// A payment with all that belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct PaymentView {
    /// The payment.
    pub payment: Payment,
    /// Who charges.
    pub issuer: Issuer,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Its receipt.
    pub receipt: Option<Receipt>,
    /// Its refunds.
    pub refunds: Vec<Refund>,
}

/// The kind, the record's id and, where it is known here, the moment of an act in the log.
pub type PaymentAct = (&'static str, String, Option<Timestamp>);

impl PaymentView {
    /// What was done with the payment, oldest first.
    #[must_use]
    pub fn acts(&self) -> Vec<PaymentAct> {
        let id = self.payment.id;
        let act = |kind, attempt: Id, at| (kind, format!("{kind}/{id}/{attempt}"), at);
        let mut acts: Vec<_> =
            self.attempts.iter().map(|a| act("payment.started", a.id, Some(a.created_at))).collect();
        acts.extend(self.receipt.iter().map(|r| act("payment.succeeded", r.attempt, Some(r.issued_at))));
        for refund in &self.refunds {
            acts.push(act("payment.refund_submitted", refund.attempt, Some(refund.created_at)));
            let end = match refund.state {
                RefundState::Submitted => continue,
                RefundState::Confirmed => "payment.refunded",
                RefundState::Refused => "payment.refund_refused",
            };
            acts.push(act(end, refund.attempt, None));
        }
        acts
    }
}

/// An institution's books and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audit {
    /// Every entry, in order.
    pub entries: Vec<Entry>,
    /// Broken invariants; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Payments {
    /// A payment of the actor's own.
    ///
    /// # Errors
    /// `NotFound` for anybody else's.
    pub async fn view(&self, actor: &Actor, id: Id) -> Result<PaymentView> {
        let payment = self.own(actor, id).await?;
        self.whole(payment).await
    }

    async fn whole(&self, payment: Payment) -> Result<PaymentView> {
        let id = payment.id;
        let issuer = self.issuer(&payment.institution)?;
        let (attempts, row, refunds) = self
            .db()
            .read(move |c| {
                let attempts = store::attempt::of_payment(c, id)?;
                Ok((attempts, store::journal::receipt_of(c, id)?, store::refund::of_payment(c, id)?))
            })
            .await?;
        let receipt = row.and_then(|row| whole(&row, &payment, &attempts));
        Ok(PaymentView { payment, issuer, attempts, receipt, refunds })
    }

    /// The receipt of a payment and its JSON, as the verification page knows it: for whoever files it (PAY-12).
    /// It is there already when [`Fulfil`](crate::Fulfil) runs.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn receipt(&self, conn: &mut Conn<'_>, id: Id) -> Result<Option<(Receipt, Value)>> {
        let Some(payment) = store::payment::find(conn, id)? else { return Ok(None) };
        let Some(row) = store::journal::receipt_of(conn, id)? else { return Ok(None) };
        let receipt = whole(&row, &payment, &store::attempt::of_payment(conn, id)?);
        let issuer = self.issuer(&payment.institution)?;
        Ok(receipt.map(|receipt| {
            let json = receipt.json(&issuer);
            (receipt, json)
        }))
    }

    /// What was done with a payment, as [`PaymentView::acts`]: for whoever shows the case that it belongs to.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn acts(&self, id: Id) -> Result<Vec<PaymentAct>> {
        let payment =
            self.db().read(move |c| store::payment::find(c, id)).await?.ok_or_else(Error::not_found)?;
        Ok(self.whole(payment).await?.acts())
    }

    /// Why a payment is being given back, if it is: for whoever tells the payer. It is there already when
    /// [`Fulfilment::ended`](crate::Fulfilment::ended) runs.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn refund_reason(&self, conn: &mut Conn<'_>, id: Id) -> Result<Option<RefundReason>> {
        let refunds = store::refund::of_payment(conn, id)?;
        Ok(refunds.iter().map(|refund| refund.reason).find(|reason| *reason != RefundReason::ChargedTwice))
    }

    /// The actor's own payments, newest first, up to 100.
    ///
    /// # Errors
    /// Unauthenticated when the actor isn't a person.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Payment>> {
        let payer = actor.person().ok_or_else(Error::not_found)?.id;
        self.db().read(move |c| store::payment::of_payer(c, payer, 100)).await
    }

    pub(super) async fn own(&self, actor: &Actor, id: Id) -> Result<Payment> {
        let payer = actor.person().ok_or_else(Error::not_found)?.id;
        let payment = self.db().read(move |c| store::payment::find(c, id)).await?;
        payment.filter(|p| p.payer.id == payer).ok_or_else(Error::not_found)
    }

    /// Reads an institution's books and checks the invariants of §6.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn audit(&self, institution: &str) -> Result<Audit> {
        let (this, institution) = (self.clone(), institution.to_owned());
        self.db()
            .read(move |c| {
                let book = this.book(&institution);
                let entries = store::journal::entries(c, book)?;
                let mut findings = check_entries(&institution, &entries);
                for attempt in store::journal::captured_without_proof(c, book)? {
                    findings.push(Finding { invariant: "I6", what: format!("attempt {attempt}") });
                }
                let mut last = (0, 0);
                for (year, number) in store::journal::receipt_numbers(c, &institution)? {
                    let expected = if year == last.0 { last.1 + 1 } else { 1 };
                    if number != expected {
                        findings.push(Finding { invariant: "I4", what: format!("receipt {year}-{number}") });
                    }
                    last = (year, number);
                }
                Ok(Audit { entries, findings })
            })
            .await
    }
}

/// A receipt with what it was issued for.
fn whole(row: &ReceiptRow, payment: &Payment, attempts: &[Attempt]) -> Option<Receipt> {
    let attempt = attempts.iter().find(|a| a.id == row.attempt)?;
    Some(row.whole(payment, attempt, attempt.proof.as_ref()?))
}
