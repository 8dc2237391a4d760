//! What authorities of time said of checkpoints.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::anchor::Anchor;
use crate::record::Family;

fn anchor(row: &Row) -> Result<Anchor> {
    Ok(Anchor { size: row.at(0)?, response: row.at(1)?, at: row.at(2)? })
}

pub(crate) fn insert(tx: &mut Tx<'_>, family: Family, anchor: &Anchor) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO ledger_anchor (family, size, response, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (family, size) DO NOTHING"
        ),
        &params![family.number(), anchor.size, anchor.response, anchor.at],
    )?;
    Ok(())
}

/// The size of the last one, and its instant.
pub(crate) fn latest(conn: &mut Conn<'_>, family: Family) -> Result<Option<(u64, Timestamp)>> {
    let row = conn.query_opt(
        sql!("SELECT size, at FROM ledger_anchor WHERE family = $1 ORDER BY size DESC LIMIT 1"),
        &params![family.number()],
    )?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

pub(crate) fn of_size(conn: &mut Conn<'_>, family: Family, size: u64) -> Result<Option<Anchor>> {
    let row = conn.query_opt(
        sql!("SELECT size, response, at FROM ledger_anchor WHERE family = $1 AND size = $2"),
        &params![family.number(), size],
    )?;
    row.map(|row| anchor(&row)).transpose()
}

/// Those beyond this size, in their order.
pub(crate) fn after(conn: &mut Conn<'_>, family: Family, size: i64, limit: usize) -> Result<Vec<Anchor>> {
    let rows = conn.query(
        sql!(
            "SELECT size, response, at FROM ledger_anchor
             WHERE family = $1 AND size > $2 ORDER BY size LIMIT $3"
        ),
        &params![family.number(), size, limit],
    )?;
    rows.iter().map(anchor).collect()
}
