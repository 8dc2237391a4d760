//! Which signed checkpoints were shown, and when.

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::Signed;
use crate::record::Family;

fn signed(row: &Row) -> Result<Signed> {
    Ok(Signed { size: row.get("size")?, root: row.get("root")?, note: row.get("note")? })
}

/// The last checkpoint that was signed, shown or not: nothing that contradicts it may ever be signed.
pub(crate) fn latest_signed(conn: &mut Conn<'_>, family: Family) -> Result<Option<Signed>> {
    let row = conn.query_opt(
        sql!(
            "SELECT size, root, note FROM ledger_checkpoint WHERE family = $1
             ORDER BY size DESC LIMIT 1"
        ),
        &params![family.number()],
    )?;
    row.map(|row| signed(&row)).transpose()
}

/// The last checkpoint that was published: what everything handed out stands on.
pub(crate) fn latest_checkpoint(conn: &mut Conn<'_>, family: Family) -> Result<Option<Signed>> {
    let row = conn.query_opt(
        sql!(
            "SELECT size, root, note FROM ledger_checkpoint WHERE family = $1 AND published_at IS NOT NULL
             ORDER BY size DESC LIMIT 1"
        ),
        &params![family.number()],
    )?;
    row.map(|row| signed(&row)).transpose()
}

/// The checkpoint that was published at exactly this size.
pub(crate) fn checkpoint_of(conn: &mut Conn<'_>, family: Family, size: u64) -> Result<Option<Signed>> {
    let row = conn.query_opt(
        sql!(
            "SELECT size, root, note FROM ledger_checkpoint
             WHERE family = $1 AND size = $2 AND published_at IS NOT NULL"
        ),
        &params![family.number(), size],
    )?;
    row.map(|row| signed(&row)).transpose()
}

/// Another process may have signed the same state at the same time: the same note, since Ed25519 is deterministic.
pub(crate) fn insert_checkpoint(
    tx: &mut Tx<'_>,
    family: Family,
    signed: &Signed,
    now: Timestamp,
    published_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO ledger_checkpoint (family, size, root, note, signed_at, published_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (family, size) DO NOTHING"
        ),
        &params![family.number(), signed.size, signed.root, signed.note, now, published_at],
    )?;
    Ok(())
}

/// Shows a signed checkpoint, with these cosignatures under it.
pub(crate) fn publish(tx: &mut Tx<'_>, family: Family, signed: &Signed, now: Timestamp) -> Result<()> {
    let shown = tx.execute(
        sql!(
            "UPDATE ledger_checkpoint SET note = $4, published_at = $5
             WHERE family = $1 AND size = $2 AND root = $3"
        ),
        &params![family.number(), signed.size, signed.root, signed.note, now],
    )?;
    if shown == 1 { Ok(()) } else { Err(Error::internal("ledger: publishing what was never signed")) }
}

/// Where a log's last checkpoint stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) last: Signed,
    pub(crate) published_at: Option<Timestamp>,
    /// When the oldest checkpoint that waits for its witnesses was signed.
    pub(crate) waiting_since: Option<Timestamp>,
}

pub(crate) fn standing(conn: &mut Conn<'_>, family: Family) -> Result<Option<Standing>> {
    let Some(last) = latest_signed(conn, family)? else { return Ok(None) };
    let published_at = conn
        .query_one(
            sql!("SELECT published_at FROM ledger_checkpoint WHERE family = $1 AND size = $2"),
            &params![family.number(), last.size],
        )?
        .get("published_at")?;
    let published = latest_checkpoint(conn, family)?.map_or(-1, |shown| shown.size as i64);
    let waiting_since = conn
        .query_one(
            sql!("SELECT min(signed_at) AS oldest FROM ledger_checkpoint WHERE family = $1 AND size > $2"),
            &params![family.number(), published],
        )?
        .get("oldest")?;
    Ok(Some(Standing { last, published_at, waiting_since }))
}

/// When the entry at `index` was appended.
pub(crate) fn appended_at(conn: &mut Conn<'_>, family: Family, index: u64) -> Result<Option<Timestamp>> {
    let row = conn.query_opt(
        sql!("SELECT created_at FROM ledger_record WHERE family = $1 AND idx = $2 AND idx IS NOT NULL"),
        &params![family.number(), index],
    )?;
    row.map(|row| row.get("created_at")).transpose()
}
