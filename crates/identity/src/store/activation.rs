//! What officials have started for people.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::unknown;
use crate::model::activation::{Activation, Former};
use crate::model::person::Proofing;

fn read(row: &Row) -> Result<Activation> {
    let text = |column| row.get::<String>(column);
    Ok(Activation {
        person: row.get("person")?,
        code_hash: row.get("code_hash")?,
        series_hash: row.get("series_hash")?,
        proofing: Proofing::parse(&text("proofing")?).ok_or_else(|| unknown("proofing"))?,
        former: Former::parse(&text("factors")?).ok_or_else(|| unknown("factors"))?,
        officer: row.get("officer")?,
        office: text("office")?,
        created: row.get("created_at")?,
        expires: row.get("expires_at")?,
        tries: row.get("tries")?,
    })
}

/// What was started for a person.
pub(crate) fn activation(conn: &mut Conn<'_>, person: Id) -> Result<Option<Activation>> {
    conn.query_opt(
        sql!(
            "SELECT person, code_hash, series_hash, proofing, factors, officer, office, created_at, expires_at, tries ",
            "FROM identity_activation WHERE bucket = $1 AND person = $2"
        ),
        &params![person.bucket(), person],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// What waits for a second official, the oldest first.
pub(crate) fn activations_waiting(conn: &mut Conn<'_>, now: Timestamp) -> Result<Vec<Activation>> {
    conn.query(
        sql!(
            "SELECT person, code_hash, series_hash, proofing, factors, officer, office, created_at, expires_at, tries ",
            "FROM identity_activation WHERE code_hash IS NULL AND expires_at > $1 ORDER BY created_at LIMIT 100"
        ),
        &params![now],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Writes it down in place of what there was: an older code is void.
pub(crate) fn put_activation(tx: &mut Tx<'_>, a: &Activation) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_activation (bucket, person, code_hash, series_hash, proofing, factors, officer, office, ",
            "created_at, expires_at, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ",
            "ON CONFLICT (bucket, person) DO UPDATE SET code_hash = excluded.code_hash, series_hash = excluded.series_hash, ",
            "proofing = excluded.proofing, factors = excluded.factors, officer = excluded.officer, office = excluded.office, ",
            "created_at = excluded.created_at, expires_at = excluded.expires_at, tries = excluded.tries"
        ),
        &params![
            a.person.bucket(),
            a.person,
            a.code_hash,
            a.series_hash,
            a.proofing.code(),
            a.former.code(),
            a.officer,
            a.office,
            a.created,
            a.expires,
            a.tries
        ],
    )?;
    Ok(())
}

/// Notes a wrong try.
pub(crate) fn try_activation(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_activation SET tries = tries + 1 WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )?;
    Ok(())
}

/// Takes it away: used, or refused. Answers whether this call did.
pub(crate) fn drop_activation(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_activation WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )?;
    Ok(gone == 1)
}

/// Sets how the identity of a person was proved.
pub(crate) fn set_proofing(tx: &mut Tx<'_>, person: Id, proofing: Proofing) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_person SET proofing = $3 WHERE bucket = $1 AND id = $2"),
        &params![person.bucket(), person, proofing.code()],
    )?;
    Ok(())
}
