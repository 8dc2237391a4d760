//! Delivers what a payment is for, in the transaction that records it (PAY-07).

use std::sync::Arc;

use copihue_core::{Actor, Error, Id, Result, Subject};
use copihue_db::Tx;
use copihue_payments::{Fulfil, Fulfilment, PaidPayment, Payment};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::Procedures;
use crate::model::machine::Machine;
use crate::store;

impl Procedures {
    async fn prepare_paid(&self, paid: &PaidPayment) -> Result<Fulfil> {
        let case: Id = paid.payment.reference.parse().map_err(Error::internal)?;
        let row = self.load(case).await?;
        let procedure = self.procedure_of(&row)?;
        let id = paid.payment.id.to_string();
        let action = row.state.pay.iter().find(|(_, p)| p.id == id).map(|(action, _)| action.clone());
        let action = action.ok_or_else(|| Error::internal("a payment that its case does not know"))?;
        let payer = Actor { subject: Subject::Person(row.person.clone()), ..Actor::job("payments") };
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, &payer));
        machine.paid(&action)?;
        let mut plan = self.plan(&row, &procedure, machine, &payer, None).await?;
        plan.notes.push(("payment.paid", json!({"action": action, "payment": id})));
        let (this, plan) = (self.clone(), Arc::new(plan));
        Ok(Box::new(move |tx: &mut Tx<'_>| this.commit(tx, &plan).map(|_| ())))
    }
}

impl Fulfilment for Procedures {
    fn prepare<'a>(&'a self, paid: &'a PaidPayment) -> BoxFuture<'a, Result<Fulfil>> {
        Box::pin(self.prepare_paid(paid))
    }

    fn ended(&self, tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
        let Ok(case) = payment.reference.parse::<Id>() else { return Ok(()) };
        let Some(mut row) = store::case::get(tx, case)? else { return Ok(()) };
        let rev = row.rev;
        let id = payment.id.to_string();
        for pay in row.state.pay.values_mut().filter(|p| p.id == id && p.status != "paid") {
            // Charged and given back, or never charged: the person may start again from the case.
            pay.status = if payment.refund.is_some() { "refunded" } else { "failed" }.to_owned();
        }
        row.rev += 1;
        row.updated = row.updated.max(self.now());
        let at = row.updated;
        store::event::append(
            tx,
            &mut row,
            ("platform:payments", "payment.ended"),
            &json!({"payment": id}),
            at,
        )?;
        store::case::update(tx, &row, rev)
    }
}
