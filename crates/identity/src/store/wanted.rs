//! What an institution says of an application of its own: that a requirement is met, and what it wants changed.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use serde_json::Value;

use crate::model::clock::RunningTerm;

/// Something that the institution declared.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) requirement: String,
    pub(crate) evidence: String,
    pub(crate) doer: String,
    pub(crate) at: Timestamp,
}

/// A change that waits for a decision.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: String,
    pub(crate) wanted: Value,
    pub(crate) clock: RunningTerm,
    pub(crate) doer: String,
    /// The person who asked: they never decide it.
    pub(crate) asked_by: Option<Id>,
    pub(crate) at: Timestamp,
}

/// Declares that a requirement is met, in place of what was said before.
pub(crate) fn put_declaration(tx: &mut Tx<'_>, integration: Id, d: &Declaration) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration_declared (bucket, integration, requirement, evidence, doer, at) ",
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bucket, integration, requirement) DO UPDATE SET ",
            "evidence = excluded.evidence, doer = excluded.doer, at = excluded.at"
        ),
        &params![integration.bucket(), integration, d.requirement, d.evidence, d.doer, d.at],
    )?;
    Ok(())
}

/// Takes a declaration back.
pub(crate) fn drop_declaration(tx: &mut Tx<'_>, integration: Id, requirement: &str) -> Result<()> {
    tx.execute(
        sql!(
            "DELETE FROM identity_integration_declared WHERE bucket = $1 AND integration = $2 AND requirement = $3"
        ),
        &params![integration.bucket(), integration, requirement],
    )?;
    Ok(())
}

/// What was declared.
pub(crate) fn declarations(conn: &mut Conn<'_>, integration: Id) -> Result<Vec<Declaration>> {
    conn.query(
        sql!(
            "SELECT requirement, evidence, doer, at FROM identity_integration_declared ",
            "WHERE bucket = $1 AND integration = $2 ORDER BY requirement"
        ),
        &params![integration.bucket(), integration],
    )?
    .iter()
    .map(|row| {
        Ok(Declaration {
            requirement: row.get("requirement")?,
            evidence: row.get("evidence")?,
            doer: row.get("doer")?,
            at: row.get("at")?,
        })
    })
    .collect()
}

/// Asks for a change, in place of one of the same kind that waits.
pub(crate) fn put_change(tx: &mut Tx<'_>, integration: Id, c: &Change) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration_change (bucket, integration, kind, wanted, clock, due_at, doer, asked_by, at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (bucket, integration, kind) DO UPDATE SET ",
            "wanted = excluded.wanted, clock = excluded.clock, due_at = excluded.due_at, doer = excluded.doer, ",
            "asked_by = excluded.asked_by, at = excluded.at"
        ),
        &params![
            integration.bucket(),
            integration,
            c.kind,
            c.wanted,
            serde_json::to_value(&c.clock)?,
            c.clock.deadline.expires,
            c.doer,
            c.asked_by,
            c.at
        ],
    )?;
    Ok(())
}

/// Takes a change away: decided, or taken back. Answers whether this call did.
pub(crate) fn drop_change(tx: &mut Tx<'_>, integration: Id, kind: &str) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_integration_change WHERE bucket = $1 AND integration = $2 AND kind = $3"),
        &params![integration.bucket(), integration, kind],
    )?;
    Ok(gone == 1)
}

fn change(row: &Row) -> Result<Change> {
    Ok(Change {
        kind: row.get("kind")?,
        wanted: row.get("wanted")?,
        clock: serde_json::from_value(row.get("clock")?)?,
        doer: row.get("doer")?,
        asked_by: row.get("asked_by")?,
        at: row.get("at")?,
    })
}

/// The changes of an integration that wait.
pub(crate) fn changes(conn: &mut Conn<'_>, integration: Id) -> Result<Vec<Change>> {
    conn.query(
        sql!(
            "SELECT kind, wanted, clock, doer, asked_by, at FROM identity_integration_change ",
            "WHERE bucket = $1 AND integration = $2 ORDER BY kind"
        ),
        &params![integration.bucket(), integration],
    )?
    .iter()
    .map(change)
    .collect()
}

/// Every change that waits, the one that is due first before the others.
pub(crate) fn changes_waiting(conn: &mut Conn<'_>) -> Result<Vec<(Id, Change)>> {
    conn.query(
        sql!(
            "SELECT integration, kind, wanted, clock, doer, asked_by, at FROM identity_integration_change ",
            "ORDER BY due_at, integration, kind LIMIT 500"
        ),
        &params![],
    )?
    .iter()
    .map(|row| Ok((row.get("integration")?, change(row)?)))
    .collect()
}
