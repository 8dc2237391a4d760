//! Authorities, holders and certificates.

use copihue_core::{Bucket, Error, Id, Result, Run, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::keys::Algorithm;
use crate::model::motive::Motive;
use crate::pki::{Certificate, Revocation, RevocationReason, Standing};
use crate::vault::Sealed;

/// A certificate and its encrypted key.
pub(crate) struct StoredKey {
    pub(crate) certificate: Certificate,
    pub(crate) algorithm: Algorithm,
    pub(crate) sealed: Sealed,
}

/// The empty owner's place: the institution's own seal.
pub(crate) const SEAL: &str = "sello";

fn key(row: &Row) -> Result<StoredKey> {
    let der: Vec<u8> = row.get("certificate")?;
    let algorithm: String = row.get("algorithm")?;
    let bad = |what: &str| Error::internal(format_args!("a stored certificate has a bad {what}"));
    Ok(StoredKey {
        certificate: Certificate::from_der(&der).map_err(|_| bad("body"))?,
        algorithm: Algorithm::from_code(&algorithm).ok_or_else(|| bad("algorithm"))?,
        sealed: Sealed { wrapped_key: row.get("wrapped_key")?, ciphertext: row.get("secret")? },
    })
}

pub(crate) fn authority(conn: &mut Conn<'_>, name: &str) -> Result<Option<StoredKey>> {
    let sql =
        sql!("SELECT certificate, algorithm, wrapped_key, secret FROM signing_authority WHERE name = $1");
    conn.query_opt(sql, &params![name])?.as_ref().map(key).transpose()
}

/// Keeps the one that stands there already, when two processes start at once.
pub(crate) fn add_authority(tx: &mut Tx<'_>, name: &str, key: &StoredKey, at: Timestamp) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_authority (name, certificate, algorithm, wrapped_key, secret, crl_number, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (name) DO NOTHING"
    );
    let Sealed { wrapped_key, ciphertext } = &key.sealed;
    tx.execute(
        sql,
        &params![name, key.certificate.der(), key.algorithm.code(), wrapped_key, ciphertext, at],
    )?;
    Ok(())
}

/// Puts an authority's certificate aside under another name: it signs nothing any more.
pub(crate) fn retire_authority(tx: &mut Tx<'_>, name: &str, aside: &str) -> Result<()> {
    tx.execute(sql!("UPDATE signing_authority SET name = $2 WHERE name = $1"), &params![name, aside])?;
    Ok(())
}

/// The serial numbers of every certificate that an authority has or had for itself.
pub(crate) fn authority_serials(conn: &mut Conn<'_>) -> Result<Vec<String>> {
    let rows = conn.query(sql!("SELECT certificate FROM signing_authority ORDER BY name"), &params![])?;
    let serial = |row: &Row| {
        let der: Vec<u8> = row.get("certificate")?;
        let certificate = Certificate::from_der(&der)
            .map_err(|_| Error::internal("a stored certificate has a bad body"))?;
        Ok(certificate.serial())
    };
    rows.iter().map(serial).collect()
}

/// The number of the next list of revoked certificates.
pub(crate) fn next_crl_number(tx: &mut Tx<'_>, name: &str) -> Result<u64> {
    let sql =
        sql!("UPDATE signing_authority SET crl_number = crl_number + 1 WHERE name = $1 RETURNING crl_number");
    tx.query_one(sql, &params![name])?.get("crl_number")
}

pub(crate) fn revoked(conn: &mut Conn<'_>) -> Result<Vec<Revocation>> {
    let sql = sql!(
        "SELECT serial, revoked_at, reason FROM signing_certificate WHERE revoked_at IS NOT NULL ORDER BY revoked_at, serial"
    );
    conn.query(sql, &params![])?
        .iter()
        .map(|row| {
            let serial: String = row.get("serial")?;
            let reason: Option<i64> = row.get("reason")?;
            Ok(Revocation {
                serial: hex::decode(serial).map_err(Error::internal)?,
                at: row.get("revoked_at")?,
                reason: RevocationReason::from_code(reason.unwrap_or(0)),
            })
        })
        .collect()
}

/// How many certificates were ever revoked.
pub(crate) fn count_revoked(conn: &mut Conn<'_>) -> Result<i64> {
    let sql = sql!("SELECT COUNT(*) AS n FROM signing_certificate WHERE revoked_at IS NOT NULL");
    conn.query_one(sql, &params![])?.get("n")
}

/// What is known of the certificate with this serial number.
pub(crate) fn standing(conn: &mut Conn<'_>, serial: &str) -> Result<Standing> {
    let sql = sql!("SELECT revoked_at, reason FROM signing_certificate WHERE serial = $1");
    let Some(row) = conn.query_opt(sql, &params![serial])? else { return Ok(Standing::Unknown) };
    let (at, reason): (Option<Timestamp>, Option<i64>) = (row.get("revoked_at")?, row.get("reason")?);
    Ok(at
        .map_or(Standing::Good, |at| Standing::Revoked(at, RevocationReason::from_code(reason.unwrap_or(0)))))
}

/// The owner's newest certificate that is still good at `until`.
pub(crate) fn current(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    owner: &str,
    until: Timestamp,
) -> Result<Option<StoredKey>> {
    let sql = sql!(
        "SELECT certificate, algorithm, wrapped_key, secret FROM signing_certificate
         WHERE bucket = $1 AND institution = $2 AND owner = $3 AND revoked_at IS NULL AND not_after >= $4
         ORDER BY not_after DESC LIMIT 1"
    );
    conn.query_opt(sql, &params![bucket, institution, owner, until])?.as_ref().map(key).transpose()
}

/// Every institution whose seal is good at `at`, with it.
pub(crate) fn seals(conn: &mut Conn<'_>, at: Timestamp) -> Result<Vec<(String, StoredKey)>> {
    let sql = sql!(
        "SELECT institution, certificate, algorithm, wrapped_key, secret FROM signing_certificate
         WHERE owner = $1 AND revoked_at IS NULL AND not_after >= $2 ORDER BY not_after"
    );
    conn.query(sql, &params![SEAL, at])?.iter().map(|row| Ok((row.get("institution")?, key(row)?))).collect()
}

pub(crate) fn add(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    owner: &str,
    key: &StoredKey,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_certificate
         (bucket, institution, owner, serial, certificate, algorithm, wrapped_key, secret, not_after)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let (_, not_after) = key.certificate.validity();
    let Sealed { wrapped_key, ciphertext } = &key.sealed;
    let (serial, der) = (key.certificate.serial(), key.certificate.der());
    tx.execute(
        sql,
        &params![
            bucket,
            institution,
            owner,
            serial,
            der,
            key.algorithm.code(),
            wrapped_key,
            ciphertext,
            not_after
        ],
    )?;
    Ok(())
}

/// Revokes the owner's certificates; how many there were. A revocation is for ever: it is never moved.
pub(crate) fn revoke(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    owner: &str,
    at: Timestamp,
    reason: i64,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_certificate SET revoked_at = $4, reason = $5
         WHERE bucket = $1 AND institution = $2 AND owner = $3 AND revoked_at IS NULL"
    );
    tx.execute(sql, &params![bucket, institution, owner, at, reason])
}

/// Revokes one certificate, for the contract's motive.
pub(crate) fn revoke_one(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    serial: &str,
    at: Timestamp,
    motive: Motive,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_certificate SET revoked_at = $3, reason = $4, motive = $5
         WHERE serial = $2 AND bucket = $1 AND revoked_at IS NULL"
    );
    tx.execute(sql, &params![bucket, serial, at, motive.reason().number(), motive.code()])
}

/// Revokes whatever an official still has, for the contract's motive.
pub(crate) fn revoke_all(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    official: Id,
    at: Timestamp,
    motive: Motive,
) -> Result<u64> {
    let sql = sql!(
        "UPDATE signing_certificate SET revoked_at = $5, reason = $6, motive = $7
         WHERE bucket = $1 AND institution = $2 AND owner IN ($3, $4) AND revoked_at IS NULL"
    );
    let attended = official.to_string();
    let unattended = format!("desatendido:{official}");
    let (reason, motive) = (motive.reason().number(), motive.code());
    tx.execute(sql, &params![bucket, institution, attended, unattended, at, reason, motive])
}

/// An official who signs.
pub(crate) struct StoredHolder {
    pub(crate) institution: String,
    pub(crate) official: Id,
    pub(crate) run: Run,
    pub(crate) name: String,
    pub(crate) post: String,
    pub(crate) email: Option<String>,
}

pub(crate) fn put_holder(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    holder: &StoredHolder,
    at: Timestamp,
) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_holder (bucket, institution, official, run, name, post, email, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (bucket, institution, official) DO UPDATE
         SET name = excluded.name, post = excluded.post, email = excluded.email"
    );
    let StoredHolder { institution, official, run, name, post, email } = holder;
    tx.execute(sql, &params![bucket, institution, official, run, name, post, email, at])?;
    Ok(())
}

/// An official's certificate that no request stands for.
pub(crate) struct Unasked {
    pub(crate) institution: String,
    pub(crate) official: Id,
    pub(crate) is_unattended: bool,
    pub(crate) certificate: Certificate,
    pub(crate) is_revoked: bool,
}

/// Those that were issued before there were requests.
pub(crate) fn unasked(conn: &mut Conn<'_>, limit: usize) -> Result<Vec<Unasked>> {
    let sql = sql!(
        "SELECT c.institution, c.certificate, c.revoked_at, c.owner FROM signing_certificate c
         WHERE c.owner <> $1
           AND NOT EXISTS (SELECT 1 FROM signing_cert_request r WHERE r.bucket = c.bucket AND r.serial = c.serial)
         ORDER BY c.serial LIMIT $2"
    );
    let one = |row: &Row| {
        let owner: String = row.get("owner")?;
        let unattended = owner.strip_prefix("desatendido:");
        let revoked: Option<Timestamp> = row.get("revoked_at")?;
        let certificate: Vec<u8> = row.get("certificate")?;
        Ok(Unasked {
            institution: row.get("institution")?,
            official: unattended.unwrap_or(&owner).parse().map_err(Error::internal)?,
            is_unattended: unattended.is_some(),
            certificate: Certificate::from_der(&certificate)
                .map_err(|e| Error::internal(format_args!("{e:?}")))?,
            is_revoked: revoked.is_some(),
        })
    };
    conn.query(sql, &params![SEAL, limit])?.iter().map(one).collect()
}
