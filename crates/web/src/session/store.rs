//! The table `web_session`.

use std::sync::atomic::AtomicI64;

use copihue_core::{Acr, Error, Id, PersonRef, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{Key, Session};

pub(super) fn insert(tx: &mut Tx<'_>, s: &Session) -> Result<()> {
    let (institution, official) = match &s.hat {
        Some((institution, official)) => (Some(institution.as_str()), Some(*official)),
        None => (None, None),
    };
    tx.execute(
        sql!(
            "INSERT INTO web_session (bucket, token_hash, id, person, run, name, acr, amr, sid, hat_institution, \
             hat_official, created_at, authenticated_at, last_seen, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &params![
            s.key.bucket,
            s.key.hash,
            s.id,
            s.person.id,
            s.person.run,
            s.person.name,
            acr_number(s.acr),
            s.amr.join(" "),
            s.sid,
            institution,
            official,
            s.created,
            s.authenticated,
            s.last_seen(),
            s.expires
        ],
    )?;
    Ok(())
}

pub(super) fn by_key(conn: &mut Conn<'_>, key: Key) -> Result<Option<Session>> {
    let row = conn.query_opt(
        sql!(
            "SELECT token_hash, id, person, run, name, acr, amr, sid, hat_institution, hat_official, created_at, \
             authenticated_at, last_seen, expires_at, ended_at FROM web_session WHERE bucket = $1 AND token_hash = $2"
        ),
        &params![key.bucket, key.hash],
    )?;
    row.as_ref().map(session).transpose()
}

/// Sessions of a person that were not ended.
pub(super) fn of_person(conn: &mut Conn<'_>, person: Id) -> Result<Vec<Session>> {
    let rows = conn.query(
        sql!(
            "SELECT token_hash, id, person, run, name, acr, amr, sid, hat_institution, hat_official, created_at, \
             authenticated_at, last_seen, expires_at, ended_at FROM web_session \
             WHERE bucket = $1 AND person = $2 AND ended_at IS NULL"
        ),
        &params![person.bucket(), person],
    )?;
    rows.iter().map(session).collect()
}

pub(super) fn end(tx: &mut Tx<'_>, key: Key, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE web_session SET ended_at = $3 WHERE bucket = $1 AND token_hash = $2 AND ended_at IS NULL"
        ),
        &params![key.bucket, key.hash, at],
    )?;
    Ok(())
}

pub(super) fn end_all(tx: &mut Tx<'_>, at: Timestamp) -> Result<u64> {
    tx.execute(sql!("UPDATE web_session SET ended_at = $1 WHERE ended_at IS NULL"), &params![at])
}

pub(super) fn touch(tx: &mut Tx<'_>, key: Key, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE web_session SET last_seen = $3 WHERE bucket = $1 AND token_hash = $2 AND last_seen < $3"
        ),
        &params![key.bucket, key.hash, at],
    )?;
    Ok(())
}

pub(super) fn ended_since(conn: &mut Conn<'_>, since: Timestamp) -> Result<Vec<[u8; 32]>> {
    let rows = conn.query(sql!("SELECT token_hash FROM web_session WHERE ended_at > $1"), &params![since])?;
    rows.iter().map(|row| row.get("token_hash")).collect()
}

fn session(row: &Row) -> Result<Session> {
    let person: Id = row.get("person")?;
    let amr: String = row.get("amr")?;
    let hat = row.get::<Option<String>>("hat_institution")?.zip(row.get::<Option<Id>>("hat_official")?);
    let last_seen = row.get::<Timestamp>("last_seen")?.millis();
    Ok(Session {
        key: Key { bucket: person.bucket(), hash: row.get("token_hash")? },
        id: row.get("id")?,
        person: PersonRef { id: person, run: row.get("run")?, name: row.get("name")? },
        acr: acr_of(row.get("acr")?)?,
        amr: amr.split_whitespace().map(str::to_owned).collect(),
        sid: row.get("sid")?,
        created: row.get("created_at")?,
        authenticated: row.get("authenticated_at")?,
        expires: row.get("expires_at")?,
        hat,
        ended: row.get("ended_at")?,
        last_seen: AtomicI64::new(last_seen),
        touched: AtomicI64::new(last_seen),
    })
}

const fn acr_number(acr: Acr) -> i64 {
    match acr {
        Acr::Low => 1,
        Acr::Substantial => 2,
        Acr::High => 3,
    }
}

fn acr_of(number: i64) -> Result<Acr> {
    match number {
        1 => Ok(Acr::Low),
        2 => Ok(Acr::Substantial),
        3 => Ok(Acr::High),
        _ => Err(Error::internal("unknown level of a session")),
    }
}
