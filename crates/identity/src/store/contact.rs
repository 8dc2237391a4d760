//! Addresses that wait for their day.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

/// A change of address under way, the new one sealed.
#[derive(Clone, Debug)]
pub(crate) struct ContactRow {
    pub(crate) person: Id,
    pub(crate) email_sealed: Vec<u8>,
    pub(crate) created: Timestamp,
    pub(crate) effective: Timestamp,
}

fn read(row: &Row) -> Result<ContactRow> {
    Ok(ContactRow {
        person: row.get("person")?,
        email_sealed: row.get("email_sealed")?,
        created: row.get("created_at")?,
        effective: row.get("effective_at")?,
    })
}

/// The change that a person has under way.
pub(crate) fn contact_change(conn: &mut Conn<'_>, person: Id) -> Result<Option<ContactRow>> {
    conn.query_opt(
        sql!(
            "SELECT person, email_sealed, created_at, effective_at FROM identity_contact_change ",
            "WHERE bucket = $1 AND person = $2"
        ),
        &params![person.bucket(), person],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The change that a link of this hash takes back.
pub(crate) fn contact_change_by_link(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    cancel_hash: &[u8; 32],
) -> Result<Option<ContactRow>> {
    conn.query_opt(
        sql!(
            "SELECT person, email_sealed, created_at, effective_at FROM identity_contact_change ",
            "WHERE bucket = $1 AND cancel_hash = $2"
        ),
        &params![bucket, cancel_hash],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Writes it down, where there is none. Answers whether this call did.
pub(crate) fn insert_contact_change(tx: &mut Tx<'_>, c: &ContactRow, cancel_hash: &[u8; 32]) -> Result<bool> {
    let added = tx.execute(
        sql!(
            "INSERT INTO identity_contact_change (bucket, person, email_sealed, cancel_hash, created_at, effective_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bucket, person) DO NOTHING"
        ),
        &params![c.person.bucket(), c.person, c.email_sealed, cancel_hash, c.created, c.effective],
    )?;
    Ok(added == 1)
}

/// Takes it away. Answers whether this call did: of two at once, one.
pub(crate) fn drop_contact_change(tx: &mut Tx<'_>, person: Id) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_contact_change WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )?;
    Ok(gone == 1)
}

/// Sets the address of a person who has shown that they read it.
pub(crate) fn set_email(tx: &mut Tx<'_>, person: Id, sealed: &[u8]) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE identity_person SET email_sealed = $3, email_verified = 1 WHERE bucket = $1 AND id = $2"
        ),
        &params![person.bucket(), person, sealed],
    )?;
    Ok(())
}
