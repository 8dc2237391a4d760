//! The receipt as a paper: what a case file keeps of a payment (PAY-12).

use copihue_core::{Result, text};
use copihue_web::{args, format, locale};

use super::Payments;
use crate::model::receipt::Receipt;

impl Payments {
    /// The receipt as plain text, in words, with the address where anyone can check it. It depends on the receipt
    /// alone: made twice it is the same bytes. `base_url` has no slash at the end.
    ///
    /// # Errors
    /// Internal when the institution is unknown.
    pub fn receipt_text(&self, receipt: &Receipt, base_url: &str) -> Result<String> {
        let payment = &receipt.payment;
        let issuer = self.issuer(&payment.institution)?;
        let number = locale::ta("payments-receipt-number", &args! { "folio" => receipt.folio() });
        let mut paper = format!("{}\n{number}\n\n", locale::t("payments-receipt-title"));
        let mut fact = |key: &str, value: &str| {
            paper.push_str(&format!("{}: {value}\n", locale::t(key)));
        };
        fact("payments-receipt-institution", &issuer.name);
        fact("payments-receipt-rut", &issuer.rut);
        fact("payments-receipt-concept", &payment.description);
        fact("payments-receipt-reference", &payment.reference);
        if let Some(case) = &payment.case {
            fact("payments-receipt-case", case);
        }
        let paid_at = text::long_datetime(issuer.zone.local(receipt.proof.paid_at));
        fact("payments-receipt-paid", &paid_at);
        fact("payments-receipt-order", &receipt.buy_order);
        fact("payments-receipt-authorisation", &receipt.proof.authorisation_code);
        fact("payments-receipt-payer", &payment.payer.name);
        fact("payments-receipt-run", &payment.payer.run.to_string());
        paper.push_str(&format!("\n{}\n", locale::t("payments-lines")));
        for line in &payment.lines {
            paper.push_str(&format!("{}: {}\n", line.label, format::money(line.amount)));
        }
        let total = format::money(payment.amount);
        paper.push_str(&format!("{}: {total}\n\n", locale::t("payments-total")));
        paper.push_str(&format!("{}: {}\n", locale::t("payments-receipt-code"), receipt.code));
        let check = args! { "url" => format!("{base_url}/v/{}", receipt.code.compact()) };
        paper.push_str(&locale::ta("payments-receipt-check", &check));
        paper.push('\n');
        Ok(paper)
    }
}
