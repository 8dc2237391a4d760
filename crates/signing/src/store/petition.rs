//! Petitions to be made a holder.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::petition::{Petition, PetitionKind};

fn read(row: &Row) -> Result<Petition> {
    let kind: String = row.get("kind")?;
    Ok(Petition {
        id: row.get("id")?,
        institution: row.get("institution")?,
        kind: PetitionKind::from_code(&kind).ok_or_else(|| Error::internal("a petition of no kind"))?,
        official: row.get("official")?,
        name: row.get("name")?,
        asked_at: row.get("asked_at")?,
        due: row.get("due")?,
    })
}

pub(crate) fn add(tx: &mut Tx<'_>, new: &Petition) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_petition (bucket, id, institution, kind, official, name, asked_at, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let Petition { id, institution, kind, official, name, asked_at, due } = new;
    tx.execute(sql, &params![id.bucket(), id, institution, kind.code(), official, name, asked_at, due])?;
    Ok(())
}

/// What is open in an institution, what was asked first, first.
pub(crate) fn open_in(conn: &mut Conn<'_>, bucket: Bucket, institution: &str) -> Result<Vec<Petition>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, name, asked_at, due FROM signing_petition
         WHERE bucket = $1 AND institution = $2 AND done_at IS NULL ORDER BY asked_at, id LIMIT 500"
    );
    conn.query(sql, &params![bucket, institution])?.iter().map(read).collect()
}

/// Every institution's that waits to be enabled.
pub(crate) fn institutions(conn: &mut Conn<'_>) -> Result<Vec<Petition>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, name, asked_at, due FROM signing_petition
         WHERE kind = $1 AND done_at IS NULL ORDER BY asked_at, id LIMIT 1000"
    );
    conn.query(sql, &params![PetitionKind::Institution.code()])?.iter().map(read).collect()
}

/// The official is a holder now.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_petition SET done_at = $4
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND done_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, at])?;
    Ok(())
}

/// The institution has an operator now, who answers what is open until `due`. Answers how many petitions it was.
pub(crate) fn pass_on(tx: &mut Tx<'_>, bucket: Bucket, institution: &str, due: Timestamp) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_petition SET kind = $3, due = $4
         WHERE bucket = $1 AND institution = $2 AND kind = $5 AND done_at IS NULL"
    );
    let (to, from) = (PetitionKind::Holder.code(), PetitionKind::Institution.code());
    tx.execute(sql, &params![bucket, institution, to, due, from])
}
