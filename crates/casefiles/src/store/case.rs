//! Cases, their parties, and who processes them.

use copihue_core::calendar::Zone;
use copihue_core::{Bucket, Error, Id, PersonRef, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};

use crate::model::case::{CaseRef, CaseState, OpenCase, Party, Responsible};
use crate::model::codes::{AccessLevel, ActorKind, Sensitivity};
use crate::model::view::CaseSummary;

/// A case's own row.
#[derive(Clone, Debug)]
pub(crate) struct CaseRow {
    pub(crate) case: CaseRef,
    pub(crate) institution_name: String,
    pub(crate) institution_number: Option<i64>,
    pub(crate) procedure_code: String,
    pub(crate) procedure_name: String,
    pub(crate) title: String,
    pub(crate) subject: String,
    pub(crate) state: CaseState,
    pub(crate) level: AccessLevel,
    pub(crate) sensitivity: Sensitivity,
    pub(crate) commune: Option<String>,
    pub(crate) zone: Zone,
    pub(crate) responsible: Responsible,
    pub(crate) opened_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) n: i64,
    pub(crate) head: [u8; 32],
    pub(crate) trace_n: i64,
    pub(crate) trace_head: [u8; 32],
    pub(crate) version: i64,
}

impl CaseRow {
    /// The row of a new case.
    pub(crate) fn new(case: CaseRef, open: &OpenCase, head: [u8; 32]) -> Self {
        Self {
            case,
            institution_name: open.institution_name.clone(),
            institution_number: open.institution_number,
            procedure_code: open.procedure_code.clone(),
            procedure_name: open.procedure_name.clone(),
            title: open.title.trim().to_owned(),
            subject: open.subject.trim().to_owned(),
            state: CaseState::Open,
            level: open.level,
            sensitivity: open.sensitivity,
            commune: open.commune.map(|c| c.to_string()),
            zone: open.zone,
            responsible: open.responsible.clone(),
            opened_at: open.at,
            changed_at: open.at,
            n: 0,
            head,
            trace_n: 0,
            trace_head: [0; 32],
            version: 0,
        }
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            case: CaseRef {
                id: row.get("id")?,
                institution: row.get("institution")?,
                iuie: row.get("iuie")?,
            },
            institution_name: row.get("institution_name")?,
            institution_number: row.get("institution_number")?,
            procedure_code: row.get("procedure_code")?,
            procedure_name: row.get("procedure_name")?,
            title: row.get("title")?,
            subject: row.get("subject")?,
            state: CaseState::parse(&row.get::<String>("state")?)?,
            level: AccessLevel::from_code(row.get("level")?)?,
            sensitivity: Sensitivity::from_code(row.get("sensitivity")?)?,
            commune: row.get("commune")?,
            zone: zone(&row.get::<String>("zone")?)?,
            responsible: Responsible {
                official: row.get("responsible_official")?,
                run: row.get("responsible_run")?,
                name: row.get("responsible_name")?,
                post: row.get("responsible_post")?,
                unit: row.get("responsible_unit")?,
            },
            opened_at: row.get("opened_at")?,
            changed_at: row.get("changed_at")?,
            n: row.get("n")?,
            head: row.get("head")?,
            trace_n: row.get("trace_n")?,
            trace_head: row.get("trace_head")?,
            version: row.get("version")?,
        })
    }
}

fn zone(name: &str) -> Result<Zone> {
    name.parse().map_err(|_| Error::internal(format_args!("zone {name}")))
}

pub(crate) fn insert(tx: &mut Tx<'_>, c: &CaseRow) -> Result<()> {
    let r = &c.responsible;
    tx.execute(
        sql!(
            "INSERT INTO casefiles_case (bucket, id, institution, institution_name, institution_number, iuie, ",
            "procedure_code, procedure_name, title, subject, state, level, sensitivity, commune, zone, ",
            "responsible_official, responsible_run, responsible_name, responsible_post, responsible_unit, ",
            "opened_at, changed_at, n, head, trace_n, trace_head, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ",
            "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)"
        ),
        &params![
            c.case.id.bucket(), c.case.id, c.case.institution, c.institution_name, c.institution_number, c.case.iuie,
            c.procedure_code, c.procedure_name, c.title, c.subject, c.state.as_str(), c.level.code(),
            c.sensitivity.code(), c.commune, c.zone.name(), r.official, r.run, r.name, r.post, r.unit, c.opened_at,
            c.changed_at, c.n, c.head, c.trace_n, c.trace_head, c.version
        ],
    )?;
    Ok(())
}

/// Writes what a change of a case moves, from the version that was read. On a case that moved meanwhile: `Unavailable`.
pub(crate) fn update(tx: &mut Tx<'_>, c: &CaseRow) -> Result<()> {
    let r = &c.responsible;
    let changed = tx.execute(
        sql!(
            "UPDATE casefiles_case SET state = $4, responsible_official = $5, responsible_run = $6, ",
            "responsible_name = $7, responsible_post = $8, responsible_unit = $9, changed_at = $10, n = $11, ",
            "head = $12, trace_n = $13, trace_head = $14, sensitivity = $15, version = version + 1 ",
            "WHERE bucket = $1 AND id = $2 AND version = $3"
        ),
        &params![
            c.case.id.bucket(), c.case.id, c.version, c.state.as_str(), r.official, r.run, r.name, r.post, r.unit,
            c.changed_at, c.n, c.head, c.trace_n, c.trace_head, c.sensitivity.code()
        ],
    )?;
    if changed == 1 { Ok(()) } else { Err(Error::unavailable("the case moved while it was being written")) }
}

pub(crate) fn load(conn: &mut Conn<'_>, id: Id) -> Result<Option<CaseRow>> {
    conn.query_opt(
        sql!("SELECT * FROM casefiles_case WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id],
    )?
    .map(|row| CaseRow::read(&row))
    .transpose()
}

pub(crate) fn version(conn: &mut Conn<'_>, id: Id) -> Result<Option<i64>> {
    conn.query_opt(
        sql!("SELECT version FROM casefiles_case WHERE bucket = $1 AND id = $2"),
        &params![id.bucket(), id],
    )?
    .map(|row| row.get("version"))
    .transpose()
}

pub(crate) fn find(
    conn: &mut Conn<'_>,
    bucket: Bucket,
    institution: &str,
    iuie: &str,
) -> Result<Option<CaseRef>> {
    conn.query_opt(
        sql!("SELECT id FROM casefiles_case WHERE bucket = $1 AND institution = $2 AND iuie = $3"),
        &params![bucket, institution, iuie],
    )?
    .map(|row| Ok(CaseRef { id: row.get("id")?, institution: institution.to_owned(), iuie: iuie.to_owned() }))
    .transpose()
}

/// Every case of this number, whatever its institution: only to log an attempt on it.
pub(crate) fn with_number(conn: &mut Conn<'_>, iuie: &str) -> Result<Vec<Id>> {
    conn.query(
        sql!("SELECT id FROM casefiles_case WHERE iuie = $1 ORDER BY bucket, id LIMIT 5"),
        &params![iuie],
    )?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

pub(crate) fn add_party(tx: &mut Tx<'_>, c: &CaseRow, party: &Party) -> Result<()> {
    let person = &party.person;
    tx.execute(
        sql!(
            "INSERT INTO casefiles_party (bucket, case_id, person, run, name, kind) VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        &params![c.case.id.bucket(), c.case.id, person.id, person.run, person.name, party.kind.code()],
    )?;
    tx.execute(
        sql!(
            "INSERT INTO casefiles_person_case (bucket, person, case_id, institution, institution_name, iuie, title, ",
            "state, opened_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &params![
            person.id.bucket(), person.id, c.case.id, c.case.institution, c.institution_name, c.case.iuie, c.title,
            c.state.as_str(), c.opened_at, c.changed_at
        ],
    )?;
    Ok(())
}

pub(crate) fn parties(conn: &mut Conn<'_>, id: Id) -> Result<Vec<Party>> {
    conn.query(
        sql!("SELECT person, run, name, kind FROM casefiles_party WHERE bucket = $1 AND case_id = $2 ORDER BY person"),
        &params![id.bucket(), id],
    )?
    .iter()
    .map(|row| {
        let person = PersonRef { id: row.get("person")?, run: row.get("run")?, name: row.get("name")? };
        Ok(Party { person, kind: ActorKind::from_code(row.get("kind")?)? })
    })
    .collect()
}

/// Tells the list of one person about a case's new state.
pub(crate) fn set_listed_state(tx: &mut Tx<'_>, person: Id, c: &CaseRow) -> Result<()> {
    tx.execute(
        sql!(
            "UPDATE casefiles_person_case SET state = $4, changed_at = $5 ",
            "WHERE bucket = $1 AND person = $2 AND case_id = $3"
        ),
        &params![person.bucket(), person, c.case.id, c.state.as_str(), c.changed_at],
    )?;
    Ok(())
}

/// A person's cases, newest first.
pub(crate) fn of_person(conn: &mut Conn<'_>, person: Id, limit: i64) -> Result<Vec<CaseSummary>> {
    conn.query(
        sql!("SELECT * FROM casefiles_person_case WHERE bucket = $1 AND person = $2 ORDER BY case_id DESC LIMIT $3"),
        &params![person.bucket(), person, limit],
    )?
    .iter()
    .map(|row| {
        Ok(CaseSummary {
            case: CaseRef { id: row.get("case_id")?, institution: row.get("institution")?, iuie: row.get("iuie")? },
            title: row.get("title")?,
            institution_name: row.get("institution_name")?,
            state: CaseState::parse(&row.get::<String>("state")?)?,
            opened_at: row.get("opened_at")?,
            changed_at: row.get("changed_at")?,
        })
    })
    .collect()
}

/// The cases of this number that are the person's own: one, but for two institutions with the same number.
pub(crate) fn own_with_number(conn: &mut Conn<'_>, person: Id, iuie: &str) -> Result<Vec<CaseRef>> {
    conn.query(
        sql!(
            "SELECT case_id, institution FROM casefiles_person_case ",
            "WHERE bucket = $1 AND person = $2 AND iuie = $3 ORDER BY case_id"
        ),
        &params![person.bucket(), person, iuie],
    )?
    .iter()
    .map(|row| {
        Ok(CaseRef { id: row.get("case_id")?, institution: row.get("institution")?, iuie: iuie.to_owned() })
    })
    .collect()
}

/// Kinds of those who process a case: a unit by its code, an official by their id, whoever has a role.
pub(crate) const UNIT: &str = "unit";
pub(crate) const OFFICIAL: &str = "official";
pub(crate) const ROLE: &str = "role";

pub(crate) fn assign(tx: &mut Tx<'_>, id: Id, kind: &str, code: &str, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!(
            "INSERT INTO casefiles_assignment (bucket, case_id, kind, code, at) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (bucket, case_id, kind, code) DO NOTHING"
        ),
        &params![id.bucket(), id, kind, code, at],
    )?;
    Ok(())
}

/// Units, officials and roles that process a case, as (kind, code).
pub(crate) fn assignments(conn: &mut Conn<'_>, id: Id) -> Result<Vec<(String, String)>> {
    conn.query(
        sql!("SELECT kind, code FROM casefiles_assignment WHERE bucket = $1 AND case_id = $2"),
        &params![id.bucket(), id],
    )?
    .iter()
    .map(|row| Ok((row.get("kind")?, row.get("code")?)))
    .collect()
}

/// The next number of a series in an institution's civil day, without gaps: taken with the transaction or not at all.
pub(crate) fn next_number(
    tx: &mut Tx<'_>,
    bucket: Bucket,
    institution: &str,
    series: &str,
    day: jiff::civil::Date,
) -> Result<i64> {
    tx.query_one(
        sql!(
            "INSERT INTO casefiles_counter (bucket, institution, series, day, last) VALUES ($1, $2, $3, $4, 1) ",
            "ON CONFLICT (bucket, institution, series, day) DO UPDATE SET last = casefiles_counter.last + 1 ",
            "RETURNING last"
        ),
        &params![bucket, institution, series, day],
    )?
    .get("last")
}
