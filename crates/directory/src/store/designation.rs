//! Designations.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{Recorded, act, code, last_versions, period};
use crate::model::designation::{Designation, Ending, Quality};

fn read(row: &Row) -> Result<Designation> {
    let ending: Option<String> = row.get("ending")?;
    let unknown = || Error::internal("unknown code in ending");
    Ok(Designation {
        id: row.get("id")?,
        institution: row.get("institution")?,
        role: row.get("role")?,
        unit: row.get("unit")?,
        official: row.get("official")?,
        quality: code(row, "quality", Quality::parse)?,
        post_text: row.get("post_text")?,
        act: act(row)?,
        period: period(row)?,
        ending: ending.map(|text| Ending::parse(&text).ok_or_else(unknown)).transpose()?,
        recorded_at: row.get("recorded_at")?,
    })
}

fn id(row: &Row) -> Result<Id> {
    row.get("id")
}

pub(super) fn all(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Designation>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, role, unit, official, quality, post_text, act_kind, act_number, act_date, ",
            "valid_from, valid_to, ending, recorded_at FROM directory_designation ",
            "WHERE recorded_at <= $1 ORDER BY id, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, id, read)
}

/// The designations of a body, as known at an instant.
pub(crate) fn designations(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    known_at: Timestamp,
) -> Result<Vec<Designation>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, role, unit, official, quality, post_text, act_kind, act_number, act_date, ",
            "valid_from, valid_to, ending, recorded_at FROM directory_designation ",
            "WHERE bucket = $1 AND institution = $2 AND recorded_at <= $3 ORDER BY id, version"
        ),
        &params![bucket, institution, known_at],
    )?;
    last_versions(&rows, id, read)
}

/// One designation, in its last version.
pub(crate) fn designation(conn: &mut Conn<'_>, designation: Id) -> Result<Option<Designation>> {
    conn.query_opt(
        sql!(
            "SELECT id, institution, role, unit, official, quality, post_text, act_kind, act_number, act_date, ",
            "valid_from, valid_to, ending, recorded_at FROM directory_designation ",
            "WHERE bucket = $1 AND id = $2 ORDER BY version DESC LIMIT 1"
        ),
        &params![designation.bucket(), designation],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Adds a version of a designation.
pub(crate) fn insert_designation(tx: &mut Tx<'_>, d: &Designation, recorded: &Recorded) -> Result<()> {
    let bucket = d.id.bucket();
    let version: i64 = tx
        .query_one(
            sql!("SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_designation WHERE bucket = $1 AND id = $2"),
            &params![bucket, d.id],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_designation (bucket, id, version, institution, role, unit, official, quality, ",
            "post_text, act_kind, act_number, act_date, valid_from, valid_to, ending, recorded_at, recorded_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
        ),
        &params![
            bucket,
            d.id,
            version,
            d.institution,
            d.role,
            d.unit,
            d.official,
            d.quality.code(),
            d.post_text,
            d.act.as_ref().map(|a| &a.kind),
            d.act.as_ref().map(|a| &a.number),
            d.act.as_ref().map(|a| a.date),
            d.period.from(),
            d.period.to(),
            d.ending.map(Ending::code),
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}
