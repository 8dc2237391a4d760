//! Substitutions.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{Recorded, act, last_versions, period};
use crate::model::substitution::Substitution;

fn read(row: &Row) -> Result<Substitution> {
    Ok(Substitution {
        id: row.get("id")?,
        institution: row.get("institution")?,
        holder: row.get("holder")?,
        substitute: row.get("substitute")?,
        act: act(row)?,
        period: period(row)?,
    })
}

fn id(row: &Row) -> Result<Id> {
    row.get("id")
}

pub(super) fn all(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Substitution>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, holder, substitute, act_kind, act_number, act_date, valid_from, valid_to ",
            "FROM directory_substitution WHERE recorded_at <= $1 ORDER BY id, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, id, read)
}

/// The substitutions of a body.
pub(crate) fn substitutions(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
) -> Result<Vec<Substitution>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, holder, substitute, act_kind, act_number, act_date, valid_from, valid_to ",
            "FROM directory_substitution WHERE bucket = $1 AND institution = $2 ORDER BY id, version"
        ),
        &params![bucket, institution],
    )?;
    last_versions(&rows, id, read)
}

/// One substitution, in its last version.
pub(crate) fn substitution(conn: &mut Conn<'_>, substitution: Id) -> Result<Option<Substitution>> {
    conn.query_opt(
        sql!(
            "SELECT id, institution, holder, substitute, act_kind, act_number, act_date, valid_from, valid_to ",
            "FROM directory_substitution WHERE bucket = $1 AND id = $2 ORDER BY version DESC LIMIT 1"
        ),
        &params![substitution.bucket(), substitution],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Adds a version of a substitution.
pub(crate) fn insert_substitution(tx: &mut Tx<'_>, s: &Substitution, recorded: &Recorded) -> Result<()> {
    let bucket = s.id.bucket();
    let version: i64 = tx
        .query_one(
            sql!("SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_substitution WHERE bucket = $1 AND id = $2"),
            &params![bucket, s.id],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_substitution (bucket, id, version, institution, holder, substitute, act_kind, ",
            "act_number, act_date, valid_from, valid_to, recorded_at, recorded_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &params![
            bucket,
            s.id,
            version,
            s.institution,
            s.holder,
            s.substitute,
            s.act.as_ref().map(|a| &a.kind),
            s.act.as_ref().map(|a| &a.number),
            s.act.as_ref().map(|a| a.date),
            s.period.from(),
            s.period.to(),
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}
