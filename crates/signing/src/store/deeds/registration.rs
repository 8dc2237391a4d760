//! What the registration authority did: each act has its row, and the row of what it was done to.

use copihue_core::{Id, Result};
use copihue_db::{Conn, Row, params, sql};
use serde_json::{Value, json};

use super::{Found, Says, fields, whole};
use crate::model::act::ActKind;

/// The next acts, by their ids.
///
/// # Errors
/// As [`Conn::query`].
pub fn acts(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let id = from.and_then(Id::from_slice);
    let (bucket, from) =
        id.map_or((-1, Vec::new()), |id| (i64::from(id.bucket().number()), id.as_bytes().to_vec()));
    conn.query(
        sql!("SELECT id FROM signing_act WHERE (bucket, id) > ($1, $2) ORDER BY bucket, id LIMIT $3"),
        &params![bucket, from, limit],
    )?
    .iter()
    .map(|row| {
        let id: Id = row.at(0)?;
        Ok((id.as_bytes().to_vec(), id.to_string()))
    })
    .collect()
}

/// Whether there is this act, and what it was done to still stands as the act left it: the certificate that was issued or revoked, the
/// request, the application, the permission, the holder who stopped their signatures and has not let them go on.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_act(conn: &mut Conn<'_>, id: &str) -> Result<bool> {
    let Some(act) = get(conn, id)? else { return Ok(false) };
    match ActKind::from_code(&act.kind) {
        Some(ActKind::Issued) => is_issued(conn, &act),
        Some(ActKind::Revoked) => is_revoked(conn, &act),
        Some(ActKind::Stopped) => is_stopped(conn, &act),
        Some(ActKind::Permitted | ActKind::Withdrawn) => has_permission(conn, &act),
        Some(
            ActKind::RequestSent
            | ActKind::RequestCancelled
            | ActKind::RequestApproved
            | ActKind::RequestSelfApproved
            | ActKind::RequestRejected,
        ) => has_request(conn, &act),
        Some(
            ActKind::ApplicationAsked
            | ActKind::ProductionAsked
            | ActKind::ApplicationAdmitted
            | ActKind::ApplicationPromoted
            | ActKind::ApplicationSuspended
            | ActKind::ApplicationResumed
            | ActKind::ApplicationRevoked
            | ActKind::ApplicationSecret
            | ActKind::SecretChanged
            | ActKind::ApplicationBounds,
        ) => has_application(conn, &act),
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// What an act's row says.
///
/// # Errors
/// As [`Conn::query`].
pub fn act_says(conn: &mut Conn<'_>, id: &str) -> Says {
    let Some(act) = get(conn, id)? else { return Ok(None) };
    Ok(fields([
        ("institution", json!(act.institution)),
        ("action", json!(act.kind)),
        ("official", act.doer.map_or(Value::Null, |doer| json!(doer.to_string()))),
        ("at", json!(act.at)),
    ]))
}

struct Act {
    id: Id,
    institution: String,
    kind: String,
    official: Option<Id>,
    request: Option<Id>,
    doer: Option<Id>,
    note: Option<String>,
    at: i64,
}

fn get(conn: &mut Conn<'_>, id: &str) -> Result<Option<Act>> {
    let Ok(id) = id.parse::<Id>() else { return Ok(None) };
    let sql = sql!(
        "SELECT institution, kind, official, request, doer, note, at FROM signing_act WHERE bucket = $1 AND id = $2"
    );
    let read = |row: &Row| {
        Ok(Act {
            id,
            institution: row.get("institution")?,
            kind: row.get("kind")?,
            official: row.get("official")?,
            request: row.get("request")?,
            doer: row.get("doer")?,
            note: row.get("note")?,
            at: row.get("at")?,
        })
    };
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(read).transpose()
}

fn is_issued(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let sql =
        sql!("SELECT serial FROM signing_certificate WHERE serial = $2 AND bucket = $1 AND institution = $3");
    Ok(conn.query_opt(sql, &params![act.id.bucket(), act.note, act.institution])?.is_some())
}

fn is_revoked(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let sql = sql!(
        "SELECT c.serial FROM signing_cert_request r
         JOIN signing_certificate c ON c.serial = r.serial AND c.bucket = r.bucket
         WHERE r.bucket = $1 AND r.id = $2 AND c.revoked_at IS NOT NULL"
    );
    Ok(conn.query_opt(sql, &params![act.id.bucket(), act.request])?.is_some())
}

/// Stopped until the holder lets them go on.
fn is_stopped(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let resumed = sql!(
        "SELECT id FROM signing_act WHERE bucket = $1 AND institution = $2 AND official = $3 AND id > $4
         AND kind = 'firma_reanudada' LIMIT 1"
    );
    let bucket = act.id.bucket();
    if conn.query_opt(resumed, &params![bucket, act.institution, act.official, act.id])?.is_some() {
        return Ok(true);
    }
    let stopped = sql!(
        "SELECT official FROM signing_holder WHERE bucket = $1 AND institution = $2 AND official = $3
         AND stopped_at IS NOT NULL"
    );
    Ok(conn.query_opt(stopped, &params![bucket, act.institution, act.official])?.is_some())
}

fn has_permission(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let sql = sql!(
        "SELECT official FROM signing_permission WHERE bucket = $1 AND institution = $2 AND official = $3 LIMIT 1"
    );
    Ok(conn.query_opt(sql, &params![act.id.bucket(), act.institution, act.official])?.is_some())
}

fn has_request(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let sql = sql!("SELECT id FROM signing_cert_request WHERE bucket = $1 AND id = $2 AND institution = $3");
    Ok(conn.query_opt(sql, &params![act.id.bucket(), act.request, act.institution])?.is_some())
}

fn has_application(conn: &mut Conn<'_>, act: &Act) -> Result<bool> {
    let sql = sql!("SELECT id FROM signing_registered WHERE bucket = $1 AND id = $2 AND institution = $3");
    Ok(conn.query_opt(sql, &params![act.id.bucket(), act.request, act.institution])?.is_some())
}

/// Certificates that a deployment revoked by itself, without the registration authority: `institution/official/at`.
///
/// # Errors
/// As [`Conn::query`].
pub fn revocations(conn: &mut Conn<'_>, from: Option<&[u8]>, limit: usize) -> Found {
    let from = from.map(String::from_utf8_lossy).unwrap_or_default();
    conn.query(
        sql!(
            "SELECT serial, institution, owner, revoked_at FROM signing_certificate
             WHERE revoked_at IS NOT NULL AND motive IS NULL AND serial > $1 ORDER BY serial LIMIT $2"
        ),
        &params![from.as_ref(), limit],
    )?
    .iter()
    .map(|row| {
        let [serial, institution, owner]: [String; 3] =
            [row.get("serial")?, row.get("institution")?, row.get("owner")?];
        let official = owner.strip_prefix("desatendido:").unwrap_or(&owner);
        let at = whole(row, "revoked_at")?;
        Ok((serial.into_bytes(), format!("{institution}/{official}/{at}")))
    })
    .collect()
}

/// Whether a deployment revoked an official's certificates then.
///
/// # Errors
/// As [`Conn::query`].
pub fn is_revocation(conn: &mut Conn<'_>, name: &str) -> Result<bool> {
    let mut parts = name.rsplitn(3, '/');
    let (Some(at), Some(official), Some(institution)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(false);
    };
    let Ok(at) = at.parse::<i64>() else { return Ok(false) };
    let sql = sql!(
        "SELECT serial FROM signing_certificate WHERE revoked_at = $1 AND institution = $2 AND owner IN ($3, $4) LIMIT 1"
    );
    let unattended = format!("desatendido:{official}");
    Ok(conn.query_opt(sql, &params![at, institution, official, unattended])?.is_some())
}
