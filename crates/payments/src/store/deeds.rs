//! What was done with payments, for whoever holds it against the evidence that each act must have left: by a cursor, and
//! the record that [`crate::Act`] had, `payment/attempt`.

use copihue_core::{Id, Result};
use copihue_db::{Conn, Row, params, sql};

/// The next acts: a cursor and the record of each.
pub type Found = Result<Vec<(Vec<u8>, String)>>;

fn after(cursor: Option<&[u8]>) -> (i64, Vec<u8>) {
    let id = cursor.and_then(Id::from_slice);
    id.map_or((-1, Vec::new()), |id| (i64::from(id.bucket().number()), id.as_bytes().to_vec()))
}

/// Rows of cursor, payment and attempt.
fn found(rows: &[Row]) -> Found {
    let one = |row: &Row| {
        let (cursor, payment, attempt): (Id, Id, Id) = (row.at(0)?, row.at(1)?, row.at(2)?);
        Ok((cursor.as_bytes().to_vec(), format!("{payment}/{attempt}")))
    };
    rows.iter().map(one).collect()
}

fn ids(record: &str) -> Option<(Id, Id)> {
    let (payment, attempt) = record.split_once('/')?;
    Some((payment.parse().ok()?, attempt.parse().ok()?))
}

/// Attempts that were begun.
///
/// # Errors
/// As [`Conn::query`].
pub fn attempts(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id) = after(from);
    found(&conn.query(
        sql!("SELECT id, payment, id FROM payments_attempt WHERE (bucket, id) > ($1, $2) ORDER BY bucket, id LIMIT $3"),
        &params![bucket, id, limit],
    )?)
}

/// Whether this attempt was begun.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_attempt(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((payment, attempt)) = ids(record) else { return Ok(false) };
    let row = conn.query_opt(
        sql!("SELECT id FROM payments_attempt WHERE bucket = $1 AND id = $2 AND payment = $3"),
        &params![attempt.bucket(), attempt, payment],
    )?;
    Ok(row.is_some())
}

/// Charges that succeeded.
///
/// # Errors
/// As [`Conn::query`].
pub fn charges(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id) = after(from);
    found(&conn.query(
        sql!(
            "SELECT payment, payment, attempt FROM payments_receipt WHERE (bucket, payment) > ($1, $2)
             ORDER BY bucket, payment LIMIT $3"
        ),
        &params![bucket, id, limit],
    )?)
}

/// Whether this attempt of the payment was charged.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_charge(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((payment, attempt)) = ids(record) else { return Ok(false) };
    let row = conn.query_opt(
        sql!("SELECT payment FROM payments_receipt WHERE bucket = $1 AND payment = $2 AND attempt = $3"),
        &params![payment.bucket(), payment, attempt],
    )?;
    Ok(row.is_some())
}

/// Refunds that were asked for.
///
/// # Errors
/// As [`Conn::query`].
pub fn refunds(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id) = after(from);
    found(&conn.query(
        sql!(
            "SELECT id, payment, attempt FROM payments_refund WHERE (bucket, id) > ($1, $2) ",
            "ORDER BY bucket, id LIMIT $3"
        ),
        &params![bucket, id, limit],
    )?)
}

/// Whether a refund of this attempt was asked for.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_refund(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((payment, attempt)) = ids(record) else { return Ok(false) };
    let row = conn.query_opt(
        sql!("SELECT id FROM payments_refund WHERE bucket = $1 AND attempt = $2 AND payment = $3"),
        &params![attempt.bucket(), attempt, payment],
    )?;
    Ok(row.is_some())
}
