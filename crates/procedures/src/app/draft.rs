//! What a task holds in its draft, laid over what the case knows now.

use copihue_core::{Error, Result};
use serde_json::{Map, Value};

use super::Procedures;
use super::look::node_of;
use crate::model::definition::{Form, Node, StepMode};
use crate::model::form::{get, put, remove};
use crate::model::machine::Procedure;
use crate::store;
use crate::store::case::CaseRow;
use crate::store::draft::DraftRow;

impl Procedures {
    /// The draft of a task: its own fields as they were last written, everything else as the case has it now. Two units
    /// may work on one case at a time, and neither may undo what the other wrote.
    pub(super) async fn draft_of_task(
        &self,
        row: &CaseRow,
        procedure: &Procedure,
        token: u32,
    ) -> Result<DraftRow> {
        let node = node_of(procedure, &row.state, token).ok_or_else(Error::not_found)?;
        self.draft(row, token, &edited(procedure, node)).await
    }

    /// [`draft_of_task`](Self::draft_of_task) for whatever these forms write.
    pub(super) async fn draft(&self, row: &CaseRow, token: u32, forms: &[&Form]) -> Result<DraftRow> {
        let case = row.id;
        let kept = self.parts().db.read(move |c| store::draft::get(c, case, token)).await?;
        let kept = kept.unwrap_or_default();
        if kept.data.is_empty() {
            return Ok(DraftRow { data: row.state.data.clone(), typed: kept.typed });
        }
        Ok(DraftRow { data: laid_over(&row.state.data, &kept.data, forms), typed: kept.typed })
    }
}

/// The forms that a task may write.
pub(super) fn edited<'p>(procedure: &'p Procedure, node: &Node) -> Vec<&'p Form> {
    let steps = node.steps.iter().filter(|s| s.mode == StepMode::Edit);
    steps.filter_map(|s| procedure.definition.forms.get(&s.form)).collect()
}

fn laid_over(now: &Map<String, Value>, kept: &Map<String, Value>, forms: &[&Form]) -> Map<String, Value> {
    let mut data = now.clone();
    for place in forms.iter().flat_map(|form| form.places()) {
        match get(kept, place) {
            Some(value) => put(&mut data, place, value.clone()),
            None => remove(&mut data, place),
        }
    }
    data
}
