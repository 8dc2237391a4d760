//! Failures.

use copihue_core::{Bucket, Result};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::throttle::Counter;

/// What is known of a subject's failures.
pub(crate) fn counter(conn: &mut Conn<'_>, bucket: Bucket, subject: &[u8; 32]) -> Result<Counter> {
    let row = conn.query_opt(
        sql!("SELECT failures, last_at, wait_until FROM identity_counter WHERE bucket = $1 AND subject = $2"),
        &params![bucket, subject],
    )?;
    let Some(row) = row else { return Ok(Counter::default()) };
    Ok(Counter {
        failures: row.get("failures")?,
        last: row.get("last_at")?,
        wait_until: row.get("wait_until")?,
    })
}

/// Writes it down.
pub(crate) fn put_counter(tx: &mut Tx<'_>, bucket: Bucket, subject: &[u8; 32], c: &Counter) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_counter (bucket, subject, failures, last_at, wait_until) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (bucket, subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, ",
            "wait_until = excluded.wait_until"
        ),
        &params![bucket, subject, c.failures, c.last, c.wait_until],
    )?;
    Ok(())
}

/// Forgets it: the try was right.
pub(crate) fn clear(tx: &mut Tx<'_>, bucket: Bucket, subject: &[u8; 32]) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM identity_counter WHERE bucket = $1 AND subject = $2"),
        &params![bucket, subject],
    )?;
    Ok(())
}
