//! Requests for certificates.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::cert_request::{CertRequest, Certification, RequestState};
use crate::model::token::Purpose;

fn read(row: &Row) -> Result<CertRequest> {
    let bad = || Error::internal("a request for a certificate has a bad code");
    let text = |column| -> Result<String> { row.get(column) };
    let certification: Option<String> = row.get("certification")?;
    Ok(CertRequest {
        id: row.get("id")?,
        institution: row.get("institution")?,
        official: row.get("official")?,
        purpose: Purpose::from_code(&text("purpose")?).ok_or_else(bad)?,
        months: row.get("months")?,
        state: RequestState::from_code(&text("state")?).ok_or_else(bad)?,
        name: row.get("name")?,
        post: row.get("post")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
        due: row.get("due")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.get("decided_at")?,
        reason: row.get("reason")?,
        certification: certification.as_deref().and_then(Certification::from_code),
        serial: row.get("serial")?,
        not_after: row.get("not_after")?,
    })
}

fn read_all(rows: &[Row]) -> Result<Vec<CertRequest>> {
    rows.iter().map(read).collect()
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<CertRequest>> {
    let sql = sql!(
        "SELECT id, institution, official, purpose, months, state, name, post, created_at, sent_at, due, decided_by,
         decided_at, reason, certification, serial, not_after FROM signing_cert_request WHERE bucket = $1 AND id = $2"
    );
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(read).transpose()
}

/// A holder's, the newest first: as many as a page shows.
pub(crate) fn of_holder(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Vec<CertRequest>> {
    let sql = sql!(
        "SELECT id, institution, official, purpose, months, state, name, post, created_at, sent_at, due, decided_by,
         decided_at, reason, certification, serial, not_after FROM signing_cert_request
         WHERE bucket = $1 AND institution = $2 AND official = $3 ORDER BY id DESC LIMIT 200"
    );
    read_all(&conn.query(sql, &params![bucket, institution, official])?)
}

/// A holder's that came to something or still may, the oldest first: open ones, and those whose certificate was not revoked. All
/// of them, however many came to nothing.
pub(crate) fn living(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Vec<CertRequest>> {
    let sql = sql!(
        "SELECT id, institution, official, purpose, months, state, name, post, created_at, sent_at, due, decided_by,
         decided_at, reason, certification, serial, not_after FROM signing_cert_request
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND state IN ($4, $5, $6, $7) ORDER BY id"
    );
    use RequestState as S;
    let [draft, pending, approved, in_force] =
        [S::Draft, S::Pending, S::Approved, S::InForce].map(RequestState::code);
    let of = params![bucket, institution, official, draft, pending, approved, in_force];
    read_all(&conn.query(sql, &of)?)
}

/// How many requests a holder wrote after an instant.
pub(crate) fn count_after(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    after: Timestamp,
) -> Result<i64> {
    let sql = sql!(
        "SELECT COUNT(*) AS n FROM signing_cert_request
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND created_at > $4"
    );
    conn.query_one(sql, &params![bucket, institution, official, after])?.get("n")
}

/// An institution's in one state, those that were written first, first; after a place.
pub(crate) fn in_state(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, state): (&str, RequestState),
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<CertRequest>> {
    let sql = sql!(
        "SELECT id, institution, official, purpose, months, state, name, post, created_at, sent_at, due, decided_by,
         decided_at, reason, certification, serial, not_after FROM signing_cert_request
         WHERE bucket = $1 AND institution = $2 AND state = $3 AND id > $4 ORDER BY id LIMIT $5"
    );
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    read_all(&conn.query(sql, &params![bucket, institution, state.code(), after, limit])?)
}

pub(crate) fn add(tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_cert_request (bucket, id, institution, official, purpose, months, state, name, post, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let CertRequest { id, institution, official, purpose, months, state, name, post, created_at, .. } =
        request;
    tx.execute(
        sql,
        &params![
            id.bucket(),
            id,
            institution,
            official,
            purpose.code(),
            months,
            state.code(),
            name,
            post,
            created_at
        ],
    )?;
    Ok(())
}

/// Adds one whose certificate is there already.
pub(crate) fn add_given(tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
    add(tx, request)?;
    save(tx, request)
}

/// An official's that are in force are so no longer.
pub(crate) fn revoke_of(tx: &mut Tx<'_>, bucket: Bucket, institution: &str, official: Id) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_cert_request SET state = $4
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND state = $5"
    );
    let (revoked, in_force) = (RequestState::Revoked.code(), RequestState::InForce.code());
    tx.execute(sql, &params![bucket, institution, official, revoked, in_force])
}

/// Keeps what became of it.
pub(crate) fn save(tx: &mut Tx<'_>, request: &CertRequest) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_cert_request SET state = $3, sent_at = $4, due = $5, decided_by = $6, decided_at = $7, reason = $8,
         certification = $9, serial = $10, not_after = $11, name = $12, post = $13 WHERE bucket = $1 AND id = $2"
    );
    let CertRequest { id, state, sent_at, due, decided_by, decided_at, reason, certification, .. } = request;
    tx.execute(
        sql,
        &params![
            id.bucket(),
            id,
            state.code(),
            sent_at,
            due,
            decided_by,
            decided_at,
            reason,
            certification.map(Certification::code),
            request.serial,
            request.not_after,
            request.name,
            request.post
        ],
    )?;
    Ok(())
}

/// An institution's that are in force and end between two instants, the first one first.
pub(crate) fn ending(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    (from, until): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<CertRequest>> {
    let sql = sql!(
        "SELECT id, institution, official, purpose, months, state, name, post, created_at, sent_at, due, decided_by,
         decided_at, reason, certification, serial, not_after FROM signing_cert_request
         WHERE bucket = $1 AND institution = $2 AND state = $3 AND not_after > $4 AND not_after <= $5
         ORDER BY not_after, id LIMIT $6"
    );
    let state = RequestState::InForce.code();
    read_all(&conn.query(sql, &params![bucket, institution, state, from, until, limit])?)
}
