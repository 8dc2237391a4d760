//! The queue's table.

use copihue_core::{Id, Result, Timestamp};
use serde_json::Value;

use super::{Job, KindCount, NewJob};
use crate::{Conn, Row, Tx, params, sql};

/// What a worker holds: the job, and since when it has been tried.
pub(super) struct Claimed {
    pub(super) job: Job,
    pub(super) first_attempt_at: Timestamp,
}

/// How long a job is a worker's own without a sign of life.
pub(super) const LEASE_MS: i64 = 30_000;

/// A worker's name in the leases.
pub(super) type WorkerId = [u8; 16];

pub(super) fn insert(tx: &mut Tx<'_>, id: Id, job: &NewJob<'_>) -> Result<()> {
    let now = tx.now();
    tx.execute(
        // The same key again: one that waits keeps its payload and runs at the earlier time; one that runs
        // is run once more afterwards, with the new payload, for it may have read the old state.
        sql!(
            "INSERT INTO db_job (id, kind, key, payload, run_at, attempts, created_at)
             VALUES ($1, $2, $3, $4, $5, 0, $6)
             ON CONFLICT (kind, key) WHERE key IS NOT NULL AND parked_at IS NULL DO UPDATE SET
                 payload = CASE WHEN db_job.lease IS NULL THEN db_job.payload ELSE excluded.payload END,
                 again_at = CASE WHEN db_job.lease IS NULL THEN NULL ELSE excluded.run_at END,
                 run_at = CASE WHEN db_job.lease IS NULL AND excluded.run_at < db_job.run_at
                               THEN excluded.run_at ELSE db_job.run_at END"
        ),
        &params![id, job.kind, job.key, job.payload, job.run_at, now],
    )?;
    Ok(())
}

pub(super) fn any_due(conn: &mut Conn<'_>, kind: &str, now: Timestamp) -> Result<bool> {
    let first =
        sql!("SELECT 1 AS due FROM db_job WHERE kind = $1 AND run_at <= $2 AND parked_at IS NULL LIMIT 1");
    Ok(conn.query_opt(first, &params![kind, now])?.is_some())
}

/// Takes due jobs of a kind: those that wait, and those whose worker has let the lease run out.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    kind: &str,
    by: &WorkerId,
    now: Timestamp,
    most: usize,
) -> Result<Vec<Claimed>> {
    let rows = tx.query(
        sql!(
            "UPDATE db_job SET lease = $1, run_at = $2, attempts = attempts + 1,
                    first_attempt_at = coalesce(first_attempt_at, $3)
              WHERE id IN (SELECT id FROM db_job WHERE kind = $4 AND run_at <= $3 AND parked_at IS NULL
                            ORDER BY run_at, id LIMIT $5)
             RETURNING id, kind, key, payload, attempts, first_attempt_at"
        ),
        &params![by, now.plus_millis(LEASE_MS), now, kind, most],
    )?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &Row) -> Result<Claimed> {
    let job = Job {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("key")?,
        payload: row.get::<Value>("payload")?,
        attempt: row.get("attempts")?,
    };
    Ok(Claimed { job, first_attempt_at: row.get("first_attempt_at")? })
}

/// The worker is still at it.
pub(super) fn renew(tx: &mut Tx<'_>, by: &WorkerId, now: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE db_job SET run_at = $1 WHERE lease = $2"),
        &params![now.plus_millis(LEASE_MS), by],
    )?;
    Ok(())
}

/// Gives back what a worker had that is no more.
pub(super) fn release_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute(sql!("UPDATE db_job SET lease = NULL, run_at = $1 WHERE lease IS NOT NULL"), &params![now])
}

/// Done: gone, or waiting again when it was asked for meanwhile.
pub(super) fn finish(tx: &mut Tx<'_>, id: Id, by: &WorkerId) -> Result<()> {
    let again = tx.execute(
        sql!(
            "UPDATE db_job SET lease = NULL, run_at = again_at, again_at = NULL, attempts = 0,
                    first_attempt_at = NULL, error = NULL
              WHERE id = $1 AND lease = $2 AND again_at IS NOT NULL"
        ),
        &params![id, by],
    )?;
    if again == 0 {
        tx.execute(sql!("DELETE FROM db_job WHERE id = $1 AND lease = $2"), &params![id, by])?;
    }
    Ok(())
}

/// Failed: once more at `run_at`.
pub(super) fn retry(tx: &mut Tx<'_>, id: Id, by: &WorkerId, run_at: Timestamp, error: &str) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE db_job SET lease = NULL, run_at = $1, again_at = NULL, error = $2
              WHERE id = $3 AND lease = $4"
        ),
        &params![run_at, error, id, by],
    )?;
    Ok(())
}

/// Failed for too long: kept for an operator.
pub(super) fn park(tx: &mut Tx<'_>, id: Id, by: &WorkerId, now: Timestamp, error: &str) -> Result<()> {
    tx.execute(
        sql!("UPDATE db_job SET lease = NULL, parked_at = $1, error = $2 WHERE id = $3 AND lease = $4"),
        &params![now, error, id, by],
    )?;
    Ok(())
}

/// Parked jobs get another day.
pub(super) fn unpark(tx: &mut Tx<'_>, kind: &str) -> Result<u64> {
    let now = tx.now();
    tx.execute(
        sql!(
            "UPDATE db_job SET parked_at = NULL, run_at = $1, attempts = 0, first_attempt_at = NULL
              WHERE kind = $2 AND parked_at IS NOT NULL
                AND (key IS NULL OR NOT EXISTS (
                    SELECT 1 FROM db_job AS twin
                     WHERE twin.kind = db_job.kind AND twin.key = db_job.key
                       AND (twin.parked_at IS NULL OR twin.id > db_job.id)))"
        ),
        &params![now, kind],
    )
}

pub(super) fn counts(conn: &mut Conn<'_>) -> Result<Vec<KindCount>> {
    let rows = conn.query(
        sql!(
            "SELECT kind, CAST(sum(CASE WHEN parked_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS pending,
                    CAST(sum(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS parked
               FROM db_job GROUP BY kind ORDER BY kind"
        ),
        &params![],
    )?;
    let count = |row: &Row| {
        Ok(KindCount { kind: row.get("kind")?, pending: row.get("pending")?, parked: row.get("parked")? })
    };
    rows.iter().map(count).collect()
}
