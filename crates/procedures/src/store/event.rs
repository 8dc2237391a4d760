//! The log of a case, each line chained to the one before.

use copihue_core::{Id, Result, Timestamp, json};
use copihue_db::{Conn, Tx, params, sql};
use serde_json::{Value, json};

use super::case::{CaseRow, bucket};

/// Kinds of lines that leave evidence of their own: an act before the law, a claim, a holder's answer.
pub(crate) const LEGAL: &str = "legal";
pub(crate) const CLAIMED: &str = "claimed";
pub(crate) const QUERIED: &str = "query.answered";

/// A line of the log.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) kind: String,
    pub(crate) detail: Value,
}

/// Appends a line and moves the head of the chain on.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    case: &mut CaseRow,
    (actor, kind): (&str, &str),
    detail: &Value,
    at: Timestamp,
) -> Result<()> {
    case.seq += 1;
    let line = json!({"seq": case.seq, "at": at.to_string(), "actor": actor, "kind": kind, "detail": detail, "previous": hex::encode(&case.head)});
    let hash = json::sha256(json::canonical(&line)?.as_bytes());
    tx.execute(
        sql!("INSERT INTO procedures_event (bucket, case_id, seq, at, actor, kind, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        &params![bucket(case.id), case.id, case.seq, at, actor, kind, detail.to_string(), hash],
    )?;
    case.head = hash.to_vec();
    Ok(())
}

pub(crate) fn of_case(conn: &mut Conn<'_>, case: Id) -> Result<Vec<EventRow>> {
    conn.query(
        sql!("SELECT seq, at, actor, kind, detail FROM procedures_event WHERE bucket = $1 AND case_id = $2 ORDER BY seq"),
        &params![bucket(case), case],
    )?
    .iter()
    .map(|row| {
        let detail: String = row.get("detail")?;
        Ok(EventRow {
            seq: row.get("seq")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            kind: row.get("kind")?,
            detail: serde_json::from_str(&detail)?,
        })
    })
    .collect()
}
