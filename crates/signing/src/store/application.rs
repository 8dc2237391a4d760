//! Applications that sign by contract, what holders let them do, and their requests.

use copihue_core::{Bucket, Error, Id, Result, Run, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::application::{Application, ApplicationState};
use crate::model::level::Level;
use crate::model::registered::Environment;
use crate::model::token::ExpirationZone;
use crate::pdf::SubFilter;
use crate::vault::Sealed;

pub(crate) fn add(tx: &mut Tx<'_>, new: &Application, secret: &Sealed, at: Timestamp) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_application
         (api_key, name, state, level, sub_filter, zone, strict_checksum, wrapped_key, secret, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (api_key) DO NOTHING"
    );
    tx.execute(
        sql,
        &params![
            new.key,
            new.name,
            new.state.code(),
            new.level.name(),
            new.sub_filter.code(),
            new.zone.code(),
            i64::from(new.strict_checksum),
            secret.wrapped_key,
            secret.ciphertext,
            at
        ],
    )?;
    Ok(())
}

/// An application and its sealed secrets: one, or two while it changes from one to the other.
pub(crate) fn get(conn: &mut Conn<'_>, key: &str) -> Result<Option<(Application, Vec<Sealed>)>> {
    let sql = sql!(
        "SELECT name, state, level, sub_filter, zone, strict_checksum, wrapped_key, secret,
                second_wrapped_key, second_secret, institution, environment, purposes, kinds, otp_reuse, per_minute,
                networks
         FROM signing_application WHERE api_key = $1"
    );
    let Some(row) = conn.query_opt(sql, &params![key])? else { return Ok(None) };
    let bad = || Error::internal("an application has a bad setting");
    let text = |column| -> Result<String> { row.get(column) };
    let application = Application {
        key: key.to_owned(),
        name: text("name")?,
        state: ApplicationState::from_code(&text("state")?).ok_or_else(bad)?,
        level: Level::from_name(&text("level")?).ok_or_else(bad)?,
        sub_filter: SubFilter::from_code(&text("sub_filter")?).ok_or_else(bad)?,
        zone: ExpirationZone::from_code(&text("zone")?).ok_or_else(bad)?,
        strict_checksum: row.get::<i64>("strict_checksum")? != 0,
        bounds: super::registered::bounds(&row)?,
    };
    let mut secrets = vec![Sealed { wrapped_key: row.get("wrapped_key")?, ciphertext: row.get("secret")? }];
    let second = Option::zip(row.get("second_wrapped_key")?, row.get("second_secret")?);
    secrets.extend(second.map(|(wrapped_key, ciphertext)| Sealed { wrapped_key, ciphertext }));
    Ok(Some((application, secrets)))
}

/// Gives an application a second secret, where it has only one.
pub(crate) fn add_second_secret(tx: &mut Tx<'_>, key: &str, secret: &Sealed) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_application SET second_wrapped_key = $2, second_secret = $3
         WHERE api_key = $1 AND second_secret IS NULL"
    );
    tx.execute(sql, &params![key, secret.wrapped_key, secret.ciphertext])
}

/// Puts another secret in the place of one that nobody was ever shown.
pub(crate) fn replace_secret(tx: &mut Tx<'_>, key: &str, secret: &Sealed) -> Result<()> {
    let sql = sql!("UPDATE signing_application SET wrapped_key = $2, secret = $3 WHERE api_key = $1");
    tx.execute(sql, &params![key, secret.wrapped_key, secret.ciphertext])?;
    Ok(())
}

/// Makes the second secret the only one.
pub(crate) fn drop_first_secret(tx: &mut Tx<'_>, key: &str) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_application SET wrapped_key = second_wrapped_key, secret = second_secret,
         second_wrapped_key = NULL, second_secret = NULL WHERE api_key = $1 AND second_secret IS NOT NULL"
    );
    tx.execute(sql, &params![key])
}

pub(crate) fn set_state(tx: &mut Tx<'_>, key: &str, state: ApplicationState) -> Result<u64> {
    let sql = sql!("UPDATE signing_application SET state = $2 WHERE api_key = $1");
    tx.execute(sql, &params![key, state.code()])
}

pub(crate) fn add_entity(tx: &mut Tx<'_>, name: &str, institution: &str) -> Result<()> {
    let sql =
        sql!("INSERT INTO signing_entity (name, institution) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
    tx.execute(sql, &params![name, institution])?;
    Ok(())
}

/// The code of the institution with this exact name.
pub(crate) fn entity(conn: &mut Conn<'_>, name: &str) -> Result<Option<String>> {
    let sql = sql!("SELECT institution FROM signing_entity WHERE name = $1");
    conn.query_opt(sql, &params![name])?.map(|row| row.get("institution")).transpose()
}

/// The official with this RUN who signs for an institution.
pub(crate) fn holder(conn: &mut Conn<'_>, institution: &str, run: Run) -> Result<Option<Id>> {
    let sql = sql!(
        "SELECT official FROM signing_holder WHERE institution = $1 AND run = $2 ORDER BY official LIMIT 1"
    );
    conn.query_opt(sql, &params![institution, run])?.map(|row| row.get("official")).transpose()
}

/// Lets an application sign unattended for a holder.
pub(crate) fn permit(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    application: &str,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_permission (bucket, institution, official, application, since)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (bucket, institution, official, application) DO UPDATE SET withdrawn_at = NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, application, at])?;
    Ok(())
}

/// Keeps the hash of the text that the holder accepted (SIG-07), and since when it holds.
pub(crate) fn keep_accepted(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    application: &str,
    text_sha256: [u8; 32],
    since: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_permission SET text_sha256 = $5, since = $6
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND application = $4"
    );
    tx.execute(sql, &params![bucket, institution, official, application, text_sha256, since])?;
    Ok(())
}

/// Withdraws it.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    application: &str,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_permission SET withdrawn_at = $5 WHERE bucket = $1 AND institution = $2 AND official = $3
         AND application = $4 AND withdrawn_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, application, at])?;
    Ok(())
}

/// Withdraws what every application may do for a holder.
pub(crate) fn withdraw_all(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    at: Timestamp,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_permission SET withdrawn_at = $4 WHERE bucket = $1 AND institution = $2 AND official = $3
         AND withdrawn_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, official, at])
}

/// The applications that asked for signatures of a holder: key and name.
pub(crate) fn of_holder(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
) -> Result<Vec<(String, String)>> {
    let sql = sql!(
        "SELECT a.api_key, a.name FROM signing_application a WHERE EXISTS
         (SELECT 1 FROM signing_log l WHERE l.bucket = $1 AND l.institution = $2 AND l.official = $3
          AND l.application = a.api_key) ORDER BY a.name, a.api_key"
    );
    let rows = conn.query(sql, &params![bucket, institution, official])?;
    rows.iter().map(|row| Ok((row.get("api_key")?, row.get("name")?))).collect()
}

/// Wrong codes that it presented on a day.
pub(crate) fn wrong_codes(conn: &mut Conn<'_>, key: &str, day: i64) -> Result<i64> {
    let sql = sql!("SELECT wrong_codes FROM signing_application WHERE api_key = $1 AND wrong_codes_day = $2");
    conn.query_opt(sql, &params![key, day])?.map_or(Ok(0), |row| row.get("wrong_codes"))
}

/// One more of them. Answers how many it is then.
pub(crate) fn add_wrong_code(tx: &mut Tx<'_>, key: &str, day: i64) -> Result<i64> {
    let sql = sql!(
        "UPDATE signing_application SET wrong_codes_day = $2,
         wrong_codes = CASE WHEN wrong_codes_day = $2 THEN wrong_codes + 1 ELSE 1 END WHERE api_key = $1"
    );
    tx.execute(sql, &params![key, day])?;
    wrong_codes(tx, key, day)
}

/// Where the key of an application that is not suspended counts: `Some(None)` for one that a deployment gives.
pub(crate) fn active_in(conn: &mut Conn<'_>, key: &str) -> Result<Option<Option<Environment>>> {
    let sql = sql!("SELECT environment FROM signing_application WHERE api_key = $1 AND state = $2");
    let row = conn.query_opt(sql, &params![key, ApplicationState::Active.code()])?;
    row.map(|row| {
        let environment: Option<String> = row.get("environment")?;
        Ok(environment.as_deref().and_then(Environment::from_code))
    })
    .transpose()
}

pub(crate) fn is_permitted(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    application: &str,
) -> Result<bool> {
    let sql = sql!(
        "SELECT p.since FROM signing_permission p JOIN signing_holder h
         ON h.bucket = p.bucket AND h.institution = p.institution AND h.official = p.official
         WHERE p.bucket = $1 AND p.institution = $2 AND p.official = $3 AND p.application = $4
         AND p.withdrawn_at IS NULL AND h.stopped_at IS NULL AND h.blocked_at IS NULL"
    );
    Ok(conn.query_opt(sql, &params![bucket, institution, official, application])?.is_some())
}

/// What is kept of a request.
pub(crate) struct Request<'a> {
    pub(crate) application: &'a str,
    pub(crate) institution: &'a str,
    pub(crate) official: Id,
    pub(crate) received_at: Timestamp,
    pub(crate) items: &'a [Item],
}

/// What is kept of an item.
pub(crate) struct Item {
    pub(crate) kind: &'static str,
    pub(crate) sha256_in: [u8; 32],
    pub(crate) sha256_out: Option<[u8; 32]>,
    pub(crate) levels: Option<(Level, Level)>,
    pub(crate) error: Option<&'static str>,
}

/// Keeps a request under the next number, and tells it.
pub(crate) fn add_request(tx: &mut Tx<'_>, request: &Request<'_>) -> Result<i64> {
    let next = sql!(
        "INSERT INTO signing_counter (name, value) VALUES ('request', 1)
         ON CONFLICT (name) DO UPDATE SET value = signing_counter.value + 1 RETURNING value"
    );
    let id: i64 = tx.query_one(next, &params![])?.get("value")?;
    let sql = sql!(
        "INSERT INTO signing_request (id, application, institution, official, received_at, items, failed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let count = |items: usize| i64::try_from(items).unwrap_or(i64::MAX);
    let failed = request.items.iter().filter(|i| i.error.is_some()).count();
    let Request { application, institution, official, received_at, items } = request;
    tx.execute(
        sql,
        &params![id, application, institution, official, received_at, count(items.len()), count(failed)],
    )?;
    for (n, item) in items.iter().enumerate() {
        add_item(tx, id, count(n), item)?;
    }
    Ok(id)
}

fn add_item(tx: &mut Tx<'_>, request: i64, n: i64, item: &Item) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_request_item
         (request, n, kind, sha256_in, sha256_out, level_asked, level_reached, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let (asked, reached) = (item.levels.map(|l| l.0.name()), item.levels.map(|l| l.1.name()));
    let Item { kind, sha256_in, sha256_out, error, .. } = item;
    tx.execute(sql, &params![request, n, kind, sha256_in, sha256_out, asked, reached, error])?;
    Ok(())
}

/// How many items of a request were signed, and how many were not.
pub(crate) fn counts(conn: &mut Conn<'_>, request: i64) -> Result<Option<(i64, i64)>> {
    let sql = sql!("SELECT items, failed FROM signing_request WHERE id = $1");
    let Some(row) = conn.query_opt(sql, &params![request])? else { return Ok(None) };
    let (items, failed): (i64, i64) = (row.get("items")?, row.get("failed")?);
    Ok(Some((items - failed, failed)))
}
