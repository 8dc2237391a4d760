//! Refunds.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::named;
use crate::model::refund::{Refund, RefundState};

/// Writes a refund down; false when the charge already has one (I5).
pub(crate) fn insert(tx: &mut Tx<'_>, r: &Refund, next_check: Timestamp) -> Result<bool> {
    let added = tx.execute(
        sql!(
            "INSERT INTO payments_refund (bucket, id, payment, attempt, amount, reason, state, asked, created_at, ",
            "next_check) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) ON CONFLICT (bucket, attempt) DO NOTHING"
        ),
        &params![
            r.id.bucket(), r.id, r.payment, r.attempt, r.amount, r.reason.as_str(), r.state.as_str(), r.created_at,
            next_check
        ],
    )?;
    Ok(added == 1)
}

fn read(row: &Row) -> Result<Refund> {
    Ok(Refund {
        id: row.get("id")?,
        payment: row.get("payment")?,
        attempt: row.get("attempt")?,
        amount: row.get("amount")?,
        reason: named(&row.get::<String>("reason")?)?,
        state: named(&row.get::<String>("state")?)?,
        asked: row.get("asked")?,
        created_at: row.get("created_at")?,
    })
}

/// Refunds to be asked for now.
pub(crate) fn due(conn: &mut Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Refund>> {
    conn.query(
        sql!(
            "SELECT * FROM payments_refund WHERE next_check IS NOT NULL AND next_check <= $1 ",
            "ORDER BY next_check LIMIT $2"
        ),
        &params![now, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

pub(crate) fn of_payment(conn: &mut Conn<'_>, payment: Id) -> Result<Vec<Refund>> {
    conn.query(
        sql!("SELECT * FROM payments_refund WHERE bucket = $1 AND payment = $2 ORDER BY id"),
        &params![payment.bucket(), payment],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Ends a refund that was asked for; false when another ended it first.
pub(crate) fn finish(tx: &mut Tx<'_>, refund: &Refund, state: RefundState) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE payments_refund SET state = $3, next_check = NULL ",
            "WHERE bucket = $1 AND id = $2 AND state = 'submitted'"
        ),
        &params![refund.id.bucket(), refund.id, state.as_str()],
    )?;
    Ok(changed == 1)
}

pub(crate) fn ask_again(tx: &mut Tx<'_>, refund: &Refund, next_check: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE payments_refund SET asked = asked + 1, next_check = $3 WHERE bucket = $1 AND id = $2"),
        &params![refund.id.bucket(), refund.id, next_check],
    )?;
    Ok(())
}
