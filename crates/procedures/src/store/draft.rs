//! What is typed and not yet sent.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};
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

pub(crate) fn get(conn: &mut Conn<'_>, case: Id, token: u32) -> Result<Option<DraftRow>> {
    let row = conn.query_opt(
        sql!("SELECT data, typed FROM procedures_draft WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token)],
    )?;
    row.map(|row| {
        let (data, typed): (String, String) = (row.get("data")?, row.get("typed")?);
        Ok(DraftRow { data: serde_json::from_str(&data)?, typed: serde_json::from_str(&typed)? })
    })
    .transpose()
}

pub(crate) fn delete(tx: &mut Tx<'_>, case: Id, token: u32) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM procedures_draft WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token)],
    )?;
    Ok(())
}
