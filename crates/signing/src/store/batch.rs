//! Batches and their items.

use copihue_core::{Bucket, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::batch::{Batch, BatchItem, BatchState, Counts, ItemError, ItemState, Origin};
use crate::model::level::{Level, Shortfall, WhenShort};
use crate::model::place::Place;
use crate::model::token::Purpose;

pub(crate) fn add(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_batch (bucket, id, institution, official, application, request, purpose, state, level,
         when_short, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let (application, request) = match &batch.origin {
        Origin::Desk => (None, None),
        Origin::Application { key, request } => (Some(key), Some(request)),
    };
    tx.execute(
        sql,
        &params![
            batch.id.bucket(),
            batch.id,
            batch.institution,
            batch.official,
            application,
            request,
            batch.purpose.claim(),
            batch.state.code(),
            batch.level.name(),
            batch.when_short.code(),
            batch.created_at
        ],
    )?;
    Ok(())
}

fn bad(what: &str) -> Error {
    Error::internal(format_args!("a stored batch has a bad {what}"))
}

fn batch(row: &Row) -> Result<Batch> {
    let text = |column| -> Result<String> { row.get(column) };
    let application: Option<String> = row.get("application")?;
    let request: Option<String> = row.get("request")?;
    Ok(Batch {
        id: row.get("id")?,
        institution: row.get("institution")?,
        official: row.get("official")?,
        origin: application
            .zip(request)
            .map_or(Origin::Desk, |(key, request)| Origin::Application { key, request }),
        purpose: Purpose::from_claim(&text("purpose")?).ok_or_else(|| bad("purpose"))?,
        state: BatchState::from_code(&text("state")?).ok_or_else(|| bad("state"))?,
        level: Level::from_name(&text("level")?).ok_or_else(|| bad("level"))?,
        when_short: WhenShort::from_code(&text("when_short")?).ok_or_else(|| bad("policy"))?,
        created_at: row.get("created_at")?,
        authorisation: row.get("authorisation")?,
        authorised_until: row.get("authorised_until")?,
        ended_at: row.get("ended_at")?,
    })
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<Batch>> {
    let sql = sql!(
        "SELECT id, institution, official, application, request, purpose, state, level, when_short, created_at,
         authorisation, authorised_until, ended_at FROM signing_batch WHERE bucket = $1 AND id = $2"
    );
    conn.query_opt(sql, &params![id.bucket(), id])?.as_ref().map(batch).transpose()
}

/// The batch that an application asked for under this name.
pub(crate) fn by_request(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    (application, request): (&str, &str),
) -> Result<Option<Batch>> {
    let sql = sql!(
        "SELECT id, institution, official, application, request, purpose, state, level, when_short, created_at,
         authorisation, authorised_until, ended_at FROM signing_batch
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND application = $4 AND request = $5"
    );
    let given = params![bucket, institution, official, application, request];
    conn.query_opt(sql, &given)?.as_ref().map(batch).transpose()
}

/// A holder's batches of the desk, newest first.
pub(crate) fn recent(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    (institution, official): (&str, Id),
    most: i64,
) -> Result<Vec<Batch>> {
    let sql = sql!(
        "SELECT id, institution, official, application, request, purpose, state, level, when_short, created_at,
         authorisation, authorised_until, ended_at FROM signing_batch
         WHERE bucket = $1 AND institution = $2 AND official = $3 AND application IS NULL ORDER BY id DESC LIMIT $4"
    );
    conn.query(sql, &params![bucket, institution, official, most])?.iter().map(batch).collect()
}

/// Changes the state, where it still is `from`. Answers whether it was.
pub(crate) fn set_state(
    tx: &mut Tx<'_>,
    id: Id,
    from: BatchState,
    to: BatchState,
    now: Timestamp,
) -> Result<bool> {
    let sql = sql!(
        "UPDATE signing_batch SET state = $4, ended_at = $5 WHERE bucket = $1 AND id = $2 AND state = $3"
    );
    let ended = to.is_over().then_some(now);
    Ok(tx.execute(sql, &params![id.bucket(), id, from.code(), to.code(), ended])? == 1)
}

/// Keeps the signed authorisation record.
pub(crate) fn authorise(tx: &mut Tx<'_>, id: Id, record: &str, until: Timestamp) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_batch SET authorisation = $3, authorised_until = $4 WHERE bucket = $1 AND id = $2"
    );
    tx.execute(sql, &params![id.bucket(), id, record, until])?;
    Ok(())
}

/// Until when an authorisation holds that is nowhere but in the process which signs.
pub(crate) fn hold(tx: &mut Tx<'_>, id: Id, until: Timestamp) -> Result<()> {
    let sql = sql!("UPDATE signing_batch SET authorised_until = $3 WHERE bucket = $1 AND id = $2");
    tx.execute(sql, &params![id.bucket(), id, until])?;
    Ok(())
}

pub(crate) fn add_item(tx: &mut Tx<'_>, batch: Id, item: &BatchItem) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_batch_item (bucket, batch, n, item, name, paper, sha256, place, reason, state, attempts,
         error_code, error_message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)"
    );
    let (code, message) = item.error.as_ref().map(|e| (&e.code, &e.message)).unzip();
    tx.execute(
        sql,
        &params![
            batch.bucket(),
            batch,
            item.n,
            item.item,
            item.name,
            item.paper,
            item.sha256,
            item.place.text(),
            item.reason,
            item.state.code(),
            code,
            message
        ],
    )?;
    Ok(())
}

fn item(row: &Row) -> Result<BatchItem> {
    let text = |column| -> Result<Option<String>> { row.get(column) };
    let place: String = row.get("place")?;
    let state: String = row.get("state")?;
    let sha256: Option<[u8; 32]> = row.get("signed_sha256")?;
    let size: Option<u64> = row.get("signed_size")?;
    let error = text("error_code")?.zip(text("error_message")?);
    Ok(BatchItem {
        n: row.get("n")?,
        item: row.get("item")?,
        name: row.get("name")?,
        paper: row.get("paper")?,
        sha256: row.get("sha256")?,
        place: Place::parse(&place)?,
        reason: row.get("reason")?,
        state: ItemState::from_code(&state).ok_or_else(|| bad("item"))?,
        signed: sha256.zip(size),
        reached: text("level_reached")?.and_then(|n| Level::from_name(&n)),
        shortfall: text("shortfall")?.and_then(|c| Shortfall::from_code(&c)),
        attempts: row.get("attempts")?,
        error: error.map(|(code, message)| ItemError { code, message }),
    })
}

/// The items in their order.
pub(crate) fn items(conn: &mut Conn<'_>, batch: Id) -> Result<Vec<BatchItem>> {
    let sql = sql!(
        "SELECT n, item, name, paper, sha256, place, reason, state, signed_sha256, signed_size, level_reached, shortfall,
         attempts, error_code, error_message FROM signing_batch_item WHERE bucket = $1 AND batch = $2 ORDER BY n"
    );
    conn.query(sql, &params![batch.bucket(), batch])?.iter().map(item).collect()
}

pub(crate) fn counts(conn: &mut Conn<'_>, batch: Id) -> Result<Counts> {
    let sql = sql!(
        "SELECT state, CAST(count(*) AS BIGINT) AS total FROM signing_batch_item WHERE bucket = $1 AND batch = $2
         GROUP BY state"
    );
    let mut counts = Counts::default();
    for row in conn.query(sql, &params![batch.bucket(), batch])? {
        let (state, total): (String, i64) = (row.get("state")?, row.get("total")?);
        match ItemState::from_code(&state).ok_or_else(|| bad("item"))? {
            ItemState::Pending => counts.pending = total,
            ItemState::Signed => counts.signed = total,
            ItemState::Failed => counts.failed = total,
        }
    }
    Ok(counts)
}

/// What a signature left.
pub(crate) struct Signed {
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
    pub(crate) at: Timestamp,
    pub(crate) reached: Level,
    pub(crate) shortfall: Option<Shortfall>,
    pub(crate) key_use: Id,
}

/// Keeps a signature, where the item has none: never two for one item. Answers whether it had none.
pub(crate) fn sign_item(tx: &mut Tx<'_>, batch: Id, n: i64, signed: &Signed) -> Result<bool> {
    let sql = sql!(
        "UPDATE signing_batch_item SET state = $4, signed_sha256 = $5, signed_size = $6, signed_at = $7, level_reached = $8,
         shortfall = $9, key_use = $10, attempts = attempts + 1, error_code = NULL, error_message = NULL
         WHERE bucket = $1 AND batch = $2 AND n = $3 AND state = 'pendiente'"
    );
    let Signed { sha256, size, at, reached, shortfall, key_use } = signed;
    let done = ItemState::Signed.code();
    let short = shortfall.map(Shortfall::code);
    let changed = tx.execute(
        sql,
        &params![batch.bucket(), batch, n, done, sha256, size, at, reached.name(), short, key_use],
    )?;
    Ok(changed == 1)
}

/// Notes why an item was not signed: for good, or until the next try.
pub(crate) fn fail_item(
    tx: &mut Tx<'_>,
    batch: Id,
    n: i64,
    state: ItemState,
    error: &ItemError,
) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_batch_item SET state = $4, error_code = $5, error_message = $6, attempts = attempts + 1
         WHERE bucket = $1 AND batch = $2 AND n = $3 AND state = 'pendiente'"
    );
    tx.execute(sql, &params![batch.bucket(), batch, n, state.code(), error.code, error.message])?;
    Ok(())
}

/// What failed is to be tried again, with its present bytes.
pub(crate) fn reopen_item(tx: &mut Tx<'_>, batch: Id, n: i64) -> Result<()> {
    let sql = sql!(
        "UPDATE signing_batch_item SET state = 'pendiente', attempts = 0, error_code = NULL, error_message = NULL
         WHERE bucket = $1 AND batch = $2 AND n = $3 AND state = 'error'"
    );
    tx.execute(sql, &params![batch.bucket(), batch, n])?;
    Ok(())
}

/// Where the stamp of an item goes, while nothing is authorised.
pub(crate) fn place_item(tx: &mut Tx<'_>, batch: Id, n: i64, place: &Place) -> Result<()> {
    let sql = sql!("UPDATE signing_batch_item SET place = $4 WHERE bucket = $1 AND batch = $2 AND n = $3");
    tx.execute(sql, &params![batch.bucket(), batch, n, place.text()])?;
    Ok(())
}

/// Deletes the batches from before this instant that nobody ever authorised: nothing was signed by them. Answers how many.
pub(crate) fn delete_unauthorised(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    let (prepared, awaiting) = (BatchState::Prepared.code(), BatchState::AwaitingCode.code());
    let items = sql!(
        "DELETE FROM signing_batch_item WHERE EXISTS (SELECT 1 FROM signing_batch b
         WHERE b.bucket = signing_batch_item.bucket AND b.id = signing_batch_item.batch AND b.created_at < $1
               AND b.authorisation IS NULL AND b.authorised_until IS NULL AND b.state IN ($2, $3))"
    );
    tx.execute(items, &params![before, prepared, awaiting])?;
    let batches = sql!(
        "DELETE FROM signing_batch
         WHERE created_at < $1 AND authorisation IS NULL AND authorised_until IS NULL AND state IN ($2, $3)"
    );
    tx.execute(batches, &params![before, prepared, awaiting])
}
