//! Requests that were left with us (RFC 9126), and what counts once.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// Milliseconds of a slot: what expired in it is deleted together.
const SLOT_MS: i64 = 3_600_000;

/// A request that was left with us.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) client_id: String,
    pub(crate) query: String,
    pub(crate) created: Timestamp,
    pub(crate) opened: Option<Timestamp>,
    pub(crate) used: Option<Timestamp>,
}

/// Keeps a request.
pub(crate) fn push(tx: &mut Tx<'_>, id: &[u8; 32], p: &Pushed) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO identity_pushed (id, client_id, query, created_at) VALUES ($1, $2, $3, $4)"),
        &params![id, p.client_id, p.query, p.created],
    )?;
    Ok(())
}

/// The request with this hash of its name.
pub(crate) fn pushed(conn: &mut Conn<'_>, id: &[u8; 32]) -> Result<Option<Pushed>> {
    let row = conn.query_opt(
        sql!("SELECT client_id, query, created_at, opened_at, used_at FROM identity_pushed WHERE id = $1"),
        &params![id],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Pushed {
        client_id: row.get("client_id")?,
        query: row.get("query")?,
        created: row.get("created_at")?,
        opened: row.get("opened_at")?,
        used: row.get("used_at")?,
    }))
}

/// Notes that a browser has come with it.
pub(crate) fn open_pushed(tx: &mut Tx<'_>, id: &[u8; 32], now: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_pushed SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL"),
        &params![id, now],
    )?;
    Ok(())
}

/// Spends it. Answers whether this call did.
pub(crate) fn spend_pushed(tx: &mut Tx<'_>, id: &[u8; 32], now: Timestamp) -> Result<bool> {
    let spent = tx.execute(
        sql!("UPDATE identity_pushed SET used_at = $2 WHERE id = $1 AND used_at IS NULL"),
        &params![id, now],
    )?;
    Ok(spent == 1)
}

/// Spends something that counts once until `expires`. Answers whether it was new. The slot comes from what was signed, so that
/// whoever brings it again comes to the same one.
pub(crate) fn spend_once(tx: &mut Tx<'_>, id: &[u8; 32], expires: Timestamp) -> Result<bool> {
    let added = tx.execute(
        sql!("INSERT INTO identity_once (slot, id) VALUES ($1, $2) ON CONFLICT (slot, id) DO NOTHING"),
        &params![expires.millis().div_euclid(SLOT_MS), id],
    )?;
    Ok(added == 1)
}

/// Deletes what nobody can bring any more.
pub(crate) fn purge_once(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let last = now.millis().div_euclid(SLOT_MS) - 1;
    let spent = tx.execute(sql!("DELETE FROM identity_once WHERE slot < $1"), &params![last])?;
    // No form waits longer than an hour for its person.
    let over = now.plus_seconds(-3_600);
    let pushed = tx.execute(sql!("DELETE FROM identity_pushed WHERE created_at < $1"), &params![over])?;
    let devices =
        tx.execute(sql!("DELETE FROM identity_device_request WHERE expires_at < $1"), &params![over])?;
    Ok(spent + pushed + devices)
}
