//! Entries, items, and the latest entry of each key.

use copihue_core::{Error, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use copihue_ledger::Register;

use crate::model::entry::{Current, Decision, Entry};
use crate::model::item::{Item, ItemHash};

/// How much a register holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Entries ever written.
    pub entries: u64,
    /// Keys.
    pub records: u64,
    /// When the last entry was written.
    pub updated: Option<Timestamp>,
}

pub(crate) fn totals(conn: &mut Conn<'_>, register: Register) -> Result<Totals> {
    let last = conn.query_opt(
        sql!("SELECT number, at FROM registers_entry WHERE register = $1 ORDER BY number DESC LIMIT 1"),
        &params![register.number()],
    )?;
    let Some(last) = last else { return Ok(Totals::default()) };
    let records = conn.query_one(
        sql!("SELECT COALESCE(max(ordinal), 0) AS n FROM registers_record WHERE register = $1"),
        &params![register.number()],
    )?;
    Ok(Totals { entries: last.get("number")?, records: records.get("n")?, updated: Some(last.get("at")?) })
}

/// The number of the last entry; 0 when there is none.
pub(crate) fn last_number(conn: &mut Conn<'_>, register: Register) -> Result<u64> {
    let last = conn.query_one(
        sql!("SELECT COALESCE(max(number), 0) AS n FROM registers_entry WHERE register = $1"),
        &params![register.number()],
    )?;
    last.get("n")
}

/// Writes an entry with its item, and makes it the record of its key. Two writers of one number collide.
pub(crate) fn append(tx: &mut Tx<'_>, register: Register, entry: &Entry, item: &Item) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO registers_item (register, hash, body) VALUES ($1, $2, $3)
             ON CONFLICT (register, hash) DO NOTHING"
        ),
        &params![register.number(), entry.item.0, item.canonical()?],
    )?;
    let Decision { by, reason, who } = &entry.decision;
    tx.execute(
        sql!(
            "INSERT INTO registers_entry (register, number, key, item, at, decided_by, reason, who)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &params![register.number(), entry.number, entry.key, entry.item.0, entry.at, by, reason, who],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO registers_record (register, key, ordinal, number, item, folded)
             SELECT $1, $2, COALESCE(max(ordinal), 0) + 1, $3, $4, $5 FROM registers_record WHERE register = $1
             ON CONFLICT (register, key) DO UPDATE
             SET number = excluded.number, item = excluded.item, folded = excluded.folded"
        ),
        &params![register.number(), entry.key, entry.number, entry.item.0, item.folded(&entry.key)],
    )?;
    Ok(())
}

fn entry_of(row: &Row) -> Result<Entry> {
    Ok(Entry {
        number: row.get("number")?,
        key: row.get("key")?,
        item: ItemHash(row.get("item")?),
        at: row.get("at")?,
        decision: Decision { by: row.get("decided_by")?, reason: row.get("reason")?, who: row.get("who")? },
    })
}

fn current_of(row: &Row) -> Result<Current> {
    let body: String = row.get("body")?;
    let item = Item::parse(&body).map_err(|e| Error::internal(format_args!("stored item: {e}")))?;
    Ok(Current { entry: entry_of(row)?, item })
}

fn currents(rows: &[Row]) -> Result<Vec<Current>> {
    rows.iter().map(current_of).collect()
}

/// Entries `from…=to`, by number, each with its item.
pub(crate) fn entries(conn: &mut Conn<'_>, register: Register, from: u64, to: u64) -> Result<Vec<Current>> {
    let rows = conn.query(
        sql!(
            "SELECT e.number, e.key, e.item, e.at, e.decided_by, e.reason, e.who, i.body
             FROM registers_entry e JOIN registers_item i ON i.register = e.register AND i.hash = e.item
             WHERE e.register = $1 AND e.number >= $2 AND e.number <= $3 ORDER BY e.number"
        ),
        &params![register.number(), from, to],
    )?;
    currents(&rows)
}

/// The last entries of a key that are older than `before`, newest first.
pub(crate) fn history(
    conn: &mut Conn<'_>,
    register: Register,
    key: &str,
    before: u64,
    limit: u32,
) -> Result<Vec<Current>> {
    let rows = conn.query(
        sql!(
            "SELECT e.number, e.key, e.item, e.at, e.decided_by, e.reason, e.who, i.body
             FROM registers_entry e JOIN registers_item i ON i.register = e.register AND i.hash = e.item
             WHERE e.register = $1 AND e.key = $2 AND e.number < $3 ORDER BY e.number DESC LIMIT $4"
        ),
        &params![register.number(), key, before, limit],
    )?;
    currents(&rows)
}

/// The latest entry of a key.
pub(crate) fn record(conn: &mut Conn<'_>, register: Register, key: &str) -> Result<Option<Current>> {
    let row = conn.query_opt(
        sql!(
            "SELECT e.number, e.key, e.item, e.at, e.decided_by, e.reason, e.who, i.body
             FROM registers_record r
             JOIN registers_entry e ON e.register = r.register AND e.number = r.number
             JOIN registers_item i ON i.register = e.register AND i.hash = e.item
             WHERE r.register = $1 AND r.key = $2"
        ),
        &params![register.number(), key],
    )?;
    row.as_ref().map(current_of).transpose()
}

/// Records in the order in which their keys first came: those after the first `after` ones.
pub(crate) fn records(
    conn: &mut Conn<'_>,
    register: Register,
    after: u64,
    limit: u64,
) -> Result<Vec<Current>> {
    let rows = conn.query(
        sql!(
            "SELECT e.number, e.key, e.item, e.at, e.decided_by, e.reason, e.who, i.body
             FROM registers_record r
             JOIN registers_entry e ON e.register = r.register AND e.number = r.number
             JOIN registers_item i ON i.register = e.register AND i.hash = e.item
             WHERE r.register = $1 AND r.ordinal > $2 AND r.ordinal <= $3 ORDER BY r.ordinal"
        ),
        &params![register.number(), after, after.saturating_add(limit)],
    )?;
    currents(&rows)
}

/// Records by key, after one, whose folded text holds the words (already folded and escaped for LIKE).
pub(crate) fn search(
    conn: &mut Conn<'_>,
    register: Register,
    pattern: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<Current>> {
    let rows = conn.query(
        sql!(
            "SELECT e.number, e.key, e.item, e.at, e.decided_by, e.reason, e.who, i.body
             FROM registers_record r
             JOIN registers_entry e ON e.register = r.register AND e.number = r.number
             JOIN registers_item i ON i.register = e.register AND i.hash = e.item
             WHERE r.register = $1 AND r.key > $2 AND r.folded LIKE $3 ESCAPE '!' ORDER BY r.key LIMIT $4"
        ),
        &params![register.number(), after, pattern, limit],
    )?;
    currents(&rows)
}

/// The canonical form of an item of this register.
pub(crate) fn item(conn: &mut Conn<'_>, register: Register, hash: ItemHash) -> Result<Option<String>> {
    let row = conn.query_opt(
        sql!("SELECT body FROM registers_item WHERE register = $1 AND hash = $2"),
        &params![register.number(), hash.0],
    )?;
    row.map(|row| row.get("body")).transpose()
}
