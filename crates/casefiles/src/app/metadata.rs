//! The metadata of a case: versions that are never overwritten (EXP-42), and the whole as it stands.

use copihue_core::{Error, Result};
use copihue_db::{Conn, Tx};
use serde_json::{Value, json};

use super::{Casefiles, shown};
use crate::model::case::CaseRef;
use crate::model::document::Author;
use crate::model::metadata::instant;
use crate::store;
use crate::store::case::CaseRow;
use crate::store::index::MetadataRow;

impl Casefiles {
    /// The case's metadata with its index and state, as the guide writes them.
    ///
    /// # Errors
    /// `NotFound` when the case isn't there.
    pub fn metadata(&self, conn: &mut Conn<'_>, case: &CaseRef) -> Result<Value> {
        let row = self.load(conn, case)?;
        let mut json = self.last_metadata(conn, case)?;
        json["MGDEE1_4"] = json!(row.state.as_str());
        let entries = store::index::entries(conn, case.id, &case.exp(), 1..=row.n)?;
        let index = entries
            .iter()
            .map(|e| json!({ "MGDEE53_1": e.skeleton.id, "MGDEE53_2": instant(e.skeleton.inc) }));
        json["MGDEE53"] = index.collect();
        Ok(json)
    }

    /// Every version of the metadata of the case (by its IUIe) or of one document (by its number), oldest first.
    ///
    /// # Errors
    /// As [`Conn::query`].
    pub fn metadata_versions(&self, conn: &mut Conn<'_>, case: &CaseRef, entity: &str) -> Result<Vec<Value>> {
        store::index::metadata(conn, case.id, entity)
    }

    fn last_metadata(&self, conn: &mut Conn<'_>, case: &CaseRef) -> Result<Value> {
        store::index::last_metadata(conn, case.id, &case.iuie)?.ok_or_else(Error::not_found)
    }

    /// Adds a version with what `edit` changes; the earlier ones stay, with who and when.
    pub(super) fn revise(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        by: &Author,
        reason: &str,
        edit: impl FnOnce(&mut Value),
    ) -> Result<()> {
        let mut json = self.last_metadata(tx, &row.case)?;
        edit(&mut json);
        let (actor, _) = shown(by);
        let entity = &row.case.iuie;
        let version = MetadataRow { entity, json: &json, actor: &actor, at: self.now(), reason };
        store::index::add_metadata(tx, row.case.id, &version)?;
        Ok(())
    }
}
