//! Entries that come back from a copy of the log.

use copihue_core::{Result, Timestamp};
use copihue_db::{Tx, params, sql};

use crate::record::Family;

/// Inserts an entry whose record is lost, in its place. An id that is taken gets the place's name instead.
pub(crate) fn insert_recovered(
    tx: &mut Tx<'_>,
    (family, index): (Family, u64),
    (record_id, kind): (Option<&str>, &str),
    entry: &str,
    now: Timestamp,
) -> Result<()> {
    let insert = sql!(
        "INSERT INTO ledger_record (family, record_id, seq, kind, entry, created_at, idx)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (family, record_id) DO NOTHING"
    );
    let by_place = format!("recovered/{index}");
    for id in record_id.into_iter().chain([by_place.as_str()]) {
        let done = tx.execute(insert, &params![family.number(), id, index, kind, entry, now, index])?;
        if done == 1 {
            return Ok(());
        }
    }
    Err(crate::halt(family, "a recovered entry has no place"))
}
