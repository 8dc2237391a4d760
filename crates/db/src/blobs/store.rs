//! The table of blobs.

use copihue_core::Result;

use super::BlobRef;
use crate::{Conn, Tx, params, sql};

/// What the table says of a blob.
pub(super) struct Stored {
    pub(super) size: u64,
    pub(super) content: Option<Vec<u8>>,
}

pub(super) fn insert(tx: &mut Tx<'_>, blob: &BlobRef, content: Option<&[u8]>) -> Result<()> {
    let now = tx.now();
    tx.execute(
        sql!(
            "INSERT INTO db_blob (sha256, size, content, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sha256) DO NOTHING"
        ),
        &params![blob.sha256, blob.size, content, now],
    )?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn<'_>, sha256: &[u8; 32]) -> Result<Option<Stored>> {
    let row =
        conn.query_opt(sql!("SELECT size, content FROM db_blob WHERE sha256 = $1"), &params![sha256])?;
    row.map(|row| Ok(Stored { size: row.get("size")?, content: row.get("content")? })).transpose()
}

pub(super) fn exists(conn: &mut Conn<'_>, sha256: &[u8; 32]) -> Result<bool> {
    let found = sql!("SELECT size FROM db_blob WHERE sha256 = $1");
    Ok(conn.query_opt(found, &params![sha256])?.is_some())
}
