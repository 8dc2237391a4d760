//! Bodies and their former codes.

use copihue_core::{Bucket, Error, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use jiff::civil::Date;

use super::{Recorded, code, last_versions, period};
use crate::model::institution::{Authority, Family, Group, Institution, InstitutionKind, InstitutionState};

fn read(row: &Row) -> Result<Institution> {
    let group: Option<String> = row.get("adoption_group")?;
    let commune: Option<String> = row.get("commune")?;
    let domains: serde_json::Value = row.get("domains")?;
    Ok(Institution {
        code: row.get("code")?,
        gescode_id: row.get("gescode_id")?,
        rut: row.get("rut")?,
        name: row.get("name")?,
        sigla: row.get("sigla")?,
        kind: code(row, "kind", InstitutionKind::parse)?,
        group: group.as_deref().and_then(Group::parse),
        commune: commune.map(|text| text.parse()).transpose()?,
        zone: code(row, "zone", |text| text.parse().ok())?,
        parent: row.get("parent")?,
        family: code(row, "family", Family::parse)?,
        domains: serde_json::from_value(domains)?,
        authority: code(row, "authority", Authority::parse)?,
        state: code(row, "state", InstitutionState::parse)?,
        period: period(row)?,
    })
}

fn key(row: &Row) -> Result<(String, Date)> {
    Ok((row.get("code")?, row.get("valid_from")?))
}

/// Every body, as known at an instant.
pub(super) fn all(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Institution>> {
    let rows = conn.query(
        sql!(
            "SELECT code, gescode_id, rut, name, sigla, kind, adoption_group, commune, zone, parent, family, domains, ",
            "authority, state, valid_from, valid_to FROM directory_institution WHERE recorded_at <= $1 ",
            "ORDER BY code, valid_from, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, key, read)
}

/// The rows of one body, by their first day.
pub(crate) fn institution(conn: &mut Conn<'_>, bucket: Bucket, wanted: &str) -> Result<Vec<Institution>> {
    let rows = conn.query(
        sql!(
            "SELECT code, gescode_id, rut, name, sigla, kind, adoption_group, commune, zone, parent, family, domains, ",
            "authority, state, valid_from, valid_to FROM directory_institution WHERE bucket = $1 AND code = $2 ",
            "ORDER BY code, valid_from, version"
        ),
        &params![bucket, wanted],
    )?;
    last_versions(&rows, key, read)
}

/// Whether a code was ever used, for a body or as an alias.
pub(crate) fn institution_exists(conn: &mut Conn<'_>, bucket: Bucket, code: &str) -> Result<bool> {
    let found = conn.query_one(
        sql!(
            "SELECT CAST((SELECT count(*) FROM directory_institution WHERE bucket = $1 AND code = $2) ",
            "+ (SELECT count(*) FROM directory_alias WHERE value = $2) AS BIGINT) AS n"
        ),
        &params![bucket, code],
    )?;
    Ok(found.get::<i64>("n")? > 0)
}

/// Former codes with the code that each stands for.
pub(super) fn aliases(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<(String, String)>> {
    conn.query(
        sql!("SELECT value, code FROM directory_alias WHERE recorded_at <= $1 ORDER BY value"),
        &params![known_at],
    )?
    .iter()
    .map(|row| Ok((row.get("value")?, row.get("code")?)))
    .collect()
}

/// Adds a former code.
pub(crate) fn insert_alias(
    tx: &mut Tx<'_>,
    kind: &str,
    value: &str,
    code: &str,
    recorded: &Recorded,
) -> Result<()> {
    let added = tx.execute(
        sql!(
            "INSERT INTO directory_alias (value, kind, code, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (value) DO NOTHING"
        ),
        &params![value, kind, code, recorded.at, recorded.by],
    )?;
    if added == 1 { Ok(()) } else { Err(Error::conflict("codigo_usado", "El código ya fue usado.")) }
}

/// Adds a version of a body's row.
pub(crate) fn insert_institution(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    i: &Institution,
    recorded: &Recorded,
) -> Result<()> {
    let version: i64 = tx
        .query_one(
            sql!(
                "SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_institution ",
                "WHERE bucket = $1 AND code = $2 AND valid_from = $3"
            ),
            &params![bucket, i.code, i.period.from()],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_institution (bucket, code, valid_from, version, valid_to, gescode_id, rut, name, sigla, ",
            "kind, adoption_group, commune, zone, parent, family, domains, authority, state, recorded_at, recorded_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        ),
        &params![
            bucket,
            i.code,
            i.period.from(),
            version,
            i.period.to(),
            i.gescode_id,
            i.rut,
            i.name,
            i.sigla,
            i.kind.code(),
            i.group.map(Group::code),
            i.commune.map(|c| c.to_string()),
            i.zone.name(),
            i.parent,
            i.family.code(),
            serde_json::to_value(&i.domains)?,
            i.authority.code(),
            i.state.code(),
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}
