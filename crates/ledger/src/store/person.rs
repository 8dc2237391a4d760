//! Which events concern whom.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use super::{Stored, stored};
use crate::record::Family;

/// As kept with a record that waits; nothing for nobody.
pub(crate) fn packed(persons: &[Id]) -> Option<Vec<u8>> {
    (!persons.is_empty()).then(|| persons.iter().flat_map(Id::as_bytes).copied().collect())
}

fn unpacked(bytes: &[u8]) -> impl Iterator<Item = Id> + '_ {
    bytes.as_chunks::<16>().0.iter().map(|id| Id::from_bytes(*id))
}

/// Where an event stands in the order of arrival.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) family: Family,
    pub(crate) record_id: String,
}

/// Puts a record into the list of each person it concerns.
pub(crate) fn list_event(
    tx: &mut Tx<'_>,
    family: Family,
    (record_id, seq): (&str, i64),
    concerns: &[u8],
) -> Result<()> {
    for person in unpacked(concerns) {
        tx.execute(
            sql!(
                "INSERT INTO ledger_person_event (bucket, person, seq, family, record_id)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (bucket, person, seq, family, record_id) DO NOTHING"
            ),
            &params![person.bucket(), person, seq, family.number(), record_id],
        )?;
    }
    Ok(())
}

/// An event with what is stored of it.
pub(crate) struct Listed {
    pub(crate) place: Place,
    pub(crate) at: Timestamp,
    pub(crate) stored: Stored,
}

fn listed(row: &Row) -> Result<Listed> {
    Ok(Listed {
        place: Place {
            seq: row.get("seq")?,
            family: Family::numbered(row.get("family")?)?,
            record_id: row.get("record_id")?,
        },
        at: row.get("created_at")?,
        stored: stored(row)?,
    })
}

/// A person's events before a place, newest first; of one ledger or of all.
pub(crate) fn events(
    conn: &mut Conn<'_>,
    person: Id,
    family: Option<Family>,
    before: Option<&Place>,
    limit: usize,
) -> Result<Vec<Listed>> {
    let (least, most) = family.map_or((0, i64::MAX), |f| (f.number(), f.number()));
    let (seq, of, id) =
        before.map_or((i64::MAX, 0, ""), |p| (p.seq, p.family.number(), p.record_id.as_str()));
    conn.query(
        sql!(
            "SELECT e.seq, e.family, e.record_id, r.kind, r.entry, r.commitments, r.sealed, r.idx, r.created_at
             FROM ledger_person_event e
             JOIN ledger_record r ON r.family = e.family AND r.record_id = e.record_id
             WHERE e.bucket = $1 AND e.person = $2 AND e.family >= $3 AND e.family <= $4
             AND (e.seq, e.family, e.record_id) < ($5, $6, $7)
             ORDER BY e.seq DESC, e.family DESC, e.record_id DESC LIMIT $8"
        ),
        &params![person.bucket(), person, least, most, seq, of, id, limit],
    )?
    .iter()
    .map(listed)
    .collect()
}

/// An event, when it concerns the person.
pub(crate) fn event(
    conn: &mut Conn<'_>,
    person: Id,
    family: Family,
    record_id: &str,
) -> Result<Option<Listed>> {
    let row = conn.query_opt(
        sql!(
            "SELECT seq, family, record_id, kind, entry, commitments, sealed, idx, created_at, concerns
             FROM ledger_record WHERE family = $1 AND record_id = $2"
        ),
        &params![family.number(), record_id],
    )?;
    let Some(row) = row else { return Ok(None) };
    let found = listed(&row)?;
    let own = match row.get::<Option<Vec<u8>>>("concerns")? {
        Some(waiting) => unpacked(&waiting).any(|other| other == person),
        None => is_listed(conn, person, &found.place)?,
    };
    Ok(own.then_some(found))
}

fn is_listed(conn: &mut Conn<'_>, person: Id, place: &Place) -> Result<bool> {
    let found = conn.query_opt(
        sql!(
            "SELECT seq FROM ledger_person_event
             WHERE bucket = $1 AND person = $2 AND seq = $3 AND family = $4 AND record_id = $5"
        ),
        &params![person.bucket(), person, place.seq, place.family.number(), place.record_id],
    )?;
    Ok(found.is_some())
}

/// Takes a person out of every list: their own, and those of records that wait.
pub(crate) fn forget(tx: &mut Tx<'_>, person: Id) -> Result<()> {
    tx.execute(
        sql!("DELETE FROM ledger_person_event WHERE bucket = $1 AND person = $2"),
        &params![person.bucket(), person],
    )?;
    let waiting = tx.query(
        sql!(
            "SELECT family, record_id, concerns FROM ledger_record WHERE idx IS NULL AND concerns IS NOT NULL"
        ),
        &params![],
    )?;
    for row in &waiting {
        let all: Vec<Id> = unpacked(&row.get::<Vec<u8>>("concerns")?).collect();
        let others: Vec<Id> = all.iter().copied().filter(|other| *other != person).collect();
        if others.len() == all.len() {
            continue;
        }
        let (family, record_id): (i64, String) = (row.get("family")?, row.get("record_id")?);
        tx.execute(
            sql!("UPDATE ledger_record SET concerns = $3 WHERE family = $1 AND record_id = $2"),
            &params![family, record_id, packed(&others)],
        )?;
    }
    Ok(())
}
