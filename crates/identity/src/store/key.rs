//! Signing keys, sealed.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// The sealed keys, the one that signs first: the oldest current one, so that two processes that start at once agree.
pub(crate) fn keys(conn: &mut Conn<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    conn.query(
        sql!(
            "SELECT kid, sealed FROM identity_key WHERE state IN ('actual', 'anterior', 'siguiente') ",
            "ORDER BY CASE state WHEN 'actual' THEN 0 ELSE 1 END, created_at, kid"
        ),
        &params![],
    )?
    .iter()
    .map(|row| Ok((row.get("kid")?, row.get("sealed")?)))
    .collect()
}

/// Adds a key that signs.
pub(crate) fn insert_key(tx: &mut Tx<'_>, kid: &str, sealed: &[u8], at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO identity_key (kid, sealed, state, created_at) VALUES ($1, $2, 'actual', $3)"),
        &params![kid, sealed, at],
    )?;
    Ok(())
}
