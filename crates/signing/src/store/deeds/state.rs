//! Documents that lost their force, or were disposed of.

use copihue_core::{Result, VerificationCode};
use copihue_db::{Conn, params, sql};

use super::{Found, Says, fields, text};

/// The last change of each document's state: `code/at`.
///
/// # Errors
/// As [`Conn::query`].
pub fn states(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let from = from.map(String::from_utf8_lossy).unwrap_or_default();
    conn.query(
        sql!(
            "SELECT code, state_at FROM signing_document WHERE code > $1 AND state <> 'vigente' ORDER BY code LIMIT $2"
        ),
        &params![from.as_ref(), limit],
    )?
    .iter()
    .map(|row| {
        let (stored, code): (String, VerificationCode) = (row.at(0)?, row.at(0)?);
        Ok((stored.into_bytes(), format!("{}/{}", code.compact(), row.at::<i64>(1)?)))
    })
    .collect()
}

/// Whether a document's state changed then: its last change is that one, or a later one took its place.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_state(conn: &mut Conn<'_>, name: &str) -> Result<bool> {
    let Some((code, at)) = parsed(name) else { return Ok(false) };
    let sql =
        sql!("SELECT code FROM signing_document WHERE code = $1 AND state <> 'vigente' AND state_at >= $2");
    Ok(conn.query_opt(sql, &params![code, at])?.is_some())
}

/// What a document's last change was.
///
/// # Errors
/// As [`Conn::query`].
pub fn state_says(conn: &mut Conn<'_>, name: &str) -> Says {
    let Some((code, at)) = parsed(name) else { return Ok(None) };
    let sql = sql!("SELECT state, reason FROM signing_document WHERE code = $1 AND state_at = $2");
    let Some(row) = conn.query_opt(sql, &params![code, at])? else { return Ok(None) };
    Ok(fields([("state", text(&row, "state")?), ("reason", text(&row, "reason")?)]))
}

fn parsed(name: &str) -> Option<(VerificationCode, i64)> {
    let (code, at) = name.split_once('/')?;
    Some((code.parse().ok()?, at.parse().ok()?))
}
