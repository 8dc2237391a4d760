//! The index, the documents behind it, metadata versions, trace, and filing certificates.

use std::ops::RangeInclusive;

use copihue_core::{Id, Result, Timestamp, VerificationCode};
use copihue_db::blobs::BlobRef;
use copihue_db::{Conn, Row, Tx, params, sql};
use serde_json::Value;

use crate::model::access::Condition;
use crate::model::chain::{EntryClass, Skeleton};
use crate::model::codes::{AccessLevel, DocumentKind};
use crate::model::document::{Direction, NewEntry, Privacy, Stage};

/// A row of the index to be added.
pub(crate) struct NewRow<'a> {
    pub(crate) skeleton: &'a Skeleton,
    pub(crate) salt: [u8; 16],
    pub(crate) detail: &'a Value,
    pub(crate) hash: [u8; 32],
}

pub(crate) fn insert_entry(tx: &mut Tx<'_>, id: Id, row: &NewRow<'_>) -> Result<()> {
    let s = row.skeleton;
    tx.execute(
        sql!(
            "INSERT INTO casefiles_entry (bucket, case_id, n, class, ref, rec, inc, salt, detail, c, hash) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &params![
            id.bucket(),
            id,
            s.n,
            s.clase.as_str(),
            s.id,
            s.rec,
            s.inc,
            row.salt,
            *row.detail,
            s.c,
            row.hash
        ],
    )?;
    Ok(())
}

pub(crate) fn insert_document(
    tx: &mut Tx<'_>,
    id: Id,
    n: i64,
    document: &str,
    author: &str,
    e: &NewEntry,
) -> Result<()> {
    let holders = ids_to_text(&e.holders);
    tx.execute(
        sql!(
            "INSERT INTO casefiles_document (bucket, case_id, n, document, title, kind, sha256, size, media_type, ",
            "file_name, direction, stage, origin, mechanism, author, holders, privacy, level, granted, condition, ",
            "source, code, pages) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, ",
            "$17, $18, '', 'vigente', $19, $20, $21)"
        ),
        &params![
            id.bucket(), id, n, document, e.title.trim(), e.kind.code(), e.blob.sha256, e.blob.size, e.media_type,
            e.file_name, e.direction.as_str(), e.stage.as_str(), e.origin.code(), e.mechanism.code(), author, holders,
            e.privacy.as_str(), e.level.code(), e.interoperated.as_ref().map(|i| &i.institution), e.code, e.pages
        ],
    )?;
    Ok(())
}

fn ids_to_text(ids: &[Id]) -> String {
    ids.iter().map(Id::to_string).collect::<Vec<_>>().join(" ")
}

fn ids_from_text(text: &str) -> Vec<Id> {
    text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// A row of the index with the document that it names.
#[derive(Clone, Debug)]
pub(crate) struct EntryRow {
    pub(crate) skeleton: Skeleton,
    pub(crate) document: Option<DocumentRow>,
}

/// A document's own row.
#[derive(Clone, Debug)]
pub(crate) struct DocumentRow {
    pub(crate) title: String,
    pub(crate) kind: DocumentKind,
    pub(crate) blob: BlobRef,
    pub(crate) media_type: String,
    pub(crate) file_name: Option<String>,
    pub(crate) direction: Direction,
    pub(crate) stage: Stage,
    pub(crate) author: String,
    pub(crate) holders: Vec<Id>,
    pub(crate) granted: Vec<Id>,
    pub(crate) privacy: Privacy,
    pub(crate) level: AccessLevel,
    pub(crate) level_until: Option<Timestamp>,
    pub(crate) condition: Condition,
    pub(crate) source: Option<String>,
    pub(crate) code: Option<VerificationCode>,
    pub(crate) pages: Option<u32>,
}

/// The index from one place to another, with its documents, in one query.
pub(crate) fn entries(
    conn: &mut Conn<'_>,
    id: Id,
    exp: &str,
    places: RangeInclusive<i64>,
) -> Result<Vec<EntryRow>> {
    conn.query(
        sql!(
            "SELECT e.n, e.class, e.ref, e.rec, e.inc, e.c, d.title, d.kind, d.sha256, d.size, d.media_type, ",
            "d.file_name, d.direction, d.stage, d.author, d.holders, d.granted, d.privacy, d.level, d.level_until, ",
            "d.condition, d.source, d.code, d.pages FROM casefiles_entry e LEFT JOIN casefiles_document d ",
            "ON d.bucket = e.bucket AND d.case_id = e.case_id AND d.n = e.n ",
            "WHERE e.bucket = $1 AND e.case_id = $2 AND e.n >= $3 AND e.n <= $4 ORDER BY e.n"
        ),
        &params![id.bucket(), id, *places.start(), *places.end()],
    )?
    .iter()
    .map(|row| read_entry(row, exp))
    .collect()
}

/// What opens an entry's commitment: its salt and detail, unless an elimination took them.
pub(crate) type Opening = (i64, Option<Vec<u8>>, Option<Value>);

pub(crate) fn openings(conn: &mut Conn<'_>, id: Id) -> Result<Vec<Opening>> {
    conn.query(
        sql!("SELECT n, salt, detail FROM casefiles_entry WHERE bucket = $1 AND case_id = $2 ORDER BY n"),
        &params![id.bucket(), id],
    )?
    .iter()
    .map(|row| Ok((row.get("n")?, row.get("salt")?, row.get("detail")?)))
    .collect()
}

fn read_entry(row: &Row, exp: &str) -> Result<EntryRow> {
    let skeleton = Skeleton {
        c: row.get("c")?,
        clase: EntryClass::parse(&row.get::<String>("class")?)?,
        exp: exp.to_owned(),
        id: row.get("ref")?,
        inc: row.get("inc")?,
        n: row.get("n")?,
        rec: row.get("rec")?,
    };
    let document = match row.get::<Option<String>>("title")? {
        Some(title) => Some(read_document(row, title)?),
        None => None,
    };
    Ok(EntryRow { skeleton, document })
}

fn read_document(row: &Row, title: String) -> Result<DocumentRow> {
    Ok(DocumentRow {
        title,
        kind: DocumentKind::new(row.get("kind")?)?,
        blob: BlobRef { sha256: row.get("sha256")?, size: row.get("size")? },
        media_type: row.get("media_type")?,
        file_name: row.get("file_name")?,
        direction: Direction::parse(&row.get::<String>("direction")?)?,
        stage: Stage::parse(&row.get::<String>("stage")?)?,
        author: row.get("author")?,
        holders: ids_from_text(&row.get::<String>("holders")?),
        granted: ids_from_text(&row.get::<String>("granted")?),
        privacy: Privacy::parse(&row.get::<String>("privacy")?)?,
        level: AccessLevel::from_code(row.get("level")?)?,
        level_until: row.get("level_until")?,
        condition: match row.get::<String>("condition")?.as_str() {
            "anulado" => Condition::Annulled,
            "cuarentena" => Condition::Quarantined,
            _ => Condition::Sound,
        },
        source: row.get("source")?,
        code: row.get("code")?,
        pages: row.get("pages")?,
    })
}

/// Marks a document as annulled; its entry stays where it is.
pub(crate) fn annul(tx: &mut Tx<'_>, id: Id, n: i64) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE casefiles_document SET condition = 'anulado' ",
            "WHERE bucket = $1 AND case_id = $2 AND n = $3 AND condition = 'vigente'"
        ),
        &params![id.bucket(), id, n],
    )?;
    Ok(changed == 1)
}

/// Restricts a document to those named, until a moment.
pub(crate) fn restrict(
    tx: &mut Tx<'_>,
    id: Id,
    n: i64,
    level: AccessLevel,
    granted: &[Id],
    until: Option<Timestamp>,
) -> Result<bool> {
    let changed = tx.execute(
        sql!(
            "UPDATE casefiles_document SET level = $4, granted = $5, level_until = $6 ",
            "WHERE bucket = $1 AND case_id = $2 AND n = $3"
        ),
        &params![id.bucket(), id, n, level.code(), ids_to_text(granted), until],
    )?;
    Ok(changed == 1)
}

/// A version of the metadata of a case or a document.
pub(crate) struct MetadataRow<'a> {
    pub(crate) entity: &'a str,
    pub(crate) json: &'a Value,
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) reason: &'a str,
}

/// Adds the next version; earlier ones stay (EXP-42). Answers its number, from 1.
pub(crate) fn add_metadata(tx: &mut Tx<'_>, id: Id, row: &MetadataRow<'_>) -> Result<i64> {
    tx.query_one(
        sql!(
            "INSERT INTO casefiles_metadata (bucket, case_id, entity, version, json, actor, at, reason) ",
            "SELECT $1, $2, $3, COALESCE(MAX(version), 0) + 1, $4, $5, $6, $7 FROM casefiles_metadata ",
            "WHERE bucket = $1 AND case_id = $2 AND entity = $3 RETURNING version"
        ),
        &params![id.bucket(), id, row.entity, *row.json, row.actor, row.at, row.reason],
    )?
    .get("version")
}

/// The versions of an entity's metadata, oldest first.
pub(crate) fn metadata(conn: &mut Conn<'_>, id: Id, entity: &str) -> Result<Vec<Value>> {
    conn.query(
        sql!(
            "SELECT json FROM casefiles_metadata WHERE bucket = $1 AND case_id = $2 AND entity = $3 ORDER BY version"
        ),
        &params![id.bucket(), id, entity],
    )?
    .iter()
    .map(|row| row.get("json"))
    .collect()
}

/// The version of an entity's metadata that stands now.
pub(crate) fn last_metadata(conn: &mut Conn<'_>, id: Id, entity: &str) -> Result<Option<Value>> {
    conn.query_opt(
        sql!(
            "SELECT json FROM casefiles_metadata WHERE bucket = $1 AND case_id = $2 AND entity = $3 ",
            "ORDER BY version DESC LIMIT 1"
        ),
        &params![id.bucket(), id, entity],
    )?
    .map(|row| row.get("json"))
    .transpose()
}

/// A line of the trace to be added.
pub(crate) struct TraceRow<'a> {
    pub(crate) n: i64,
    pub(crate) action: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) actor_id: Option<Id>,
    pub(crate) at: Timestamp,
    pub(crate) commune: Option<&'a str>,
    pub(crate) detail: &'a str,
    pub(crate) prev: [u8; 32],
    pub(crate) hash: [u8; 32],
}

pub(crate) fn insert_trace(tx: &mut Tx<'_>, id: Id, t: &TraceRow<'_>) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO casefiles_trace (bucket, case_id, n, action, actor, actor_id, at, commune, detail, prev, ",
            "hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &params![
            id.bucket(), id, t.n, t.action, t.actor, t.actor_id, t.at, t.commune, t.detail, t.prev, t.hash
        ],
    )?;
    Ok(())
}

/// The trace of a case, oldest first, as (action, actor, at, detail).
pub(crate) fn trace(conn: &mut Conn<'_>, id: Id) -> Result<Vec<(String, String, Timestamp, String)>> {
    conn.query(
        sql!(
            "SELECT action, actor, at, detail FROM casefiles_trace WHERE bucket = $1 AND case_id = $2 ORDER BY n"
        ),
        &params![id.bucket(), id],
    )?
    .iter()
    .map(|row| Ok((row.get("action")?, row.get("actor")?, row.get("at")?, row.get("detail")?)))
    .collect()
}

/// A filing certificate's own row.
#[derive(Clone, Debug)]
pub(crate) struct FilingRow {
    pub(crate) document: String,
    pub(crate) code: VerificationCode,
    pub(crate) received: Timestamp,
    pub(crate) effective: Timestamp,
    pub(crate) certificate: Value,
    pub(crate) jws: String,
    pub(crate) n: Option<i64>,
}

pub(crate) fn insert_filing(tx: &mut Tx<'_>, id: Id, f: &FilingRow) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO casefiles_filing (bucket, case_id, document, code, received, effective, certificate, jws) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &params![id.bucket(), id, f.document, f.code, f.received, f.effective, f.certificate, f.jws],
    )?;
    Ok(())
}

pub(crate) fn filings(conn: &mut Conn<'_>, id: Id) -> Result<Vec<FilingRow>> {
    conn.query(
        sql!("SELECT * FROM casefiles_filing WHERE bucket = $1 AND case_id = $2 ORDER BY received, document"),
        &params![id.bucket(), id],
    )?
    .iter()
    .map(read_filing)
    .collect()
}

/// One certificate.
pub(crate) fn filing(conn: &mut Conn<'_>, id: Id, document: &str) -> Result<Option<FilingRow>> {
    conn.query_opt(
        sql!("SELECT * FROM casefiles_filing WHERE bucket = $1 AND case_id = $2 AND document = $3"),
        &params![id.bucket(), id, document],
    )?
    .map(|row| read_filing(&row))
    .transpose()
}

fn read_filing(row: &Row) -> Result<FilingRow> {
    Ok(FilingRow {
        document: row.get("document")?,
        code: row.get("code")?,
        received: row.get("received")?,
        effective: row.get("effective")?,
        certificate: row.get("certificate")?,
        jws: row.get("jws")?,
        n: row.get("n")?,
    })
}

/// Says where in the index the PDF of a certificate stands; false when it stands there already.
pub(crate) fn place_filing(tx: &mut Tx<'_>, id: Id, document: &str, n: i64) -> Result<bool> {
    let changed = tx.execute(
        sql!("UPDATE casefiles_filing SET n = $4 WHERE bucket = $1 AND case_id = $2 AND document = $3 AND n IS NULL"),
        &params![id.bucket(), id, document, n],
    )?;
    Ok(changed == 1)
}

/// An administrative act among the documents.
pub(crate) struct ActRow<'a> {
    pub(crate) document: &'a str,
    pub(crate) number: &'a str,
    pub(crate) dated: jiff::civil::Date,
    pub(crate) kind: DocumentKind,
    pub(crate) signers: &'a str,
}

pub(crate) fn insert_act(tx: &mut Tx<'_>, id: Id, a: &ActRow<'_>) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO casefiles_act (bucket, case_id, document, number, dated, kind, signers, state) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, 'vigente')"
        ),
        &params![id.bucket(), id, a.document, a.number, a.dated, a.kind.code(), a.signers],
    )?;
    Ok(())
}
