//! A case with everything that its pages show, loaded together.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Conn;

use super::case::{self, CaseRow};
use super::index::{self, EntryRow, FilingRow};
use crate::model::case::Party;

/// All of a case but its bytes.
#[derive(Debug)]
pub(crate) struct CaseRecord {
    pub(crate) row: CaseRow,
    pub(crate) parties: Vec<Party>,
    pub(crate) assignments: Vec<(String, String)>,
    pub(crate) entries: Vec<EntryRow>,
    pub(crate) filings: Vec<FilingRow>,
    pub(crate) trace: Vec<(String, String, Timestamp, String)>,
}

/// Six queries, whatever the number of documents.
pub(crate) fn load(conn: &mut Conn<'_>, id: Id) -> Result<Option<CaseRecord>> {
    let Some(row) = case::load(conn, id)? else { return Ok(None) };
    let exp = row.case.exp();
    Ok(Some(CaseRecord {
        parties: case::parties(conn, id)?,
        assignments: case::assignments(conn, id)?,
        entries: index::entries(conn, id, &exp, 1..=row.n)?,
        filings: index::filings(conn, id)?,
        trace: index::trace(conn, id)?,
        row,
    }))
}
