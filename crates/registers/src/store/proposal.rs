//! Proposals.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use copihue_ledger::Register;

use crate::model::item::Item;
use crate::model::proposal::{Proposal, State};

pub(crate) fn insert(tx: &mut Tx<'_>, p: &Proposal) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO registers_proposal
             (id, register, key, body, base, reason, state, institution, proposed_by, proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &params![
            p.id,
            p.register.number(),
            p.key,
            p.item.canonical()?,
            p.base,
            p.reason,
            p.state.code(),
            p.institution,
            p.proposed_by,
            p.proposed_at
        ],
    )?;
    Ok(())
}

/// Writes how a pending proposal was decided; refuses when somebody else decided before.
pub(crate) fn decide(tx: &mut Tx<'_>, p: &Proposal, salt: Option<[u8; 32]>) -> Result<()> {
    let changed = tx.execute(
        sql!(
            "UPDATE registers_proposal
             SET state = $2, decided_by = $3, decided_at = $4, decision = $5, number = $6, salt = $7
             WHERE id = $1 AND state = 'pendiente'"
        ),
        &params![p.id, p.state.code(), p.decided_by, p.decided_at, p.decision, p.number, salt],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::conflict("propuesta_decidida", "Esta propuesta ya fue resuelta."))
    }
}

fn proposal_of(row: &Row) -> Result<Proposal> {
    let register: i64 = row.get("register")?;
    let register = Register::ALL.into_iter().find(|r| r.number() == register);
    let body: String = row.get("body")?;
    Ok(Proposal {
        id: row.get("id")?,
        register: register.ok_or_else(|| Error::internal("a proposal for no register"))?,
        key: row.get("key")?,
        item: Item::parse(&body).map_err(|e| Error::internal(format_args!("stored proposal: {e}")))?,
        base: row.get("base")?,
        reason: row.get("reason")?,
        state: State::named(&row.get::<String>("state")?)?,
        institution: row.get("institution")?,
        proposed_by: row.get("proposed_by")?,
        proposed_at: row.get("proposed_at")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.get("decided_at")?,
        decision: row.get("decision")?,
        number: row.get("number")?,
    })
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<Proposal>> {
    let row = conn.query_opt(
        sql!(
            "SELECT id, register, key, body, base, reason, state, institution, proposed_by, proposed_at,
                    decided_by, decided_at, decision, number
             FROM registers_proposal WHERE id = $1"
        ),
        &params![id],
    )?;
    row.as_ref().map(proposal_of).transpose()
}

/// How many wait to be decided.
pub(crate) fn pending(conn: &mut Conn<'_>) -> Result<u32> {
    let count = sql!("SELECT count(*) AS n FROM registers_proposal WHERE state = 'pendiente'");
    conn.query_one(count, &params![])?.get("n")
}

/// Proposals in a state, oldest first, after one.
pub(crate) fn in_state(
    conn: &mut Conn<'_>,
    state: State,
    after: (Timestamp, Id),
    limit: u32,
) -> Result<Vec<Proposal>> {
    let rows = conn.query(
        sql!(
            "SELECT id, register, key, body, base, reason, state, institution, proposed_by, proposed_at,
                    decided_by, decided_at, decision, number
             FROM registers_proposal
             WHERE state = $1 AND (proposed_at, id) > ($2, $3) ORDER BY proposed_at, id LIMIT $4"
        ),
        &params![state.code(), after.0, after.1, limit],
    )?;
    rows.iter().map(proposal_of).collect()
}

/// The proposal that became this entry, with the salt that opens its commitment.
pub(crate) fn behind(
    conn: &mut Conn<'_>,
    register: Register,
    number: u64,
) -> Result<Option<(Proposal, Option<[u8; 32]>)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT id, register, key, body, base, reason, state, institution, proposed_by, proposed_at,
                    decided_by, decided_at, decision, number, salt
             FROM registers_proposal WHERE register = $1 AND number = $2"
        ),
        &params![register.number(), number],
    )?;
    row.map(|row| Ok((proposal_of(&row)?, row.get("salt")?))).transpose()
}
