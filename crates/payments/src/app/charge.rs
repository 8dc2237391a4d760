//! A proved charge: fulfil it in the transaction that records it (PAY-07), or give the money back (PAY-08).

use std::sync::Arc;

use copihue_core::{Error, Id, Kind, Result, VerificationCode};
use copihue_db::Tx;
use serde_json::json;

use super::{Payments, holds_obligation};
use crate::model::attempt::{Attempt, AttemptState, Proof};
use crate::model::journal::EntryKind;
use crate::model::payment::{Payment, PaymentEvent, PaymentState};
use crate::model::refund::{Refund, RefundReason, RefundState};
use crate::ports::{Act, Fulfil, Issued, PaidPayment};
use crate::store;
use crate::store::journal::ReceiptRow;

/// How long until what could not be given is tried again.
const RETRY_MS: i64 = 5_000;

/// One charge of one payment.
pub(super) struct Charge<'a> {
    pub(super) payment: &'a Payment,
    pub(super) attempt: &'a Attempt,
}

impl Payments {
    /// The provider proved a charge. May be told of the same one any number of times.
    pub(super) async fn charged(&self, id: Id, proof: Proof) -> Result<()> {
        let (payment, attempt) = self.load(id).await?;
        if attempt.state == AttemptState::Authorised && payment.state == PaymentState::Success {
            return Ok(());
        }
        if payment.state == PaymentState::Success {
            return self.give_back(id, proof, RefundReason::ChargedTwice).await;
        }
        let paid = PaidPayment {
            payment: payment.clone(),
            provider: attempt.provider.clone(),
            buy_order: attempt.buy_order.clone(),
            proof: proof.clone(),
            at: self.now(),
        };
        let given = match self.fulfilment()?.prepare(&paid).await {
            Ok(fulfil) => self.succeed(id, proof.clone(), fulfil).await,
            Err(error) => Err(error),
        };
        match given {
            Ok(()) => Ok(()),
            Err(error) if error.code() == OBLIGATION_CLOSED => {
                self.give_back(id, proof, RefundReason::ObligationClosed).await
            }
            Err(error) => self.not_given(id, proof, &payment, error).await,
        }
    }

    async fn load(&self, attempt: Id) -> Result<(Payment, Attempt)> {
        self.db().read(move |c| load(c, attempt)).await
    }

    async fn succeed(&self, id: Id, proof: Proof, fulfil: Fulfil) -> Result<()> {
        let (this, fulfil) = (self.clone(), Arc::new(fulfil));
        self.db().write(move |tx| this.record_success(tx, id, &proof, &fulfil)).await
    }

    /// The one transaction: success, entries, receipt, evidence, and what was paid for.
    fn record_success(&self, tx: &mut Tx<'_>, id: Id, proof: &Proof, fulfil: &Fulfil) -> Result<()> {
        let (payment, attempt) = load(tx, id)?;
        if payment.state == PaymentState::Success {
            // Somebody else finished it while we prepared; a second charge is seen at the next look.
            return self.prove(tx, &attempt, proof);
        }
        if !holds_obligation(payment.state) && self.take_obligation(tx, &payment)?.is_some() {
            return Err(Error::conflict(OBLIGATION_CLOSED, "La obligación ya no está pendiente."));
        }
        self.prove(tx, &attempt, proof)?;
        let Some(payment) = self.advance(tx, &payment, PaymentEvent::Paid)? else {
            return Err(Error::unavailable("the payment moved while its charge was being recorded"));
        };
        let charge = Charge { payment: &payment, attempt: &attempt };
        self.account(tx, EntryKind::Captured, &charge)?;
        let receipt = self.issue_receipt(tx, &charge, proof)?;
        self.testify(tx, "payment.succeeded", &charge, Some(&receipt))?;
        fulfil(tx)
    }

    /// Keeps the proof, from whatever state the attempt is in (I6).
    fn prove(&self, tx: &mut Tx<'_>, attempt: &Attempt, proof: &Proof) -> Result<()> {
        if attempt.state == AttemptState::Authorised {
            return store::attempt::look_again(tx, attempt.id, attempt.asked, None);
        }
        if store::attempt::move_to(tx, attempt, AttemptState::Authorised, Some(proof), None)? {
            Ok(())
        } else {
            Err(Error::unavailable("the attempt moved while its charge was being recorded"))
        }
    }

    fn issue_receipt(&self, tx: &mut Tx<'_>, charge: &Charge<'_>, proof: &Proof) -> Result<ReceiptRow> {
        let now = self.now();
        let payment = charge.payment;
        let issuer = self.issuer(&payment.institution)?;
        let year = i64::from(issuer.zone.date(now).year());
        let number = store::journal::next_receipt_number(tx, self.book(&payment.institution), year)?;
        let receipt = ReceiptRow {
            payment: payment.id,
            attempt: charge.attempt.id,
            institution: payment.institution.clone(),
            year,
            number,
            code: VerificationCode::new(&*self.parts().random),
            issued_at: now,
        };
        store::journal::insert_receipt(tx, &receipt)?;
        let whole = receipt.whole(payment, charge.attempt, proof);
        let sha256 =
            copihue_core::json::sha256(copihue_core::json::canonical(&whole.json(&issuer))?.as_bytes());
        let issued = Issued {
            code: receipt.code,
            sha256,
            institution: &payment.institution,
            institution_name: &issuer.name,
            title: &format!("Comprobante de pago {}", whole.folio()),
            case: payment.case.as_deref(),
            issued_at: now,
        };
        self.parts().registry.register(tx, &issued)?;
        Ok(receipt)
    }

    pub(super) fn testify(
        &self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        charge: &Charge<'_>,
        receipt: Option<&ReceiptRow>,
    ) -> Result<()> {
        let mut fields = vec![
            ("ts", json!(self.now())),
            ("institution", json!(charge.payment.institution)),
            ("amount", json!(charge.attempt.amount)),
            ("provider", json!(charge.attempt.provider)),
            ("buy_order", json!(charge.attempt.buy_order)),
        ];
        if let Some(receipt) = receipt {
            fields.push(("receipt", json!(format!("{}-{:06}", receipt.year, receipt.number))));
        }
        let act = Act {
            kind,
            record: format!("{}/{}", charge.payment.id, charge.attempt.id),
            subject: Some(charge.payment.payer.id),
            fields: &fields,
        };
        self.parts().evidence.append(tx, act)
    }

    /// What was paid for could not be given: try again until the limit, then give the money back.
    async fn not_given(&self, id: Id, proof: Proof, payment: &Payment, error: Error) -> Result<()> {
        tracing::warn!(payment = %payment.id, %error, "a paid thing could not be given");
        let limit = proof.paid_at.plus_seconds(payment.fulfil_within_s);
        if self.is_over(limit) && error.kind() != Kind::Unavailable
            || self.is_over(limit.plus_millis(RETRY_MS))
        {
            return self.give_back(id, proof, RefundReason::NotFulfilled).await;
        }
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let (payment, attempt) = load(tx, id)?;
                let next = Some(this.now().plus_millis(RETRY_MS));
                if attempt.state == AttemptState::Authorised {
                    store::attempt::look_again(tx, id, attempt.asked + 1, next)?;
                } else {
                    store::attempt::move_to(tx, &attempt, AttemptState::Authorised, Some(&proof), next)?;
                }
                if matches!(payment.state, PaymentState::Started | PaymentState::Submitted) {
                    this.advance(tx, &payment, PaymentEvent::Submitted)?;
                }
                Ok(())
            })
            .await
    }

    async fn give_back(&self, id: Id, proof: Proof, reason: RefundReason) -> Result<()> {
        let this = self.clone();
        self.db().write(move |tx| this.record_give_back(tx, id, &proof, reason)).await?;
        self.refund_due().await.map(|_| ())
    }

    /// Records a charge together with its full refund. For the payment's own charge it also ends the payment.
    fn record_give_back(&self, tx: &mut Tx<'_>, id: Id, proof: &Proof, reason: RefundReason) -> Result<()> {
        let (payment, attempt) = load(tx, id)?;
        let now = self.now();
        let refund = Refund {
            id: self.id_in(payment.id.bucket()),
            payment: payment.id,
            attempt: id,
            amount: attempt.amount,
            reason,
            state: RefundState::Submitted,
            asked: 0,
            created_at: now,
        };
        if !store::refund::insert(tx, &refund, now)? {
            return Ok(());
        }
        self.prove(tx, &attempt, proof)?;
        let charge = Charge { payment: &payment, attempt: &attempt };
        self.account(tx, EntryKind::Captured, &charge)?;
        self.account(tx, EntryKind::RefundSubmitted, &charge)?;
        self.testify(tx, "payment.refund_submitted", &charge, None)?;
        if reason == RefundReason::ChargedTwice {
            return Ok(());
        }
        let Some(ended) = self.advance(tx, &payment, PaymentEvent::Paid)? else {
            return Err(Error::unavailable("the payment moved while its refund was being recorded"));
        };
        store::payment::set_refund(tx, ended.id, RefundState::Submitted)?;
        self.free_obligation(tx, &ended)?;
        self.fulfilment()?.ended(tx, &Payment { refund: Some(RefundState::Submitted), ..ended })
    }
}

const OBLIGATION_CLOSED: &str = "obligacion_cerrada";

fn load(conn: &mut copihue_db::Conn<'_>, attempt: Id) -> Result<(Payment, Attempt)> {
    let attempt = store::attempt::find(conn, attempt)?.ok_or_else(Error::not_found)?;
    let payment = store::payment::find(conn, attempt.payment)?.ok_or_else(Error::not_found)?;
    Ok((payment, attempt))
}
