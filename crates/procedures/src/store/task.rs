//! What somebody has to do.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::{Conn, Row, Tx, params, sql};
use jiff::civil::Date;

use super::case::bucket;

/// A task as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRow {
    /// The case.
    pub case: Id,
    /// The token that stands on it.
    pub token: u32,
    /// Its node.
    pub node: String,
    /// `person` or `official`.
    pub doer: String,
    /// Institution.
    pub institution: String,
    /// Unit that works on it.
    pub unit: String,
    /// Role that works on it.
    pub role: String,
    /// `open`, `waiting` (for the person's correction) or `done`.
    pub state: String,
    /// What it is.
    pub title: String,
    /// Procedure id.
    pub procedure: String,
    /// Name of the procedure.
    pub procedure_title: String,
    /// Number of the case file.
    pub iuie: Option<String>,
    /// Who asked.
    pub person_name: String,
    /// The official who has it.
    pub assignee: Option<Id>,
    /// Their name.
    pub assignee_name: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When the case legally came in: the order of the desk.
    pub arrived: Timestamp,
    /// The last day.
    pub due: Option<Date>,
    /// The instant from which it is late.
    pub expires: Option<Timestamp>,
}

fn read(row: &Row) -> Result<TaskRow> {
    let token: i64 = row.get("token")?;
    Ok(TaskRow {
        case: row.get("case_id")?,
        token: token as u32,
        node: row.get("node")?,
        doer: row.get("doer")?,
        institution: row.get("institution")?,
        unit: row.get("unit")?,
        role: row.get("role")?,
        state: row.get("state")?,
        title: row.get("title")?,
        procedure: row.get("procedure")?,
        procedure_title: row.get("procedure_title")?,
        iuie: row.get("iuie")?,
        person_name: row.get("person_name")?,
        assignee: row.get("assignee")?,
        assignee_name: row.get("assignee_name")?,
        opened: row.get("opened")?,
        arrived: row.get("arrived")?,
        due: row.get("due_day")?,
        expires: row.get("expires")?,
    })
}

pub(crate) fn open(tx: &mut Tx<'_>, t: &TaskRow) -> Result<()> {
    tx.execute(
        sql!("INSERT INTO procedures_task (bucket, case_id, token, node, doer, institution, unit, role, state, title, procedure, procedure_title, iuie, person_name, assignee, assignee_name, opened, arrived, due_day, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT (bucket, case_id, token) DO NOTHING"),
        &params![
            bucket(t.case), t.case, i64::from(t.token), t.node, t.doer, t.institution, t.unit, t.role, t.state, t.title,
            t.procedure, t.procedure_title, t.iuie, t.person_name, t.assignee, t.assignee_name, t.opened, t.arrived,
            t.due, t.expires
        ],
    )?;
    Ok(())
}

pub(crate) fn close(tx: &mut Tx<'_>, case: Id, token: u32, at: Timestamp) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_task SET state = 'done', closed = $4 WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token), at],
    )?;
    Ok(())
}

pub(crate) fn set_state(tx: &mut Tx<'_>, case: Id, token: u32, state: &str) -> Result<()> {
    tx.execute(
        sql!("UPDATE procedures_task SET state = $4 WHERE bucket = $1 AND case_id = $2 AND token = $3"),
        &params![bucket(case), case, i64::from(token), state],
    )?;
    Ok(())
}

/// Gives the task to an official, unless another has it.
pub(crate) fn assign(tx: &mut Tx<'_>, case: Id, token: u32, (official, name): (Id, &str)) -> Result<bool> {
    let n = tx.execute(
        sql!("UPDATE procedures_task SET assignee = $4, assignee_name = $5 WHERE bucket = $1 AND case_id = $2 AND token = $3 AND state <> 'done' AND (assignee IS NULL OR assignee = $4)"),
        &params![bucket(case), case, i64::from(token), official, name],
    )?;
    Ok(n == 1)
}

pub(crate) fn of_case(conn: &mut Conn<'_>, case: Id) -> Result<Vec<TaskRow>> {
    conn.query(
        sql!("SELECT * FROM procedures_task WHERE bucket = $1 AND case_id = $2 AND state <> 'done' ORDER BY token"),
        &params![bucket(case), case],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The open tasks of an institution's officials, in the order of arrival (LBPA 7).
pub(crate) fn desk(conn: &mut Conn<'_>, institution: &str, limit: i64) -> Result<Vec<TaskRow>> {
    conn.query(
        sql!("SELECT * FROM procedures_task WHERE institution = $1 AND state <> 'done' AND doer = 'official' ORDER BY arrived, case_id, token LIMIT $2"),
        &params![institution, limit],
    )?
    .iter()
    .map(read)
    .collect()
}
