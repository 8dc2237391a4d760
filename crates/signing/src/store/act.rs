//! What the registration authority did. Append-only.

use copihue_core::{Bucket, Error, Id, Result};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::act::{ActKind, RegistrationAct};

pub(crate) fn add(tx: &mut Tx<'_>, act: &RegistrationAct) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_act (bucket, id, institution, kind, official, request, doer, note, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let RegistrationAct { id, institution, kind, official, request, doer, note, at } = act;
    tx.execute(sql, &params![id.bucket(), id, institution, kind.code(), official, request, doer, note, at])?;
    Ok(())
}

/// Of one holder, the newest first.
pub(crate) fn of_holder(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    limit: usize,
) -> Result<Vec<RegistrationAct>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, request, doer, note, at FROM signing_act
         WHERE bucket = $1 AND institution = $2 AND official = $3 ORDER BY id DESC LIMIT $4"
    );
    conn.query(sql, &params![bucket, institution, official, limit])?.iter().map(read).collect()
}

/// About one request or application, the newest first.
pub(crate) fn of_request(conn: &mut Conn<'_>, request: Id) -> Result<Vec<RegistrationAct>> {
    let sql = sql!(
        "SELECT id, institution, kind, official, request, doer, note, at FROM signing_act
         WHERE bucket = $1 AND request = $2 ORDER BY id DESC LIMIT 100"
    );
    conn.query(sql, &params![request.bucket(), request])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<RegistrationAct> {
    let kind: String = row.get("kind")?;
    Ok(RegistrationAct {
        id: row.get("id")?,
        institution: row.get("institution")?,
        kind: ActKind::from_code(&kind).ok_or_else(|| Error::internal("an act of no kind"))?,
        official: row.get("official")?,
        request: row.get("request")?,
        doer: row.get("doer")?,
        note: row.get("note")?,
        at: row.get("at")?,
    })
}
