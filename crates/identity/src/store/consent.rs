//! What people have agreed to let applications know.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::words;

/// What a person agreed to.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) client_id: String,
    pub(crate) scope: Vec<String>,
    pub(crate) given: Timestamp,
}

fn read(row: &Row) -> Result<Consent> {
    Ok(Consent {
        client_id: row.get("client_id")?,
        scope: words(&row.get::<String>("scope")?),
        given: row.get("given_at")?,
    })
}

/// What the person lets this application know.
pub(crate) fn consent(conn: &mut Conn<'_>, person: Id, client_id: &str) -> Result<Option<Consent>> {
    conn.query_opt(
        sql!(
            "SELECT client_id, scope, given_at FROM identity_consent ",
            "WHERE bucket = $1 AND person = $2 AND client_id = $3"
        ),
        &params![person.bucket(), person, client_id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// All of a person's.
pub(crate) fn consents(conn: &mut Conn<'_>, person: Id) -> Result<Vec<Consent>> {
    conn.query(
        sql!(
            "SELECT client_id, scope, given_at FROM identity_consent WHERE bucket = $1 AND person = $2 ",
            "ORDER BY client_id"
        ),
        &params![person.bucket(), person],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Writes it down.
pub(crate) fn put_consent(tx: &mut Tx<'_>, person: Id, c: &Consent) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_consent (bucket, person, client_id, scope, given_at) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (bucket, person, client_id) DO UPDATE SET scope = excluded.scope, given_at = excluded.given_at"
        ),
        &params![person.bucket(), person, c.client_id, c.scope.join(" "), c.given],
    )?;
    Ok(())
}

/// Takes it back.
pub(crate) fn drop_consent(tx: &mut Tx<'_>, person: Id, client_id: &str) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_consent WHERE bucket = $1 AND person = $2 AND client_id = $3"),
        &params![person.bucket(), person, client_id],
    )?;
    Ok(gone == 1)
}
