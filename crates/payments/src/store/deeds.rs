//! Charges that succeeded, for whoever holds them against the evidence that each must have left.

use copihue_core::{Id, Result};
use copihue_db::{Conn, params, sql};

/// The charges that succeeded after this payment, in the order of bucket and payment: payment and attempt.
///
/// # Errors
/// As [`Conn::query`].
pub fn charges_after(conn: &mut Conn<'_>, after: Option<Id>, limit: usize) -> Result<Vec<(Id, Id)>> {
    let (bucket, payment) =
        after.map_or((-1, Vec::new()), |id| (i64::from(id.bucket().number()), id.as_bytes().to_vec()));
    let rows = conn.query(
        sql!(
            "SELECT payment, attempt FROM payments_receipt WHERE (bucket, payment) > ($1, $2)
             ORDER BY bucket, payment LIMIT $3"
        ),
        &params![bucket, payment, limit],
    )?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Whether this attempt of the payment was charged.
///
/// # Errors
/// As [`Conn::query`].
pub fn was_charged(conn: &mut Conn<'_>, payment: Id, attempt: Id) -> Result<bool> {
    let row = conn.query_opt(
        sql!("SELECT payment FROM payments_receipt WHERE bucket = $1 AND payment = $2 AND attempt = $3"),
        &params![payment.bucket(), payment, attempt],
    )?;
    Ok(row.is_some())
}
