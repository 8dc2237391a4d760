//! What pages show of a case, worked out from its state.

use copihue_casefiles::{CaseKey, Relation};
use copihue_core::{Actor, Error, Hat, Id, Result, Timestamp};
use copihue_web::args;
use copihue_web::locale::{t, ta};

use super::Procedures;
use super::looks::{CaseLook, DeskFilter, OfficialLook, OutcomeLook, StepPage, TaskLook, Waiting};
use crate::model::definition::{Access, NodeKind, StepMode, WaitFor};
use crate::model::expr::Roots;
use crate::model::form::view;
use crate::model::machine::{CaseState, Facts, Payment, Procedure};
use crate::store;
use crate::store::case::CaseRow;
use crate::store::event::{EventRow, LEGAL, QUERIED};
use crate::store::task::TaskRow;
use crate::words;

impl Procedures {
    /// The person's case.
    ///
    /// # Errors
    /// Not found, for another's case too.
    pub async fn look(&self, actor: &Actor, id: Id) -> Result<CaseLook> {
        let row = self.own(actor, id).await?;
        self.look_at(&row, actor).await
    }

    /// The person's cases, the last touched first.
    ///
    /// # Errors
    /// When nobody is logged in.
    pub async fn mine(&self, actor: &Actor) -> Result<Vec<CaseLook>> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        let rows = self.parts().db.read(move |c| store::case::of_person(c, person, 100)).await?;
        let mut looks = Vec::with_capacity(rows.len());
        for row in rows {
            if let Ok(procedure) = self.procedure_of(&row) {
                looks.push(self.plain_look(&row, &procedure));
            }
        }
        Ok(looks)
    }

    /// The case of a case file, for its person or an official of its institution; `None` when it is another's.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of_file(&self, actor: &Actor, institution: &str, iuie: &str) -> Result<Option<CaseLook>> {
        let (institution, iuie) = (institution.to_owned(), iuie.to_owned());
        let row = self.parts().db.read(move |c| store::case::by_iuie(c, &institution, &iuie)).await?;
        let Some(row) = row else { return Ok(None) };
        match &actor.hat {
            None if actor.person().is_some_and(|p| p.id == row.person.id) => {
                self.look_at(&row, actor).await.map(Some)
            }
            Some(hat) if hat.institution == row.institution => {
                let procedure = self.procedure_of(&row)?;
                let plain = self.plain_look(&row, &procedure);
                Ok(Some(CaseLook { payment: None, ..plain }))
            }
            _ => Ok(None),
        }
    }

    pub(super) async fn own(&self, actor: &Actor, id: Id) -> Result<CaseRow> {
        let person = actor.person().ok_or_else(Error::not_found)?.id;
        let row = self.load(id).await?;
        if row.person.id == person && actor.hat.is_none() { Ok(row) } else { Err(Error::not_found()) }
    }

    fn plain_look(&self, row: &CaseRow, procedure: &Procedure) -> CaseLook {
        CaseLook {
            id: row.id,
            iuie: row.iuie.clone(),
            institution: row.institution.clone(),
            institution_name: self.institution_name(&row.institution),
            procedure: row.procedure.clone(),
            title: procedure.definition.title.es().to_owned(),
            status: row.status.clone(),
            task: None,
            correction: None,
            waiting: waiting(procedure, &row.state),
            payment: payment(procedure, &row.state),
            opened: row.opened,
            filed: row.filed,
            updated: row.updated,
            closed: row.closed.is_some(),
            rev: row.rev,
            state: row.state.clone(),
        }
    }

    pub(super) async fn look_at(&self, row: &CaseRow, actor: &Actor) -> Result<CaseLook> {
        let procedure = self.procedure_of(row)?;
        let mut look = self.plain_look(row, &procedure);
        let facts = self.facts(row, actor);
        let turn = row.state.flow.tokens.iter().find(|t| persons(&procedure, &t.node)).map(|t| t.id);
        if let Some(token) = turn {
            look.task = Some(self.task_look(row, &procedure, &facts, token).await?);
        }
        if let Some(owed) = row.state.correction.clone().filter(|c| c.answered_at.is_none()) {
            let forms: Vec<_> = procedure.definition.forms.get(&owed.form).into_iter().collect();
            let draft = self.draft(row, owed.token + CORRECTION, &forms).await?;
            let state = CaseState { data: draft.data, ..row.state.clone() };
            let steps = [(owed.form.clone(), StepMode::Edit)];
            let pages = self.pages(&procedure, &steps, &state, &procedure.roots(&state, &facts))?;
            let task = TaskLook {
                token: owed.token,
                title: String::new(),
                pages,
                outcomes: Vec::new(),
                confirm: false,
                typed: draft.typed,
                may_correct: false,
            };
            look.correction = Some((owed, task));
        }
        Ok(look)
    }

    pub(super) async fn task_look(
        &self,
        row: &CaseRow,
        procedure: &Procedure,
        facts: &Facts,
        token: u32,
    ) -> Result<TaskLook> {
        let draft = self.draft_of_task(row, procedure, token).await?;
        let state = CaseState { data: draft.data, ..row.state.clone() };
        let node = node_of(procedure, &state, token).ok_or_else(Error::not_found)?;
        let roots = procedure.roots(&state, facts);
        let mut steps = Vec::new();
        for step in &node.steps {
            if procedure.expressions.truth(&step.when, &roots)? {
                steps.push((step.form.clone(), step.mode));
            }
        }
        let mut outcomes = Vec::new();
        for outcome in &node.outcomes {
            // An outcome whose condition reads what is not there yet is not offered.
            if procedure.expressions.truth(&outcome.when, &roots).unwrap_or(false) {
                outcomes.push(OutcomeLook {
                    id: outcome.id.clone(),
                    label: outcome.label.es().to_owned(),
                    help: outcome.help.es().to_owned(),
                    signs: outcome.signs.is_some(),
                });
            }
        }
        Ok(TaskLook {
            token,
            title: node.title.es().to_owned(),
            pages: self.pages(procedure, &steps, &state, &roots)?,
            outcomes,
            confirm: node.confirm,
            typed: draft.typed,
            may_correct: node.correction.is_some(),
        })
    }

    fn pages(
        &self,
        procedure: &Procedure,
        steps: &[(String, StepMode)],
        state: &CaseState,
        roots: &Roots,
    ) -> Result<Vec<StepPage>> {
        let mut pages = Vec::new();
        for (id, mode) in steps {
            let Some(form) = procedure.definition.forms.get(id) else { continue };
            let mut views = view(procedure, form, state, roots)?;
            views.iter_mut().for_each(|view| self.list_in(procedure, &mut view.nodes));
            pages.extend(views.into_iter().map(|view| StepPage { form: id.clone(), mode: *mode, view }));
        }
        Ok(pages)
    }

    /// The desk of an official: what their unit and roles may work on, in the order of arrival.
    ///
    /// # Errors
    /// When the caller acts for no institution.
    pub async fn desk(&self, actor: &Actor, filter: &DeskFilter) -> Result<Vec<TaskRow>> {
        let hat =
            actor.hat.clone().ok_or_else(|| Error::forbidden("Este escritorio es de los funcionarios."))?;
        let institution = hat.institution.clone();
        let tasks = self.parts().db.read(move |c| store::task::desk(c, &institution, 1000)).await?;
        let now = self.now();
        let wanted = |t: &TaskRow| match filter.view.as_deref() {
            Some("free") => t.assignee.is_none(),
            Some("mine") => t.assignee == Some(hat.official),
            Some("late") => t.expires.is_some_and(|at| at <= now),
            Some("waiting") => t.state == "waiting",
            _ => true,
        };
        let of = |t: &TaskRow| filter.procedure.as_ref().is_none_or(|p| *p == t.procedure);
        Ok(tasks.into_iter().filter(|t| self.may_work(&hat, t) && wanted(t) && of(t)).collect())
    }

    /// Whether the hat may work on the task: its unit and role, or a role that manages the procedure.
    pub(super) fn may_work(&self, hat: &Hat, task: &TaskRow) -> bool {
        if hat.institution != task.institution {
            return false;
        }
        let has = |role: &str| hat.roles.iter().any(|r| r == role);
        let access: Option<Access> =
            self.offered(&task.procedure, &task.institution).map(|p| p.definition.access.clone());
        let manages = access.is_some_and(|a| a.manage.iter().any(|r| has(r)));
        manages || hat.unit == task.unit && has(&task.role)
    }

    /// A case at the desk. Its case file decides who may see it, and of whom it tells what; one who only oversees gets the
    /// index and nothing of what the case says.
    ///
    /// # Errors
    /// Not found, when the official has nothing to do with it; the attempt is registered.
    pub async fn official_look(&self, actor: &Actor, iuie: &str) -> Result<OfficialLook> {
        let hat = actor.hat.as_ref().ok_or_else(Error::not_found)?;
        let view = self.parts().casefiles.case(actor, &key_at(hat, iuie)?).await?;
        let (row, tasks, events) = self.desk_row(hat, iuie).await?;
        let procedure = self.procedure_of(&row)?;
        let look = OfficialLook {
            case: self.plain_look(&row, &procedure),
            relation: view.relation,
            parties: view.parties,
            entries: view.entries,
            tasks: Vec::new(),
            mine: None,
            free: None,
            events: Vec::new(),
            reasons: Vec::new(),
            silent: Vec::new(),
            lapsed: false,
        };
        if look.relation != Relation::Processes {
            return Ok(look);
        }
        let facts = self.facts(&row, actor);
        let workable = |t: &&TaskRow| t.doer == "official" && self.may_work(hat, t);
        let free = tasks.iter().filter(workable).find(|t| t.assignee.is_none()).cloned();
        let mine = tasks
            .iter()
            .find(|t| t.assignee == Some(hat.official) && t.state == "open" && t.doer == "official");
        let mine = match mine {
            Some(task) => Some(self.task_look(&row, &procedure, &facts, task.token).await?),
            None => None,
        };
        let reasons =
            row.state.dec.values().flat_map(|f| f.notes.clone()).filter(|n| !n.is_empty()).collect();
        let owed = row.state.correction.as_ref().filter(|owed| owed.answered_at.is_none());
        Ok(OfficialLook {
            events: events.into_iter().map(|e| line(&procedure, e)).collect(),
            silent: silent(&procedure, &row.state),
            lapsed: owed.is_some_and(|owed| owed.request.expires <= facts.now),
            tasks,
            mine,
            free,
            reasons,
            ..look
        })
    }

    /// A case in which this official is about to do something: they process it, as its case file says.
    pub(super) async fn at_desk(&self, actor: &Actor, iuie: &str) -> Result<(CaseRow, Vec<TaskRow>)> {
        let hat = actor.hat.as_ref().ok_or_else(Error::not_found)?;
        self.parts().casefiles.processes(actor, &key_at(hat, iuie)?).await?;
        let (row, tasks, _) = self.desk_row(hat, iuie).await?;
        Ok((row, tasks))
    }

    async fn desk_row(&self, hat: &Hat, iuie: &str) -> Result<(CaseRow, Vec<TaskRow>, Vec<EventRow>)> {
        let (institution, number) = (hat.institution.clone(), iuie.to_owned());
        let found = self.parts().db.read(move |c| {
            let Some(row) = store::case::by_iuie(c, &institution, &number)? else { return Ok(None) };
            let (tasks, events) = (store::task::of_case(c, row.id)?, store::event::of_case(c, row.id)?);
            Ok(Some((row, tasks, events)))
        });
        found.await?.ok_or_else(Error::not_found)
    }
}

/// The case of this number in the official's institution; anything that is no number isn't there.
fn key_at(hat: &Hat, iuie: &str) -> Result<CaseKey> {
    format!("{}:{iuie}", hat.institution).parse()
}

/// Drafts of corrections are kept beside those of tasks, under numbers that no token reaches.
pub(super) const CORRECTION: u32 = 1 << 30;

pub(super) fn node_of<'p>(
    procedure: &'p Procedure,
    state: &CaseState,
    token: u32,
) -> Option<&'p crate::model::definition::Node> {
    let node = &state.flow.tokens.iter().find(|t| t.id == token)?.node;
    procedure.definition.flow.nodes.get(node)
}

fn persons(procedure: &Procedure, node: &str) -> bool {
    use crate::model::definition::Who;
    let node = procedure.definition.flow.nodes.get(node);
    node.is_some_and(|n| match n.kind {
        NodeKind::Start => true,
        NodeKind::Task => n.who == Some(Who::Applicant),
        _ => false,
    })
}

fn waiting(procedure: &Procedure, state: &CaseState) -> Option<Waiting> {
    let (token, service) = state.services.iter().next()?;
    let queries = &procedure.definition.queries;
    let of = |id: &String| queries.get(id).map(|q| q.source.es().to_owned());
    let block =
        |id: &String| queries.get(id).is_some_and(|q| q.on_error == crate::model::definition::Effect::Block);
    Some(Waiting {
        token: *token,
        holders: service.waiting_for.iter().filter_map(of).collect(),
        retry_at: service.retry_at,
        given_up: service.given_up,
        may_go_on: !service.waiting_for.is_empty() && !service.waiting_for.iter().any(block),
    })
}

fn silent(procedure: &Procedure, state: &CaseState) -> Vec<String> {
    let failed = state.reg.iter().filter(|(_, a)| a.status == "error");
    failed
        .filter_map(|(id, _)| procedure.definition.queries.get(id))
        .map(|q| q.title.es().to_owned())
        .collect()
}

fn payment(procedure: &Procedure, state: &CaseState) -> Option<(String, Payment)> {
    state.flow.tokens.iter().find_map(|t| match &procedure.definition.flow.nodes.get(&t.node)?.wait_for {
        Some(WaitFor::Payment(action)) => Some((action.clone(), state.pay.get(action)?.clone())),
        _ => None,
    })
}

fn line(procedure: &Procedure, e: EventRow) -> (Timestamp, String, String) {
    let text =
        |key: &str| e.detail.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let (nodes, queries) = (&procedure.definition.flow.nodes, &procedure.definition.queries);
    let what = match e.kind.as_str() {
        "task.completed" => {
            let node = text("node");
            let title = nodes.get(&node).map_or(node.as_str(), |n| n.title.es());
            ta("procedures-step-done", &args! {"title" => title})
        }
        QUERIED => {
            let query = text("query");
            let title = queries.get(&query).map_or(query.as_str(), |q| q.title.es());
            ta("procedures-query-answered", &args! {"title" => title})
        }
        LEGAL => words::act(&text("event")),
        kind => words::history(kind),
    };
    let who = match e.actor.split(':').next() {
        Some("person") => t("procedures-by-person"),
        Some("official") => t("procedures-by-official"),
        _ => t("procedures-by-platform"),
    };
    let _ = e.seq;
    (e.at, who.to_owned(), what)
}
