//! Published versions and who offers them.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

/// A version as published.
pub(crate) struct VersionRow {
    pub(crate) hash: String,
    pub(crate) json: String,
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    (hash, id, version): (&str, &str, u32),
    json: &str,
    at: Timestamp,
) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_version (hash, id, version, json, published_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING"),
        &params![hash, id, i64::from(version), json, at],
    )?;
    Ok(())
}

/// Offers a version from now on; false when it already was the one on offer.
pub(crate) fn offer(tx: &mut Tx<'_>, institution: &str, procedure: &str, hash: &str) -> Result<bool> {
    let n = tx.execute(
        sql!("INSERT INTO procedures_offer (institution, procedure, hash) VALUES ($1, $2, $3) ON CONFLICT (institution, procedure) DO UPDATE SET hash = excluded.hash WHERE procedures_offer.hash <> excluded.hash"),
        &params![institution, procedure, hash],
    )?;
    Ok(n == 1)
}

pub(crate) fn all(conn: &mut Conn<'_>) -> Result<Vec<VersionRow>> {
    conn.query(sql!("SELECT hash, json FROM procedures_version ORDER BY published_at, hash"), &params![])?
        .iter()
        .map(|row| Ok(VersionRow { hash: row.get("hash")?, json: row.get("json")? }))
        .collect()
}

/// `(institution, procedure, hash)`.
pub(crate) fn offers(conn: &mut Conn<'_>) -> Result<Vec<(String, String, String)>> {
    conn.query(
        sql!("SELECT institution, procedure, hash FROM procedures_offer ORDER BY institution, procedure"),
        &params![],
    )?
    .iter()
    .map(|row| Ok((row.get("institution")?, row.get("procedure")?, row.get("hash")?)))
    .collect()
}
