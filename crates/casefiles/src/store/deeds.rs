//! Acts on case files, for whoever holds them against the evidence that each must have left: by a cursor, and the record
//! that [`crate::Act`] had.

use copihue_core::{Id, Result};
use copihue_db::{Conn, params, sql};

/// The next acts: a cursor and the record of each.
pub type Found = Result<Vec<(Vec<u8>, String)>>;

/// Bucket and id of the case, and the number within it, after which to go on.
fn after(cursor: Option<&[u8]>) -> (i64, Vec<u8>, i64) {
    let parts = cursor.and_then(|cursor| cursor.split_at_checked(16));
    let Some((id, n)) = parts.and_then(|(id, rest)| Some((Id::from_slice(id)?, rest))) else {
        return (-1, Vec::new(), 0);
    };
    let n = n.try_into().map_or(0, i64::from_be_bytes);
    (i64::from(id.bucket().number()), id.as_bytes().to_vec(), n)
}

fn cursor(id: Id, n: i64) -> Vec<u8> {
    [&id.as_bytes()[..], &n.to_be_bytes()].concat()
}

/// `institution/number/last`.
fn parts(record: &str) -> Option<(&str, &str, &str)> {
    let (case, last) = record.rsplit_once('/')?;
    let (institution, number) = case.split_once('/')?;
    Some((institution, number, last))
}

/// Cases that were opened.
///
/// # Errors
/// As [`Conn::query`].
pub fn cases(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id, _) = after(from);
    conn.query(
        sql!(
            "SELECT id, institution, iuie FROM casefiles_case WHERE (bucket, id) > ($1, $2) ",
            "ORDER BY bucket, id LIMIT $3"
        ),
        &params![bucket, id, limit],
    )?
    .iter()
    .map(|row| Ok((cursor(row.at(0)?, 0), format!("{}/{}", row.at::<String>(1)?, row.at::<String>(2)?))))
    .collect()
}

/// Whether this case was opened.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_case(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((institution, iuie)) = record.split_once('/') else { return Ok(false) };
    let found = conn.query_opt(
        sql!("SELECT id FROM casefiles_case WHERE iuie = $1 AND institution = $2"),
        &params![iuie, institution],
    )?;
    Ok(found.is_some())
}

/// Entries of the indexes.
///
/// # Errors
/// As [`Conn::query`].
pub fn entries(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id, n) = after(from);
    let rows = conn.query(
        sql!(
            "SELECT e.case_id, e.n, c.institution, c.iuie FROM casefiles_entry e ",
            "JOIN casefiles_case c ON c.bucket = e.bucket AND c.id = e.case_id ",
            "WHERE (e.bucket, e.case_id, e.n) > ($1, $2, $3) ORDER BY e.bucket, e.case_id, e.n LIMIT $4"
        ),
        &params![bucket, id, n, limit],
    )?;
    rows.iter().map(numbered).collect()
}

/// Whether there is this entry.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_entry(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((institution, iuie, n)) = parts(record) else { return Ok(false) };
    let Ok(n) = n.parse::<i64>() else { return Ok(false) };
    let found = conn.query_opt(
        sql!(
            "SELECT e.n FROM casefiles_case c JOIN casefiles_entry e ON e.bucket = c.bucket AND e.case_id = c.id ",
            "WHERE c.iuie = $1 AND c.institution = $2 AND e.n = $3"
        ),
        &params![iuie, institution, n],
    )?;
    Ok(found.is_some())
}

/// Changes of a case's state, as its trace has them.
///
/// # Errors
/// As [`Conn::query`].
pub fn states(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id, n) = after(from);
    let rows = conn.query(
        sql!(
            "SELECT t.case_id, t.n, c.institution, c.iuie FROM casefiles_trace t ",
            "JOIN casefiles_case c ON c.bucket = t.bucket AND c.id = t.case_id ",
            "WHERE (t.bucket, t.case_id, t.n) > ($1, $2, $3) AND t.action = 'estado' ",
            "ORDER BY t.bucket, t.case_id, t.n LIMIT $4"
        ),
        &params![bucket, id, n, limit],
    )?;
    rows.iter().map(numbered).collect()
}

/// Whether the state changed at this line of the trace.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_state(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((institution, iuie, n)) = parts(record) else { return Ok(false) };
    let Ok(n) = n.parse::<i64>() else { return Ok(false) };
    let found = conn.query_opt(
        sql!(
            "SELECT t.n FROM casefiles_case c JOIN casefiles_trace t ON t.bucket = c.bucket AND t.case_id = c.id ",
            "WHERE c.iuie = $1 AND c.institution = $2 AND t.n = $3 AND t.action = 'estado'"
        ),
        &params![iuie, institution, n],
    )?;
    Ok(found.is_some())
}

fn numbered(row: &copihue_db::Row) -> Result<(Vec<u8>, String)> {
    let n: i64 = row.at(1)?;
    Ok((cursor(row.at(0)?, n), format!("{}/{}/{n}", row.at::<String>(2)?, row.at::<String>(3)?)))
}

/// Filings that were certified.
///
/// # Errors
/// As [`Conn::query`].
pub fn filings(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let (bucket, id, _) = after(from);
    let document = from.and_then(|cursor| cursor.get(16..)).map(String::from_utf8_lossy).unwrap_or_default();
    conn.query(
        sql!(
            "SELECT f.case_id, f.document, c.institution, c.iuie FROM casefiles_filing f ",
            "JOIN casefiles_case c ON c.bucket = f.bucket AND c.id = f.case_id ",
            "WHERE (f.bucket, f.case_id, f.document) > ($1, $2, $3) ",
            "ORDER BY f.bucket, f.case_id, f.document LIMIT $4"
        ),
        &params![bucket, id, document.as_ref(), limit],
    )?
    .iter()
    .map(|row| {
        let (id, document): (Id, String) = (row.at(0)?, row.at(1)?);
        let record = format!("{}/{}/{document}", row.at::<String>(2)?, row.at::<String>(3)?);
        Ok(([&id.as_bytes()[..], document.as_bytes()].concat(), record))
    })
    .collect()
}

/// Whether there is this filing certificate.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_filing(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((institution, iuie, document)) = parts(record) else { return Ok(false) };
    let found = conn.query_opt(
        sql!(
            "SELECT f.document FROM casefiles_case c ",
            "JOIN casefiles_filing f ON f.bucket = c.bucket AND f.case_id = c.id ",
            "WHERE c.iuie = $1 AND c.institution = $2 AND f.document = $3"
        ),
        &params![iuie, institution, document],
    )?;
    Ok(found.is_some())
}
