//! Signatures to be raised, and the files that came of it.

use copihue_core::{Bucket, Error, Result};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::level::Level;
use crate::model::rendition::{Raise, RaiseState, Rendition};

fn level(row: &Row, column: &str) -> Result<Level> {
    let name: String = row.get(column)?;
    Level::from_name(&name).ok_or_else(|| Error::internal("a raised signature has a bad level"))
}

/// Notes a signature that is to be raised. The same again is the same.
pub(crate) fn add(tx: &mut Tx<'_>, bucket: Bucket, raise: &Raise) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_raise (bucket, sha256, institution, level_asked, level_reached, signed_at, state, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (bucket, sha256) DO NOTHING"
    );
    let Raise { sha256, institution, asked, reached, signed_at, state, tries } = raise;
    tx.execute(
        sql,
        &params![bucket, sha256, institution, asked.name(), reached.name(), signed_at, state.code(), tries],
    )?;
    Ok(())
}

pub(crate) fn get(conn: &mut Conn<'_>, bucket: Bucket, sha256: [u8; 32]) -> Result<Option<Raise>> {
    let sql = sql!(
        "SELECT sha256, institution, level_asked, level_reached, signed_at, state, tries FROM signing_raise
         WHERE bucket = $1 AND sha256 = $2"
    );
    let raise = |row: &Row| {
        let state: String = row.get("state")?;
        Ok(Raise {
            sha256: row.get("sha256")?,
            institution: row.get("institution")?,
            asked: level(row, "level_asked")?,
            reached: level(row, "level_reached")?,
            signed_at: row.get("signed_at")?,
            state: RaiseState::from_code(&state)
                .ok_or_else(|| Error::internal("a raised signature has a bad state"))?,
            tries: row.get("tries")?,
        })
    };
    conn.query_opt(sql, &params![bucket, sha256])?.as_ref().map(raise).transpose()
}

/// Notes a try, unless another process was quicker. Answers whether it was the first.
pub(crate) fn tried(tx: &mut Tx<'_>, bucket: Bucket, before: &Raise, after: &Raise) -> Result<bool> {
    let sql = sql!(
        "UPDATE signing_raise SET level_reached = $4, state = $5, tries = $6
         WHERE bucket = $1 AND sha256 = $2 AND tries = $3 AND state = 'pendiente'"
    );
    let Raise { sha256, reached, state, tries, .. } = after;
    let changed =
        tx.execute(sql, &params![bucket, sha256, before.tries, reached.name(), state.code(), tries])?;
    Ok(changed == 1)
}

pub(crate) fn add_rendition(tx: &mut Tx<'_>, bucket: Bucket, made: &Rendition) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_rendition (bucket, original, level, sha256, size, made_at)
         VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let Rendition { original, level, sha256, size, made_at } = made;
    tx.execute(sql, &params![bucket, original, level.name(), sha256, size, made_at])?;
    Ok(())
}

fn rendition(row: &Row) -> Result<Rendition> {
    Ok(Rendition {
        original: row.get("original")?,
        level: level(row, "level")?,
        sha256: row.get("sha256")?,
        size: row.get("size")?,
        made_at: row.get("made_at")?,
    })
}

/// The renditions of a signed file, the latest first.
pub(crate) fn of(conn: &mut Conn<'_>, original: [u8; 32]) -> Result<Vec<Rendition>> {
    let sql = sql!(
        "SELECT original, level, sha256, size, made_at FROM signing_rendition WHERE original = $1
         ORDER BY made_at DESC, level DESC"
    );
    conn.query(sql, &params![original])?.iter().map(rendition).collect()
}

/// The rendition that a file is.
pub(crate) fn by_hash(conn: &mut Conn<'_>, sha256: [u8; 32]) -> Result<Option<Rendition>> {
    let sql = sql!(
        "SELECT original, level, sha256, size, made_at FROM signing_rendition WHERE sha256 = $1
         ORDER BY made_at LIMIT 1"
    );
    conn.query_opt(sql, &params![sha256])?.as_ref().map(rendition).transpose()
}
