//! People and their credentials.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::unknown;
use crate::model::level::PasswordBy;
use crate::model::person::{PersonKind, PersonState, Proofing, Vital};

/// A person's row: RUN and mail still sealed.
#[derive(Debug)]
pub(crate) struct PersonRow {
    pub(crate) id: Id,
    pub(crate) run_sealed: Vec<u8>,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) email_verified: bool,
    pub(crate) names: Vec<String>,
    pub(crate) surnames: Vec<String>,
    pub(crate) kind: PersonKind,
    pub(crate) state: PersonState,
    pub(crate) vital: Vital,
    pub(crate) proofing: Proofing,
    pub(crate) epoch: i64,
    /// The password's hash.
    pub(crate) password: Option<String>,
    pub(crate) password_by: PasswordBy,
}

/// A person to insert.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) id: Id,
    pub(crate) run_hash: [u8; 32],
    pub(crate) run_sealed: Vec<u8>,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) names: Vec<String>,
    pub(crate) surnames: Vec<String>,
    pub(crate) kind: PersonKind,
    pub(crate) state: PersonState,
    pub(crate) proofing: Proofing,
    pub(crate) created: Timestamp,
}

fn read(row: &Row) -> Result<PersonRow> {
    let (names, surnames): (serde_json::Value, serde_json::Value) = (row.get("names")?, row.get("surnames")?);
    let text = |column| row.get::<String>(column);
    Ok(PersonRow {
        id: row.get("id")?,
        run_sealed: row.get("run_sealed")?,
        email_sealed: row.get("email_sealed")?,
        email_verified: row.get::<i64>("email_verified")? == 1,
        names: serde_json::from_value(names)?,
        surnames: serde_json::from_value(surnames)?,
        kind: PersonKind::parse(&text("kind")?).ok_or_else(|| unknown("kind"))?,
        state: PersonState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
        vital: Vital::parse(&text("vital")?).ok_or_else(|| unknown("vital"))?,
        proofing: Proofing::parse(&text("proofing")?).ok_or_else(|| unknown("proofing"))?,
        epoch: row.get("epoch")?,
        password: row.get("secret")?,
        password_by: match row.get::<Option<String>>("proof")?.as_deref() {
            Some("correo") => PasswordBy::Mail,
            _ => PasswordBy::Owner,
        },
    })
}

/// The person with this hash of their RUN.
pub(crate) fn by_run(conn: &mut Conn<'_>, bucket: Bucket, run_hash: &[u8; 32]) -> Result<Option<PersonRow>> {
    conn.query_opt(
        sql!(
            "SELECT p.id, p.run_sealed, p.email_sealed, p.email_verified, p.names, p.surnames, p.kind, p.state, p.vital, p.proofing, p.epoch, c.secret, c.proof ",
            "FROM identity_person p LEFT JOIN identity_credential c ",
            "ON c.bucket = p.bucket AND c.person = p.id AND c.kind = 'clave' ",
            "WHERE p.bucket = $1 AND p.run_hash = $2"
        ),
        &params![bucket, run_hash],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The person with this id.
pub(crate) fn by_id(conn: &mut Conn<'_>, id: Id) -> Result<Option<PersonRow>> {
    conn.query_opt(
        sql!(
            "SELECT p.id, p.run_sealed, p.email_sealed, p.email_verified, p.names, p.surnames, p.kind, p.state, p.vital, p.proofing, p.epoch, c.secret, c.proof ",
            "FROM identity_person p LEFT JOIN identity_credential c ",
            "ON c.bucket = p.bucket AND c.person = p.id AND c.kind = 'clave' ",
            "WHERE p.bucket = $1 AND p.id = $2"
        ),
        &params![id.bucket(), id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Adds a person. Answers whether they are new: another may have added them at the same moment.
pub(crate) fn insert_person(tx: &mut Tx<'_>, p: &NewRow) -> Result<bool> {
    let added = tx.execute(
        sql!(
            "INSERT INTO identity_person (bucket, id, run_hash, run_sealed, email_sealed, names, surnames, kind, state, ",
            "proofing, epoch, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11) ",
            "ON CONFLICT (bucket, run_hash) DO NOTHING"
        ),
        &params![
            p.id.bucket(),
            p.id,
            p.run_hash,
            p.run_sealed,
            p.email_sealed,
            serde_json::to_value(&p.names)?,
            serde_json::to_value(&p.surnames)?,
            p.kind.code(),
            p.state.code(),
            p.proofing.code(),
            p.created
        ],
    )?;
    Ok(added == 1)
}

/// Sets the names as another provider says them.
pub(crate) fn set_names(tx: &mut Tx<'_>, id: Id, names: &[String], surnames: &[String]) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_person SET names = $3, surnames = $4 WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id, serde_json::to_value(names)?, serde_json::to_value(surnames)?],
    )?;
    Ok(())
}

/// Sets how an account stands, and ends everything given before by raising the epoch.
pub(crate) fn set_standing(tx: &mut Tx<'_>, id: Id, state: PersonState, vital: Vital) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE identity_person SET state = $3, vital = $4, epoch = epoch + 1 ",
            "WHERE bucket = $1 AND id = $2"
        ),
        &params![id.bucket(), id, state.code(), vital.code()],
    )?;
    Ok(())
}

/// Writes down how the present password came to be.
pub(crate) fn set_password_by(tx: &mut Tx<'_>, person: Id, by: PasswordBy) -> Result<()> {
    let proof = if by == PasswordBy::Mail { "correo" } else { "" };
    tx.execute(
        sql!(
            "UPDATE identity_credential SET proof = $3 WHERE bucket = $1 AND person = $2 AND kind = 'clave'"
        ),
        &params![person.bucket(), person, proof],
    )?;
    Ok(())
}

/// Ends everything given before.
pub(crate) fn raise_epoch(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_person SET epoch = epoch + 1 WHERE bucket = $1 AND id = $2"),
        &params![person.bucket(), person],
    )?;
    Ok(())
}

/// Sets a credential in place of what there was.
pub(crate) fn insert_credential(
    tx: &mut Tx<'_>,
    person: Id,
    secret: &str,
    pepper: &str,
    at: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_credential (bucket, person, kind, secret, pepper, changed_at) ",
            "VALUES ($1, $2, 'clave', $3, $4, $5) ON CONFLICT (bucket, person, kind) ",
            "DO UPDATE SET secret = excluded.secret, pepper = excluded.pepper, changed_at = excluded.changed_at"
        ),
        &params![person.bucket(), person, secret, pepper, at],
    )?;
    Ok(())
}
