//! Payments and their obligations.

use copihue_core::{Bucket, Id, PersonRef, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::named;
use crate::model::payment::{FailureCode, Payment, PaymentState};
use crate::model::refund::RefundState;

pub(crate) fn insert(tx: &mut Tx<'_>, p: &Payment) -> Result<()> {
    let lines = serde_json::to_string(&p.lines)?;
    tx.execute(
        sql!(
            "INSERT INTO payments_payment (bucket, id, institution, payer, payer_run, payer_name, lines, amount, ",
            "description, reference, obligation, case_iuie, return_to, fulfil_within_s, state, created_at, expires_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
        ),
        &params![
            p.id.bucket(), p.id, p.institution, p.payer.id, p.payer.run, p.payer.name, lines, p.amount,
            p.description, p.reference, p.obligation, p.case, p.return_to, p.fulfil_within_s,
            p.state.as_str(), p.created_at, p.expires_at
        ],
    )?;
    Ok(())
}

fn read(row: &Row) -> Result<Payment> {
    Ok(Payment {
        id: row.get("id")?,
        institution: row.get("institution")?,
        payer: PersonRef { id: row.get("payer")?, run: row.get("payer_run")?, name: row.get("payer_name")? },
        lines: serde_json::from_str(&row.get::<String>("lines")?)?,
        amount: row.get("amount")?,
        description: row.get("description")?,
        reference: row.get("reference")?,
        obligation: row.get("obligation")?,
        case: row.get("case_iuie")?,
        return_to: row.get("return_to")?,
        fulfil_within_s: row.get("fulfil_within_s")?,
        state: named(&row.get::<String>("state")?)?,
        failure: row.get::<Option<String>>("failure")?.map(|s| named::<FailureCode>(&s)).transpose()?,
        refund: row.get::<Option<String>>("refund")?.map(|s| named::<RefundState>(&s)).transpose()?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        finished_at: row.get("finished_at")?,
    })
}

pub(crate) fn find(conn: &mut Conn<'_>, id: Id) -> Result<Option<Payment>> {
    conn.query_opt(
        sql!("SELECT * FROM payments_payment WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id],
    )?
    .map(|row| read(&row))
    .transpose()
}

pub(crate) fn of_payer(conn: &mut Conn<'_>, payer: Id, limit: i64) -> Result<Vec<Payment>> {
    conn.query(
        sql!("SELECT * FROM payments_payment WHERE bucket = $1 AND payer = $2 ORDER BY id DESC LIMIT $3"),
        &params![payer.bucket(), payer, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Moves a payment from the state it was read in; false when another moved it first.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    payment: &Payment,
    state: PaymentState,
    failure: Option<FailureCode>,
    finished_at: Option<Timestamp>,
) -> Result<bool> {
    let moved = tx.execute(
        sql!(
            "UPDATE payments_payment SET state = $4, failure = $5, finished_at = $6 ",
            "WHERE bucket = $1 AND id = $2 AND state = $3"
        ),
        &params![
            payment.id.bucket(),
            payment.id,
            payment.state.as_str(),
            state.as_str(),
            failure.map(FailureCode::as_str),
            finished_at
        ],
    )?;
    Ok(moved == 1)
}

pub(crate) fn set_refund(tx: &mut Tx<'_>, id: Id, refund: RefundState) -> Result<()> {
    tx.execute(
        sql!("UPDATE payments_payment SET refund = $3 WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id, refund.as_str()],
    )?;
    Ok(())
}

/// Unfinished payments whose time is over.
pub(crate) fn expired(conn: &mut Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Payment>> {
    conn.query(
        sql!(
            "SELECT * FROM payments_payment WHERE finished_at IS NULL AND expires_at <= $1 ",
            "ORDER BY expires_at LIMIT $2"
        ),
        &params![now, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Takes the obligation for a payment, or says whose it is already.
pub(crate) fn take_obligation(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    obligation: &str,
    payment: Id,
) -> Result<Option<Id>> {
    let holder: Id = tx
        .query_one(
            sql!(
                "INSERT INTO payments_obligation (bucket, institution, obligation, payment) VALUES ($1, $2, $3, $4) ",
                "ON CONFLICT (bucket, institution, obligation) DO UPDATE SET payment = payments_obligation.payment ",
                "RETURNING payment"
            ),
            &params![bucket, institution, obligation, payment],
        )?
        .get("payment")?;
    Ok((holder != payment).then_some(holder))
}

/// Opens the obligation again, if `payment` holds it.
pub(crate) fn free_obligation(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    obligation: &str,
    payment: Id,
) -> Result<()> {
    tx.execute(
        sql!(
            "DELETE FROM payments_obligation ",
            "WHERE bucket = $1 AND institution = $2 AND obligation = $3 AND payment = $4"
        ),
        &params![bucket, institution, obligation, payment],
    )?;
    Ok(())
}
