//! The receipt of a payment: one for each success, numbered without gaps by institution and year (I4).

use copihue_core::{Id, Timestamp, VerificationCode};

use serde_json::{Value, json};

use super::attempt::Proof;
use super::payment::Payment;
use crate::ports::Issuer;

/// A receipt.
#[derive(Clone, PartialEq, Debug)]
pub struct Receipt {
    /// What was paid, and by whom.
    pub payment: Payment,
    /// The attempt that was charged.
    pub attempt: Id,
    /// Civil year in the institution's zone.
    pub year: i64,
    /// Its number in that year, from 1.
    pub number: i64,
    /// The code by which anyone can check it.
    pub code: VerificationCode,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The provider.
    pub provider: String,
    /// The order number that the provider saw.
    pub buy_order: String,
    /// The proof of the charge.
    pub proof: Proof,
}

impl Receipt {
    /// `2026-000001`.
    #[must_use]
    pub fn folio(&self) -> String {
        format!("{}-{:06}", self.year, self.number)
    }

    /// The receipt as data: its canonical bytes are what the verification code stands for.
    #[must_use]
    pub fn json(&self, issuer: &Issuer) -> Value {
        let payment = &self.payment;
        let mut json = json!({
            "tipo": "comprobante_de_pago",
            "folio": self.folio(),
            "codigo": self.code.to_string(),
            "institucion": { "codigo": payment.institution, "nombre": issuer.name, "rut": issuer.rut },
            "concepto": payment.description,
            "detalle": payment.lines.iter().map(|l| json!({ "concepto": l.label, "monto": l.amount }))
                .collect::<Vec<_>>(),
            "monto": payment.amount,
            "moneda": "CLP",
            "referencia": payment.reference,
            "pagado": self.proof.paid_at,
            "emitido": self.issued_at,
            "emitido_local": issuer.zone.rfc3339(self.issued_at),
            "medio": self.provider,
            "orden_de_compra": self.buy_order,
            "autorizacion": self.proof.authorisation_code,
            "pagador": { "nombre": payment.payer.name, "run": payment.payer.run.compact() },
        });
        if let Some(digits) = &self.proof.card_last4 {
            json["tarjeta"] = json!(digits);
        }
        if let Some(case) = &payment.case {
            json["expediente"] = json!(case);
        }
        json
    }
}
