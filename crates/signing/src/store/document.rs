//! Issued documents by code and by hash.

use copihue_core::{Error, Result, Timestamp, VerificationCode};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::document::{DocumentState, IssuedDocument, RegisteredDocument, Show};

pub(crate) fn add(tx: &mut Tx<'_>, document: &IssuedDocument, registered_at: Timestamp) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_document (code, sha256, institution, institution_name, title, kind, case_file, signers,
         issued_at, shows, state, state_at, registered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9, $12)"
    );
    let d = document;
    let signers = serde_json::to_string(&d.signers)?;
    let state = DocumentState::InForce.code();
    tx.execute(
        sql,
        &params![
            d.code,
            d.sha256,
            d.institution,
            d.institution_name,
            d.title,
            d.kind,
            d.case,
            signers,
            d.issued_at,
            d.show.code(),
            state,
            registered_at
        ],
    )?;
    Ok(())
}

fn document(row: &Row) -> Result<RegisteredDocument> {
    let bad = |what: &str| Error::internal(format_args!("an issued document has a bad {what}"));
    let signers: String = row.get("signers")?;
    let shows: String = row.get("shows")?;
    let state: String = row.get("state")?;
    let issued = IssuedDocument {
        code: row.get("code")?,
        sha256: row.get("sha256")?,
        institution: row.get("institution")?,
        institution_name: row.get("institution_name")?,
        title: row.get("title")?,
        kind: row.get("kind")?,
        case: row.get("case_file")?,
        signers: serde_json::from_str(&signers)?,
        issued_at: row.get("issued_at")?,
        show: Show::from_code(&shows).ok_or_else(|| bad("setting"))?,
    };
    Ok(RegisteredDocument {
        issued,
        state: DocumentState::from_code(&state).ok_or_else(|| bad("state"))?,
        state_at: row.get("state_at")?,
        reason: row.get("reason")?,
        replaced_by: row.get("replaced_by")?,
        registered_at: row.get("registered_at")?,
    })
}

pub(crate) fn by_code(conn: &mut Conn<'_>, code: VerificationCode) -> Result<Option<RegisteredDocument>> {
    let sql = sql!(
        "SELECT code, sha256, institution, institution_name, title, kind, case_file, signers, issued_at, shows, state,
         state_at, reason, replaced_by, registered_at FROM signing_document WHERE code = $1"
    );
    conn.query_opt(sql, &params![code])?.as_ref().map(document).transpose()
}

pub(crate) fn by_hash(conn: &mut Conn<'_>, sha256: [u8; 32]) -> Result<Option<RegisteredDocument>> {
    let sql = sql!(
        "SELECT code, sha256, institution, institution_name, title, kind, case_file, signers, issued_at, shows, state,
         state_at, reason, replaced_by, registered_at FROM signing_document WHERE sha256 = $1 ORDER BY issued_at LIMIT 1"
    );
    conn.query_opt(sql, &params![sha256])?.as_ref().map(document).transpose()
}

pub(crate) fn set_state(
    tx: &mut Tx<'_>,
    code: VerificationCode,
    state: DocumentState,
    reason: &str,
    replaced_by: Option<VerificationCode>,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_document SET state = $2, reason = $3, replaced_by = $4, state_at = $5 WHERE code = $1"
    );
    tx.execute(sql, &params![code, state.code(), reason, replaced_by, at])?;
    Ok(())
}
