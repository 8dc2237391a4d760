//! Notices that were sent, for whoever holds them against the evidence that each must have left: by a cursor, and their
//! codes.

use copihue_core::{Id, Result, VerificationCode};
use copihue_db::{Conn, params, sql};

/// The next acts: a cursor and the code of each.
pub type Found = Result<Vec<(Vec<u8>, String)>>;

/// Notices that were sent.
///
/// # Errors
/// As [`Conn::query`].
pub fn sent(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let id = from.and_then(Id::from_slice);
    let (bucket, from) =
        id.map_or((-1, Vec::new()), |id| (i64::from(id.bucket().number()), id.as_bytes().to_vec()));
    conn.query(
        sql!(
            "SELECT id, code FROM notifications_notice WHERE (bucket, id) > ($1, $2) ORDER BY bucket, id LIMIT $3"
        ),
        &params![bucket, from, limit],
    )?
    .iter()
    .map(|row| {
        let (id, code): (Id, VerificationCode) = (row.at(0)?, row.at(1)?);
        Ok((id.as_bytes().to_vec(), code.to_string()))
    })
    .collect()
}

/// Whether a notice was sent under this code.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_sent(conn: &mut Conn<'_>, code: &str) -> Result<bool> {
    let Ok(code) = code.parse::<VerificationCode>() else { return Ok(false) };
    let found =
        conn.query_opt(sql!("SELECT id FROM notifications_notice WHERE code = $1"), &params![code])?;
    Ok(found.is_some())
}
