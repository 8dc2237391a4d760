//! Overrides and versions.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use jiff::civil::Date;

use super::{json, text};
use crate::model::{StoredOverride, Version};

fn override_of(row: &Row) -> Result<StoredOverride> {
    Ok(StoredOverride {
        id: row.get("id")?,
        body: json(row, "body")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        reason: row.get("reason")?,
    })
}

/// The overrides in force, oldest first.
pub(crate) fn in_force(conn: &mut Conn<'_>) -> Result<Vec<StoredOverride>> {
    let rows = conn.query(
        sql!(
            "SELECT id, body, created_by, created_at, reason FROM calendar_override
             WHERE withdrawn_at IS NULL ORDER BY n"
        ),
        &params![],
    )?;
    rows.iter().map(override_of).collect()
}

pub(crate) fn insert(tx: &mut Tx<'_>, line: &StoredOverride) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO calendar_override (id, n, body, created_by, created_at, reason)
             SELECT $1, COUNT(*) + 1, $2, $3, $4, $5 FROM calendar_override"
        ),
        &params![line.id, text(&line.body)?, line.created_by, line.created_at, line.reason],
    )?;
    Ok(())
}

/// Whether there was such a line in force.
pub(crate) fn withdraw(tx: &mut Tx<'_>, id: Id, by: &str, at: Timestamp, reason: &str) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE calendar_override SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_reason = $4
             WHERE id = $1 AND withdrawn_at IS NULL"
        ),
        &params![id, by, at, reason],
    )?;
    Ok(changed == 1)
}

fn version_of(row: &Row) -> Result<Version> {
    Ok(Version {
        n: row.get("n")?,
        version: row.get("version")?,
        hash: row.get("hash")?,
        valid_from: row.get("valid_from")?,
        changed_by: row.get("changed_by")?,
        reason: row.get("reason")?,
    })
}

/// The version in force.
pub(crate) fn last_version(conn: &mut Conn<'_>) -> Result<Option<Version>> {
    let row = conn.query_opt(
        sql!(
            "SELECT n, version, hash, valid_from, changed_by, reason FROM calendar_version
             ORDER BY n DESC LIMIT 1"
        ),
        &params![],
    )?;
    row.as_ref().map(version_of).transpose()
}

/// The last versions, newest first.
pub(crate) fn versions(conn: &mut Conn<'_>, limit: u16) -> Result<Vec<Version>> {
    let rows = conn.query(
        sql!(
            "SELECT n, version, hash, valid_from, changed_by, reason FROM calendar_version
             ORDER BY n DESC LIMIT $1"
        ),
        &params![limit],
    )?;
    rows.iter().map(version_of).collect()
}

/// How many versions were made on a day.
pub(crate) fn versions_of_day(conn: &mut Conn<'_>, day: Date) -> Result<i64> {
    conn.query_one(sql!("SELECT COUNT(*) AS n FROM calendar_version WHERE day = $1"), &params![day])?.get("n")
}

pub(crate) fn insert_version(tx: &mut Tx<'_>, day: Date, version: &Version) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO calendar_version (n, day, version, hash, valid_from, changed_by, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &params![
            version.n,
            day,
            version.version,
            version.hash,
            version.valid_from,
            version.changed_by,
            version.reason
        ],
    )?;
    Ok(())
}
