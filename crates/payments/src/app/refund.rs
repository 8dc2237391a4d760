//! Asking the provider to give the money back, until it says so.

use copihue_core::{Error, Result};
use copihue_db::Tx;

use super::Payments;
use super::charge::Charge;
use crate::model::attempt::ask_again_ms;
use crate::model::journal::EntryKind;
use crate::model::refund::{Refund, RefundOutcome, RefundReason, RefundState};
use crate::store;

const BATCH: i64 = 100;

impl Payments {
    /// Asks for every refund that is due; answers how many came to an end.
    pub(super) async fn refund_due(&self) -> Result<usize> {
        let now = self.now();
        let due = self.db().read(move |c| store::refund::due(c, now, BATCH)).await?;
        let mut ended = 0;
        for refund in due {
            let id = refund.attempt;
            let Some(attempt) = self.db().read(move |c| store::attempt::find(c, id)).await? else { continue };
            let key = refund.id.to_string();
            let outcome = self.provider(&attempt.provider)?.refund(&attempt, refund.amount, &key).await;
            ended += usize::from(self.record_refund(refund, outcome).await?);
        }
        Ok(ended)
    }

    async fn record_refund(&self, refund: Refund, outcome: RefundOutcome) -> Result<bool> {
        let this = self.clone();
        self.db()
            .write(move |tx| match &outcome {
                RefundOutcome::Confirmed => this.end_refund(tx, &refund, RefundState::Confirmed),
                RefundOutcome::Refused { reason } => {
                    tracing::error!(refund = %refund.id, reason, "a refund was refused: a treasurer must act");
                    this.end_refund(tx, &refund, RefundState::Refused)
                }
                RefundOutcome::Unknown { why } => {
                    tracing::warn!(refund = %refund.id, why, "a refund is not confirmed yet");
                    store::refund::ask_again(tx, &refund, this.now().plus_millis(ask_again_ms(refund.asked)))?;
                    Ok(false)
                }
            })
            .await
    }

    fn end_refund(&self, tx: &mut Tx<'_>, refund: &Refund, state: RefundState) -> Result<bool> {
        if !store::refund::finish(tx, refund, state)? {
            return Ok(false);
        }
        let payment = store::payment::find(tx, refund.payment)?.ok_or_else(Error::not_found)?;
        let attempt = store::attempt::find(tx, refund.attempt)?.ok_or_else(Error::not_found)?;
        let charge = Charge { payment: &payment, attempt: &attempt };
        let (entry, act) = match state {
            RefundState::Confirmed => (EntryKind::RefundConfirmed, "payment.refunded"),
            _ => (EntryKind::RefundRefused, "payment.refund_refused"),
        };
        self.account(tx, entry, &charge)?;
        self.testify(tx, act, &charge, None)?;
        if refund.reason != RefundReason::ChargedTwice {
            store::payment::set_refund(tx, payment.id, state)?;
        }
        Ok(true)
    }
}
