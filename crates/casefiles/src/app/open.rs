//! A case begins.

use copihue_core::{Id, Result};
use copihue_db::Tx;
use serde_json::json;

use super::Casefiles;
use crate::model::case::{CaseRef, OpenCase};
use crate::model::chain;
use crate::model::document::Author;
use crate::model::metadata::{self, Closed};
use crate::model::number::Series;
use crate::store;
use crate::store::case::{CaseRow, ROLE, UNIT};
use crate::store::index::MetadataRow;

impl Casefiles {
    /// Opens a case (EXP-01): number, metadata, trace, and a place in the list of each party.
    ///
    /// # Errors
    /// `metadato_obligatorio`, `metadato_condicional` (EXP-40, EXP-41).
    pub fn open(&self, tx: &mut Tx<'_>, open: &OpenCase) -> Result<CaseRef> {
        let bucket = self.parts().buckets.of_institution(&open.institution);
        let day = open.zone.date(self.now());
        let n = store::case::next_number(tx, bucket, &open.institution, Series::Case.prefix(), day)?;
        let case = CaseRef {
            id: Id::new(self.now(), bucket, &*self.parts().random),
            institution: open.institution.clone(),
            iuie: Series::Case.number(day, n),
        };
        let metadata = metadata::of_case(open, &case.iuie);
        metadata::check_case(&metadata, Closed::No)?;
        let head = chain::genesis(&case.exp(), open.at)?;
        let mut row = CaseRow::new(case.clone(), open, head);
        let by = open.parties.first().map_or(Author::System("copihue"), |p| Author::Party(p.person.clone()));
        self.trace(tx, &mut row, "crear", &case.iuie, &by)?;
        store::case::insert(tx, &row)?;
        for party in &open.parties {
            store::case::add_party(tx, &row, party)?;
        }
        // The unit goes on processing it when an official of another one answers for it later.
        store::case::assign(tx, case.id, UNIT, &open.responsible.unit, self.now())?;
        for role in &open.roles {
            store::case::assign(tx, case.id, ROLE, role, self.now())?;
        }
        let version = MetadataRow {
            entity: &case.iuie,
            json: &metadata,
            actor: "copihue",
            at: self.now(),
            reason: "creación",
        };
        store::index::add_metadata(tx, case.id, &version)?;
        let fields = [("institution", json!(open.institution)), ("head", json!(hex::encode(head)))];
        self.testify(tx, case.id, ("casefile.opened", case.exp()), &fields)?;
        Ok(case)
    }
}
