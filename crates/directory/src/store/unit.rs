//! Units and posts.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use jiff::civil::Date;

use super::{Recorded, code, last_versions, period};
use crate::model::institution::Authority;
use crate::model::unit::{Post, Seats, Unit};

fn read_unit(row: &Row) -> Result<Unit> {
    Ok(Unit {
        id: row.get("id")?,
        institution: row.get("institution")?,
        code: row.get("code")?,
        parent: row.get("parent")?,
        name: row.get("name")?,
        superior_post: row.get("superior_post")?,
        period: period(row)?,
    })
}

fn read_post(row: &Row) -> Result<Post> {
    Ok(Post {
        id: row.get("id")?,
        institution: row.get("institution")?,
        unit: row.get("unit")?,
        name: row.get("name")?,
        authority: code(row, "authority", Authority::parse)?,
        seats: code(row, "seats", Seats::parse)?,
        superior_post: row.get("superior_post")?,
        period: period(row)?,
    })
}

fn key(row: &Row) -> Result<(Id, Date)> {
    Ok((row.get("id")?, row.get("valid_from")?))
}

pub(super) fn all_units(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Unit>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, code, parent, name, superior_post, valid_from, valid_to FROM directory_unit ",
            "WHERE recorded_at <= $1 ORDER BY id, valid_from, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, key, read_unit)
}

pub(super) fn all_posts(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Post>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, unit, name, authority, seats, superior_post, valid_from, valid_to ",
            "FROM directory_post WHERE recorded_at <= $1 ORDER BY id, valid_from, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, key, read_post)
}

/// The units of a body.
pub(crate) fn units(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<Vec<Unit>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, code, parent, name, superior_post, valid_from, valid_to FROM directory_unit ",
            "WHERE bucket = $1 AND institution = $2 ORDER BY id, valid_from, version"
        ),
        &params![bucket, institution],
    )?;
    last_versions(&rows, key, read_unit)
}

/// One unit of a body, in its last row.
pub(crate) fn unit(conn: &mut Conn<'_>, bucket: Bucket, institution: &str, id: Id) -> Result<Option<Unit>> {
    Ok(units(conn, bucket, institution)?.into_iter().rfind(|unit| unit.id == id))
}

/// The posts of a body.
fn posts(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<Vec<Post>> {
    let rows = conn.query(
        sql!(
            "SELECT id, institution, unit, name, authority, seats, superior_post, valid_from, valid_to ",
            "FROM directory_post WHERE bucket = $1 AND institution = $2 ORDER BY id, valid_from, version"
        ),
        &params![bucket, institution],
    )?;
    last_versions(&rows, key, read_post)
}

/// One post of a body, in its last row.
pub(crate) fn post(conn: &mut Conn<'_>, bucket: Bucket, institution: &str, id: Id) -> Result<Option<Post>> {
    Ok(posts(conn, bucket, institution)?.into_iter().rfind(|post| post.id == id))
}

/// Adds a version of a unit's row.
pub(crate) fn insert_unit(tx: &mut Tx<'_>, bucket: Bucket, unit: &Unit, recorded: &Recorded) -> Result<()> {
    let version: i64 = tx
        .query_one(
            sql!(
                "SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_unit ",
                "WHERE bucket = $1 AND id = $2 AND valid_from = $3"
            ),
            &params![bucket, unit.id, unit.period.from()],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_unit (bucket, id, valid_from, version, valid_to, institution, code, parent, name, ",
            "superior_post, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &params![
            bucket,
            unit.id,
            unit.period.from(),
            version,
            unit.period.to(),
            unit.institution,
            unit.code,
            unit.parent,
            unit.name,
            unit.superior_post,
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}

/// Adds a version of a post's row.
pub(crate) fn insert_post(tx: &mut Tx<'_>, bucket: Bucket, post: &Post, recorded: &Recorded) -> Result<()> {
    let version: i64 = tx
        .query_one(
            sql!(
                "SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_post ",
                "WHERE bucket = $1 AND id = $2 AND valid_from = $3"
            ),
            &params![bucket, post.id, post.period.from()],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_post (bucket, id, valid_from, version, valid_to, institution, unit, name, authority, ",
            "seats, superior_post, recorded_at, recorded_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &params![
            bucket,
            post.id,
            post.period.from(),
            version,
            post.period.to(),
            post.institution,
            post.unit,
            post.name,
            post.authority.code(),
            post.seats.code(),
            post.superior_post,
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}
