//! Timestamps given, summed up by the hour.

use copihue_core::{Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::stamp_hour::{StampHour, hour_of};

fn hour(row: &Row) -> Result<StampHour> {
    Ok(StampHour {
        serial: row.get("serial")?,
        hour: row.get("hour")?,
        given: row.get("given")?,
        chain: row.get("chain")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
    })
}

/// The hour of `at`, or a new one behind the last.
pub(crate) fn current(conn: &mut Conn<'_>, serial: &str, at: Timestamp) -> Result<StampHour> {
    let sql = sql!(
        "SELECT serial, hour, given, chain, first_at, last_at FROM signing_stamp_hour
         WHERE serial = $1 ORDER BY hour DESC LIMIT 1"
    );
    let last = conn.query_opt(sql, &params![serial])?.as_ref().map(hour).transpose()?;
    Ok(match last {
        // A clock that was set back does not open an hour before one that was closed.
        Some(last) if last.hour >= hour_of(at) => last,
        Some(last) => StampHour::begin(serial, at, last.chain),
        None => StampHour::begin(serial, at, [0; 32]),
    })
}

pub(crate) fn put(tx: &mut Tx<'_>, hour: &StampHour) -> Result<()> {
    let sql = sql!(
        "INSERT INTO signing_stamp_hour (serial, hour, given, chain, first_at, last_at, closed)
         VALUES ($1, $2, $3, $4, $5, $6, 0)
         ON CONFLICT (serial, hour) DO UPDATE
         SET given = excluded.given, chain = excluded.chain, last_at = excluded.last_at"
    );
    let StampHour { serial, hour, given, chain, first_at, last_at } = hour;
    tx.execute(sql, &params![serial, hour, given, *chain, first_at, last_at])?;
    Ok(())
}

/// Closes the hours that ended before `at`, and tells them.
pub(crate) fn close(tx: &mut Tx<'_>, at: Timestamp) -> Result<Vec<StampHour>> {
    let sql = sql!(
        "UPDATE signing_stamp_hour SET closed = 1 WHERE closed = 0 AND hour < $1
         RETURNING serial, hour, given, chain, first_at, last_at"
    );
    tx.query(sql, &params![hour_of(at)])?.iter().map(hour).collect()
}

/// Every hour from this one on, a thousand at most.
pub(crate) fn since(conn: &mut Conn<'_>, from: Timestamp) -> Result<Vec<StampHour>> {
    let sql = sql!(
        "SELECT serial, hour, given, chain, first_at, last_at FROM signing_stamp_hour
         WHERE hour >= $1 ORDER BY hour, serial LIMIT 1000"
    );
    conn.query(sql, &params![hour_of(from)])?.iter().map(hour).collect()
}
