//! What services did, told by themselves, to be held against the events that each act must have left.

use std::sync::Arc;

use copihue_core::{Id, Result};
use copihue_db::Conn;
use copihue_ledger::Family;
use copihue_ledger::fsck::Deeds;

/// Every kind of act that can be held against its event.
pub(crate) fn all() -> Vec<Arc<dyn Deeds>> {
    vec![Arc::new(Charges)]
}

/// Charges that succeeded.
#[derive(Debug)]
struct Charges;

impl Deeds for Charges {
    fn family(&self) -> Family {
        Family::Payment
    }

    fn prefix(&self) -> &'static str {
        "payment.succeeded/"
    }

    fn page(
        &self,
        conn: &mut Conn<'_>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>> {
        let charges = copihue_payments::charges_after(conn, after.and_then(Id::from_slice), limit)?;
        let named = |(payment, attempt): (Id, Id)| {
            (payment.as_bytes().to_vec(), format!("{}{payment}/{attempt}", self.prefix()))
        };
        Ok(charges.into_iter().map(named).collect())
    }

    fn is_there(&self, conn: &mut Conn<'_>, record_id: &str) -> Result<bool> {
        let ids = record_id.strip_prefix(self.prefix()).and_then(|rest| rest.split_once('/'));
        match ids.map(|(payment, attempt)| (payment.parse(), attempt.parse())) {
            Some((Ok(payment), Ok(attempt))) => copihue_payments::was_charged(conn, payment, attempt),
            _ => Ok(false),
        }
    }
}
