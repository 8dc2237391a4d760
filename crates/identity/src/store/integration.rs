//! Integrations: the request as it stands, its history, what was declared, what waits to be changed.

use copihue_core::{Bucket, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use serde_json::Value;

use super::unknown;
use crate::model::clock::RunningTerm;
use crate::model::integration::{Request, Stage};
use crate::model::phase::Phase;

/// An application on its way to production.
#[derive(Clone, Debug)]
pub(crate) struct Integration {
    pub(crate) id: Id,
    /// Code of the body.
    pub(crate) institution: String,
    pub(crate) phase: Phase,
    pub(crate) request: Request,
    /// The term that runs for the operator.
    pub(crate) clock: Option<RunningTerm>,
    /// When it was last sent; None: never.
    pub(crate) sent: Option<Timestamp>,
    /// The person who asked for what is decided now: they never decide it.
    pub(crate) asked_by: Option<Id>,
    /// Raised by each change: who decides, decides on what they saw.
    pub(crate) version: i64,
    pub(crate) created: Timestamp,
}

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) id: Id,
    pub(crate) act: String,
    /// Post and body.
    pub(crate) doer: String,
    pub(crate) note: String,
    pub(crate) at: Timestamp,
}

fn read(row: &Row) -> Result<Integration> {
    let clock: Option<Value> = row.get("clock")?;
    Ok(Integration {
        id: row.get("id")?,
        institution: row.get("institution")?,
        phase: Phase::parse(&row.get::<String>("phase")?).ok_or_else(|| unknown("phase"))?,
        request: serde_json::from_value(row.get("request")?)?,
        clock: clock.map(serde_json::from_value).transpose()?,
        sent: row.get("sent_at")?,
        asked_by: row.get("asked_by")?,
        version: row.get("version")?,
        created: row.get("created_at")?,
    })
}

/// One of them.
pub(crate) fn integration(conn: &mut Conn<'_>, id: Id) -> Result<Option<Integration>> {
    conn.query_opt(
        sql!(
            "SELECT id, institution, phase, request, clock, sent_at, asked_by, version, created_at FROM identity_integration ",
            "WHERE bucket = $1 AND id = $2"
        ),
        &params![id.bucket(), id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Those of a body, the newest first.
pub(crate) fn integrations_of(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
) -> Result<Vec<Integration>> {
    conn.query(
        sql!(
            "SELECT id, institution, phase, request, clock, sent_at, asked_by, version, created_at FROM identity_integration ",
            "WHERE bucket = $1 AND institution = $2 ORDER BY id DESC LIMIT 200"
        ),
        &params![bucket, institution],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Those that were sent, of every body: what waits for the operator first, by the day on which it is due.
pub(crate) fn integrations_sent(conn: &mut Conn<'_>) -> Result<Vec<Integration>> {
    conn.query(
        sql!(
            "SELECT id, institution, phase, request, clock, sent_at, asked_by, version, created_at FROM identity_integration ",
            "WHERE phase <> 'borrador' ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, sent_at DESC LIMIT 500"
        ),
        &params![],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Writes a new one.
pub(crate) fn insert_integration(tx: &mut Tx<'_>, i: &Integration) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration (bucket, id, institution, phase, request, version, created_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &params![
            i.id.bucket(),
            i.id,
            i.institution,
            i.phase.code(),
            serde_json::to_value(&i.request)?,
            i.version,
            i.created
        ],
    )?;
    Ok(())
}

/// Writes one as it is now. Answers whether nobody did so since it was read.
pub(crate) fn update_integration(tx: &mut Tx<'_>, i: &Integration) -> Result<bool> {
    let due = i.clock.as_ref().and_then(RunningTerm::expires);
    let changed = tx.execute(
        sql!(
            "UPDATE identity_integration SET phase = $3, request = $4, clock = $5, due_at = $6, sent_at = $7, asked_by = $9, ",
            "version = $8 + 1 WHERE bucket = $1 AND id = $2 AND version = $8"
        ),
        &params![
            i.id.bucket(),
            i.id,
            i.phase.code(),
            serde_json::to_value(&i.request)?,
            i.clock.as_ref().map(serde_json::to_value).transpose()?,
            due,
            i.sent,
            i.version,
            i.asked_by
        ],
    )?;
    Ok(changed == 1)
}

/// Takes away one that was never sent.
pub(crate) fn drop_integration(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    for sql in [
        sql!("DELETE FROM identity_integration_event WHERE bucket = $1 AND integration = $2"),
        sql!("DELETE FROM identity_integration WHERE bucket = $1 AND id = $2 AND sent_at IS NULL"),
    ] {
        tx.execute(sql, &params![id.bucket(), id])?;
    }
    Ok(())
}

/// Writes what was done.
pub(crate) fn insert_done(tx: &mut Tx<'_>, integration: Id, done: &Done) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration_event (bucket, integration, id, act, doer, note, at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &params![integration.bucket(), integration, done.id, done.act, done.doer, done.note, done.at],
    )?;
    Ok(())
}

/// What was done, the latest first.
pub(crate) fn done(conn: &mut Conn<'_>, integration: Id) -> Result<Vec<Done>> {
    conn.query(
        sql!(
            "SELECT id, act, doer, note, at FROM identity_integration_event WHERE bucket = $1 AND integration = $2 ",
            "ORDER BY id DESC LIMIT 200"
        ),
        &params![integration.bucket(), integration],
    )?
    .iter()
    .map(|row| {
        Ok(Done {
            id: row.get("id")?,
            act: row.get("act")?,
            doer: row.get("doer")?,
            note: row.get("note")?,
            at: row.get("at")?,
        })
    })
    .collect()
}

/// Its application at the provider for a stage.
pub(crate) fn put_stage_client(tx: &mut Tx<'_>, integration: Id, stage: Stage, client: &str) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration_client (bucket, integration, stage, client_id) VALUES ($1, $2, $3, $4)"
        ),
        &params![integration.bucket(), integration, stage.code(), client],
    )?;
    Ok(())
}

/// Its applications at the provider.
pub(crate) fn stage_clients(conn: &mut Conn<'_>, integration: Id) -> Result<Vec<(Stage, String)>> {
    let rows = conn.query(
        sql!(
            "SELECT stage, client_id FROM identity_integration_client WHERE bucket = $1 AND integration = $2"
        ),
        &params![integration.bucket(), integration],
    )?;
    let read = |row: &Row| {
        let stage = Stage::parse(&row.get::<String>("stage")?).ok_or_else(|| unknown("stage"))?;
        Ok((stage, row.get("client_id")?))
    };
    let mut all: Vec<(Stage, String)> = rows.iter().map(read).collect::<Result<_>>()?;
    all.sort();
    Ok(all)
}
