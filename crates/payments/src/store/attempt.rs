//! Attempts and what came to us about them.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::named;
use crate::model::attempt::{Attempt, AttemptState, Proof};
use crate::provider::Redirect;

pub(crate) fn insert(tx: &mut Tx<'_>, a: &Attempt) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO payments_attempt (bucket, id, payment, provider, buy_order, amount, state, asked, ",
            "created_at, next_check) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)"
        ),
        &params![
            a.id.bucket(),
            a.id,
            a.payment,
            a.provider,
            a.buy_order,
            a.amount,
            a.state.as_str(),
            a.created_at,
            a.next_check
        ],
    )?;
    Ok(())
}

fn read(row: &Row) -> Result<Attempt> {
    let json = |name| row.get::<Option<String>>(name);
    Ok(Attempt {
        id: row.get("id")?,
        payment: row.get("payment")?,
        provider: row.get("provider")?,
        buy_order: row.get("buy_order")?,
        amount: row.get("amount")?,
        token: row.get("token")?,
        redirect: json("redirect")?.map(|s| serde_json::from_str::<Redirect>(&s)).transpose()?,
        state: named(&row.get::<String>("state")?)?,
        lease_until: row.get("lease_until")?,
        proof: json("proof")?.map(|s| serde_json::from_str::<Proof>(&s)).transpose()?,
        asked: row.get("asked")?,
        created_at: row.get("created_at")?,
        next_check: row.get("next_check")?,
    })
}

pub(crate) fn find(conn: &mut Conn<'_>, id: Id) -> Result<Option<Attempt>> {
    conn.query_opt(
        sql!("SELECT * FROM payments_attempt WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The attempts of a payment, oldest first.
pub(crate) fn of_payment(conn: &mut Conn<'_>, payment: Id) -> Result<Vec<Attempt>> {
    conn.query(
        sql!("SELECT * FROM payments_attempt WHERE bucket = $1 AND payment = $2 ORDER BY id"),
        &params![payment.bucket(), payment],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Stores where the provider wants the payer.
pub(crate) fn redirected(
    tx: &mut Tx<'_>,
    id: Id,
    redirect: &Redirect,
    next_check: Timestamp,
) -> Result<bool> {
    let text = serde_json::to_string(redirect)?;
    let changed = tx.execute(
        sql!(
            "UPDATE payments_attempt SET state = 'redirected', token = $3, redirect = $4, next_check = $5 ",
            "WHERE bucket = $1 AND id = $2 AND state = 'new'"
        ),
        &params![id.bucket(), id, redirect.token, text, next_check],
    )?;
    Ok(changed == 1)
}

/// Takes the lease of a commit: one caller gets it, until it runs out (PAY-05).
pub(crate) fn take_lease(tx: &mut Tx<'_>, id: Id, now: Timestamp, until: Timestamp) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE payments_attempt SET state = 'committing', lease_until = $4, next_check = $4 ",
            "WHERE bucket = $1 AND id = $2 AND (state IN ('redirected', 'returned', 'unknown') ",
            "OR (state = 'committing' AND lease_until <= $3))"
        ),
        &params![id.bucket(), id, now, until],
    )?;
    Ok(changed == 1)
}

/// Moves an attempt from the state it was read in; false when another moved it first.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    attempt: &Attempt,
    state: AttemptState,
    proof: Option<&Proof>,
    next_check: Option<Timestamp>,
) -> Result<bool> {
    let proof = proof.map(serde_json::to_string).transpose()?;
    let changed = tx.execute(
        sql!(
            "UPDATE payments_attempt SET state = $4, proof = COALESCE($5, proof), next_check = $6, lease_until = NULL ",
            "WHERE bucket = $1 AND id = $2 AND state = $3"
        ),
        &params![attempt.id.bucket(), attempt.id, attempt.state.as_str(), state.as_str(), proof, next_check],
    )?;
    Ok(changed == 1)
}

/// Says when to look again, and counts the question when it was one.
pub(crate) fn look_again(tx: &mut Tx<'_>, id: Id, asked: i64, next_check: Option<Timestamp>) -> Result<()> {
    tx.execute(
        sql!("UPDATE payments_attempt SET asked = $3, next_check = $4 WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id, asked, next_check],
    )?;
    Ok(())
}

/// Attempts that recovery should look at now.
pub(crate) fn due(conn: &mut Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Attempt>> {
    conn.query(
        sql!(
            "SELECT * FROM payments_attempt WHERE next_check IS NOT NULL AND next_check <= $1 ",
            "ORDER BY next_check LIMIT $2"
        ),
        &params![now, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Keeps what came to us, as it came.
pub(crate) fn add_event(
    tx: &mut Tx<'_>,
    id: Id,
    attempt: Id,
    at: Timestamp,
    kind: &str,
    detail: &str,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO payments_attempt_event (bucket, id, attempt, at, kind, detail) ",
            "VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &params![attempt.bucket(), id, attempt, at, kind, detail],
    )?;
    Ok(())
}

/// How many events of a kind an attempt has.
pub(crate) fn count_events(conn: &mut Conn<'_>, attempt: Id, kind: &str) -> Result<i64> {
    conn.query_one(
        sql!("SELECT count(*) AS n FROM payments_attempt_event WHERE bucket = $1 AND attempt = $2 AND kind = $3"),
        &params![attempt.bucket(), attempt, kind],
    )?
    .get("n")
}
