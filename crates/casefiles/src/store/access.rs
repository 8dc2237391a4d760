//! The access register.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// A reading, or a refusal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct AccessRow {
    pub(crate) case: Option<Id>,
    pub(crate) person: Option<Id>,
    pub(crate) official: Option<Id>,
    pub(crate) unit: Option<String>,
    /// The body that the official acts for: said in the log, not in the register, which is the body's own.
    pub(crate) institution: Option<String>,
    pub(crate) action: &'static str,
    pub(crate) target: String,
    pub(crate) n: Option<i64>,
    pub(crate) outcome: &'static str,
    pub(crate) rule: u8,
    pub(crate) reason: Option<String>,
    pub(crate) trace: String,
}

pub(crate) fn insert(tx: &mut Tx<'_>, id: Id, at: Timestamp, row: &AccessRow, times: i64) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO casefiles_access (bucket, id, at, case_id, person, official, unit, action, target, n, ",
            "outcome, rule, reason, trace, times) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &params![
            id.bucket(), id, at, row.case, row.person, row.official, row.unit, row.action, row.target, row.n,
            row.outcome, row.rule, row.reason, row.trace, times
        ],
    )?;
    Ok(())
}

/// A line of a case's access register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessLine {
    /// When; the first time, for a line of several.
    pub at: Timestamp,
    /// Who.
    pub person: Option<Id>,
    /// The official's id, when they acted for the institution.
    pub official: Option<Id>,
    /// The official's unit.
    pub unit: Option<String>,
    /// `ver_ficha`, `descargar`.
    pub action: String,
    /// The entry.
    pub n: Option<i64>,
    /// `permitido`, `denegado`.
    pub outcome: String,
    /// The row of §7's table that decided.
    pub rule: i64,
    /// How often within one batch.
    pub times: i64,
}

pub(crate) fn of_case(conn: &mut Conn<'_>, case: Id) -> Result<Vec<AccessLine>> {
    conn.query(
        sql!(
            "SELECT at, person, official, unit, action, n, outcome, rule, times FROM casefiles_access ",
            "WHERE bucket = $1 AND case_id = $2 ORDER BY id"
        ),
        &params![case.bucket(), case],
    )?
    .iter()
    .map(|row| {
        Ok(AccessLine {
            at: row.get("at")?,
            person: row.get("person")?,
            official: row.get("official")?,
            unit: row.get("unit")?,
            action: row.get("action")?,
            n: row.get("n")?,
            outcome: row.get("outcome")?,
            rule: row.get("rule")?,
            times: row.get("times")?,
        })
    })
    .collect()
}
