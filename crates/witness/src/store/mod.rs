//! Every SQL text of the crate.

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, MigrationSet, Tx, params, sql};

use crate::model::answer::Refusal;
use crate::model::decide::Known;
use crate::model::request::Request;

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "witness",
    files: &[("0001_witness.sql", include_str!("../../migrations/0001_witness.sql"))],
};

/// Findings kept of one log: its misbehaviour can't fill our disk.
const MAX_FINDINGS: i64 = 1_000;

pub(crate) fn known(conn: &mut Conn<'_>, origin: &str) -> Result<Option<Known>> {
    let row = conn.query_opt(
        sql!("SELECT size, root, cosigned_at FROM witness_log WHERE origin = $1"),
        &params![origin],
    )?;
    row.map(|row| Ok(Known { size: row.get("size")?, root: row.get("root")?, time: row.get("cosigned_at")? }))
        .transpose()
}

/// The latest cosigned checkpoint of the log whose origin has this SHA-256.
pub(crate) fn note(conn: &mut Conn<'_>, origin_hash: &[u8]) -> Result<Option<String>> {
    let row =
        conn.query_opt(sql!("SELECT note FROM witness_log WHERE origin_hash = $1"), &params![origin_hash])?;
    row.map(|row| row.get("note")).transpose()
}

/// Every log: origin, size, time of the cosignature in seconds.
pub(crate) fn all(conn: &mut Conn<'_>) -> Result<Vec<(String, u64, u64)>> {
    let rows =
        conn.query(sql!("SELECT origin, size, cosigned_at FROM witness_log ORDER BY origin"), &params![])?;
    rows.iter().map(|row| Ok((row.get("origin")?, row.get("size")?, row.get("cosigned_at")?))).collect()
}

/// Compare and set: saves a checkpoint over `known`, and over nothing else. Without it, a slower request would roll the
/// witness back.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    origin_hash: &[u8],
    known: Option<&Known>,
    request: &Request,
    (note, time): (&str, u64),
) -> Result<()> {
    let (size, root) = (request.checkpoint.size, request.checkpoint.root);
    let saved = match known {
        None => tx.execute(
            sql!(
                "INSERT INTO witness_log (origin, origin_hash, size, root, note, cosigned_at)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (origin) DO NOTHING"
            ),
            &params![request.checkpoint.origin, origin_hash, size, root, note, time],
        )?,
        Some(known) => tx.execute(
            sql!(
                "UPDATE witness_log SET size = $2, root = $3, note = $4, cosigned_at = $5
                 WHERE origin = $1 AND size = $6 AND root = $7 AND size <= $2"
            ),
            &params![request.checkpoint.origin, size, root, note, time, known.size, known.root],
        )?,
    };
    if saved != 1 {
        return Err(Error::unavailable("witness: the state changed under a request"));
    }
    forget(tx, request)
}

/// A checkpoint that is consistent after all was refused before for somebody's bad proof.
fn forget(tx: &mut Tx<'_>, request: &Request) -> Result<()> {
    let forget = sql!("DELETE FROM witness_finding WHERE origin = $1 AND size = $2 AND root = $3");
    let (origin, size) = (&request.checkpoint.origin, request.checkpoint.size);
    tx.execute(forget, &params![origin, size, request.checkpoint.root]).map(drop)
}

/// Keeps what a log signed and should not have; `false` when it is there already, or there are too many.
pub(crate) fn keep_finding(
    tx: &mut Tx<'_>,
    request: &Request,
    refusal: Refusal,
    now: Timestamp,
) -> Result<bool> {
    let origin = &request.checkpoint.origin;
    let count = sql!("SELECT count(*) AS n FROM witness_finding WHERE origin = $1");
    if tx.query_one(count, &params![origin])?.get::<i64>("n")? >= MAX_FINDINGS {
        return Ok(false);
    }
    let kept = tx.execute(
        sql!(
            "INSERT INTO witness_finding (origin, size, root, reason, note, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (origin, size, root) DO NOTHING"
        ),
        &params![origin, request.checkpoint.size, request.checkpoint.root, refusal.code(), request.note, now],
    )?;
    Ok(kept == 1)
}

/// What was found of a log, oldest first: reason and signed note.
pub(crate) fn findings(conn: &mut Conn<'_>, origin: &str) -> Result<Vec<(String, String)>> {
    let rows = conn.query(
        sql!("SELECT reason, note FROM witness_finding WHERE origin = $1 ORDER BY seen_at, size, root"),
        &params![origin],
    )?;
    rows.iter().map(|row| Ok((row.get("reason")?, row.get("note")?))).collect()
}
