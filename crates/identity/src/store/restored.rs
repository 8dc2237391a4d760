//! After a backup was restored: what was ended since is alive again in it, and must not be (M5).

use copihue_core::{Result, Timestamp};
use copihue_db::{Tx, params, sql};

/// Ends every session, code and token, and forgets requests on their way: nobody can tell which had been ended. Answers how
/// many sessions and grants that were.
///
/// # Errors
/// When the database refuses.
pub fn end_what_was_given(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let sessions =
        tx.execute(sql!("UPDATE identity_session SET ended_at = $1 WHERE ended_at IS NULL"), &params![now])?;
    let grants = tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $1, code_used_at = COALESCE(code_used_at, $1) ",
            "WHERE revoked_at IS NULL"
        ),
        &params![now],
    )?;
    tx.execute(sql!("DELETE FROM identity_pushed"), &params![])?;
    tx.execute(sql!("DELETE FROM identity_device_request"), &params![])?;
    Ok(sessions + grants)
}
