//! What the check of a whole store reads: rows, tiles and checkpoints in pages.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, params, sql};

use super::Signed;
use crate::record::Family;
use crate::sealed::Sealed;

/// A placed record; `kept` only when it was asked for.
pub(crate) struct Placed {
    pub(crate) index: u64,
    pub(crate) entry: String,
    pub(crate) kept: Option<Kept>,
}

/// What is stored of a record beside its entry.
pub(crate) struct Kept {
    pub(crate) record_id: String,
    pub(crate) kind: String,
    pub(crate) commitments: Option<Vec<u8>>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) created_at: Timestamp,
}

/// Whether records are read whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reading {
    Entries,
    Records,
}

/// The records at `from…from+count`, those that are there.
pub(crate) fn placed(
    conn: &mut Conn<'_>,
    family: Family,
    (from, count): (u64, u64),
    reading: Reading,
) -> Result<Vec<Placed>> {
    let sql = match reading {
        Reading::Entries => sql!(
            "SELECT idx, entry FROM ledger_record WHERE family = $1 AND idx >= $2 AND idx < $3
             AND idx IS NOT NULL ORDER BY idx"
        ),
        Reading::Records => sql!(
            "SELECT idx, entry, record_id, kind, commitments, sealed, created_at FROM ledger_record
             WHERE family = $1 AND idx >= $2 AND idx < $3 AND idx IS NOT NULL ORDER BY idx"
        ),
    };
    let rows = conn.query(sql, &params![family.number(), from, from + count])?;
    rows.iter()
        .map(|row| {
            let kept = (reading == Reading::Records).then(|| kept(row)).transpose()?;
            Ok(Placed { index: row.at(0)?, entry: row.at(1)?, kept })
        })
        .collect()
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        record_id: row.at(2)?,
        kind: row.at(3)?,
        commitments: row.at(4)?,
        sealed: row.at(5)?,
        created_at: row.at(6)?,
    })
}

impl Kept {
    /// As the sealing code takes it.
    pub(crate) fn sealed(&self, entry: &str) -> Sealed {
        Sealed { entry: entry.to_owned(), commitments: self.commitments.clone(), sealed: self.sealed.clone() }
    }
}

/// Tiles `from…from+count` of a level: place and hashes.
pub(crate) fn tiles(
    conn: &mut Conn<'_>,
    family: Family,
    level: u8,
    (from, count): (u64, u64),
) -> Result<Vec<(u64, Vec<u8>)>> {
    let rows = conn.query(
        sql!(
            "SELECT n, hashes FROM ledger_tile
             WHERE family = $1 AND level = $2 AND n >= $3 AND n < $4 ORDER BY n"
        ),
        &params![family.number(), level, from, from + count],
    )?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Checkpoints after this size, with the time at which each says to have been signed.
pub(crate) fn checkpoints(
    conn: &mut Conn<'_>,
    family: Family,
    after: i64,
    limit: usize,
) -> Result<Vec<(Signed, Timestamp)>> {
    let rows = conn.query(
        sql!(
            "SELECT size, root, note, signed_at FROM ledger_checkpoint
             WHERE family = $1 AND size > $2 ORDER BY size LIMIT $3"
        ),
        &params![family.number(), after, limit],
    )?;
    rows.iter()
        .map(|row| {
            // A root of another length is as wrong as another root.
            let root = row.at::<Vec<u8>>(1)?.try_into().unwrap_or_default();
            Ok((Signed { size: row.at(0)?, root, note: row.at(2)? }, row.at(3)?))
        })
        .collect()
}

/// How much a ledger has.
pub(crate) struct Counts {
    pub(crate) waiting: u64,
    pub(crate) checkpoints: u64,
    /// The size of the largest checkpoint that was signed.
    pub(crate) last_signed: u64,
}

pub(crate) fn counts(conn: &mut Conn<'_>, family: Family) -> Result<Counts> {
    let row = conn.query_one(
        sql!(
            "SELECT (SELECT count(*) FROM ledger_record WHERE family = $1 AND idx IS NULL) AS waiting,
                    (SELECT count(*) FROM ledger_checkpoint WHERE family = $1) AS checkpoints,
                    (SELECT coalesce(max(size), 0) FROM ledger_checkpoint WHERE family = $1) AS last_signed"
        ),
        &params![family.number()],
    )?;
    Ok(Counts { waiting: row.at(0)?, checkpoints: row.at(1)?, last_signed: row.at(2)? })
}

/// The first record beyond the tree, or before its beginning.
pub(crate) fn stray_record(conn: &mut Conn<'_>, family: Family, size: u64) -> Result<Option<i64>> {
    let row = conn.query_opt(
        sql!(
            "SELECT idx FROM ledger_record WHERE family = $1 AND idx IS NOT NULL
             AND (idx >= $2 OR idx < 0) ORDER BY idx LIMIT 1"
        ),
        &params![family.number(), size],
    )?;
    row.map(|row| row.at(0)).transpose()
}

/// The first tile of this level at `from` or beyond.
pub(crate) fn stray_tile(
    conn: &mut Conn<'_>,
    family: Family,
    level: u8,
    from: u64,
) -> Result<Option<(u8, i64)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT level, n FROM ledger_tile WHERE family = $1 AND level = $2 AND (n >= $3 OR n < 0)
             ORDER BY n LIMIT 1"
        ),
        &params![family.number(), level, from],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// A person's sealed key, and since when there is one.
pub(crate) fn subject_key_since(
    conn: &mut Conn<'_>,
    family: Family,
    person: Id,
) -> Result<Option<(Vec<u8>, Timestamp)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT sealed, created_at FROM ledger_subject_key
             WHERE bucket = $1 AND person = $2 AND family = $3"
        ),
        &params![person.bucket(), person, family.number()],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// The checkpoint of any log that was signed last.
pub(crate) fn latest_note(conn: &mut Conn<'_>) -> Result<Option<String>> {
    let row = conn.query_opt(
        sql!("SELECT note FROM ledger_checkpoint ORDER BY signed_at DESC, family, size DESC LIMIT 1"),
        &params![],
    )?;
    row.map(|row| row.at(0)).transpose()
}

/// The smallest signed checkpoint of at least this size: its size, and when it was signed.
pub(crate) fn checkpoint_from(
    conn: &mut Conn<'_>,
    family: Family,
    size: u64,
) -> Result<Option<(u64, Timestamp)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT size, signed_at FROM ledger_checkpoint WHERE family = $1 AND size >= $2
             ORDER BY size LIMIT 1"
        ),
        &params![family.number(), size],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// Records whose id begins with a prefix, after one of them: id and place.
pub(crate) fn events_after(
    conn: &mut Conn<'_>,
    family: Family,
    (prefix, after): (&str, &str),
    limit: usize,
) -> Result<Vec<(String, Option<u64>)>> {
    let rows = conn.query(
        sql!(
            "SELECT record_id, idx FROM ledger_record
             WHERE family = $1 AND record_id > $2 AND substr(record_id, 1, $3) = $4
             ORDER BY record_id LIMIT $5"
        ),
        &params![family.number(), after, prefix.len(), prefix, limit],
    )?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}
