//! Grants: one row from the code to the last refresh.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{acr_number, acr_of, words};
use crate::model::grant::{Grant, GrantKey};
use crate::model::profile::Reach;
use crate::model::redirect::RedirectUri;

fn read(row: &Row, key: GrantKey) -> Result<Grant> {
    Ok(Grant {
        key,
        sid: row.get("sid")?,
        person: row.get("person")?,
        epoch: row.get("epoch")?,
        client_id: row.get("client_id")?,
        redirect_uri: RedirectUri::stored(row.get("redirect_uri")?),
        scope: row.get("scope")?,
        nonce: row.get("nonce")?,
        challenge: row.get("challenge")?,
        acr: acr_of(row.get("acr")?)?,
        amr: words(&row.get::<String>("amr")?),
        auth_time: row.get("auth_time")?,
        created: row.get("created_at")?,
        code_used: row.get("code_used_at")?,
        generation: row.get("generation")?,
        generation_at: row.get("generation_at")?,
        expires: row.get("expires_at")?,
        revoked: row.get("revoked_at")?,
        jkt: row.get("jkt")?,
        mandate: row.get("mandate")?,
        reach: if row.get::<i64>("offline")? == 0 { Reach::Session } else { Reach::Offline },
    })
}

/// A grant.
pub(crate) fn grant(conn: &mut Conn<'_>, key: GrantKey) -> Result<Option<Grant>> {
    conn.query_opt(
        sql!(
            "SELECT sid, person, epoch, client_id, redirect_uri, scope, nonce, challenge, acr, amr, auth_time, created_at, ",
            "code_used_at, generation, generation_at, expires_at, revoked_at, jkt, offline, mandate ",
            "FROM identity_grant WHERE bucket = $1 AND selector = $2"
        ),
        &params![key.bucket, key.selector],
    )?
    .map(|row| read(&row, key))
    .transpose()
}

/// Adds a grant whose code has just been given.
pub(crate) fn insert_grant(tx: &mut Tx<'_>, g: &Grant) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_grant (bucket, selector, sid, person, epoch, client_id, redirect_uri, scope, nonce, challenge, ",
            "acr, amr, auth_time, created_at, generation, generation_at, expires_at, jkt, offline, mandate) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        ),
        &params![
            g.key.bucket,
            g.key.selector,
            g.sid,
            g.person,
            g.epoch,
            g.client_id,
            g.redirect_uri.as_str(),
            g.scope,
            g.nonce,
            g.challenge,
            acr_number(g.acr),
            g.amr.join(" "),
            g.auth_time,
            g.created,
            g.generation,
            g.generation_at,
            g.expires,
            g.jkt,
            i64::from(g.reach == Reach::Offline),
            g.mandate
        ],
    )?;
    Ok(())
}

/// Marks the code as used and begins the first generation. Answers whether this call did it: of fifty at once, one does.
pub(crate) fn redeem_code(tx: &mut Tx<'_>, key: GrantKey, jkt: Option<&str>, now: Timestamp) -> Result<bool> {
    let done = tx.execute(
        sql!(
            "UPDATE identity_grant SET code_used_at = $3, generation = 1, generation_at = $3, jkt = $4 ",
            "WHERE bucket = $1 AND selector = $2 AND code_used_at IS NULL AND revoked_at IS NULL"
        ),
        &params![key.bucket, key.selector, now, jkt],
    )?;
    Ok(done == 1)
}

/// Begins the next generation, if `from` is still the present one.
pub(crate) fn advance(tx: &mut Tx<'_>, key: GrantKey, from: i64, now: Timestamp) -> Result<bool> {
    let done = tx.execute(
        sql!(
            "UPDATE identity_grant SET generation = generation + 1, generation_at = $4 ",
            "WHERE bucket = $1 AND selector = $2 AND generation = $3 AND revoked_at IS NULL"
        ),
        &params![key.bucket, key.selector, from, now],
    )?;
    Ok(done == 1)
}

/// Ends a grant with all its tokens.
pub(crate) fn revoke_grant(tx: &mut Tx<'_>, key: GrantKey, now: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $3, code_used_at = COALESCE(code_used_at, $3) ",
            "WHERE bucket = $1 AND selector = $2 AND revoked_at IS NULL"
        ),
        &params![key.bucket, key.selector, now],
    )?;
    Ok(())
}

/// Ends every grant of a person. Answers the applications that had one alive, with the provider's sessions that it came from.
pub(crate) fn revoke_all(tx: &mut Tx<'_>, person: Id, now: Timestamp) -> Result<Vec<(Used, Id)>> {
    let rows = tx.query(
        sql!(
            "SELECT DISTINCT client_id, sid, mandate FROM identity_grant WHERE bucket = $1 AND person = $2 ",
            "AND code_used_at IS NOT NULL AND revoked_at IS NULL AND expires_at > $3 ORDER BY client_id, sid"
        ),
        &params![person.bucket(), person, now],
    )?;
    tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $3 WHERE bucket = $1 AND person = $2 AND revoked_at IS NULL"
        ),
        &params![person.bucket(), person, now],
    )?;
    rows.iter().map(|row| Ok(((row.get("client_id")?, row.get("mandate")?), row.get("sid")?))).collect()
}

/// An application, with the mandate by which the person acted there.
pub(crate) type Used = (String, Option<Id>);

/// Ends a person's grants that end with a session of the provider. Answers their applications.
pub(crate) fn revoke_with_session(tx: &mut Tx<'_>, person: Id, sid: Id, now: Timestamp) -> Result<Vec<Used>> {
    let rows = tx.query(
        sql!(
            "SELECT DISTINCT client_id, mandate FROM identity_grant WHERE bucket = $1 AND person = $2 AND sid = $3 ",
            "AND code_used_at IS NOT NULL ORDER BY client_id"
        ),
        &params![person.bucket(), person, sid],
    )?;
    tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $4 ",
            "WHERE bucket = $1 AND person = $2 AND sid = $3 AND offline = 0 AND revoked_at IS NULL"
        ),
        &params![person.bucket(), person, sid, now],
    )?;
    rows.iter().map(|row| Ok((row.get("client_id")?, row.get("mandate")?))).collect()
}

/// Ends what a person has given to an application. Answers the provider's sessions that it came from,
/// each with the mandate by which the person acted.
pub(crate) fn revoke_of_client(
    tx: &mut Tx<'_>,
    person: Id,
    client_id: &str,
    now: Timestamp,
) -> Result<Vec<(Id, Option<Id>)>> {
    let rows = tx.query(
        sql!(
            "SELECT DISTINCT sid, mandate FROM identity_grant WHERE bucket = $1 AND person = $2 AND client_id = $3 ",
            "AND revoked_at IS NULL AND expires_at > $4"
        ),
        &params![person.bucket(), person, client_id, now],
    )?;
    tx.execute(
        sql!(
            "UPDATE identity_grant SET revoked_at = $4 ",
            "WHERE bucket = $1 AND person = $2 AND client_id = $3 AND revoked_at IS NULL"
        ),
        &params![person.bucket(), person, client_id, now],
    )?;
    rows.iter().map(|row| Ok((row.get("sid")?, row.get("mandate")?))).collect()
}
