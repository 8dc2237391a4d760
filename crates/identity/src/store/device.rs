//! Browsers that a person has logged in from before.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// Whether the browser with this token is one of the person's.
pub(crate) fn knows(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    person: Id,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool> {
    let row = conn.query_opt(
        sql!(
            "SELECT label FROM identity_device WHERE bucket = $1 AND person = $2 AND token_hash = $3 AND expires_at > $4"
        ),
        &params![bucket, person, token_hash, now],
    )?;
    Ok(row.is_some())
}

/// Remembers the browser, or that it was used again.
pub(crate) fn remember(
    tx: &mut Tx<'_>,
    person: Id,
    token_hash: &[u8; 32],
    label: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_device (bucket, person, token_hash, label, first_seen, last_seen, expires_at) ",
            "VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT (bucket, person, token_hash) ",
            "DO UPDATE SET last_seen = excluded.last_seen, label = excluded.label, expires_at = excluded.expires_at"
        ),
        &params![person.bucket(), person, token_hash, label, now, expires],
    )?;
    Ok(())
}
