//! Passkeys.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::passkey::{Home, Known, Made};

/// A person's passkey.
#[derive(Clone, Debug)]
pub(crate) struct Passkey {
    pub(crate) id: Vec<u8>,
    public_key: Vec<u8>,
    counter: u32,
    pub(crate) home: Home,
    /// As its owner calls it.
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) used: Option<Timestamp>,
}

impl Passkey {
    pub(crate) fn known(&self) -> Known<'_> {
        Known { public_key: &self.public_key, counter: self.counter, home: self.home }
    }
}

fn read(row: &Row) -> Result<Passkey> {
    let (counter, synced): (i64, i64) = (row.get("counter")?, row.get("synced")?);
    Ok(Passkey {
        id: row.get("id")?,
        public_key: row.get("public_key")?,
        counter: u32::try_from(counter).map_err(Error::internal)?,
        home: if synced == 0 { Home::Device } else { Home::Synced },
        name: row.get("name")?,
        created: row.get("created_at")?,
        used: row.get("used_at")?,
    })
}

/// One of a person's.
pub(crate) fn passkey(conn: &mut Conn<'_>, person: Id, id: &[u8]) -> Result<Option<Passkey>> {
    conn.query_opt(
        sql!(
            "SELECT id, public_key, counter, synced, name, created_at, used_at FROM identity_passkey ",
            "WHERE bucket = $1 AND person = $2 AND id = $3"
        ),
        &params![person.bucket(), person, id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// All of a person's, the oldest first.
pub(crate) fn passkeys(conn: &mut Conn<'_>, person: Id) -> Result<Vec<Passkey>> {
    conn.query(
        sql!(
            "SELECT id, public_key, counter, synced, name, created_at, used_at FROM identity_passkey ",
            "WHERE bucket = $1 AND person = $2 ORDER BY created_at, id"
        ),
        &params![person.bucket(), person],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Adds one. Answers whether it is new: a key is one person's only.
pub(crate) fn insert_passkey(
    tx: &mut Tx<'_>,
    person: Id,
    made: &Made,
    name: &str,
    now: Timestamp,
) -> Result<bool> {
    let added = tx.execute(
        sql!(
            "INSERT INTO identity_passkey (bucket, person, id, public_key, counter, synced, aaguid, name, created_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        ),
        &params![
            person.bucket(),
            person,
            made.id,
            made.public_key,
            i64::from(made.counter),
            i64::from(made.home == Home::Synced),
            made.aaguid.as_slice(),
            name,
            now
        ],
    )?;
    Ok(added == 1)
}

/// Notes a use. Answers whether the counter had not been there before: of two uses at once by a key that counts, one.
pub(crate) fn use_passkey(
    tx: &mut Tx<'_>,
    person: Id,
    id: &[u8],
    counter: u32,
    now: Timestamp,
) -> Result<bool> {
    let used = tx.execute(
        sql!(
            "UPDATE identity_passkey SET counter = $4, used_at = $5 ",
            "WHERE bucket = $1 AND person = $2 AND id = $3 AND (counter < $4 OR counter = 0)"
        ),
        &params![person.bucket(), person, id, i64::from(counter), now],
    )?;
    Ok(used == 1)
}

/// Takes one away.
pub(crate) fn drop_passkey(tx: &mut Tx<'_>, person: Id, id: &[u8]) -> Result<bool> {
    let gone = tx.execute(
        sql!("DELETE FROM identity_passkey WHERE bucket = $1 AND person = $2 AND id = $3"),
        &params![person.bucket(), person, id],
    )?;
    Ok(gone == 1)
}
