//! Second factors of holders.

use copihue_core::{Bucket, Id, Result};
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

/// Adds a seed where there is none.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    sealed: &Sealed,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_otp (bucket, institution, official, wrapped_key, secret, last_step, failures)
         VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (bucket, institution, official) DO NOTHING"
    );
    tx.execute(sql, &params![bucket, institution, official, sealed.wrapped_key, sealed.ciphertext])?;
    Ok(())
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
