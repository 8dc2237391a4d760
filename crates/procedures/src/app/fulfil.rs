//! Delivers what a payment is for, in the transaction that records it (PAY-07).

use std::sync::Arc;

use copihue_casefiles::{Author, Direction, DocumentKind, NewEntry, Privacy, Stage};
use copihue_core::{Actor, Error, Id, Result, Subject, Timestamp};
use copihue_db::Tx;
use copihue_db::blobs::Staged;
use copihue_notifications::{Notice, NoticeKind};
use copihue_payments::{Fulfil, Fulfilment, PaidPayment, Payment, RefundReason};
use copihue_web::args;
use copihue_web::locale::{t, ta};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::Procedures;
use super::commit::{casefile, email, status};
use crate::model::machine::{Issued, Machine, Procedure};
use crate::store;
use crate::store::case::CaseRow;

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
        plan.paid = Some((action, paid.payment.id));
        let (this, plan) = (self.clone(), Arc::new(plan));
        Ok(Box::new(move |tx: &mut Tx<'_>| this.commit(tx, &plan).map(|_| ())))
    }

    /// Files the receipt in the transaction that records the payment (PAY-12). It is text, for a PDF would hold the
    /// only writer while it is drawn; its number exists only inside the transaction.
    pub(super) fn file_receipt(
        &self,
        tx: &mut Tx<'_>,
        row: &mut CaseRow,
        (action, payment): &(String, Id),
        now: Timestamp,
    ) -> Result<()> {
        let Some(case) = casefile(row) else { return Ok(()) };
        let payments = &self.parts().payments;
        let (receipt, _) = payments
            .receipt(tx, *payment)?
            .ok_or_else(|| Error::internal("a paid payment without its receipt"))?;
        let text = payments.receipt_text(&receipt, &self.parts().base_url)?;
        let blob = Staged::small(text)?.put(tx)?;
        let title = ta("procedures-receipt-title", &args! {"folio" => receipt.folio()});
        let mut entry = NewEntry::new(title.clone(), DocumentKind::PROOF, blob, now);
        entry.media_type = "text/plain".to_owned();
        entry.direction = Direction::Outgoing;
        entry.stage = Stage::Instruction;
        entry.holders = vec![row.person.id];
        entry.privacy = Privacy::Personal;
        entry.code = Some(receipt.code);
        let filed = self.parts().casefiles.file(tx, &case, &entry)?;
        row.state.issued.insert(
            receipt_key(action),
            Issued {
                title,
                document: filed.document,
                n: filed.n as u32,
                code: receipt.code.to_string(),
                sha256: hex::encode(blob.sha256),
                at: now,
            },
        );
        Ok(())
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
        let refunded = payment.refund.is_some();
        for pay in row.state.pay.values_mut().filter(|p| p.id == id && p.status != "paid") {
            // Charged and given back, or never charged: the person may start again from the case.
            pay.status = if refunded { "refunded" } else { "failed" }.to_owned();
        }
        row.rev += 1;
        row.updated = row.updated.max(self.now());
        let at = row.updated;
        let kind = if refunded { "payment.refunded" } else { "payment.ended" };
        store::event::append(tx, &mut row, ("platform:payments", kind), &json!({"payment": id}), at)?;
        // A version that is not there must not keep the money.
        let procedure = self.procedure_of(&row).ok();
        if let Some(procedure) = &procedure {
            row.status = status(procedure, &row.state);
        }
        if refunded {
            self.tell_refund(tx, &row, procedure.as_deref(), payment)?;
        }
        store::case::update(tx, &row, rev)
    }
}

impl Procedures {
    /// Says to the person that the charge is being given back, and why (PAY-08); the case file says it too.
    fn tell_refund(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        procedure: Option<&Procedure>,
        payment: &Payment,
    ) -> Result<()> {
        let why = match self.parts().payments.refund_reason(tx, payment.id)? {
            Some(RefundReason::ObligationClosed) => t("procedures-refund-already-paid"),
            _ => t("procedures-refund-not-given"),
        };
        let amount = payment.amount.to_string();
        let body = ta(
            "procedures-refund-body",
            &args! {"amount" => amount.as_str(), "what" => payment.description.as_str(), "why" => why},
        );
        let notice = Notice {
            institution: row.institution.clone(),
            recipient: row.person.clone(),
            email: email(row),
            case: row.iuie.clone(),
            procedure_code: procedure.map(|p| p.definition.catalog.cpat.clone()).unwrap_or_default(),
            kind: NoticeKind::Information,
            subject: ta("procedures-refund-subject", &args! {"amount" => amount.as_str()}),
            body,
            attachments: Vec::new(),
        };
        self.parts().notifications.notify(tx, &notice)?;
        match casefile(row) {
            Some(case) => {
                let by = Author::System("copihue");
                self.parts().casefiles.note(tx, &case, "procedures-trace-refunded", &amount, &by)
            }
            None => Ok(()),
        }
    }
}

/// Where the receipt of a payment stands among the documents of a case: no id of a definition has a colon.
const RECEIPT: &str = "pago:";

pub(super) fn receipt_key(action: &str) -> String {
    format!("{RECEIPT}{action}")
}

/// Whether a case's issued document is the receipt of a payment.
pub(crate) fn is_receipt(id: &str) -> bool {
    id.starts_with(RECEIPT)
}
