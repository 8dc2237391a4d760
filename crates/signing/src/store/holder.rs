//! Holders, and what stands between them and a signature.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::keys::Algorithm;
use crate::model::cert_request::MAX_MONTHS;
use crate::model::holder::{FeeStaff, Holder, HolderKind, Purposes};

fn read(row: &Row) -> Result<Holder> {
    let text = |column| -> Result<Option<String>> { row.get(column) };
    let months: Option<u16> = row.get("months")?;
    Ok(Holder {
        institution: row.get("institution")?,
        official: row.get("official")?,
        run: row.get("run")?,
        name: row.get("name")?,
        post: row.get("post")?,
        email: row.get("email")?,
        kind: text("kind")?.as_deref().and_then(HolderKind::from_code).unwrap_or(HolderKind::Official),
        months: months.unwrap_or(MAX_MONTHS),
        purposes: text("purposes")?.as_deref().and_then(Purposes::from_code).unwrap_or(Purposes::Both),
        person: row.get("person")?,
        blocked_at: row.get("blocked_at")?,
        stopped_at: row.get("stopped_at")?,
    })
}

pub(crate) fn get(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Option<Holder>> {
    let sql = sql!(
        "SELECT institution, official, run, name, post, email, kind, months, purposes, person, blocked_at, stopped_at
         FROM signing_holder WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    conn.query_opt(sql, &params![bucket, institution, official])?.as_ref().map(read).transpose()
}

/// An institution's, in the order of their ids, after one.
pub(crate) fn list(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Holder>> {
    let sql = sql!(
        "SELECT institution, official, run, name, post, email, kind, months, purposes, person, blocked_at, stopped_at
         FROM signing_holder WHERE bucket = $1 AND institution = $2 AND official > $3 ORDER BY official LIMIT $4"
    );
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    conn.query(sql, &params![bucket, institution, after, limit])?.iter().map(read).collect()
}

/// Adds a holder, or writes anew what the operator says of one. Names, once they came with a login, stay (SIG-18).
pub(crate) fn put(tx: &mut Tx<'_>, bucket: Bucket, holder: &Holder, at: Timestamp) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_holder (bucket, institution, official, run, name, post, email, created_at, kind, months, purposes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (bucket, institution, official) DO UPDATE
         SET post = excluded.post, email = excluded.email, kind = excluded.kind, months = excluded.months,
             purposes = excluded.purposes"
    );
    let Holder { institution, official, run, name, post, email, kind, months, purposes, .. } = holder;
    tx.execute(
        sql,
        &params![
            bucket,
            institution,
            official,
            run,
            name,
            post,
            email,
            at,
            kind.code(),
            months,
            purposes.code()
        ],
    )?;
    Ok(())
}

/// Keeps who they are where they log in, and their names from there.
pub(crate) fn meet(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    person: Id,
    name: &str,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_holder SET person = $4, name = $5 WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    tx.execute(sql, &params![bucket, institution, official, person, name])?;
    Ok(())
}

/// Blocks, or lets them go on.
pub(crate) fn set_blocked(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    at: Option<Timestamp>,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_holder SET blocked_at = $4 WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    tx.execute(sql, &params![bucket, institution, official, at])?;
    Ok(())
}

/// Stops every signature of theirs, or lets them go on.
pub(crate) fn set_stopped(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    at: Option<Timestamp>,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_holder SET stopped_at = $4 WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    tx.execute(sql, &params![bucket, institution, official, at])?;
    Ok(())
}

/// What decides, within the transaction of a signature, whether it may be.
pub(crate) struct Standing {
    pub(crate) person: Option<Id>,
    pub(crate) blocked: bool,
    pub(crate) stopped: bool,
    pub(crate) revoked: bool,
}

/// A holder with one of their certificates; `None` when there is no such pair.
pub(crate) fn standing(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    serial: &str,
) -> Result<Option<Standing>> {
    let sql = sql!(
        "SELECT h.person, h.blocked_at, h.stopped_at, c.revoked_at FROM signing_holder h
         JOIN signing_certificate c ON c.serial = $4 AND c.bucket = h.bucket AND c.institution = h.institution
         WHERE h.bucket = $1 AND h.institution = $2 AND h.official = $3"
    );
    let Some(row) = conn.query_opt(sql, &params![bucket, institution, official, serial])? else {
        return Ok(None);
    };
    let set = |column| Ok::<_, Error>(row.get::<Option<Timestamp>>(column)?.is_some());
    Ok(Some(Standing {
        person: row.get("person")?,
        blocked: set("blocked_at")?,
        stopped: set("stopped_at")?,
        revoked: set("revoked_at")?,
    }))
}

/// What a body decided about its signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Settings {
    pub(crate) fee_staff: FeeStaff,
    /// The act by which it decided.
    pub(crate) fee_act: Option<String>,
    pub(crate) algorithm: Algorithm,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fee_staff: FeeStaff::Refused, fee_act: None, algorithm: Algorithm::default() }
    }
}

pub(crate) fn settings(conn: &mut Conn<'_>, institution: &str) -> Result<Settings> {
    let sql = sql!("SELECT fee_staff, fee_act, algorithm FROM signing_institution WHERE institution = $1");
    let Some(row) = conn.query_opt(sql, &params![institution])? else { return Ok(Settings::default()) };
    let bad = || Error::internal("an institution's signature has a bad setting");
    let text = |column| -> Result<String> { row.get(column) };
    Ok(Settings {
        fee_staff: FeeStaff::from_code(&text("fee_staff")?).ok_or_else(bad)?,
        fee_act: row.get("fee_act")?,
        algorithm: Algorithm::from_code(&text("algorithm")?).ok_or_else(bad)?,
    })
}

pub(crate) fn set_settings(tx: &mut Tx<'_>, institution: &str, settings: &Settings) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_institution (institution, fee_staff, fee_act, algorithm) VALUES ($1, $2, $3, $4)
         ON CONFLICT (institution) DO UPDATE
         SET fee_staff = excluded.fee_staff, fee_act = excluded.fee_act, algorithm = excluded.algorithm"
    );
    let Settings { fee_staff, fee_act, algorithm } = settings;
    tx.execute(sql, &params![institution, fee_staff.code(), fee_act, algorithm.code()])?;
    Ok(())
}
