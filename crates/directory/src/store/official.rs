//! Officials and memberships.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{Recorded, code, last_versions, period};
use crate::model::official::{Bond, Membership, MembershipState, NameSource, Official};

/// What an official's row keeps sealed.
pub(crate) struct Sealed {
    pub(crate) run: Vec<u8>,
    pub(crate) email: Option<Vec<u8>>,
}

fn read(row: &Row) -> Result<Official> {
    Ok(Official {
        id: row.get("id")?,
        name: row.get("name")?,
        name_source: code(row, "name_source", NameSource::parse)?,
        run_hash: row.get("run_hash")?,
    })
}

fn read_membership(row: &Row) -> Result<Membership> {
    Ok(Membership {
        id: row.get("id")?,
        official: row.get("official")?,
        institution: row.get("institution")?,
        unit: row.get("unit")?,
        post: row.get("post")?,
        bond: code(row, "bond", Bond::parse)?,
        state: code(row, "state", MembershipState::parse)?,
        period: period(row)?,
    })
}

fn id(row: &Row) -> Result<Id> {
    row.get("id")
}

pub(super) fn all(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Official>> {
    let rows = conn.query(
        sql!(
            "SELECT id, name, name_source, run_hash FROM directory_official ",
            "WHERE recorded_at <= $1 ORDER BY id, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, id, read)
}

pub(super) fn all_memberships(conn: &mut Conn<'_>, known_at: Timestamp) -> Result<Vec<Membership>> {
    let rows = conn.query(
        sql!(
            "SELECT id, official, institution, unit, post, bond, state, valid_from, valid_to ",
            "FROM directory_membership WHERE recorded_at <= $1 ORDER BY id, version"
        ),
        &params![known_at],
    )?;
    last_versions(&rows, id, read_membership)
}

/// The official with this hash of their RUN.
pub(crate) fn find_official(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    run_hash: &[u8; 32],
) -> Result<Option<Official>> {
    let rows = conn.query(
        sql!(
            "SELECT id, name, name_source, run_hash FROM directory_official ",
            "WHERE bucket = $1 AND run_hash = $2 ORDER BY id, version"
        ),
        &params![bucket, run_hash],
    )?;
    rows.last().map(read).transpose()
}

/// The sealed RUN of an official.
pub(crate) fn official_run(conn: &mut Conn<'_>, id: Id) -> Result<Option<Vec<u8>>> {
    conn.query_opt(
        sql!("SELECT run_sealed FROM directory_official WHERE bucket = $1 AND id = $2 ORDER BY version DESC LIMIT 1"),
        &params![id.bucket(), id],
    )?
    .map(|row| row.get("run_sealed"))
    .transpose()
}

/// The sealed mail of an official, where they have one.
pub(crate) fn official_email(conn: &mut Conn<'_>, id: Id) -> Result<Option<Vec<u8>>> {
    let row = conn.query_opt(
        sql!("SELECT email_sealed FROM directory_official WHERE bucket = $1 AND id = $2 ORDER BY version DESC LIMIT 1"),
        &params![id.bucket(), id],
    )?;
    match row {
        Some(row) => row.get("email_sealed"),
        None => Ok(None),
    }
}

/// The memberships of a body, in force or not.
pub(crate) fn memberships_of(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
) -> Result<Vec<Membership>> {
    let rows = conn.query(
        sql!(
            "SELECT id, official, institution, unit, post, bond, state, valid_from, valid_to ",
            "FROM directory_membership WHERE bucket = $1 AND institution = $2 ORDER BY id, version"
        ),
        &params![bucket, institution],
    )?;
    last_versions(&rows, id, read_membership)
}

/// One membership.
pub(crate) fn membership(conn: &mut Conn<'_>, membership: Id) -> Result<Option<Membership>> {
    conn.query_opt(
        sql!(
            "SELECT id, official, institution, unit, post, bond, state, valid_from, valid_to ",
            "FROM directory_membership WHERE bucket = $1 AND id = $2 ORDER BY version DESC LIMIT 1"
        ),
        &params![membership.bucket(), membership],
    )?
    .as_ref()
    .map(read_membership)
    .transpose()
}

/// Adds a version of an official.
pub(crate) fn insert_official(
    tx: &mut Tx<'_>,
    official: &Official,
    sealed: &Sealed,
    recorded: &Recorded,
) -> Result<()> {
    let bucket = official.id.bucket();
    let version: i64 = tx
        .query_one(
            sql!("SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_official WHERE bucket = $1 AND id = $2"),
            &params![bucket, official.id],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_official (bucket, id, version, run_hash, run_sealed, email_sealed, name, name_source, ",
            "recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &params![
            bucket,
            official.id,
            version,
            official.run_hash,
            sealed.run,
            sealed.email,
            official.name,
            official.name_source.code(),
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}

/// Adds a version of a membership.
pub(crate) fn insert_membership(tx: &mut Tx<'_>, m: &Membership, recorded: &Recorded) -> Result<()> {
    let bucket = m.id.bucket();
    let version: i64 = tx
        .query_one(
            sql!("SELECT COALESCE(MAX(version), 0) + 1 AS next FROM directory_membership WHERE bucket = $1 AND id = $2"),
            &params![bucket, m.id],
        )?
        .get("next")?;
    tx.execute(
        sql!(
            "INSERT INTO directory_membership (bucket, id, version, official, institution, unit, post, bond, state, ",
            "valid_from, valid_to, recorded_at, recorded_by) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &params![
            bucket,
            m.id,
            version,
            m.official,
            m.institution,
            m.unit,
            m.post,
            m.bond.code(),
            m.state.code(),
            m.period.from(),
            m.period.to(),
            recorded.at,
            recorded.by
        ],
    )?;
    Ok(())
}
