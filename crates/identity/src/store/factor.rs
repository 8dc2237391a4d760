//! Second factors.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// A TOTP, its seed sealed.
#[derive(Clone, Debug)]
pub(crate) struct TotpRow {
    pub(crate) sealed: Vec<u8>,
    pub(crate) last_step: i64,
    pub(crate) created: Timestamp,
}

/// A person's TOTP.
pub(crate) fn totp(conn: &mut Conn<'_>, person: Id) -> Result<Option<TotpRow>> {
    let row = conn.query_opt(
        sql!(
            "SELECT sealed, last_step, created_at FROM identity_factor ",
            "WHERE bucket = $1 AND person = $2 AND kind = 'totp'"
        ),
        &params![person.bucket(), person],
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(TotpRow {
        sealed: row.get("sealed")?,
        last_step: row.get("last_step")?,
        created: row.get("created_at")?,
    }))
}

/// Writes it down, where there is none. Answers whether this call did.
pub(crate) fn insert_totp(tx: &mut Tx<'_>, person: Id, t: &TotpRow) -> Result<bool> {
    let added = tx.execute(
        sql!(
            "INSERT INTO identity_factor (bucket, person, kind, sealed, last_step, created_at) ",
            "VALUES ($1, $2, 'totp', $3, $4, $5) ON CONFLICT (bucket, person, kind) DO NOTHING"
        ),
        &params![person.bucket(), person, t.sealed, t.last_step, t.created],
    )?;
    Ok(added == 1)
}

/// Spends a step. Answers whether this call did: of two at once, one.
pub(crate) fn spend_step(tx: &mut Tx<'_>, person: Id, step: i64) -> Result<bool> {
    let spent = tx.execute(
        sql!(
            "UPDATE identity_factor SET last_step = $3 ",
            "WHERE bucket = $1 AND person = $2 AND kind = 'totp' AND last_step < $3"
        ),
        &params![person.bucket(), person, step],
    )?;
    Ok(spent == 1)
}

/// Takes the TOTP away.
pub(crate) fn drop_totp(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_factor WHERE bucket = $1 AND person = $2 AND kind = 'totp'"),
        &params![person.bucket(), person],
    )?;
    Ok(gone == 1)
}

/// Takes the codes on paper away.
pub(crate) fn drop_backup_codes(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM identity_backup_code WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )?;
    Ok(())
}

/// The hash of a code on paper that is not spent.
pub(crate) fn backup_code(conn: &mut Conn<'_>, person: Id, place: usize) -> Result<Option<String>> {
    let row = conn.query_opt(
        sql!(
            "SELECT secret FROM identity_backup_code ",
            "WHERE bucket = $1 AND person = $2 AND place = $3 AND used_at IS NULL"
        ),
        &params![person.bucket(), person, place],
    )?;
    row.map(|row| row.get("secret")).transpose()
}

/// How many codes on paper are left.
pub(crate) fn backup_codes_left(conn: &mut Conn<'_>, person: Id) -> Result<usize> {
    let rows = conn.query(
        sql!("SELECT place FROM identity_backup_code WHERE bucket = $1 AND person = $2 AND used_at IS NULL"),
        &params![person.bucket(), person],
    )?;
    Ok(rows.len())
}

/// Spends one. Answers whether this call did.
pub(crate) fn spend_backup_code(tx: &mut Tx<'_>, person: Id, place: usize, now: Timestamp) -> Result<bool> {
    let spent = tx.execute(
        sql!(
            "UPDATE identity_backup_code SET used_at = $4 ",
            "WHERE bucket = $1 AND person = $2 AND place = $3 AND used_at IS NULL"
        ),
        &params![person.bucket(), person, place, now],
    )?;
    Ok(spent == 1)
}

/// A new set in place of the old one.
pub(crate) fn put_backup_codes(tx: &mut Tx<'_>, person: Id, hashes: &[String]) -> Result<()> {
    drop_backup_codes(tx, person)?;
    for (place, hash) in hashes.iter().enumerate() {
        tx.execute(
            sql!("INSERT INTO identity_backup_code (bucket, person, place, secret) VALUES ($1, $2, $3, $4)"),
            &params![person.bucket(), person, place, hash],
        )?;
    }
    Ok(())
}
