//! Asking for a payment.

use copihue_core::{Error, Result};
use copihue_db::Tx;

use super::{Payments, holds_obligation};
use crate::model::attempt::{Attempt, AttemptState, WINDOW_MS};
use crate::model::payment::{FailureCode, LIFE_MS, NewPayment, Payment, PaymentRef, PaymentState};
use crate::store;

/// The code of the error when the payer has begun to pay the same in another way; `/mi/pagos` leads there.
pub const OWN_PAYMENT_UNDER_WAY: &str = "pago_propio_en_curso";

impl Payments {
    /// Asks for a payment, in the caller's transaction. Where the obligation has a live payment of the same
    /// payer and concepts, answers that one (PAY-10).
    ///
    /// # Errors
    /// `pago_invalido`; Conflict `obligacion_pagada` when it is already paid, `obligacion_en_pago` while somebody
    /// else is paying it, [`OWN_PAYMENT_UNDER_WAY`] while the payer is, for another case or amount.
    pub fn create(&self, tx: &mut Tx<'_>, new: &NewPayment) -> Result<PaymentRef> {
        new.check()?;
        let payment = self.draft(new);
        if let Some(holder) = self.take_obligation(tx, &payment)? {
            let first = store::payment::find(tx, holder)?;
            match self.settle_claim(tx, new, first.as_ref())? {
                Some(existing) => return Ok(existing),
                None => {
                    self.take_obligation(tx, &payment)?;
                }
            }
        }
        store::payment::insert(tx, &payment)?;
        Ok(PaymentRef { id: payment.id, start_path: payment.start_path() })
    }

    fn draft(&self, new: &NewPayment) -> Payment {
        let now = self.now();
        Payment {
            id: self.id_in(new.payer.id.bucket()),
            institution: new.institution.clone(),
            payer: new.payer.clone(),
            lines: new.lines.clone(),
            amount: new.amount(),
            description: new.description.clone(),
            reference: new.reference.clone(),
            obligation: new.obligation.clone(),
            case: new.case.clone(),
            return_to: new.return_to.clone(),
            fulfil_within_s: new.fulfil_within_s,
            state: PaymentState::Created,
            failure: None,
            refund: None,
            created_at: now,
            expires_at: now.plus_millis(LIFE_MS),
            finished_at: None,
        }
    }

    /// The payment that already stands for the obligation, or `None` once it has made way.
    fn settle_claim(
        &self,
        tx: &mut Tx<'_>,
        new: &NewPayment,
        first: Option<&Payment>,
    ) -> Result<Option<PaymentRef>> {
        let Some(first) = first.filter(|p| holds_obligation(p.state)) else { return Ok(None) };
        if first.state == PaymentState::Success {
            return Err(Error::conflict("obligacion_pagada", "Esta obligación ya está pagada."));
        }
        let own = first.payer.id == new.payer.id;
        if own && first.lines == new.lines && first.case == new.case {
            return Ok(Some(PaymentRef { id: first.id, start_path: first.start_path() }));
        }
        let attempts = store::attempt::of_payment(tx, first.id)?;
        if first.state == PaymentState::Submitted || attempts.iter().any(|a| self.may_still_pay(a, own)) {
            return Err(if own { own_under_way() } else { others_under_way() });
        }
        self.fail(tx, first, FailureCode::CancelledByService)?;
        Ok(None)
    }

    /// Whether an attempt keeps the obligation for its payment. A stranger's does while they may be at the provider's
    /// form and not longer: nobody can be kept from paying what is theirs by somebody who only starts. Should a charge
    /// come of it after all, it is given back.
    fn may_still_pay(&self, attempt: &Attempt, own: bool) -> bool {
        match attempt.state {
            AttemptState::New | AttemptState::Redirected => {
                own || !self.is_over(attempt.created_at.plus_millis(WINDOW_MS))
            }
            state => state.is_open(),
        }
    }
}

fn own_under_way() -> Error {
    Error::conflict(
        OWN_PAYMENT_UNDER_WAY,
        "Usted ya empezó a pagar esto en otro trámite. Termine ese pago, o anúlelo, en «Mis pagos».",
    )
}

fn others_under_way() -> Error {
    Error::conflict(
        "obligacion_en_pago",
        "Otra persona está pagando esto en este momento. Vuelva a intentarlo en unos minutos: si ella no termina, podrá \
         pagar usted.",
    )
}
