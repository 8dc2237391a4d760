//! What the person does: start, fill in, save for later, send, pay again, complete what is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use copihue_core::{Actor, Error, FieldError, Id, Kind, Result};
use copihue_web::locale::t;
use serde_json::{Map, Value, json};

use super::Procedures;
use super::commit::{Plan, casefile, status};
use super::look::{CORRECTION, node_of};
use super::looks::StepPage;
use super::prepare::Hand;
use crate::model::definition::{Node, StepMode};
use crate::model::expr::Roots;
use crate::model::form::{Posted, accept};
use crate::model::legal::LegalEvent;
use crate::model::machine::{CaseState, Facts, Machine, Procedure};
use crate::store;
use crate::store::case::CaseRow;
use crate::store::draft::DraftRow;
use crate::words;

/// What came of a post.
#[derive(Debug)]
pub enum Sent {
    /// It was taken; what follows is elsewhere on the case's pages.
    Done,
    /// The page was taken: show the next one, by its number from 1; past the last, the answers to check.
    Next(usize),
    /// These fields must be mended; what was typed is kept.
    Mend(Vec<FieldError>),
}

impl Procedures {
    /// Starts a procedure, or goes on with the draft that the person has of it.
    ///
    /// # Errors
    /// Not found when the institution does not offer it; unavailable when a parameter has no value today.
    pub async fn start(&self, actor: &Actor, procedure: &str, institution: &str) -> Result<Id> {
        let person = actor.person().ok_or_else(Error::not_found)?.clone();
        let version = self.offered(procedure, institution).ok_or_else(Error::not_found)?;
        let (id, i, p) = (person.id, institution.to_owned(), procedure.to_owned());
        if let Some(draft) = self.parts().db.read(move |c| store::case::draft_of(c, id, &i, &p)).await? {
            return Ok(draft);
        }
        let now = self.now();
        let mut row = CaseRow {
            id: Id::new(now, person.id.bucket(), &*self.parts().random),
            institution: institution.to_owned(),
            procedure: procedure.to_owned(),
            hash: version.hash().to_owned(),
            person,
            iuie: None,
            casefile: None,
            status: String::new(),
            open_key: None,
            rev: 0,
            seq: 0,
            head: Vec::new(),
            state: CaseState::default(),
            opened: now,
            filed: None,
            updated: now,
            closed: None,
        };
        let machine = Machine::open(&version, self.facts(&row, actor)).inspect_err(|e| {
            tracing::error!(procedure, error = %e, "a procedure can't start");
        })?;
        row.status = status(&version, &machine.state);
        let mut plan = self.plan(&row, &version, machine, actor, None).await?;
        plan.new = Some(row);
        plan.notes.push(("case.started", json!({"definition": version.hash()})));
        Ok(self.carry(plan).await?.id)
    }

    /// Takes one page of the person's task. With `save` nothing is validated: it is only kept.
    ///
    /// # Errors
    /// Not found for another's case; conflict when the step is over.
    pub async fn send_page(
        &self,
        actor: &Actor,
        case: Id,
        token: u32,
        page: usize,
        posted: Posted,
        save: bool,
    ) -> Result<Sent> {
        let row = self.own(actor, case).await?;
        self.person_task(&row, token)?;
        let procedure = self.procedure_of(&row)?;
        let facts = self.facts(&row, actor);
        let task = self.task_look(&row, &procedure, &facts, token).await?;
        let step = page.checked_sub(1).and_then(|n| task.pages.get(n)).ok_or_else(Error::not_found)?;
        let mut draft = self.draft_of_task(&row, &procedure, token).await?;
        let mut errors = Vec::new();
        if step.mode == StepMode::Edit {
            let (data, found) = self.take(
                (&procedure, &row.state),
                &facts,
                (&step.form, Some(&step.view.id)),
                &draft.data,
                Some(&posted),
                "",
            )?;
            draft.typed = if found.is_empty() { Vec::new() } else { typed(&posted) };
            draft.data = data;
            errors = found;
        }
        let now = facts.now;
        let kept = draft.clone();
        self.parts().db.write(move |tx| store::draft::save(tx, case, token, &kept, now)).await?;
        match (save, errors.is_empty()) {
            (true, _) => Ok(Sent::Done),
            (false, false) => Ok(Sent::Mend(errors)),
            (false, true) => Ok(Sent::Next(page + 1)),
        }
    }

    /// Adds an item to a list of a page that the person may edit, or takes one out.
    ///
    /// # Errors
    /// Not found for another's case, or a list that the page does not have; conflict when the step is over.
    pub async fn change_list(
        &self,
        actor: &Actor,
        case: Id,
        (token, page): (u32, usize),
        list: &str,
        remove: Option<usize>,
    ) -> Result<()> {
        let row = self.own(actor, case).await?;
        self.person_task(&row, token)?;
        let procedure = self.procedure_of(&row)?;
        let task = self.task_look(&row, &procedure, &self.facts(&row, actor), token).await?;
        let step = page.checked_sub(1).and_then(|n| task.pages.get(n)).ok_or_else(Error::not_found)?;
        let max = most(&procedure, step, list).ok_or_else(Error::not_found)?;
        let mut draft = self.draft_of_task(&row, &procedure, token).await?;
        let mut items =
            crate::model::form::get(&draft.data, list).and_then(Value::as_array).cloned().unwrap_or_default();
        match remove {
            Some(i) if i < items.len() => drop(items.remove(i)),
            // The first item is shown even when nothing is stored: adding means a second one.
            None if items.len() < max => {
                items.extend(std::iter::repeat_n(json!({}), if items.is_empty() { 2 } else { 1 }))
            }
            _ => {}
        }
        crate::model::form::put(&mut draft.data, list, Value::Array(items));
        draft.typed.clear();
        let now = self.now();
        self.parts().db.write(move |tx| store::draft::save(tx, case, token, &draft, now)).await
    }

    /// Ends the person's task with an outcome.
    ///
    /// # Errors
    /// Not found for another's case; conflict when the step is over.
    pub async fn finish(&self, actor: &Actor, case: Id, token: u32, outcome: &str) -> Result<Sent> {
        let row = self.own(actor, case).await?;
        self.person_task(&row, token)?;
        self.complete(&row, actor, token, (outcome, None), None).await
    }

    /// Keeps a file that was sent, and answers what the data holds of it.
    ///
    /// # Errors
    /// When it can't be kept.
    pub async fn keep_file(&self, name: &str, media_type: &str, bytes: Vec<u8>) -> Result<Value> {
        let size = bytes.len();
        let staged = self.parts().blobs.stage(bytes).await?;
        let sha256 = hex::encode(staged.blob().sha256);
        self.parts().db.write(move |tx| staged.put(tx).map(|_| ())).await?;
        let id = Id::new(self.now(), copihue_core::Bucket::new(0), &*self.parts().random);
        Ok(json!({"id": id, "sha256": sha256, "name": name, "type": media_type, "size": size}))
    }

    /// Goes on without the holders that did not answer.
    ///
    /// # Errors
    /// Conflict when nothing is awaited, or it may not be done without.
    pub async fn go_on_without(&self, actor: &Actor, case: Id) -> Result<()> {
        let row = self.own(actor, case).await?;
        let procedure = self.procedure_of(&row)?;
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, actor));
        let token = row.state.services.keys().next().copied().ok_or_else(over)?;
        machine.go_on_without(token)?;
        let mut plan = self.plan(&row, &procedure, machine, actor, None).await?;
        plan.notes.push(("query.skipped", json!({})));
        self.carry(plan).await.map(|_| ())
    }

    /// The page where the awaited payment is made: the live one, or a new one when the last did not come to a good end.
    ///
    /// # Errors
    /// Conflict when no payment is awaited, or another person already paid the same.
    pub async fn pay(&self, actor: &Actor, case: Id) -> Result<String> {
        let row = self.own(actor, case).await?;
        let look = self.look_at(&row, actor).await?;
        let (action, payment) = look.payment.ok_or_else(over)?;
        if payment.status == "pending" && !payment.start_path.is_empty() {
            return Ok(payment.start_path);
        }
        let procedure = self.procedure_of(&row)?;
        let facts = self.facts(&row, actor);
        let mut machine = Machine::resume(&procedure, row.state.clone(), facts);
        machine.ask_again(&action)?;
        let plan = self.plan(&row, &procedure, machine, actor, None).await?;
        let row = self.carry(plan).await?;
        row.state.pay.get(&action).map(|p| p.start_path.clone()).ok_or_else(over)
    }

    /// Answers the correction that was asked (LBPA 31).
    ///
    /// # Errors
    /// Conflict when none is owed.
    pub async fn answer_correction(&self, actor: &Actor, case: Id, posted: Posted) -> Result<Sent> {
        let row = self.own(actor, case).await?;
        let owed = row.state.correction.clone().filter(|c| c.answered_at.is_none()).ok_or_else(over)?;
        let procedure = self.procedure_of(&row)?;
        let facts = self.facts(&row, actor);
        let (data, errors) = self.take(
            (&procedure, &row.state),
            &facts,
            (&owed.form, None),
            &row.state.data,
            Some(&posted),
            "",
        )?;
        let draft = DraftRow { data: data.clone(), typed: typed(&posted) };
        let (now, token) = (facts.now, owed.token + CORRECTION);
        if !errors.is_empty() {
            self.parts().db.write(move |tx| store::draft::save(tx, case, token, &draft, now)).await?;
            return Ok(Sent::Mend(errors));
        }
        let mut machine = Machine::resume(&procedure, row.state.clone(), facts);
        machine.state.data = data;
        machine.legal(LegalEvent::Subsanar)?;
        if let Some(correction) = &mut machine.state.correction {
            correction.answered_at = Some(now);
        }
        let mut plan = self.plan(&row, &procedure, machine, actor, None).await?;
        plan.notes.push(("correction.answered", json!({})));
        plan.task_states.push((owed.token, "open"));
        self.file_answer(plan).await?;
        Ok(Sent::Done)
    }

    async fn file_answer(&self, plan: Plan) -> Result<CaseRow> {
        let title = t("procedures-correction-answer");
        let text = format!("{title}\n\n{}\n", serde_json::to_string_pretty(&plan.state.data)?);
        let staged = self.parts().blobs.stage(text.into_bytes()).await?;
        let found = self.found_in(&plan.procedure.definition, &plan.state).await?;
        let (this, plan) = (self.clone(), Arc::new(plan));
        self.parts()
            .db
            .write(move |tx| {
                let row = this.commit(tx, &plan)?;
                let d = &plan.procedure.definition;
                if let Some(file) = casefile(&row) {
                    let blob = staged.put(tx)?;
                    let mut entry = copihue_casefiles::NewEntry::new(
                        title,
                        copihue_casefiles::DocumentKind::ANSWER,
                        blob,
                        plan.facts.now,
                    );
                    entry.media_type = "text/plain".to_owned();
                    entry.direction = copihue_casefiles::Direction::Incoming;
                    entry.author = copihue_casefiles::Author::Party(row.person.clone());
                    entry.holders = vec![row.person.id];
                    entry.privacy = copihue_casefiles::Privacy::Personal;
                    this.parts().casefiles.file(tx, &file, &entry)?;
                    this.file_uploads(tx, &row, &file, (d, &found), plan.facts.now)?;
                }
                Ok(row)
            })
            .await
    }

    fn person_task(&self, row: &CaseRow, token: u32) -> Result<()> {
        let procedure = self.procedure_of(row)?;
        let node = node_of(&procedure, &row.state, token).ok_or_else(over)?;
        let persons = node.kind == crate::model::definition::NodeKind::Start
            || node.who == Some(crate::model::definition::Who::Applicant);
        if persons { Ok(()) } else { Err(over()) }
    }

    /// Takes a form into data, or looks at it again.
    pub(super) fn take(
        &self,
        (procedure, state): (&Procedure, &CaseState),
        facts: &Facts,
        (form, page): (&str, Option<&str>),
        data: &Map<String, Value>,
        posted: Option<&Posted>,
        outcome: &str,
    ) -> Result<(Map<String, Value>, Vec<FieldError>)> {
        let Some(form) = procedure.definition.forms.get(form) else { return Ok((data.clone(), Vec::new())) };
        let roots: Roots = procedure.roots(state, facts).with("outcome", &Value::from(outcome));
        let definition = &procedure.definition.data;
        let (data, mut faults) =
            accept((definition, &procedure.expressions), form, page, data, posted, &roots)?;
        faults.extend(self.outside(procedure, (form, page), &data));
        Ok((data, faults.into_iter().map(words::field).collect()))
    }

    /// Ends a task: everything is validated again, then one transaction.
    pub(super) async fn complete(
        &self,
        row: &CaseRow,
        actor: &Actor,
        token: u32,
        (outcome, posted): (&str, Option<&Posted>),
        hand: Option<Hand<'_>>,
    ) -> Result<Sent> {
        let procedure = self.procedure_of(row)?;
        let node = node_of(&procedure, &row.state, token).ok_or_else(over)?;
        let facts = self.facts(row, actor);
        let mut data = self.draft_of_task(row, &procedure, token).await?.data;
        let mut errors = Vec::new();
        for step in node.steps.iter().filter(|s| s.mode == StepMode::Edit) {
            let (next, found) =
                self.take((&procedure, &row.state), &facts, (&step.form, None), &data, posted, outcome)?;
            data = next;
            errors.extend(found);
        }
        if validates(node, outcome) && !errors.is_empty() {
            if let Some(posted) = posted {
                self.keep_typed(row.id, token, data, posted, &facts).await?;
            }
            return Ok(Sent::Mend(errors));
        }
        let mut machine = Machine::resume(&procedure, row.state.clone(), facts);
        machine.state.data = data.clone();
        machine.complete_task(token, outcome)?;
        let planned = self.plan(row, &procedure, machine, actor, hand).await;
        match planned {
            Ok(plan) => self.carry(plan).await.map(|_| Sent::Done),
            // A resolution that lacks its parts, a wrong code: what was written stays.
            Err(e) => {
                if let Some(posted) = posted {
                    self.keep_typed(row.id, token, data, posted, &self.facts(row, actor)).await?;
                }
                if e.kind() == Kind::Invalid && !e.fields().is_empty() {
                    return Ok(Sent::Mend(named(&procedure, node, e.fields())));
                }
                Err(e)
            }
        }
    }

    async fn keep_typed(
        &self,
        case: Id,
        token: u32,
        data: Map<String, Value>,
        posted: &Posted,
        facts: &Facts,
    ) -> Result<()> {
        let draft = DraftRow { data, typed: typed(posted) };
        let now = facts.now;
        self.parts().db.write(move |tx| store::draft::save(tx, case, token, &draft, now)).await
    }
}

/// The most items that a list of a page may have; `None` when the page has no such list to edit.
fn most(procedure: &Procedure, step: &StepPage, list: &str) -> Option<usize> {
    let form = procedure.definition.forms.get(&step.form).filter(|_| step.mode == StepMode::Edit)?;
    let repeat = form.pages.iter().find(|p| p.id == step.view.id)?.repeat(list)?;
    usize::try_from(repeat.max).ok()
}

fn validates(node: &Node, outcome: &str) -> bool {
    node.outcomes.iter().find(|o| o.id == outcome).is_none_or(|o| o.validates)
}

/// Errors that name a part of a resolution, moved to the field that holds it.
fn named(procedure: &Procedure, node: &Node, fields: &[FieldError]) -> Vec<FieldError> {
    let forms = node.steps.iter().filter_map(|s| procedure.definition.forms.get(&s.form));
    let known: Vec<String> = forms.flat_map(|f| f.fields()).map(|f| f.at.clone()).collect();
    let place = |part: &str| known.iter().find(|at| at.ends_with(&format!("/{part}")));
    fields
        .iter()
        .map(|f| FieldError {
            pointer: place(&f.pointer)
                .map_or_else(|| f.pointer.clone(), |at| crate::model::form::field_name(at)),
            message: f.message.clone(),
        })
        .collect()
}

fn typed(posted: &Posted) -> Vec<(String, String)> {
    posted.texts.iter().flat_map(|(n, values)| values.iter().map(move |v| (n.clone(), v.clone()))).collect()
}

fn over() -> Error {
    Error::conflict("tarea_ya_completada", "Este paso ya se completó.")
}

/// Texts by field name, for tests and the machine API.
#[must_use]
pub fn texts(pairs: &[(&str, &str)]) -> Posted {
    let mut posted = Posted { texts: BTreeMap::new(), files: BTreeMap::new() };
    for (name, value) in pairs {
        posted.texts.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    posted
}
