//! Applications.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{unknown, words};
use crate::model::client::{Client, ClientState, Environment};

fn read(row: &Row) -> Result<Client> {
    let text = |column| row.get::<String>(column);
    let settings: serde_json::Value = row.get("settings")?;
    Ok(Client {
        id: text("client_id")?,
        name: text("name")?,
        institution: text("institution")?,
        environment: Environment::parse(&text("environment")?).ok_or_else(|| unknown("environment"))?,
        state: ClientState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
        scopes: words(&text("scopes")?),
        redirect_uris: words(&text("redirect_uris")?),
        settings: serde_json::from_value(settings)?,
    })
}

/// The application with this `client_id`.
pub(crate) fn client(conn: &mut Conn<'_>, client_id: &str) -> Result<Option<Client>> {
    conn.query_opt(
        sql!(
            "SELECT client_id, name, institution, environment, state, scopes, redirect_uris, settings ",
            "FROM identity_client WHERE client_id = $1"
        ),
        &params![client_id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// The hashes of its secrets that are valid now.
pub(crate) fn secret_hashes(conn: &mut Conn<'_>, client_id: &str, now: Timestamp) -> Result<Vec<[u8; 32]>> {
    conn.query(
        sql!(
            "SELECT secret_hash FROM identity_client_secret WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > $2)"
        ),
        &params![client_id, now],
    )?
    .iter()
    .map(|row| row.get("secret_hash"))
    .collect()
}

/// A secret that is valid now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SecretRow {
    pub(crate) created: Timestamp,
    /// Until when, once there is a newer one.
    pub(crate) expires: Option<Timestamp>,
}

/// Its secrets that are valid now, the newest first.
pub(crate) fn secrets(conn: &mut Conn<'_>, client_id: &str, now: Timestamp) -> Result<Vec<SecretRow>> {
    conn.query(
        sql!(
            "SELECT created_at, expires_at FROM identity_client_secret WHERE client_id = $1 ",
            "AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, secret_hash"
        ),
        &params![client_id, now],
    )?
    .iter()
    .map(|row| Ok(SecretRow { created: row.get("created_at")?, expires: row.get("expires_at")? }))
    .collect()
}

/// Takes the newest secret back: the one before it stays valid, without an end. Answers whether there was one before it.
pub(crate) fn drop_newest_secret(tx: &mut Tx<'_>, client_id: &str, now: Timestamp) -> Result<bool> {
    if secrets(tx, client_id, now)?.iter().all(|secret| secret.expires.is_none()) {
        return Ok(false);
    }
    tx.execute(
        sql!("DELETE FROM identity_client_secret WHERE client_id = $1 AND (expires_at IS NULL OR expires_at <= $2)"),
        &params![client_id, now],
    )?;
    tx.execute(
        sql!("UPDATE identity_client_secret SET expires_at = NULL WHERE client_id = $1"),
        &params![client_id],
    )?;
    Ok(true)
}

/// Ends every secret but the newest.
pub(crate) fn drop_former_secrets(tx: &mut Tx<'_>, client_id: &str) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM identity_client_secret WHERE client_id = $1 AND expires_at IS NOT NULL"),
        &params![client_id],
    )?;
    Ok(())
}

/// Adds an application or sets it anew, without touching its secrets and its log-out authorities.
pub(crate) fn insert_client(tx: &mut Tx<'_>, c: &Client, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_client (client_id, name, institution, environment, state, scopes, redirect_uris, settings, ",
            "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (client_id) DO UPDATE SET ",
            "name = excluded.name, institution = excluded.institution, environment = excluded.environment, ",
            "state = excluded.state, scopes = excluded.scopes, redirect_uris = excluded.redirect_uris, ",
            "settings = excluded.settings"
        ),
        &params![
            c.id,
            c.name,
            c.institution,
            c.environment.code(),
            c.state.code(),
            c.scopes.join(" "),
            c.redirect_uris.join(" "),
            serde_json::to_value(&c.settings)?,
            at
        ],
    )?;
    Ok(())
}

/// Adds a secret to those that there are.
pub(crate) fn insert_secret(
    tx: &mut Tx<'_>,
    client_id: &str,
    secret_hash: &[u8; 32],
    at: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_client_secret (client_id, secret_hash, created_at) VALUES ($1, $2, $3) ",
            "ON CONFLICT (client_id, secret_hash) DO NOTHING"
        ),
        &params![client_id, secret_hash, at],
    )?;
    Ok(())
}

/// Where browsers may be sent after log-out, in place of where they might before.
pub(crate) fn set_logout(tx: &mut Tx<'_>, client_id: &str, logout: &[String]) -> Result<()> {
    tx.execute(sql!("DELETE FROM identity_client_logout WHERE client_id = $1"), &params![client_id])?;
    for authority in logout {
        tx.execute(
            sql!(
                "INSERT INTO identity_client_logout (authority, client_id) VALUES ($1, $2) ",
                "ON CONFLICT (authority, client_id) DO NOTHING"
            ),
            &params![authority, client_id],
        )?;
    }
    Ok(())
}

/// The active applications that have registered this authority for after log-out.
pub(crate) fn logout_owners(conn: &mut Conn<'_>, authority: &str) -> Result<Vec<Client>> {
    conn.query(
        sql!(
            "SELECT c.client_id, c.name, c.institution, c.environment, c.state, c.scopes, c.redirect_uris, c.settings ",
            "FROM identity_client_logout l JOIN identity_client c ON c.client_id = l.client_id ",
            "WHERE l.authority = $1 AND c.state = 'activa' ORDER BY c.client_id LIMIT 20"
        ),
        &params![authority],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Every application, by name.
pub(crate) fn clients(conn: &mut Conn<'_>) -> Result<Vec<Client>> {
    conn.query(
        sql!(
            "SELECT client_id, name, institution, environment, state, scopes, redirect_uris, settings ",
            "FROM identity_client ORDER BY name, client_id"
        ),
        &params![],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Stops an application, or lets it go on.
pub(crate) fn set_client_state(tx: &mut Tx<'_>, client_id: &str, state: ClientState) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_client SET state = $2 WHERE client_id = $1"),
        &params![client_id, state.code()],
    )?;
    Ok(())
}

/// Adds a secret. Of those before it the latest stays valid until then, the others end now.
pub(crate) fn add_secret(
    tx: &mut Tx<'_>,
    client_id: &str,
    secret_hash: &[u8; 32],
    now: Timestamp,
    until: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!(
            "DELETE FROM identity_client_secret WHERE client_id = $1 AND secret_hash NOT IN ",
            "(SELECT secret_hash FROM identity_client_secret WHERE client_id = $1 ",
            "AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, secret_hash LIMIT 1)"
        ),
        &params![client_id, now],
    )?;
    tx.execute(
        sql!("UPDATE identity_client_secret SET expires_at = $2 WHERE client_id = $1 AND expires_at IS NULL"),
        &params![client_id, until],
    )?;
    tx.execute(
        sql!("INSERT INTO identity_client_secret (client_id, secret_hash, created_at) VALUES ($1, $2, $3)"),
        &params![client_id, secret_hash, now],
    )?;
    Ok(())
}
