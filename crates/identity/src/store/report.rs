//! What institutions told the operator.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};
use serde_json::Value;

use super::unknown;
use crate::model::report::{Report, ReportKind};

/// Writes down what was told.
pub(crate) fn insert_report(tx: &mut Tx<'_>, r: &Report) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_integration_report (bucket, integration, id, kind, text, peak, doer, at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &params![
            r.integration.bucket(),
            r.integration,
            r.id,
            r.kind.code(),
            r.text,
            r.peak.map(serde_json::to_value).transpose()?,
            r.doer,
            r.at
        ],
    )?;
    Ok(())
}

/// What nobody has dealt with yet, the oldest first.
pub(crate) fn open_reports(conn: &mut Conn<'_>) -> Result<Vec<Report>> {
    conn.query(
        sql!(
            "SELECT integration, id, kind, text, peak, doer, at FROM identity_integration_report ",
            "WHERE closed_at IS NULL ORDER BY id LIMIT 200"
        ),
        &params![],
    )?
    .iter()
    .map(|row| {
        let peak: Option<Value> = row.get("peak")?;
        Ok(Report {
            id: row.get("id")?,
            integration: row.get("integration")?,
            kind: ReportKind::parse(&row.get::<String>("kind")?).ok_or_else(|| unknown("kind"))?,
            text: row.get("text")?,
            peak: peak.map(serde_json::from_value).transpose()?,
            doer: row.get("doer")?,
            at: row.get("at")?,
        })
    })
    .collect()
}

/// Closes one. Answers whether this call did.
pub(crate) fn close_report(
    tx: &mut Tx<'_>,
    integration: Id,
    id: Id,
    note: &str,
    at: Timestamp,
) -> Result<bool> {
    let closed = tx.execute(
        sql!(
            "UPDATE identity_integration_report SET note = $4, closed_at = $5 ",
            "WHERE bucket = $1 AND integration = $2 AND id = $3 AND closed_at IS NULL"
        ),
        &params![integration.bucket(), integration, id, note, at],
    )?;
    Ok(closed == 1)
}
