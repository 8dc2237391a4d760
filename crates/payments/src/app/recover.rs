//! What a crash, a lost return or a silent provider leaves open is closed here.

use std::time::Duration;

use copihue_core::{Error, Result};

use super::Payments;
use crate::model::attempt::{Attempt, AttemptState, Outcome};
use crate::model::payment::{FailureCode, Payment, PaymentState};
use crate::store;

const BATCH: i64 = 100;
/// How often recovery looks.
const EVERY: Duration = Duration::from_secs(15);

impl Payments {
    /// Looks once at everything that is due: lost commits, unknown outcomes, paid things not given, refunds,
    /// payments that nobody paid. Answers how many it looked at. Safe to run twice at once.
    ///
    /// # Errors
    /// When the database doesn't answer. A single payment that fails is logged and looked at again.
    pub async fn recover(&self) -> Result<usize> {
        let now = self.now();
        let due = self.db().read(move |c| store::attempt::due(c, now, BATCH)).await?;
        let mut looked = due.len();
        for attempt in due {
            let id = attempt.id;
            if let Err(error) = self.look_at(attempt).await {
                tracing::warn!(attempt = %id, %error, "an attempt could not be recovered");
            }
        }
        let expired = self.db().read(move |c| store::payment::expired(c, now, BATCH)).await?;
        looked += expired.len();
        for payment in expired {
            let id = payment.id;
            if let Err(error) = self.expire(payment).await {
                tracing::warn!(payment = %id, %error, "a payment could not be ended");
            }
        }
        Ok(looked + self.refund_due().await?)
    }

    /// Runs [`recover`](Self::recover) every 15 seconds until the handle is aborted.
    #[must_use]
    pub fn start(&self) -> tokio::task::JoinHandle<()> {
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = this.recover().await {
                    tracing::error!(%error, "payments could not be recovered");
                }
                tokio::time::sleep(EVERY).await;
            }
        })
    }

    async fn look_at(&self, attempt: Attempt) -> Result<()> {
        match (attempt.state, &attempt.proof) {
            (AttemptState::Authorised, Some(proof)) => {
                let proof = proof.clone();
                self.charged(attempt.id, proof).await
            }
            _ => self.ask(attempt).await,
        }
    }

    /// Ends a payment that nobody paid in time, once no attempt of it may still turn out well.
    async fn expire(&self, payment: Payment) -> Result<()> {
        let id = payment.id;
        let attempts = self.db().read(move |c| store::attempt::of_payment(c, id)).await?;
        for attempt in attempts.into_iter().filter(|a| a.state.is_open()) {
            if attempt.token.is_none() {
                // The provider was never called, or its answer was lost: nobody was sent there.
                self.record(attempt.id, Outcome::Aborted).await?;
            } else {
                self.ask(attempt).await?;
            }
        }
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let payment = store::payment::find(tx, id)?.ok_or_else(Error::not_found)?;
                let open = store::attempt::of_payment(tx, id)?.iter().any(|a| a.state.is_open());
                if open || !matches!(payment.state, PaymentState::Created | PaymentState::Started) {
                    return Ok(());
                }
                this.fail(tx, &payment, FailureCode::Expired)
            })
            .await
    }
}
