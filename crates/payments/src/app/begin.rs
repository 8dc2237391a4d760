//! The payer begins, tries again, or leaves.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;

use super::Payments;
use super::charge::Charge;
use crate::model::attempt::{Attempt, AttemptState, GRACE_MS, Outcome, WINDOW_MS};
use crate::model::payment::{ATTEMPTS_MAX, FailureCode, Payment, PaymentEvent, PaymentState};
use crate::provider::{Order, Redirect};
use crate::store;

/// Where the payer goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Begin {
    /// To the provider.
    Provider(Redirect),
    /// To an own page: the payment is being confirmed, or is over.
    Page(String),
}

enum Step {
    Call(Attempt),
    Provider(Redirect),
    Page,
    /// An attempt whose window is over: ask before another begins.
    Ask(Attempt),
}

impl Payments {
    /// Sends the payer to the provider. A second click goes to the same attempt.
    ///
    /// # Errors
    /// `NotFound` when the payment is not the actor's; `Unavailable` when the provider doesn't answer: nothing was
    /// charged, and it can be tried again.
    pub async fn begin(&self, actor: &Actor, id: Id) -> Result<Begin> {
        let payment = self.own(actor, id).await?;
        for _ in 0..3 {
            match self.next_step(payment.id).await? {
                Step::Provider(redirect) => return Ok(Begin::Provider(redirect)),
                Step::Page => break,
                Step::Ask(attempt) => self.ask(attempt).await?,
                Step::Call(attempt) => return self.call_provider(&payment, attempt).await,
            }
        }
        Ok(Begin::Page(format!("/pagos/{id}/estado")))
    }

    async fn next_step(&self, id: Id) -> Result<Step> {
        let this = self.clone();
        self.db().write(move |tx| this.choose_step(tx, id)).await
    }

    fn choose_step(&self, tx: &mut Tx<'_>, id: Id) -> Result<Step> {
        let payment = store::payment::find(tx, id)?.ok_or_else(Error::not_found)?;
        if !matches!(payment.state, PaymentState::Created | PaymentState::Started)
            || payment.expires_at <= self.now()
        {
            return Ok(Step::Page);
        }
        // The update comes first: its row lock makes a second click wait here, and then see our attempt.
        if self.advance(tx, &payment, PaymentEvent::AttemptStarted)?.is_none() {
            return Ok(Step::Page);
        }
        let attempts = store::attempt::of_payment(tx, id)?;
        if let Some(open) = attempts.iter().find(|a| a.state.is_open()) {
            return Ok(self.resume(open));
        }
        if attempts.len() as i64 >= ATTEMPTS_MAX {
            return Ok(Step::Page);
        }
        let attempt = self.new_attempt(&payment)?;
        store::attempt::insert(tx, &attempt)?;
        self.testify(tx, "payment.started", &Charge { payment: &payment, attempt: &attempt }, None)?;
        Ok(Step::Call(attempt))
    }

    fn resume(&self, open: &Attempt) -> Step {
        let over = open.created_at.plus_millis(WINDOW_MS + GRACE_MS) <= self.now();
        match (open.state, &open.redirect) {
            (AttemptState::New, _) => Step::Call(open.clone()),
            (AttemptState::Redirected, _) if over => Step::Ask(open.clone()),
            (AttemptState::Redirected, Some(redirect)) => Step::Provider(redirect.clone()),
            _ => Step::Page,
        }
    }

    fn new_attempt(&self, payment: &Payment) -> Result<Attempt> {
        let provider =
            self.parts().providers.first().ok_or_else(|| Error::internal("no payment provider"))?;
        let id = self.id_in(payment.id.bucket());
        let now = self.now();
        Ok(Attempt {
            id,
            payment: payment.id,
            provider: provider.name().to_owned(),
            buy_order: id.to_string(),
            amount: payment.amount,
            token: None,
            redirect: None,
            state: AttemptState::New,
            lease_until: None,
            proof: None,
            asked: 0,
            created_at: now,
            next_check: Some(now.plus_millis(WINDOW_MS + GRACE_MS)),
        })
    }

    async fn call_provider(&self, payment: &Payment, attempt: Attempt) -> Result<Begin> {
        let provider = self.provider(&attempt.provider)?;
        let order = Order {
            buy_order: attempt.buy_order.clone(),
            session_id: payment.id.to_string(),
            amount: attempt.amount,
            description: payment.description.clone(),
            institution: self.issuer(&payment.institution)?.name,
            return_path: format!("/pagos/retorno/{}/{}", attempt.provider, attempt.id),
        };
        let redirect = provider.create(&order).await?;
        let check = attempt.next_check.unwrap_or(attempt.created_at);
        let (stored, id) = (redirect.clone(), attempt.id);
        self.db().write(move |tx| store::attempt::redirected(tx, id, &stored, check)).await?;
        Ok(Begin::Provider(redirect))
    }

    /// The payer leaves without paying. A charge that shows up later is still honoured or undone.
    ///
    /// # Errors
    /// `NotFound` when the payment is not the actor's; Conflict while its outcome is being found out.
    pub async fn leave(&self, actor: &Actor, id: Id) -> Result<Payment> {
        let payment = self.own(actor, id).await?;
        let attempts = self.db().read(move |c| store::attempt::of_payment(c, id)).await?;
        for attempt in attempts.into_iter().filter(|a| a.state.is_open()) {
            if attempt.state == AttemptState::New {
                continue;
            }
            let outcome = self.provider(&attempt.provider)?.status(&attempt).await;
            let outcome = if outcome == Outcome::NotYet { Outcome::Aborted } else { outcome };
            self.record(attempt.id, outcome).await?;
        }
        let this = self.clone();
        self.db()
            .write(move |tx| {
                let payment = store::payment::find(tx, id)?.ok_or_else(Error::not_found)?;
                match payment.state {
                    PaymentState::Created | PaymentState::Started => {
                        this.fail(tx, &payment, FailureCode::CancelledByPayer)
                    }
                    PaymentState::Submitted => Err(Error::conflict(
                        "pago_en_confirmacion",
                        "Estamos confirmando su pago. Espere un momento.",
                    )),
                    _ => Ok(()),
                }
            })
            .await?;
        self.own(actor, payment.id).await
    }
}
