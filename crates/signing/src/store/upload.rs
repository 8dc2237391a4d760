//! Documents that applications sent before the batch that names them.

use copihue_core::{Bucket, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

pub(crate) fn add(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    application: &str,
    sha256: &[u8; 32],
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_upload (bucket, application, sha256, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (bucket, application, sha256) DO UPDATE SET at = excluded.at"
    );
    tx.execute(sql, &params![bucket, application, sha256, at])?;
    Ok(())
}

/// Whether an application sent these bytes.
pub(crate) fn exists(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    application: &str,
    sha256: &[u8; 32],
) -> Result<bool> {
    let sql = sql!("SELECT at FROM signing_upload WHERE bucket = $1 AND application = $2 AND sha256 = $3");
    Ok(conn.query_opt(sql, &params![bucket, application, sha256])?.is_some())
}

/// Forgets what was sent before this instant. Answers how much it was.
pub(crate) fn delete_older(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let sql = sql!("DELETE FROM signing_upload WHERE at < $1");
    tx.execute(sql, &params![before])
}
