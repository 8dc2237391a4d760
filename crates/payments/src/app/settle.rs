//! Finding out what became of an attempt: by its return, or by asking.

use std::time::Duration;

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::Tx;

use super::Payments;
use crate::model::attempt::{Attempt, AttemptState, GRACE_MS, LEASE_MS, Outcome, WINDOW_MS, ask_again_ms};
use crate::model::payment::{ATTEMPTS_MAX, FailureCode, PaymentEvent, PaymentState};
use crate::provider::ReturnSignal;
use crate::store;

/// How long a loser of the lease waits for the winner before the page that refreshes itself: 10 s, in steps.
const WAIT_STEPS: u32 = 40;
const WAIT_STEP: Duration = Duration::from_millis(250);
/// A charge that may still show itself after an attempt was given up is asked for once more: after an hour.
const LATE_CHECK_MS: i64 = 3_600_000;
/// Longest text of a return that is kept.
const EVENT_MAX: usize = 4000;

impl Payments {
    /// A browser came back from the provider with these parameters (query and form together). Answers the own
    /// page where the payer goes on; whatever the browser says, the outcome is asked of the provider.
    ///
    /// # Errors
    /// `NotFound` for an attempt that isn't of this provider; Unavailable when nothing could be written.
    pub async fn returned(&self, provider: &str, attempt: Id, params: &[(String, String)]) -> Result<String> {
        let id = attempt;
        let found = self.db().read(move |c| store::attempt::find(c, id)).await?;
        let attempt = found.filter(|a| a.provider == provider).ok_or_else(Error::not_found)?;
        let page = format!("/pagos/{}/estado", attempt.payment);
        let signal = self.provider(provider)?.classify(params);
        if signal == ReturnSignal::Foreign || !attempt.state.is_open() {
            return Ok(page);
        }
        let finished =
            matches!(&signal, ReturnSignal::Finished { token } if attempt.token.as_ref() == Some(token));
        self.keep_return(&attempt, if finished { "finished" } else { "returned" }, params).await?;
        // The work goes on when the browser doesn't wait for it.
        let this = self.clone();
        let work =
            tokio::spawn(
                async move { if finished { this.commit(id).await } else { this.ask_by_id(id).await } },
            );
        work.await.map_err(|e| Error::internal(format_args!("settling: {e}")))??;
        Ok(page)
    }

    async fn keep_return(
        &self,
        attempt: &Attempt,
        kind: &'static str,
        params: &[(String, String)],
    ) -> Result<()> {
        let mut detail = serde_json::to_string(params)?;
        let cut = (0..=EVENT_MAX.min(detail.len())).rev().find(|i| detail.is_char_boundary(*i)).unwrap_or(0);
        detail.truncate(cut);
        let (this, attempt) = (self.clone(), attempt.clone());
        self.db()
            .write(move |tx| {
                let event = this.id_in(attempt.id.bucket());
                store::attempt::add_event(tx, event, attempt.id, this.now(), kind, &detail)?;
                if attempt.state == AttemptState::Redirected {
                    store::attempt::move_to(tx, &attempt, AttemptState::Returned, None, Some(this.now()))?;
                }
                Ok(())
            })
            .await
    }

    /// Charges what the payer approved: one caller commits, the others wait for it (PAY-05).
    pub(super) async fn commit(&self, id: Id) -> Result<()> {
        let this = self.clone();
        let won = self.db().write(move |tx| this.take_lease(tx, id)).await?;
        let Some(attempt) = won else { return self.wait_for_winner(id).await };
        let outcome = self.provider(&attempt.provider)?.confirm(&attempt).await;
        self.record(id, outcome).await
    }

    fn take_lease(&self, tx: &mut Tx<'_>, id: Id) -> Result<Option<Attempt>> {
        let now = self.now();
        if !store::attempt::take_lease(tx, id, now, now.plus_millis(LEASE_MS))? {
            return Ok(None);
        }
        let attempt = store::attempt::find(tx, id)?.ok_or_else(Error::not_found)?;
        let payment = store::payment::find(tx, attempt.payment)?.ok_or_else(Error::not_found)?;
        if matches!(payment.state, PaymentState::Started | PaymentState::Submitted) {
            self.advance(tx, &payment, PaymentEvent::Submitted)?;
        }
        Ok(Some(attempt))
    }

    async fn wait_for_winner(&self, id: Id) -> Result<()> {
        for _ in 0..WAIT_STEPS {
            let attempt = self.db().read(move |c| store::attempt::find(c, id)).await?;
            if attempt.is_none_or(|a| a.state != AttemptState::Committing) {
                return Ok(());
            }
            tokio::time::sleep(WAIT_STEP).await;
        }
        Ok(())
    }

    async fn ask_by_id(&self, id: Id) -> Result<()> {
        match self.db().read(move |c| store::attempt::find(c, id)).await? {
            Some(attempt) => self.ask(attempt).await,
            None => Ok(()),
        }
    }

    /// Asks the provider without charging anything, and keeps what it says.
    pub(super) async fn ask(&self, attempt: Attempt) -> Result<()> {
        let outcome = if attempt.token.is_some() {
            self.provider(&attempt.provider)?.status(&attempt).await
        } else {
            Outcome::NotYet
        };
        let id = attempt.id;
        let finished = self.db().read(move |c| store::attempt::count_events(c, id, "finished")).await? > 0;
        match outcome {
            // The payer had finished and nobody charged: the commit was lost.
            Outcome::NotYet if finished && attempt.state.is_open() => Box::pin(self.commit(id)).await,
            outcome => self.record(id, outcome).await,
        }
    }

    /// Keeps what the provider said. A charge is finished with all that follows from it.
    pub(super) async fn record(&self, id: Id, outcome: Outcome) -> Result<()> {
        if let Outcome::Authorised(proof) = outcome {
            return self.charged(id, proof).await;
        }
        let this = self.clone();
        self.db().write(move |tx| this.record_uncharged(tx, id, &outcome)).await
    }

    fn record_uncharged(&self, tx: &mut Tx<'_>, id: Id, outcome: &Outcome) -> Result<()> {
        let Some(attempt) = store::attempt::find(tx, id)? else { return Ok(()) };
        let now = self.now();
        let window_over = attempt.created_at.plus_millis(WINDOW_MS + GRACE_MS) <= now;
        let (state, next) = match outcome {
            Outcome::Rejected { .. } => (AttemptState::Rejected, None),
            Outcome::Aborted => (AttemptState::Aborted, Some(now.plus_millis(LATE_CHECK_MS))),
            Outcome::NotYet if window_over => (AttemptState::TimedOut, Some(now.plus_millis(LATE_CHECK_MS))),
            Outcome::NotYet => return self.wait_for_payer(tx, &attempt),
            Outcome::Unknown { .. } => {
                (AttemptState::Unknown, Some(now.plus_millis(ask_again_ms(attempt.asked))))
            }
            Outcome::Authorised(_) => return Err(Error::internal("a charge is not recorded here")),
        };
        self.note(tx, &attempt, outcome)?;
        if !attempt.state.is_open() {
            // Given up before, and still without a charge: asked for the last time.
            let next = if state == AttemptState::Unknown { next } else { None };
            return store::attempt::look_again(tx, id, attempt.asked + 1, next);
        }
        if !store::attempt::move_to(tx, &attempt, state, None, next)? {
            return Ok(());
        }
        if state == AttemptState::Unknown {
            store::attempt::look_again(tx, id, attempt.asked + 1, next)?;
            return self.submitted(tx, &attempt);
        }
        self.attempt_ended(tx, &attempt, state)
    }

    fn wait_for_payer(&self, tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
        let next = attempt.state.is_open().then(|| attempt.created_at.plus_millis(WINDOW_MS + GRACE_MS));
        store::attempt::look_again(tx, attempt.id, attempt.asked, next)
    }

    fn note(&self, tx: &mut Tx<'_>, attempt: &Attempt, outcome: &Outcome) -> Result<()> {
        let (kind, detail) = match outcome {
            Outcome::Rejected { reason } => ("rejected", reason.as_str()),
            Outcome::Unknown { why } => ("unknown", why.as_str()),
            Outcome::Aborted => ("aborted", ""),
            Outcome::NotYet | Outcome::Authorised(_) => ("status", ""),
        };
        store::attempt::add_event(tx, self.id_in(attempt.id.bucket()), attempt.id, self.now(), kind, detail)
    }

    fn submitted(&self, tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
        let payment = store::payment::find(tx, attempt.payment)?.ok_or_else(Error::not_found)?;
        if payment.state == PaymentState::Started {
            self.advance(tx, &payment, PaymentEvent::Submitted)?;
        }
        Ok(())
    }

    fn attempt_ended(&self, tx: &mut Tx<'_>, attempt: &Attempt, state: AttemptState) -> Result<()> {
        let payment = store::payment::find(tx, attempt.payment)?.ok_or_else(Error::not_found)?;
        if !matches!(payment.state, PaymentState::Started | PaymentState::Submitted) {
            return Ok(());
        }
        let used = store::attempt::of_payment(tx, payment.id)?.len() as i64;
        if state == AttemptState::Rejected && used >= ATTEMPTS_MAX {
            return self.fail(tx, &payment, FailureCode::Rejected);
        }
        if self.is_over(payment.expires_at) {
            return self.fail(tx, &payment, FailureCode::Expired);
        }
        self.advance(tx, &payment, PaymentEvent::AttemptEnded)?;
        Ok(())
    }

    pub(super) fn is_over(&self, at: Timestamp) -> bool {
        at <= self.now()
    }
}
