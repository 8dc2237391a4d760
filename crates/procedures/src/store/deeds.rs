//! Lines of the cases' logs that are acts, for whoever holds them against the evidence that each must have left: by a
//! cursor, and the record that [`crate::Act`] had.

use copihue_core::{Id, Result};
use copihue_db::{Conn, Row, params, sql};
use serde_json::{Map, Value};

use super::batch::BatchRow;
use super::event::{CLAIMED, LEGAL, QUERIED};

/// The next acts: a cursor and the record of each.
pub type Found = Result<Vec<(Vec<u8>, String)>>;

/// Acts before the law: `institution/number/seq`.
///
/// # Errors
/// As [`Conn::query`].
pub fn acts(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let named = |_: Id, seq: i64, row: &Row| {
        let number: Option<String> = row.at(3)?;
        Ok(format!("{}/{}/{seq}", row.at::<String>(2)?, number.unwrap_or_default()))
    };
    lines(conn, LEGAL, from, limit, named)
}

/// Whether there is this act before the law.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_act(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    let Some((case, seq)) = record.rsplit_once('/') else { return Ok(false) };
    let Some((institution, number)) = case.split_once('/') else { return Ok(false) };
    let Ok(seq) = seq.parse::<i64>() else { return Ok(false) };
    let found = conn.query_opt(
        sql!(
            "SELECT e.seq FROM procedures_case c JOIN procedures_event e ON e.bucket = c.bucket AND e.case_id = c.id ",
            "WHERE c.institution = $1 AND c.iuie = $2 AND e.seq = $3 AND e.kind = $4"
        ),
        &params![institution, number, seq, LEGAL],
    )?;
    Ok(found.is_some())
}

/// Claims: `case/seq`.
///
/// # Errors
/// As [`Conn::query`].
pub fn claims(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    lines(conn, CLAIMED, from, limit, |case, seq, _| Ok(format!("{case}/{seq}")))
}

/// Whether there is this claim.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_claim(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    is_line(conn, CLAIMED, record)
}

/// Questions to holders of data: `case/seq`.
///
/// # Errors
/// As [`Conn::query`].
pub fn queries(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    lines(conn, QUERIED, from, limit, |case, seq, _| Ok(format!("{case}/{seq}")))
}

/// Whether there is this question.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_query(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    is_line(conn, QUERIED, record)
}

fn lines(
    conn: &mut Conn<'_>,
    kind: &str,
    from: Option<&[u8]>,
    limit: usize,
    named: impl Fn(Id, i64, &Row) -> Result<String>,
) -> Found {
    let from = from.and_then(|cursor| cursor.split_at_checked(16));
    let from =
        from.and_then(|(id, seq)| Some((Id::from_slice(id)?, i64::from_be_bytes(seq.try_into().ok()?))));
    let (bucket, id, seq) = from.map_or((-1, Vec::new(), 0), |(id, seq)| {
        (i64::from(id.bucket().number()), id.as_bytes().to_vec(), seq)
    });
    conn.query(
        sql!(
            "SELECT e.case_id, e.seq, c.institution, c.iuie FROM procedures_event e ",
            "JOIN procedures_case c ON c.bucket = e.bucket AND c.id = e.case_id ",
            "WHERE (e.bucket, e.case_id, e.seq) > ($1, $2, $3) AND e.kind = $4 ",
            "ORDER BY e.bucket, e.case_id, e.seq LIMIT $5"
        ),
        &params![bucket, id, seq, kind, limit],
    )?
    .iter()
    .map(|row| {
        let (case, seq): (Id, i64) = (row.at(0)?, row.at(1)?);
        Ok(([&case.as_bytes()[..], &seq.to_be_bytes()].concat(), named(case, seq, row)?))
    })
    .collect()
}

fn is_line(conn: &mut Conn<'_>, kind: &str, record: &str) -> Result<bool> {
    let ids = record
        .split_once('/')
        .and_then(|(case, seq)| Some((case.parse::<Id>().ok()?, seq.parse::<i64>().ok()?)));
    let Some((case, seq)) = ids else { return Ok(false) };
    let found = conn.query_opt(
        sql!(
            "SELECT seq FROM procedures_event WHERE bucket = $1 AND case_id = $2 AND seq = $3 AND kind = $4"
        ),
        &params![case.bucket(), case, seq, kind],
    )?;
    Ok(found.is_some())
}

/// Wordings that are in force: `institution/procedure/document/version`.
///
/// # Errors
/// As [`Conn::query`].
pub fn wordings(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let from = from.map(String::from_utf8_lossy).unwrap_or_default();
    let mut after = from.splitn(4, '\n');
    let mut next = || after.next().unwrap_or_default().to_owned();
    let [institution, procedure, document, version] = [next(), next(), next(), next()];
    let version: i64 = version.parse().unwrap_or(i64::MIN);
    conn.query(
        sql!(
            "SELECT institution, procedure, document, version FROM procedures_template WHERE state = 'vigente' ",
            "AND (institution, procedure, document, version) > ($1, $2, $3, $4) ",
            "ORDER BY institution, procedure, document, version LIMIT $5"
        ),
        &params![institution, procedure, document, version, limit],
    )?
    .iter()
    .map(|row| {
        let [institution, procedure, document]: [String; 3] = [row.at(0)?, row.at(1)?, row.at(2)?];
        let version: i64 = row.at(3)?;
        let cursor = format!("{institution}\n{procedure}\n{document}\n{version}");
        Ok((cursor.into_bytes(), format!("{institution}/{procedure}/{document}/{version}")))
    })
    .collect()
}

/// Whether a wording is in force or was.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_wording(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    Ok(wording(conn, record)?.is_some())
}

/// What a wording is: by its hash, as the log has it.
///
/// # Errors
/// As [`Conn::query`].
pub fn wording_says(conn: &mut Conn<'_>, record: &str) -> Result<Option<Map<String, Value>>> {
    let Some((institution, template)) = wording(conn, record)? else { return Ok(None) };
    let hash = copihue_core::json::sha256_hex(template.as_bytes());
    let all = [("hash", hash), ("institution", institution)];
    Ok(Some(all.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()))
}

fn wording(conn: &mut Conn<'_>, record: &str) -> Result<Option<(String, String)>> {
    let parts: Vec<&str> = record.split('/').collect();
    let [institution, procedure, document, version] = parts[..] else { return Ok(None) };
    let Ok(version) = version.parse::<i64>() else { return Ok(None) };
    let row = conn.query_opt(
        sql!(
            "SELECT institution, template FROM procedures_template WHERE institution = $1 AND procedure = $2 ",
            "AND document = $3 AND version = $4 AND state IN ('vigente', 'anterior')"
        ),
        &params![institution, procedure, document, version],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// Orders of documents in bulk, by their ids. Those from before it was kept who ordered left no act.
///
/// # Errors
/// As [`Conn::query`].
pub fn orders(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    conn.query(
        sql!("SELECT id FROM procedures_batch WHERE official IS NOT NULL AND id > $1 ORDER BY id LIMIT $2"),
        &params![from.unwrap_or_default().to_vec(), limit],
    )?
    .iter()
    .map(|row| {
        let id: Id = row.at(0)?;
        Ok((id.as_bytes().to_vec(), id.to_string()))
    })
    .collect()
}

/// Whether there is this order.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_order(conn: &mut Conn<'_>, record: &str) -> Result<bool> {
    Ok(order(conn, record)?.is_some())
}

/// What an order is, as the log has it.
///
/// # Errors
/// As [`Conn::query`].
pub fn order_says(conn: &mut Conn<'_>, record: &str) -> Result<Option<Map<String, Value>>> {
    let Some(batch) = order(conn, record)? else { return Ok(None) };
    Ok(Some(order_fields(&batch).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

fn order(conn: &mut Conn<'_>, record: &str) -> Result<Option<BatchRow>> {
    let Ok(id) = record.parse::<Id>() else { return Ok(None) };
    let found = conn.query_opt(
        sql!("SELECT institution FROM procedures_batch WHERE id = $1 AND official IS NOT NULL"),
        &params![id],
    )?;
    let Some(row) = found else { return Ok(None) };
    let institution: String = row.at(0)?;
    super::batch::get(conn, &institution, id)
}

/// What the log is told of an order: who ordered how many of which document, and the hash of its wording.
pub(crate) fn order_fields(batch: &BatchRow) -> Vec<(&'static str, Value)> {
    let hash = copihue_core::json::sha256_hex(batch.template.as_bytes());
    vec![
        ("document", Value::String(format!("{}/{}", batch.procedure, batch.document))),
        ("hash", Value::String(hash)),
        ("institution", Value::String(batch.institution.clone())),
        ("official", batch.official.map_or(Value::Null, |id| Value::String(id.to_string()))),
        ("total", Value::from(batch.total)),
    ]
}
