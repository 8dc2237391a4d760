//! What was asked of FirmaGob, and what came of it.

use copihue_core::{Bucket, Id, Result, Run, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::answer::FirmaGobRequest;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) id: Id,
    pub(crate) institution: String,
    pub(crate) run: Run,
    pub(crate) purpose: &'static str,
    pub(crate) digest: Vec<u8>,
    pub(crate) asked_at: Timestamp,
    pub(crate) answered_at: Timestamp,
    pub(crate) status: Option<u16>,
    pub(crate) number: Option<i64>,
    pub(crate) outcome: &'static str,
    pub(crate) certificate: Option<Vec<u8>>,
}

pub(crate) fn add(tx: &mut Tx<'_>, bucket: Bucket, asked: &Asked) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_firmagob_request
         (bucket, id, institution, run, purpose, digest, asked_at, answered_at, status, number, outcome, certificate)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    let Asked { id, institution, run, purpose, digest, asked_at, answered_at, .. } = asked;
    let Asked { number, outcome, certificate, .. } = asked;
    let status = asked.status.map(i64::from);
    tx.execute(
        sql,
        &params![
            bucket,
            id,
            institution,
            run,
            purpose,
            digest,
            asked_at,
            answered_at,
            status,
            number,
            outcome,
            certificate
        ],
    )?;
    Ok(())
}

/// The last requests of an institution, newest first.
pub(crate) fn last(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    limit: usize,
) -> Result<Vec<FirmaGobRequest>> {
    let sql = sql!(
        "SELECT asked_at, status, number, outcome FROM signing_firmagob_request
         WHERE bucket = $1 AND institution = $2 ORDER BY id DESC LIMIT $3"
    );
    let request = |row: &copihue_db::Row| {
        let status: Option<u32> = row.at(1)?;
        Ok(FirmaGobRequest {
            asked_at: row.at(0)?,
            status: status.and_then(|status| u16::try_from(status).ok()),
            number: row.at(2)?,
            outcome: row.at(3)?,
        })
    };
    conn.query(sql, &params![bucket, institution, limit])?.iter().map(request).collect()
}
