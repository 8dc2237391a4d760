//! Asking for a payment.

use copihue_core::{Error, Result};
use copihue_db::Tx;

use super::{Payments, holds_obligation};
use crate::model::payment::{FailureCode, LIFE_MS, NewPayment, Payment, PaymentRef, PaymentState};
use crate::store;

impl Payments {
    /// Asks for a payment, in the caller's transaction. Where the obligation has a live payment of the same
    /// payer and concepts, answers that one (PAY-10).
    ///
    /// # Errors
    /// `pago_invalido`; Conflict `obligacion_pagada` when it is already paid, `obligacion_en_pago` while somebody
    /// else is paying it or its amount changed with an attempt under way.
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
        if first.payer.id == new.payer.id && first.lines == new.lines && first.case == new.case {
            return Ok(Some(PaymentRef { id: first.id, start_path: first.start_path() }));
        }
        let trying = store::attempt::of_payment(tx, first.id)?.iter().any(|a| a.state.is_open());
        if trying || first.payer.id != new.payer.id && first.expires_at > self.now() {
            return Err(Error::conflict(
                "obligacion_en_pago",
                "Ya hay un pago en curso por esta obligación. Espere a que termine.",
            ));
        }
        self.fail(tx, first, FailureCode::CancelledByService)?;
        Ok(None)
    }
}
