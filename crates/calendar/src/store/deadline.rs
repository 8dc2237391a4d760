//! Deadlines and their history.

use copihue_core::calendar::SuspensionCause;
use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use jiff::civil::Date;

use super::{json, text};
use crate::model::{DeadlineEvent, EventType, OpenSuspension, Running, State};

fn running(row: &Row) -> Result<Running> {
    let suspension = match row.get::<Option<Date>>("suspended_from")? {
        Some(from) => Some(OpenSuspension {
            from,
            cause: cause(&row.get::<String>("suspended_cause")?)?,
            act: row.get("suspended_act")?,
        }),
        None => None,
    };
    let proposed = row.get::<Option<String>>("proposed")?;
    Ok(Running {
        id: row.get("id")?,
        subject_kind: row.get("subject_kind")?,
        subject: row.get("subject")?,
        label: row.get("label")?,
        deadline: json(row, "body")?,
        state: State::parse(&row.get::<String>("state")?)?,
        suspension,
        proposed: proposed.map(|text| serde_json::from_str(&text)).transpose()?,
    })
}

fn cause(word: &str) -> Result<SuspensionCause> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|e| Error::internal(format_args!("stored suspended_cause: {e}")))
}

fn cause_word(cause: SuspensionCause) -> Result<String> {
    let word = serde_json::to_value(cause)?;
    word.as_str().map(str::to_owned).ok_or_else(|| Error::internal("a suspension cause is a word"))
}

pub(crate) fn insert(tx: &mut Tx<'_>, new: &Running, checked_n: i64, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO calendar_deadline (bucket, id, subject_kind, subject, label, body, state, due, expires,
             checked_n, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &params![
            new.id.bucket(),
            new.id,
            new.subject_kind,
            new.subject,
            new.label,
            text(&new.deadline)?,
            new.state.as_str(),
            new.deadline.due,
            new.deadline.expires,
            checked_n,
            at
        ],
    )?;
    Ok(())
}

/// Writes what may change of a deadline.
pub(crate) fn update(tx: &mut Tx<'_>, now: &Running, checked_n: i64) -> Result<()> {
    let suspension = now.suspension.as_ref();
    let proposed = now.proposed.as_ref().map(text).transpose()?;
    let cause = suspension.map(|s| cause_word(s.cause)).transpose()?;
    tx.execute(
        sql!(
            "UPDATE calendar_deadline SET body = $3, state = $4, due = $5, expires = $6, suspended_from = $7,
             suspended_cause = $8, suspended_act = $9, proposed = $10, checked_n = $11
             WHERE bucket = $1 AND id = $2"
        ),
        &params![
            now.id.bucket(),
            now.id,
            text(&now.deadline)?,
            now.state.as_str(),
            now.deadline.due,
            now.deadline.expires,
            suspension.map(|s| s.from),
            cause,
            suspension.map(|s| s.act.as_str()),
            proposed,
            checked_n
        ],
    )?;
    Ok(())
}

/// A deadline, with the version it was last compared with.
pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<(Running, i64)>> {
    let row = conn.query_opt(
        sql!(
            "SELECT id, subject_kind, subject, label, body, state, suspended_from, suspended_cause,
             suspended_act, proposed, checked_n FROM calendar_deadline WHERE bucket = $1 AND id = $2"
        ),
        &params![id.bucket(), id],
    )?;
    row.map(|row| Ok((running(&row)?, row.get("checked_n")?))).transpose()
}

/// The deadlines of a subject, the one that ends first before the others.
pub(crate) fn of(conn: &mut Conn<'_>, subject_kind: &str, subject: Id) -> Result<Vec<Running>> {
    let rows = conn.query(
        sql!(
            "SELECT id, subject_kind, subject, label, body, state, suspended_from, suspended_cause,
             suspended_act, proposed FROM calendar_deadline
             WHERE bucket = $1 AND subject = $2 AND subject_kind = $3 ORDER BY expires, id"
        ),
        &params![subject.bucket(), subject, subject_kind],
    )?;
    rows.iter().map(running).collect()
}

/// Running deadlines that expire at or before `until`, soonest first.
pub(crate) fn due_before(conn: &mut Conn<'_>, until: Timestamp, limit: u16) -> Result<Vec<Running>> {
    let rows = conn.query(
        sql!(
            "SELECT id, subject_kind, subject, label, body, state, suspended_from, suspended_cause,
             suspended_act, proposed FROM calendar_deadline
             WHERE state = 'vigente' AND expires <= $1 ORDER BY expires, id LIMIT $2"
        ),
        &params![until, limit],
    )?;
    rows.iter().map(running).collect()
}

/// Deadlines in `state` that were last compared with a version before `n`.
pub(crate) fn stale(conn: &mut Conn<'_>, state: State, n: i64, limit: u16) -> Result<Vec<Running>> {
    let rows = conn.query(
        sql!(
            "SELECT id, subject_kind, subject, label, body, state, suspended_from, suspended_cause,
             suspended_act, proposed FROM calendar_deadline
             WHERE state = $1 AND checked_n < $2 ORDER BY checked_n, id LIMIT $3"
        ),
        &params![state.as_str(), n, limit],
    )?;
    rows.iter().map(running).collect()
}

/// Adds a line to a deadline's history.
pub(crate) fn record(tx: &mut Tx<'_>, id: Id, event: &DeadlineEvent) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO calendar_deadline_event (bucket, deadline, n, kind, act, by_whom, at, due_before, due_after)
             SELECT $1, $2, COUNT(*) + 1, $3, $4, $5, $6, $7, $8 FROM calendar_deadline_event
             WHERE bucket = $1 AND deadline = $2"
        ),
        &params![
            id.bucket(),
            id,
            event.kind.as_str(),
            event.act,
            event.by,
            event.at,
            event.due_before,
            event.due_after
        ],
    )?;
    Ok(())
}

/// The history of a deadline, oldest first.
pub(crate) fn history(conn: &mut Conn<'_>, id: Id) -> Result<Vec<DeadlineEvent>> {
    let rows = conn.query(
        sql!(
            "SELECT kind, act, by_whom, at, due_before, due_after FROM calendar_deadline_event
             WHERE bucket = $1 AND deadline = $2 ORDER BY n"
        ),
        &params![id.bucket(), id],
    )?;
    let event = |row: &Row| {
        Ok(DeadlineEvent {
            kind: EventType::parse(&row.get::<String>("kind")?)?,
            act: row.get("act")?,
            by: row.get("by_whom")?,
            at: row.get("at")?,
            due_before: row.get("due_before")?,
            due_after: row.get("due_after")?,
        })
    };
    rows.iter().map(event).collect()
}

/// Deadlines that wait for a human because the new calendar would shorten them, soonest first.
pub(crate) fn waiting(conn: &mut Conn<'_>, limit: u16) -> Result<Vec<Running>> {
    let rows = conn.query(
        sql!(
            "SELECT id, subject_kind, subject, label, body, state, suspended_from, suspended_cause,
             suspended_act, proposed FROM calendar_deadline
             WHERE state IN ('vigente', 'suspendido') AND proposed IS NOT NULL ORDER BY expires, id LIMIT $1"
        ),
        &params![limit],
    )?;
    rows.iter().map(running).collect()
}
