//! What is typed and not yet sent.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use serde_json::{Map, Value};

use super::case::bucket;

/// A draft of one task.
#[derive(Clone, Debug, Default)]
pub(crate) struct DraftRow {
    /// Data accepted so far.
    pub(crate) data: Map<String, Value>,
    /// What was typed on the last page and not accepted, by field name.
    pub(crate) typed: Vec<(String, String)>,
}

pub(crate) fn save(tx: &mut Tx<'_>, case: Id, token: u32, draft: &DraftRow, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_draft (bucket, case_id, token, data, typed, updated) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bucket, case_id, token) DO UPDATE SET data = excluded.data, typed = excluded.typed, updated = excluded.updated"),
        &params![
            bucket(case), case, i64::from(token), serde_json::to_string(&draft.data)?,
            serde_json::to_string(&draft.typed)?, at
        ],
    )?;
    Ok(())
}

fn read(row: &Row) -> Result<DraftRow> {
    let (data, typed): (String, String) = (row.get("data")?, row.get("typed")?);
    Ok(DraftRow { data: serde_json::from_str(&data)?, typed: serde_json::from_str(&typed)? })
}

pub(crate) fn get(conn: &mut Conn<'_>, case: Id, token: u32) -> Result<Option<DraftRow>> {
    let row = conn.query_opt(
        sql!("SELECT data, typed FROM procedures_draft WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token)],
    )?;
    row.as_ref().map(read).transpose()
}

/// The drafts of a case, each with when it was saved.
pub(crate) fn of_case(conn: &mut Conn<'_>, case: Id) -> Result<Vec<(DraftRow, Timestamp)>> {
    conn.query(
        sql!("SELECT data, typed, updated FROM procedures_draft WHERE bucket = $1 AND case_id = $2"),
        &params![bucket(case), case],
    )?
    .iter()
    .map(|row| Ok((read(row)?, row.get("updated")?)))
    .collect()
}

/// Cases that are drafts and were last moved before `before`, by that time, after the last one seen.
pub(crate) fn old(
    conn: &mut Conn<'_>,
    before: Timestamp,
    (at, id): (Timestamp, Id),
    limit: i64,
) -> Result<Vec<(Timestamp, Id)>> {
    conn.query(
        sql!("SELECT updated, id FROM procedures_case WHERE filed IS NULL AND closed IS NULL AND updated <= $1 AND (updated, id) > ($2, $3) ORDER BY updated, id LIMIT $4"),
        &params![before, at, id, limit],
    )?
    .iter()
    .map(|row| Ok((row.get("updated")?, row.get("id")?)))
    .collect()
}

/// Deletes a case that was never filed, with all that it holds.
pub(crate) fn delete_case(tx: &mut Tx<'_>, case: Id) -> Result<()> {
    let bucket = bucket(case);
    tx.execute(
        sql!("DELETE FROM procedures_draft WHERE bucket = $1 AND case_id = $2"),
        &params![bucket, case],
    )?;
    tx.execute(
        sql!("DELETE FROM procedures_task WHERE bucket = $1 AND case_id = $2"),
        &params![bucket, case],
    )?;
    tx.execute(
        sql!("DELETE FROM procedures_event WHERE bucket = $1 AND case_id = $2"),
        &params![bucket, case],
    )?;
    tx.execute(
        sql!("DELETE FROM procedures_case WHERE bucket = $1 AND id = $2 AND filed IS NULL"),
        &params![bucket, case],
    )?;
    Ok(())
}

pub(crate) fn delete(tx: &mut Tx<'_>, case: Id, token: u32) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM procedures_draft WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token)],
    )?;
    Ok(())
}
