//! Signing keys, sealed.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use super::unknown;
use crate::keys::{KeyState, SignAlg};

/// A sealed key.
#[derive(Clone, Debug)]
pub(crate) struct KeyRow {
    pub(crate) kid: String,
    pub(crate) alg: SignAlg,
    pub(crate) state: KeyState,
    pub(crate) sealed: Vec<u8>,
    /// When it came to stand so.
    pub(crate) since: Timestamp,
}

/// The sealed keys, those that sign first: the oldest current one, so that two processes that start at once agree.
pub(crate) fn keys(conn: &mut Conn<'_>) -> Result<Vec<KeyRow>> {
    let rows = conn.query(
        sql!(
            "SELECT kid, alg, state, sealed, created_at FROM identity_key ",
            "ORDER BY CASE state WHEN 'actual' THEN 0 ELSE 1 END, created_at, kid"
        ),
        &params![],
    )?;
    let read = |row: &copihue_db::Row| {
        let text = |column| row.get::<String>(column);
        Ok(KeyRow {
            kid: text("kid")?,
            alg: SignAlg::parse(&text("alg")?).ok_or_else(|| unknown("alg"))?,
            state: KeyState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
            sealed: row.get("sealed")?,
            since: row.get("created_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Adds a key.
pub(crate) fn insert_key(tx: &mut Tx<'_>, key: &KeyRow) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO identity_key (kid, alg, state, sealed, created_at) VALUES ($1, $2, $3, $4, $5)"),
        &params![key.kid, key.alg.code(), key.state.code(), key.sealed, key.since],
    )?;
    Ok(())
}

/// Moves a key on. Answers whether this call did it.
pub(crate) fn move_key(
    tx: &mut Tx<'_>,
    kid: &str,
    from: KeyState,
    to: KeyState,
    at: Timestamp,
) -> Result<bool> {
    let moved = tx.execute(
        sql!("UPDATE identity_key SET state = $3, created_at = $4 WHERE kid = $1 AND state = $2"),
        &params![kid, from.code(), to.code(), at],
    )?;
    Ok(moved == 1)
}

/// Forgets a key whose signatures are all too old to matter.
pub(crate) fn drop_key(tx: &mut Tx<'_>, kid: &str) -> Result<()> {
    tx.execute(sql!("DELETE FROM identity_key WHERE kid = $1"), &params![kid])?;
    Ok(())
}
