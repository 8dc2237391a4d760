//! Devices without a browser that wait for somebody (RFC 8628).

use copihue_core::{Bucket, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::unknown;
use crate::model::device::{DeviceRequest, DeviceState};
use crate::model::grant::GrantKey;

fn read(row: &Row) -> Result<DeviceRequest> {
    let bucket: Option<i64> = row.get("grant_bucket")?;
    let selector: Option<i64> = row.get("grant_selector")?;
    let grant = bucket.zip(selector).map(|(bucket, selector)| GrantKey {
        bucket: Bucket::new(u16::try_from(bucket).unwrap_or_default()),
        selector,
    });
    Ok(DeviceRequest {
        client_id: row.get("client_id")?,
        scope: row.get("scope")?,
        place: row.get("place")?,
        created: row.get("created_at")?,
        expires: row.get("expires_at")?,
        polled: row.get("polled_at")?,
        pause: row.get("pause")?,
        state: DeviceState::parse(&row.get::<String>("state")?).ok_or_else(|| unknown("state"))?,
        grant,
    })
}

/// Keeps a request, by the hashes of its two codes.
pub(crate) fn insert_device_request(
    tx: &mut Tx<'_>,
    id: &[u8; 32],
    user_code: &[u8; 32],
    d: &DeviceRequest,
) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_device_request (id, user_code, client_id, scope, place, created_at, expires_at, polled_at, ",
            "pause, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &params![
            id,
            user_code,
            d.client_id,
            d.scope,
            d.place,
            d.created,
            d.expires,
            d.polled,
            d.pause,
            d.state.code()
        ],
    )?;
    Ok(())
}

/// By the hash of the device's own code.
pub(crate) fn device_request(conn: &mut Conn<'_>, id: &[u8; 32]) -> Result<Option<DeviceRequest>> {
    conn.query_opt(
        sql!(
            "SELECT client_id, scope, place, created_at, expires_at, polled_at, pause, state, grant_bucket, grant_selector ",
            "FROM identity_device_request WHERE id = $1"
        ),
        &params![id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// By the hash of the code that the person types.
pub(crate) fn device_request_by_code(
    conn: &mut Conn<'_>,
    user_code: &[u8; 32],
) -> Result<Option<DeviceRequest>> {
    conn.query_opt(
        sql!(
            "SELECT client_id, scope, place, created_at, expires_at, polled_at, pause, state, grant_bucket, grant_selector ",
            "FROM identity_device_request WHERE user_code = $1"
        ),
        &params![user_code],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Notes that the device asked, and how long it has to wait before the next time.
pub(crate) fn polled(tx: &mut Tx<'_>, id: &[u8; 32], at: Timestamp, pause: i64) -> Result<()> {
    tx.execute(
        sql!("UPDATE identity_device_request SET polled_at = $2, pause = $3 WHERE id = $1"),
        &params![id, at, pause],
    )?;
    Ok(())
}

/// Notes what the person decided, once.
pub(crate) fn decide_device(
    tx: &mut Tx<'_>,
    user_code: &[u8; 32],
    state: DeviceState,
    grant: Option<GrantKey>,
) -> Result<bool> {
    let decided = tx.execute(
        sql!(
            "UPDATE identity_device_request SET state = $2, grant_bucket = $3, grant_selector = $4 ",
            "WHERE user_code = $1 AND state = 'espera'"
        ),
        &params![user_code, state.code(), grant.map(|g| g.bucket), grant.map(|g| g.selector)],
    )?;
    Ok(decided == 1)
}
