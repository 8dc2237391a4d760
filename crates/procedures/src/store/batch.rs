//! Documents issued in bulk: the order, and its rows.

use copihue_core::{Id, Result, Timestamp, VerificationCode};
use copihue_db::{Conn, Row, Tx, params, sql};

/// An order for many documents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BatchRow {
    pub(crate) institution: String,
    pub(crate) id: Id,
    pub(crate) procedure: String,
    pub(crate) document: String,
    pub(crate) title: String,
    /// The wording, as it was when they were ordered.
    pub(crate) template: String,
    pub(crate) ordered_by: String,
    pub(crate) total: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}

/// How a row came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Issued { code: VerificationCode, sha256: [u8; 32] },
    Failed(String),
}

fn read(row: &Row) -> Result<BatchRow> {
    let total: i64 = row.get("total")?;
    Ok(BatchRow {
        institution: row.get("institution")?,
        id: row.get("id")?,
        procedure: row.get("procedure")?,
        document: row.get("document")?,
        title: row.get("title")?,
        template: row.get("template")?,
        ordered_by: row.get("ordered_by")?,
        total: u32::try_from(total).unwrap_or_default(),
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}

pub(crate) fn insert(tx: &mut Tx<'_>, batch: &BatchRow, rows: &[String]) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_batch (institution, id, procedure, document, title, template, ordered_by, total, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        &params![
            batch.institution, batch.id, batch.procedure, batch.document, batch.title, batch.template,
            batch.ordered_by, i64::from(batch.total), batch.created_at
        ],
    )?;
    for (n, data) in (1_i64..).zip(rows) {
        tx.execute(
            sql!("INSERT INTO procedures_batch_item (batch, n, state, data) VALUES ($1, $2, 0, $3)"),
            &params![batch.id, n, data],
        )?;
    }
    Ok(())
}

pub(crate) fn get(conn: &mut Conn<'_>, institution: &str, id: Id) -> Result<Option<BatchRow>> {
    let row = conn.query_opt(
        sql!("SELECT institution, id, procedure, document, title, template, ordered_by, total, created_at, finished_at FROM procedures_batch WHERE institution = $1 AND id = $2"),
        &params![institution, id],
    )?;
    row.as_ref().map(read).transpose()
}

/// The latest orders of an institution.
pub(crate) fn latest(conn: &mut Conn<'_>, institution: &str, limit: i64) -> Result<Vec<BatchRow>> {
    conn.query(
        sql!("SELECT institution, id, procedure, document, title, template, ordered_by, total, created_at, finished_at FROM procedures_batch WHERE institution = $1 ORDER BY created_at DESC, id DESC LIMIT $2"),
        &params![institution, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Rows that wait, the first ones: number and data.
pub(crate) fn due(conn: &mut Conn<'_>, batch: Id, limit: i64) -> Result<Vec<(i64, String)>> {
    conn.query(
        sql!("SELECT n, data FROM procedures_batch_item WHERE batch = $1 AND state = 0 ORDER BY n LIMIT $2"),
        &params![batch, limit],
    )?
    .iter()
    .map(|row| Ok((row.get("n")?, row.get::<Option<String>>("data")?.unwrap_or_default())))
    .collect()
}

/// Ends a row; false when it had ended before, by another hand.
pub(crate) fn end(tx: &mut Tx<'_>, batch: Id, n: i64, outcome: &Outcome) -> Result<bool> {
    let changed = match outcome {
        Outcome::Issued { code, sha256 } => tx.execute(
            sql!("UPDATE procedures_batch_item SET state = 1, data = NULL, code = $3, sha256 = $4 WHERE batch = $1 AND n = $2 AND state = 0"),
            &params![batch, n, code.to_string(), sha256.to_vec()],
        )?,
        Outcome::Failed(why) => tx.execute(
            sql!("UPDATE procedures_batch_item SET state = 2, error = $3 WHERE batch = $1 AND n = $2 AND state = 0"),
            &params![batch, n, why],
        )?,
    };
    Ok(changed == 1)
}

pub(crate) fn finish(tx: &mut Tx<'_>, institution: &str, batch: Id, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch SET finished_at = $3 WHERE institution = $1 AND id = $2 AND finished_at IS NULL"),
        &params![institution, batch, at],
    )?;
    Ok(())
}

/// How many rows wait, were issued, and failed.
pub(crate) fn counts(conn: &mut Conn<'_>, batch: Id) -> Result<[u32; 3]> {
    let mut counts = [0; 3];
    for row in conn.query(
        sql!("SELECT state, COUNT(*) AS found FROM procedures_batch_item WHERE batch = $1 GROUP BY state"),
        &params![batch],
    )? {
        let (state, found): (i64, i64) = (row.get("state")?, row.get("found")?);
        if let Some(count) = usize::try_from(state).ok().and_then(|s| counts.get_mut(s)) {
            *count = u32::try_from(found).unwrap_or(u32::MAX);
        }
    }
    Ok(counts)
}

/// Rows that ended, after a number: number, and how.
pub(crate) fn ended(conn: &mut Conn<'_>, batch: Id, after: i64, limit: i64) -> Result<Vec<(i64, Outcome)>> {
    conn.query(
        sql!("SELECT n, code, sha256, error FROM procedures_batch_item WHERE batch = $1 AND state <> 0 AND n > $2 ORDER BY n LIMIT $3"),
        &params![batch, after, limit],
    )?
    .iter()
    .map(|row| {
        let code: Option<String> = row.get("code")?;
        let hash: Option<Vec<u8>> = row.get("sha256")?;
        let issued = code.and_then(|c| c.parse().ok()).zip(hash.and_then(|h| <[u8; 32]>::try_from(h).ok()));
        let outcome = match issued {
            Some((code, sha256)) => Outcome::Issued { code, sha256 },
            None => Outcome::Failed(row.get::<Option<String>>("error")?.unwrap_or_default()),
        };
        Ok((row.get("n")?, outcome))
    })
    .collect()
}

/// A document of a batch, by its row.
pub(crate) fn issued(conn: &mut Conn<'_>, batch: Id, n: i64) -> Result<Option<Outcome>> {
    Ok(ended(conn, batch, n - 1, 1)?.into_iter().find(|(found, _)| *found == n).map(|(_, outcome)| outcome))
}
