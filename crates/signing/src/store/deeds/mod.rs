//! What was signed and issued, for whoever holds it against the evidence that each act must have left: by a cursor, and
//! the name of each.

mod registration;
mod state;

use copihue_core::{Id, Result, VerificationCode};
use copihue_db::{Conn, Row, params, sql};
use serde_json::{Map, Value, json};

pub use registration::{act_says, acts, is_act, is_revocation, revocations};
pub use state::{is_state, state_says, states};

/// The next acts: a cursor and the name of each.
pub type Found = Result<Vec<(Vec<u8>, String)>>;
/// What an act's row says, by the names of its event's fields.
pub type Says = Result<Option<Map<String, Value>>>;

/// An object of these fields; `null` says nothing.
fn fields<const N: usize>(all: [(&str, Value); N]) -> Option<Map<String, Value>> {
    Some(all.into_iter().filter(|(_, v)| !v.is_null()).map(|(name, v)| (name.to_owned(), v)).collect())
}

fn hexed(row: &Row, column: &str) -> Result<Value> {
    Ok(hex::encode(row.get::<Vec<u8>>(column)?).into())
}

fn whole(row: &Row, column: &str) -> Result<Value> {
    Ok(json!(row.get::<i64>(column)?))
}

fn text(row: &Row, column: &str) -> Result<Value> {
    Ok(json!(row.get::<Option<String>>(column)?))
}

/// Documents that were issued, by their codes.
///
/// # Errors
/// As [`Conn::query`].
pub fn issued(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let from = from.map(String::from_utf8_lossy).unwrap_or_default();
    conn.query(
        sql!("SELECT code FROM signing_document WHERE code > $1 ORDER BY code LIMIT $2"),
        &params![from.as_ref(), limit],
    )?
    .iter()
    .map(|row| {
        let (stored, code): (String, VerificationCode) = (row.at(0)?, row.at(0)?);
        Ok((stored.into_bytes(), code.compact().to_owned()))
    })
    .collect()
}

/// Whether a document was issued under this code.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_issued(conn: &mut Conn<'_>, code: &str) -> Result<bool> {
    let Ok(code) = code.parse::<VerificationCode>() else { return Ok(false) };
    Ok(conn.query_opt(sql!("SELECT code FROM signing_document WHERE code = $1"), &params![code])?.is_some())
}

/// What a document was issued as.
///
/// # Errors
/// As [`Conn::query`].
pub fn issued_says(conn: &mut Conn<'_>, code: &str) -> Says {
    let Ok(code) = code.parse::<VerificationCode>() else { return Ok(None) };
    let sql = sql!("SELECT institution, sha256, issued_at FROM signing_document WHERE code = $1");
    let Some(row) = conn.query_opt(sql, &params![code])? else { return Ok(None) };
    Ok(fields([
        ("institution", text(&row, "institution")?),
        ("sha256", hexed(&row, "sha256")?),
        ("at", whole(&row, "issued_at")?),
    ]))
}

/// Uses of keys, but for timestamps and reports on anybody's files, which leave no evidence.
///
/// # Errors
/// As [`Conn::query`].
pub fn uses(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let id = from.and_then(Id::from_slice);
    let (bucket, from) =
        id.map_or((-1, Vec::new()), |id| (i64::from(id.bucket().number()), id.as_bytes().to_vec()));
    conn.query(
        sql!(
            "SELECT id FROM signing_log WHERE (bucket, id) > ($1, $2) AND format NOT IN ('tst', 'informe') ORDER BY bucket, id LIMIT $3"
        ),
        &params![bucket, from, limit],
    )?
    .iter()
    .map(|row| {
        let id: Id = row.at(0)?;
        Ok((id.as_bytes().to_vec(), id.to_string()))
    })
    .collect()
}

/// Whether a key was used under this id.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_use(conn: &mut Conn<'_>, id: &str) -> Result<bool> {
    let Ok(id) = id.parse::<Id>() else { return Ok(false) };
    let found = conn.query_opt(
        sql!("SELECT id FROM signing_log WHERE bucket = $1 AND id = $2 AND format NOT IN ('tst', 'informe')"),
        &params![id.bucket(), id],
    )?;
    Ok(found.is_some())
}

/// How a key was used.
///
/// # Errors
/// As [`Conn::query`].
pub fn use_says(conn: &mut Conn<'_>, id: &str) -> Says {
    let Ok(id) = id.parse::<Id>() else { return Ok(None) };
    let sql = sql!("SELECT institution, serial, digest, at FROM signing_log WHERE bucket = $1 AND id = $2");
    let Some(row) = conn.query_opt(sql, &params![id.bucket(), id])? else { return Ok(None) };
    Ok(fields([
        ("institution", text(&row, "institution")?),
        ("serial", text(&row, "serial")?),
        ("digest", hexed(&row, "digest")?),
        ("at", whole(&row, "at")?),
    ]))
}

/// Hours of timestamps that are closed.
///
/// # Errors
/// As [`Conn::query`].
pub fn stamp_hours(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let from = from.map(String::from_utf8_lossy).unwrap_or_default();
    let (serial, hour) = from.split_once('/').unwrap_or_default();
    let hour: i64 = hour.parse().unwrap_or(i64::MIN);
    conn.query(
        sql!(
            "SELECT serial, hour FROM signing_stamp_hour WHERE closed = 1 AND (serial, hour) > ($1, $2)
             ORDER BY serial, hour LIMIT $3"
        ),
        &params![serial, hour, limit],
    )?
    .iter()
    .map(|row| {
        let (serial, hour): (String, i64) = (row.at(0)?, row.at(1)?);
        let name = format!("{serial}/{hour}");
        Ok((name.clone().into_bytes(), name))
    })
    .collect()
}

/// Whether an hour of timestamps was closed under this name.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_stamp_hour(conn: &mut Conn<'_>, name: &str) -> Result<bool> {
    let Some((serial, hour)) = name.split_once('/') else { return Ok(false) };
    let Ok(hour) = hour.parse::<i64>() else { return Ok(false) };
    let sql = sql!("SELECT closed FROM signing_stamp_hour WHERE serial = $1 AND hour = $2 AND closed = 1");
    Ok(conn.query_opt(sql, &params![serial, hour])?.is_some())
}

/// What was given in an hour.
///
/// # Errors
/// As [`Conn::query`].
pub fn stamp_hour_says(conn: &mut Conn<'_>, name: &str) -> Says {
    let Some((serial, hour)) = name.split_once('/') else { return Ok(None) };
    let Ok(hour) = hour.parse::<i64>() else { return Ok(None) };
    let sql = sql!("SELECT given, chain FROM signing_stamp_hour WHERE serial = $1 AND hour = $2");
    let Some(row) = conn.query_opt(sql, &params![serial, hour])? else { return Ok(None) };
    Ok(fields([("given", whole(&row, "given")?), ("chain", hexed(&row, "chain")?)]))
}
