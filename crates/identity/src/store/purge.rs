//! Rows that nobody needs any more. Never inline: a daily job.

use copihue_core::{Result, Timestamp};
use copihue_db::{Tx, params, sql};

/// Deletes sessions and grants that ended before `ended`, browsers no longer known, failures forgotten before `forgotten`.
pub(crate) fn purge(tx: &mut Tx<'_>, now: Timestamp, ended: Timestamp, forgotten: Timestamp) -> Result<u64> {
    let sessions = tx.execute(sql!("DELETE FROM identity_session WHERE expires_at < $1"), &params![ended])?;
    let grants = tx.execute(sql!("DELETE FROM identity_grant WHERE expires_at < $1"), &params![ended])?;
    let devices = tx.execute(sql!("DELETE FROM identity_device WHERE expires_at < $1"), &params![now])?;
    let counters = tx.execute(
        sql!("DELETE FROM identity_counter WHERE last_at < $1 AND wait_until < $1"),
        &params![forgotten],
    )?;
    Ok(sessions + grants + devices + counters + super::purge_once(tx, now)?)
}
