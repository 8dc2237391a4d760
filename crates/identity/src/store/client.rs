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

/// Adds an application or sets it anew, with one more secret and its log-out authorities.
pub(crate) fn insert_client(
    tx: &mut Tx<'_>,
    c: &Client,
    secret_hash: &[u8; 32],
    logout: &[String],
    at: Timestamp,
) -> Result<()> {
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
    tx.execute(
        sql!(
            "INSERT INTO identity_client_secret (client_id, secret_hash, created_at) VALUES ($1, $2, $3) ",
            "ON CONFLICT (client_id, secret_hash) DO NOTHING"
        ),
        &params![c.id, secret_hash, at],
    )?;
    for authority in logout {
        tx.execute(
            sql!(
                "INSERT INTO identity_client_logout (authority, client_id) VALUES ($1, $2) ",
                "ON CONFLICT (authority, client_id) DO NOTHING"
            ),
            &params![authority, c.id],
        )?;
    }
    Ok(())
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

/// Whether any active application has registered this authority for after log-out.
pub(crate) fn logout_allowed(conn: &mut Conn<'_>, authority: &str) -> Result<bool> {
    let found = conn.query_opt(
        sql!(
            "SELECT l.client_id FROM identity_client_logout l JOIN identity_client c ON c.client_id = l.client_id ",
            "WHERE l.authority = $1 AND c.state = 'activa' LIMIT 1"
        ),
        &params![authority],
    )?;
    Ok(found.is_some())
}
