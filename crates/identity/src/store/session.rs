//! The provider's own sessions.

use copihue_core::{Acr, Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{acr_number, acr_of, words};

/// A session of the provider.
#[derive(Clone, Debug)]
pub(crate) struct SsoSession {
    pub(crate) sid: Id,
    pub(crate) person: Id,
    pub(crate) acr: Acr,
    pub(crate) amr: Vec<String>,
    pub(crate) auth_time: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) last_seen: Timestamp,
    /// Browser and system, in words.
    pub(crate) label: String,
}

fn read(row: &Row) -> Result<SsoSession> {
    Ok(SsoSession {
        sid: row.get("sid")?,
        person: row.get("person")?,
        acr: acr_of(row.get("acr")?)?,
        amr: words(&row.get::<String>("amr")?),
        auth_time: row.get("auth_time")?,
        expires: row.get("expires_at")?,
        last_seen: row.get("last_seen")?,
        label: row.get("label")?,
    })
}

/// The living session with this hash of its cookie.
pub(crate) fn session(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<SsoSession>> {
    let row = conn.query_opt(
        sql!(
            "SELECT sid, person, acr, amr, auth_time, expires_at, last_seen, label FROM identity_session ",
            "WHERE bucket = $1 AND token_hash = $2 AND ended_at IS NULL AND expires_at > $3"
        ),
        &params![bucket, token_hash, now],
    )?;
    row.as_ref().map(read).transpose()
}

/// Adds a session.
pub(crate) fn insert_session(tx: &mut Tx<'_>, token_hash: &[u8; 32], s: &SsoSession) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_session (bucket, token_hash, sid, person, acr, amr, auth_time, expires_at, last_seen, label) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &params![s.person.bucket(), token_hash, s.sid, s.person, acr_number(s.acr), s.amr.join(" "), s.auth_time, s.expires, s.last_seen, s.label],
    )?;
    Ok(())
}

/// Ends the session with this cookie.
pub(crate) fn end_session(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_session SET ended_at = $3 WHERE bucket = $1 AND token_hash = $2 AND ended_at IS NULL"),
        &params![bucket, token_hash, now],
    )?;
    Ok(())
}

/// Ends a person's session by its public id.
pub(crate) fn end_by_sid(tx: &mut Tx<'_>, person: Id, sid: Id, now: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE identity_session SET ended_at = $4 ",
            "WHERE bucket = $1 AND person = $2 AND sid = $3 AND ended_at IS NULL"
        ),
        &params![person.bucket(), person, sid, now],
    )?;
    Ok(())
}

/// Ends every session of a person.
pub(crate) fn end_all(tx: &mut Tx<'_>, person: Id, now: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE identity_session SET ended_at = $3 WHERE bucket = $1 AND person = $2 AND ended_at IS NULL"
        ),
        &params![person.bucket(), person, now],
    )?;
    Ok(())
}

/// Notes that a session answered in the person's place.
pub(crate) fn touch_session(tx: &mut Tx<'_>, person: Id, sid: Id, now: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_session SET last_seen = $4 WHERE bucket = $1 AND person = $2 AND sid = $3"),
        &params![person.bucket(), person, sid, now],
    )?;
    Ok(())
}

/// The living sessions of a person, the latest first.
pub(crate) fn sessions_of(conn: &mut Conn<'_>, person: Id, now: Timestamp) -> Result<Vec<SsoSession>> {
    conn.query(
        sql!(
            "SELECT sid, person, acr, amr, auth_time, expires_at, last_seen, label FROM identity_session ",
            "WHERE bucket = $1 AND person = $2 AND ended_at IS NULL AND expires_at > $3 ",
            "ORDER BY last_seen DESC, sid DESC"
        ),
        &params![person.bucket(), person, now],
    )?
    .iter()
    .map(read)
    .collect()
}
