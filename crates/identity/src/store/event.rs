//! The history.

use copihue_core::{Id, Result};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{acr_number, acr_of, unknown, words};
use crate::model::event::{Event, EventClient, EventKind, Outcome};

/// Some rows of a history, the latest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) events: Vec<Event>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<Id>,
}

fn read(row: &Row) -> Result<Event> {
    let text = |column| row.get::<String>(column);
    let client = match row.get::<Option<String>>("client_id")? {
        None => None,
        Some(id) => Some(EventClient { id, name: text("client_name")?, institution: text("institution")? }),
    };
    Ok(Event {
        id: row.get("id")?,
        person: row.get("person")?,
        kind: EventKind::parse(&text("kind")?).ok_or_else(|| unknown("kind"))?,
        outcome: Outcome::parse(&text("outcome")?).ok_or_else(|| unknown("outcome"))?,
        client,
        acr: row.get::<Option<i64>>("acr")?.map(acr_of).transpose()?,
        factors: words(&text("factors")?),
        device: text("device")?,
        delivered: words(&text("delivered")?),
        note: text("note")?,
        acting: text("acting")?,
        trace: text("trace")?,
        at: row.get("at")?,
    })
}

/// A page of a person's history, older than `before`. Along the primary key: as fast for nobody's history as for a long one.
pub(crate) fn history(conn: &mut Conn<'_>, person: Id, before: Option<Id>, limit: usize) -> Result<Page> {
    let before = before.unwrap_or(Id::from_bytes([0xff; 16]));
    let rows = conn.query(
        sql!(
            "SELECT person, id, kind, outcome, client_id, client_name, institution, acr, factors, device, delivered, note, acting, trace, at ",
            "FROM identity_event WHERE bucket = $1 AND person = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
        ),
        &params![person.bucket(), person, before, limit + 1],
    )?;
    let mut events: Vec<Event> = rows.iter().map(read).collect::<Result<_>>()?;
    let more = events.len() > limit;
    events.truncate(limit);
    Ok(Page { next: events.last().filter(|_| more).map(|e| e.id), events })
}

/// One event of a person.
pub(crate) fn event(conn: &mut Conn<'_>, person: Id, id: Id) -> Result<Option<Event>> {
    conn.query_opt(
        sql!(
            "SELECT person, id, kind, outcome, client_id, client_name, institution, acr, factors, device, delivered, note, acting, trace, at ",
            "FROM identity_event WHERE bucket = $1 AND person = $2 AND id = $3"
        ),
        &params![person.bucket(), person, id],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Adds a row.
pub(crate) fn insert_event(tx: &mut Tx<'_>, e: &Event) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_event (bucket, person, id, kind, outcome, client_id, client_name, institution, acr, ",
            "factors, device, delivered, note, acting, trace, at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        &params![
            e.person.bucket(),
            e.person,
            e.id,
            e.kind.code(),
            e.outcome.code(),
            e.client.as_ref().map(|c| &c.id),
            e.client.as_ref().map(|c| &c.name),
            e.client.as_ref().map(|c| &c.institution),
            e.acr.map(acr_number),
            e.factors.join(" "),
            e.device,
            e.delivered.join(" "),
            e.note,
            e.acting,
            e.trace,
            e.at
        ],
    )?;
    Ok(())
}
