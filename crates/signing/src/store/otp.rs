//! Second factors of holders.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::otp::OtpState;
use crate::vault::Sealed;

pub(crate) fn get(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Option<(Sealed, OtpState)>> {
    let sql = sql!(
        "SELECT wrapped_key, secret, last_step, failures, locked_until FROM signing_otp
         WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    let Some(row) = conn.query_opt(sql, &params![bucket, institution, official])? else { return Ok(None) };
    let sealed = Sealed { wrapped_key: row.get("wrapped_key")?, ciphertext: row.get("secret")? };
    let state = OtpState {
        last_step: row.get("last_step")?,
        failures: row.get("failures")?,
        locked_until: row.get("locked_until")?,
    };
    Ok(Some((sealed, state)))
}

/// Since when a seed counts, and when its QR code was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Enrolment {
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) shown_at: Option<Timestamp>,
}

pub(crate) fn enrolment(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Option<Enrolment>> {
    let sql = sql!(
        "SELECT confirmed_at, shown_at FROM signing_otp WHERE bucket = $1 AND institution = $2 AND official = $3"
    );
    let row = conn.query_opt(sql, &params![bucket, institution, official])?;
    row.map(|row| Ok(Enrolment { confirmed_at: row.get("confirmed_at")?, shown_at: row.get("shown_at")? }))
        .transpose()
}

/// Adds a seed where there is none. One without `confirmed_at` does not count yet.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    sealed: &Sealed,
    confirmed_at: Option<Timestamp>,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_otp
         (bucket, institution, official, wrapped_key, secret, last_step, failures, confirmed_at)
         VALUES ($1, $2, $3, $4, $5, 0, 0, $6) ON CONFLICT (bucket, institution, official) DO NOTHING"
    );
    let Sealed { wrapped_key, ciphertext } = sealed;
    tx.execute(sql, &params![bucket, institution, official, wrapped_key, ciphertext, confirmed_at])?;
    Ok(())
}

/// Takes a seed away: the holder sets up another one.
pub(crate) fn remove(tx: &mut Tx<'_>, bucket: Bucket, institution: &str, official: Id) -> Result<u64> {
    let sql = sql!("DELETE FROM signing_otp WHERE bucket = $1 AND institution = $2 AND official = $3");
    tx.execute(sql, &params![bucket, institution, official])
}

/// Its QR code was shown.
pub(crate) fn set_shown(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    at: Timestamp,
) -> Result<()> {
    let sql =
        sql!("UPDATE signing_otp SET shown_at = $4 WHERE bucket = $1 AND institution = $2 AND official = $3");
    tx.execute(sql, &params![bucket, institution, official, at])?;
    Ok(())
}

/// Its first good code came; how often that was news.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    at: Timestamp,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_otp SET confirmed_at = $4
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND confirmed_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, at])
}

/// Stores what a try left behind, unless another try came between: then one of the two must be judged again.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    application: Option<&str>,
    from: OtpState,
    to: OtpState,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_otp SET last_step = $4, failures = $5, locked_until = $6, application = $9
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND last_step = $7 AND failures = $8"
    );
    tx.execute(
        sql,
        &params![
            bucket,
            institution,
            official,
            to.last_step,
            to.failures,
            to.locked_until,
            from.last_step,
            from.failures,
            application
        ],
    )
}

/// No code of a step up to this one is accepted any more.
pub(crate) fn spend_until(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    step: i64,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_otp SET last_step = $4
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND last_step < $4"
    );
    tx.execute(sql, &params![bucket, institution, official, step])?;
    Ok(())
}

/// The application that presented the last code that was accepted.
pub(crate) fn last_application(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Option<String>> {
    let sql =
        sql!("SELECT application FROM signing_otp WHERE bucket = $1 AND institution = $2 AND official = $3");
    match conn.query_opt(sql, &params![bucket, institution, official])? {
        Some(row) => row.get("application"),
        None => Ok(None),
    }
}
