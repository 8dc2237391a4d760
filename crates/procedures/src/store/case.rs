//! Cases.

use copihue_core::{Error, Id, Kind, PersonRef, Result, Run, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::legal::LegalState;
use crate::model::machine::CaseState;

/// A case as stored.
#[derive(Clone, Debug)]
pub(crate) struct CaseRow {
    pub(crate) id: Id,
    pub(crate) institution: String,
    pub(crate) procedure: String,
    pub(crate) hash: String,
    pub(crate) person: PersonRef,
    pub(crate) iuie: Option<String>,
    pub(crate) casefile: Option<Id>,
    pub(crate) status: String,
    pub(crate) open_key: Option<String>,
    pub(crate) rev: i64,
    pub(crate) seq: i64,
    pub(crate) head: Vec<u8>,
    pub(crate) state: CaseState,
    pub(crate) opened: Timestamp,
    pub(crate) filed: Option<Timestamp>,
    pub(crate) updated: Timestamp,
    pub(crate) closed: Option<Timestamp>,
}

impl CaseRow {
    fn bucket(&self) -> i64 {
        bucket(self.id)
    }
}

pub(crate) fn bucket(id: Id) -> i64 {
    i64::from(id.bucket().number())
}

fn read(row: &Row) -> Result<CaseRow> {
    let state: String = row.get("state")?;
    let run: Run = row.get("run")?;
    Ok(CaseRow {
        id: row.get("id")?,
        institution: row.get("institution")?,
        procedure: row.get("procedure")?,
        hash: row.get("hash")?,
        person: PersonRef { id: row.get("person")?, run, name: row.get("person_name")? },
        iuie: row.get("iuie")?,
        casefile: row.get("casefile")?,
        status: row.get("status")?,
        open_key: row.get("open_key")?,
        rev: row.get("rev")?,
        seq: row.get("seq")?,
        head: row.get("head")?,
        state: serde_json::from_str(&state)?,
        opened: row.get("opened")?,
        filed: row.get("filed")?,
        updated: row.get("updated")?,
        closed: row.get("closed")?,
    })
}

fn legal_text(state: LegalState) -> String {
    serde_json::to_value(state).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(crate) fn insert(tx: &mut Tx<'_>, c: &CaseRow) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_case (bucket, id, institution, procedure, hash, person, run, person_name, iuie, casefile, legal, status, open_key, rev, seq, head, state, opened, filed, updated, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"),
        &params![
            c.bucket(), c.id, c.institution, c.procedure, c.hash, c.person.id, c.person.run, c.person.name, c.iuie,
            c.casefile, legal_text(c.state.legal), c.status, c.open_key, c.rev, c.seq, c.head,
            serde_json::to_string(&c.state)?, c.opened, c.filed, c.updated, c.closed
        ],
    )?;
    Ok(())
}

/// Saves a case whose revision is still `rev`.
pub(crate) fn update(tx: &mut Tx<'_>, c: &CaseRow, rev: i64) -> Result<()> {
    let changed = tx.execute(
        sql!("UPDATE procedures_case SET iuie = $3, casefile = $4, legal = $5, status = $6, open_key = $7, rev = $8, seq = $9, head = $10, state = $11, filed = $12, updated = $13, closed = $14 WHERE bucket = $1 AND id = $2 AND rev = $15"),
        &params![
            c.bucket(), c.id, c.iuie, c.casefile, legal_text(c.state.legal), c.status, c.open_key, c.rev, c.seq, c.head,
            serde_json::to_string(&c.state)?, c.filed, c.updated, c.closed, rev
        ],
    );
    match changed {
        Ok(1) => Ok(()),
        Ok(_) => Err(stale()),
        Err(e) if copihue_db::is_unique_violation(&e) => Err(Error::conflict(
            "expediente_abierto",
            "Ya tiene un expediente abierto por lo mismo. Espere a que termine o sígalo en «Mis trámites».",
        )),
        Err(e) => Err(e),
    }
}

pub(crate) fn stale() -> Error {
    Error::new(
        Kind::Stale,
        "version_desactualizada",
        "Otra persona modificó estos datos. Vuelva a cargarlos.",
    )
}

pub(crate) fn get(conn: &mut Conn<'_>, id: Id) -> Result<Option<CaseRow>> {
    conn.query_opt(
        sql!("SELECT * FROM procedures_case WHERE bucket = $1 AND id = $2"),
        &params![bucket(id), id],
    )?
    .map(|row| read(&row))
    .transpose()
}

pub(crate) fn by_iuie(conn: &mut Conn<'_>, institution: &str, iuie: &str) -> Result<Option<CaseRow>> {
    conn.query_opt(
        sql!("SELECT * FROM procedures_case WHERE institution = $1 AND iuie = $2"),
        &params![institution, iuie],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The person's cases, the last touched first.
pub(crate) fn of_person(conn: &mut Conn<'_>, person: Id, limit: i64) -> Result<Vec<CaseRow>> {
    conn.query(
        sql!(
            "SELECT * FROM procedures_case WHERE bucket = $1 AND person = $2 ORDER BY updated DESC LIMIT $3"
        ),
        &params![bucket(person), person, limit],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The person's unfiled draft of a procedure at an institution, if there is one.
pub(crate) fn draft_of(
    conn: &mut Conn<'_>,
    person: Id,
    institution: &str,
    procedure: &str,
) -> Result<Option<Id>> {
    conn.query_opt(
        sql!("SELECT id FROM procedures_case WHERE bucket = $1 AND person = $2 AND institution = $3 AND procedure = $4 AND filed IS NULL AND closed IS NULL ORDER BY updated DESC LIMIT 1"),
        &params![bucket(person), person, institution, procedure],
    )?
    .map(|row| row.get("id"))
    .transpose()
}

/// Takes a key of which the institution issues one only; false when it is taken.
pub(crate) fn take_unique(
    tx: &mut Tx<'_>,
    (institution, key): (&str, &str),
    case: Id,
    code: &str,
    at: Timestamp,
) -> Result<bool> {
    let n = tx.execute(
        sql!("INSERT INTO procedures_unique (institution, unique_key, case_id, code, issued_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (institution, unique_key) DO NOTHING"),
        &params![institution, key, case, code, at],
    )?;
    Ok(n == 1)
}

/// Whether a key is taken by another case.
pub(crate) fn is_taken(conn: &mut Conn<'_>, institution: &str, key: &str, by_other_than: Id) -> Result<bool> {
    let row = conn.query_opt(
        sql!("SELECT case_id FROM procedures_unique WHERE institution = $1 AND unique_key = $2 AND case_id <> $3"),
        &params![institution, key, by_other_than],
    )?;
    Ok(row.is_some())
}
