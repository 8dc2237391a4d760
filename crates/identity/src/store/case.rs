//! Cases of the support desk.

use copihue_core::{Id, Result};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::unknown;
use crate::model::case::{Case, CaseState, Resolution};

fn read(row: &Row) -> Result<Case> {
    let text = |column| row.get::<String>(column);
    let resolution = match row.get::<Option<String>>("resolution")? {
        None => None,
        Some(code) => Some(Resolution::parse(&code).ok_or_else(|| unknown("resolution"))?),
    };
    Ok(Case {
        person: row.get("person")?,
        number: text("number")?,
        disputed: row.get("disputed_at")?,
        opened: row.get("opened_at")?,
        state: CaseState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
        resolution,
        note: text("note")?,
        handled_by: text("handled_by")?,
        changed: row.get("changed_at")?,
    })
}

/// Opens one.
pub(crate) fn insert_case(tx: &mut Tx<'_>, c: &Case) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO identity_case (bucket, person, number, disputed_at, opened_at, state, note, handled_by, changed_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &params![
            c.person.bucket(),
            c.person,
            c.number,
            c.disputed,
            c.opened,
            c.state.code(),
            c.note,
            c.handled_by,
            c.changed
        ],
    )?;
    Ok(())
}

/// Those of a state that were opened first.
pub(crate) fn cases(conn: &mut Conn<'_>, state: CaseState, limit: usize) -> Result<Vec<Case>> {
    let rows = conn.query(
        sql!(
            "SELECT person, number, disputed_at, opened_at, state, resolution, note, handled_by, changed_at ",
            "FROM identity_case WHERE state = $1 ORDER BY opened_at, number LIMIT $2"
        ),
        &params![state.code(), limit],
    )?;
    rows.iter().map(read).collect()
}

/// Those that were resolved last.
pub(crate) fn cases_resolved(conn: &mut Conn<'_>, limit: usize) -> Result<Vec<Case>> {
    let rows = conn.query(
        sql!(
            "SELECT person, number, disputed_at, opened_at, state, resolution, note, handled_by, changed_at ",
            "FROM identity_case WHERE state = 'resuelto' ORDER BY opened_at DESC, number LIMIT $1"
        ),
        &params![limit],
    )?;
    rows.iter().map(read).collect()
}

/// Those of a person, the latest first.
pub(crate) fn cases_of(conn: &mut Conn<'_>, person: Id) -> Result<Vec<Case>> {
    let rows = conn.query(
        sql!(
            "SELECT person, number, disputed_at, opened_at, state, resolution, note, handled_by, changed_at ",
            "FROM identity_case WHERE bucket = $1 AND person = $2 ORDER BY opened_at DESC, number"
        ),
        &params![person.bucket(), person],
    )?;
    rows.iter().map(read).collect()
}

/// The one with this number.
pub(crate) fn case(conn: &mut Conn<'_>, number: &str) -> Result<Option<Case>> {
    conn.query_opt(
        sql!(
            "SELECT person, number, disputed_at, opened_at, state, resolution, note, handled_by, changed_at ",
            "FROM identity_case WHERE number = $1"
        ),
        &params![number],
    )?
    .as_ref()
    .map(read)
    .transpose()
}

/// Moves one on that stands at `from`. Answers whether this call did: of two at once, one.
pub(crate) fn move_case(tx: &mut Tx<'_>, from: CaseState, to: &Case) -> Result<bool> {
    let moved = tx.execute(
        sql!(
            "UPDATE identity_case SET state = $4, resolution = $5, note = $6, handled_by = $7, changed_at = $8 ",
            "WHERE bucket = $1 AND number = $2 AND state = $3"
        ),
        &params![
            to.person.bucket(),
            to.number,
            from.code(),
            to.state.code(),
            to.resolution.map(Resolution::code),
            to.note,
            to.handled_by,
            to.changed
        ],
    )?;
    Ok(moved == 1)
}
