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
    /// Who ordered it; none before this was kept.
    pub(crate) official: Option<Id>,
    pub(crate) total: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) stopped_at: Option<Timestamp>,
    /// What keeps it from going on.
    pub(crate) trouble: Option<String>,
}

/// A row before it is issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NewItem {
    pub(crate) label: String,
    pub(crate) data: String,
}

/// A row that ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ended {
    pub(crate) n: i64,
    /// Whose document it is; empty when that is no longer kept.
    pub(crate) label: String,
    pub(crate) outcome: Outcome,
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
        official: row.get("official")?,
        total: u32::try_from(total).unwrap_or_default(),
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
        stopped_at: row.get("stopped_at")?,
        trouble: row.get("trouble")?,
    })
}

pub(crate) fn insert(tx: &mut Tx<'_>, batch: &BatchRow, rows: &[NewItem]) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_batch (institution, id, procedure, document, title, template, ordered_by, official, total, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
        &params![
            batch.institution, batch.id, batch.procedure, batch.document, batch.title, batch.template,
            batch.ordered_by, batch.official, i64::from(batch.total), batch.created_at
        ],
    )?;
    for (n, row) in (1_i64..).zip(rows) {
        tx.execute(
            sql!(
                "INSERT INTO procedures_batch_item (batch, n, state, label, data) VALUES ($1, $2, 0, $3, $4)"
            ),
            &params![batch.id, n, row.label, row.data],
        )?;
    }
    Ok(())
}

pub(crate) fn get(conn: &mut Conn<'_>, institution: &str, id: Id) -> Result<Option<BatchRow>> {
    let row = conn.query_opt(
        sql!("SELECT institution, id, procedure, document, title, template, ordered_by, official, total, created_at, finished_at, stopped_at, trouble FROM procedures_batch WHERE institution = $1 AND id = $2"),
        &params![institution, id],
    )?;
    row.as_ref().map(read).transpose()
}

/// The latest orders of an institution.
pub(crate) fn latest(conn: &mut Conn<'_>, institution: &str, limit: i64) -> Result<Vec<BatchRow>> {
    conn.query(
        sql!("SELECT institution, id, procedure, document, title, template, ordered_by, official, total, created_at, finished_at, stopped_at, trouble FROM procedures_batch WHERE institution = $1 ORDER BY created_at DESC, id DESC LIMIT $2"),
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

/// Ends a row that waits.
pub(crate) fn end(tx: &mut Tx<'_>, batch: Id, n: i64, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Issued { code, sha256 } => tx.execute(
            sql!("UPDATE procedures_batch_item SET state = 1, data = NULL, code = $3, sha256 = $4 WHERE batch = $1 AND n = $2 AND state = 0"),
            &params![batch, n, code.to_string(), sha256.to_vec()],
        )?,
        Outcome::Failed(why) => tx.execute(
            sql!("UPDATE procedures_batch_item SET state = 2, error = $3 WHERE batch = $1 AND n = $2 AND state = 0"),
            &params![batch, n, why],
        )?,
    };
    Ok(())
}

/// Whether a row still waits.
pub(crate) fn waits(conn: &mut Conn<'_>, batch: Id, n: i64) -> Result<bool> {
    let row = conn.query_opt(
        sql!("SELECT n FROM procedures_batch_item WHERE batch = $1 AND n = $2 AND state = 0"),
        &params![batch, n],
    )?;
    Ok(row.is_some())
}

pub(crate) fn finish(tx: &mut Tx<'_>, batch: Id, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch SET finished_at = $2, trouble = NULL WHERE id = $1 AND finished_at IS NULL"),
        &params![batch, at],
    )?;
    Ok(())
}

/// Writes down what keeps an order from going on.
pub(crate) fn trouble(tx: &mut Tx<'_>, batch: Id, why: &str) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch SET trouble = $2 WHERE id = $1 AND finished_at IS NULL"),
        &params![batch, why],
    )?;
    Ok(())
}

/// Ends an order where it is: what waits is not issued.
pub(crate) fn stop(tx: &mut Tx<'_>, batch: Id, why: &str, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch_item SET state = 2, error = $2 WHERE batch = $1 AND state = 0"),
        &params![batch, why],
    )?;
    tx.execute(
        sql!("UPDATE procedures_batch SET finished_at = $2, stopped_at = $2, trouble = NULL WHERE id = $1 AND finished_at IS NULL"),
        &params![batch, at],
    )?;
    Ok(())
}

/// Lets the rows that failed wait again, as long as their data are kept.
pub(crate) fn retry(tx: &mut Tx<'_>, batch: Id) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch_item SET state = 0, error = NULL WHERE batch = $1 AND state = 2 AND data IS NOT NULL"),
        &params![batch],
    )?;
    tx.execute(
        sql!(
            "UPDATE procedures_batch SET finished_at = NULL, stopped_at = NULL, trouble = NULL WHERE id = $1"
        ),
        &params![batch],
    )?;
    Ok(())
}

/// How many rows failed and could be tried again.
pub(crate) fn retriable(conn: &mut Conn<'_>, batch: Id) -> Result<u32> {
    let row = conn.query_opt(
        sql!("SELECT COUNT(*) AS found FROM procedures_batch_item WHERE batch = $1 AND state = 2 AND data IS NOT NULL"),
        &params![batch],
    )?;
    let found: i64 = row.map_or(Ok(0), |row| row.get("found"))?;
    Ok(u32::try_from(found).unwrap_or(u32::MAX))
}

/// Forgets the data of rows that failed.
pub(crate) fn forget(tx: &mut Tx<'_>, batch: Id) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch_item SET data = NULL, label = NULL WHERE batch = $1 AND state = 2"),
        &params![batch],
    )?;
    Ok(())
}

/// Forgets the data of rows that failed, of orders that ended before an instant.
pub(crate) fn forget_old(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_batch_item SET data = NULL, label = NULL WHERE state = 2 AND data IS NOT NULL AND batch IN (SELECT id FROM procedures_batch WHERE finished_at < $1)"),
        &params![before],
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

/// Rows that ended, after a number.
pub(crate) fn ended(conn: &mut Conn<'_>, batch: Id, after: i64, limit: i64) -> Result<Vec<Ended>> {
    conn.query(
        sql!("SELECT n, label, code, sha256, error FROM procedures_batch_item WHERE batch = $1 AND state <> 0 AND n > $2 ORDER BY n LIMIT $3"),
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
        let label = row.get::<Option<String>>("label")?.unwrap_or_default();
        Ok(Ended { n: row.get("n")?, label, outcome })
    })
    .collect()
}

/// A document of a batch, by its row.
pub(crate) fn issued(conn: &mut Conn<'_>, batch: Id, n: i64) -> Result<Option<Outcome>> {
    Ok(ended(conn, batch, n - 1, 1)?.into_iter().find(|found| found.n == n).map(|found| found.outcome))
}
