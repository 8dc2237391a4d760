//! Counts by hour, and what was unusual in them.

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Tx, params, sql};

use crate::model::alarm::{AlarmKind, Unusual};
use crate::model::tally::Counted;

pub(crate) fn add_counts(tx: &mut Tx<'_>, counts: &[(Counted, u64)]) -> Result<()> {
    for (what, n) in counts {
        let Counted { hour, kind, outcome, client, factors } = what;
        tx.execute(
            sql!(
                "INSERT INTO identity_tally (hour, kind, outcome, client_id, factors, n) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (hour, kind, outcome, client_id, factors) DO UPDATE SET n = identity_tally.n + excluded.n"
            ),
            &params![hour, kind, outcome, client, factors, n],
        )?;
    }
    Ok(())
}

/// Everything that was counted from this hour on.
pub(crate) fn counts_since(conn: &mut Conn<'_>, hour: i64) -> Result<Vec<(Counted, u64)>> {
    let rows = conn.query(
        sql!("SELECT hour, kind, outcome, client_id, factors, n FROM identity_tally WHERE hour >= $1"),
        &params![hour],
    )?;
    let counted = |row: &copihue_db::Row| {
        let what = Counted {
            hour: row.at(0)?,
            kind: row.at(1)?,
            outcome: row.at(2)?,
            client: row.at(3)?,
            factors: row.at(4)?,
        };
        Ok((what, row.at(5)?))
    };
    rows.iter().map(counted).collect()
}

pub(crate) fn drop_counts(tx: &mut Tx<'_>, before: i64) -> Result<u64> {
    tx.execute(sql!("DELETE FROM identity_tally WHERE hour < $1"), &params![before])
}

/// Raises an alarm, or says more of one that is open; whether it is new.
pub(crate) fn raise(tx: &mut Tx<'_>, what: Unusual, now: Timestamp) -> Result<bool> {
    let Unusual { kind, hour, n, usual } = what;
    let raised = tx.execute(
        sql!(
            "INSERT INTO identity_alarm (kind, hour, n, usual, raised_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kind, hour) DO NOTHING"
        ),
        &params![kind.code(), hour, n, usual, now],
    )?;
    if raised == 0 {
        tx.execute(
            sql!("UPDATE identity_alarm SET n = $3 WHERE kind = $1 AND hour = $2 AND closed_at IS NULL"),
            &params![kind.code(), hour, n],
        )?;
    }
    Ok(raised == 1)
}

/// An alarm as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Alarm {
    pub(crate) what: Unusual,
    pub(crate) raised_at: Timestamp,
    /// When it was closed, by whom, and what it was.
    pub(crate) closed: Option<(Timestamp, String, String)>,
}

/// The latest alarms, the open ones first.
pub(crate) fn alarms(conn: &mut Conn<'_>, limit: usize) -> Result<Vec<Alarm>> {
    let rows = conn.query(
        sql!(
            "SELECT kind, hour, n, usual, raised_at, closed_at, closed_by, note FROM identity_alarm
             ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, hour DESC, kind LIMIT $1"
        ),
        &params![limit],
    )?;
    let alarm = |row: &copihue_db::Row| {
        let code: String = row.at(0)?;
        let kind = AlarmKind::ALL.into_iter().find(|kind| kind.code() == code);
        let kind = kind.ok_or_else(|| Error::internal("an alarm of no kind"))?;
        let closed = match row.at::<Option<Timestamp>>(5)? {
            Some(at) => Some((at, row.at(6)?, row.at(7)?)),
            None => None,
        };
        let what = Unusual { kind, hour: row.at(1)?, n: row.at(2)?, usual: row.at(3)? };
        Ok(Alarm { what, raised_at: row.at(4)?, closed })
    };
    rows.iter().map(alarm).collect()
}

/// Closes an open alarm; `false` when there is none.
pub(crate) fn close_alarm(
    tx: &mut Tx<'_>,
    (kind, hour): (AlarmKind, i64),
    (by, note): (&str, &str),
    now: Timestamp,
) -> Result<bool> {
    let closed = tx.execute(
        sql!(
            "UPDATE identity_alarm SET closed_at = $3, closed_by = $4, note = $5
             WHERE kind = $1 AND hour = $2 AND closed_at IS NULL"
        ),
        &params![kind.code(), hour, now, by, note],
    )?;
    Ok(closed == 1)
}

/// Applications by id: name and institution.
pub(crate) fn client_names(conn: &mut Conn<'_>) -> Result<Vec<(String, String, String)>> {
    let rows = conn.query(sql!("SELECT client_id, name, institution FROM identity_client"), &params![])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}
