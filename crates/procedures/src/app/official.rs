//! What officials do: claim, ask for a correction, resolve with a one-time code, close what was left.

use std::sync::Arc;

use copihue_casefiles::{Assignee, Responsible};
use copihue_core::{Actor, Error, Hat, Kind, PersonRef, Result};
use copihue_notifications::{Notice, NoticeKind};
use copihue_web::args;
use copihue_web::locale::{t, ta};
use serde_json::json;

use super::Procedures;
use super::commit::{author, casefile, email};
use super::look::node_of;
use super::person::Sent;
use super::prepare::Hand;
use crate::model::definition::{Party, Who};
use crate::model::form::Posted;
use crate::model::legal::{Arrival, CorrectionRequest, LegalEvent, correction_due, skipped};
use crate::model::machine::{Machine, Owed, Running};
use crate::store;
use crate::store::case::CaseRow;
use crate::store::event::CLAIMED;
use crate::store::task::TaskRow;
use crate::words;

/// How an official ends a task.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// The task.
    pub token: u32,
    /// The button.
    pub outcome: String,
    /// What was written.
    pub posted: Posted,
    /// One-time code, when the outcome signs.
    pub otp: String,
}

impl Procedures {
    /// Takes a task. Taking a later case first asks for a reason, which is kept (PRO-25).
    ///
    /// # Errors
    /// `tarea_tomada` with the holder's name; `orden_de_ingreso` when a reason is needed; not found.
    pub async fn claim(&self, actor: &Actor, iuie: &str, token: u32, reason: &str) -> Result<()> {
        let (person, hat) = official(actor)?;
        let (row, tasks) = self.at_desk(actor, iuie).await?;
        let task = tasks
            .into_iter()
            .find(|t| t.token == token && t.doer == "official")
            .ok_or_else(Error::not_found)?;
        if !self.may_work(&hat, &task) {
            return Err(Error::forbidden("Esta tarea es de otra unidad."));
        }
        self.four_eyes(&row, &task, &person)?;
        let reason = reason.trim().to_owned();
        self.in_order(actor, &task, &reason).await?;
        let (this, actor) = (self.clone(), actor.clone());
        let now = self.now();
        self.parts()
            .db
            .write(move |tx| {
                let mut row = store::case::get(tx, row.id)?.ok_or_else(Error::not_found)?;
                let rev = row.rev;
                if !store::task::assign(tx, row.id, token, (hat.official, &person.name))? {
                    let holder = store::task::of_case(tx, row.id)?.into_iter().find(|t| t.token == token);
                    return Err(taken(holder.and_then(|t| t.assignee_name)));
                }
                row.rev += 1;
                row.updated = row.updated.max(now);
                let who = super::commit::who(&actor);
                let detail = json!({"token": token, "reason": reason});
                store::event::append(tx, &mut row, (&who, CLAIMED), &detail, now)?;
                let by = [("official", json!(hat.official)), ("unit", json!(hat.unit))];
                this.testify(tx, &row, "procedure.claimed", &by)?;
                if let Some(file) = casefile(&row) {
                    let by = author(&actor);
                    let unit = this.unit_name(&hat.institution, &hat.unit);
                    let responsible = Responsible {
                        official: Some(hat.official),
                        run: Some(person.run),
                        name: person.name.clone(),
                        post: format!("{}, {unit}", hat.post),
                        unit: hat.unit.clone(),
                    };
                    this.parts().casefiles.set_responsible(tx, &file, &responsible, &by)?;
                    this.parts().casefiles.assign(tx, &file, &Assignee::Official(hat.official), &by)?;
                }
                store::case::update(tx, &row, rev)
            })
            .await
    }

    /// Nobody does both of two tasks that exclude each other.
    fn four_eyes(&self, row: &CaseRow, task: &TaskRow, person: &PersonRef) -> Result<()> {
        let procedure = self.procedure_of(row)?;
        let node = procedure.definition.flow.nodes.get(&task.node);
        let Some(Who::Official { not_same_as, .. }) = node.and_then(|n| n.who.as_ref()) else {
            return Ok(());
        };
        let mine = person.run.compact();
        if not_same_as.iter().any(|n| row.state.done_by.get(n) == Some(&mine)) {
            return Err(Error::forbidden("Usted ya intervino en este caso: debe resolverlo otra persona."));
        }
        Ok(())
    }

    async fn in_order(&self, actor: &Actor, task: &TaskRow, reason: &str) -> Result<()> {
        let queue = self
            .desk(actor, &super::DeskFilter { procedure: Some(task.procedure.clone()), view: None })
            .await?;
        let arrivals: Vec<Arrival> = queue
            .iter()
            .filter(|t| t.node == task.node)
            .map(|t| Arrival {
                iuie: t.iuie.clone().unwrap_or_default(),
                effective: t.arrived,
                taken: t.assignee.is_some(),
            })
            .collect();
        let mine = task.iuie.clone().unwrap_or_default();
        match skipped(&arrivals, &mine) {
            Some(earlier) if reason.chars().count() < 10 => Err(Error::invalid(
                "orden_de_ingreso",
                format!("El caso {} ingresó antes y nadie lo ha tomado.", earlier.iuie),
            )
            .field("razon", t("procedures-order-reason-missing"))),
            _ => Ok(()),
        }
    }

    /// Asks the person to complete the request: five business days, with the warning of the law (LBPA 31).
    ///
    /// # Errors
    /// Invalid when nothing is said to be missing; conflict when the state does not allow it.
    pub async fn ask_correction(&self, actor: &Actor, iuie: &str, token: u32, what: &str) -> Result<()> {
        let what = crate::model::text::clean(what);
        if what.chars().count() < 10 {
            return Err(Error::invalid("falta_motivo", "Diga qué falta.")
                .field("falta", t("procedures-missing-short")));
        }
        let (row, _) = self.held(actor, iuie, token).await?;
        let procedure = self.procedure_of(&row)?;
        let node = node_of(&procedure, &row.state, token).ok_or_else(Error::not_found)?;
        let form = node.correction.as_ref().map(|c| c.form.clone()).ok_or_else(Error::not_found)?;
        let place = self.place(&row.institution);
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, actor));
        let now = machine.facts.now;
        let made_on = place.noticed(now)?;
        let due = correction_due(made_on)?;
        let expires = place.zone.end_of_day(due);
        machine.legal(LegalEvent::RequerirSubsanacion)?;
        let request = CorrectionRequest { what: what.clone(), asked_at: now, made_on, due, expires };
        let node_id = machine.node_of(token).map(|(id, _)| id.to_owned()).unwrap_or_default();
        machine.state.correction = Some(Owed { token, node: node_id, form, request, answered_at: None });
        machine.state.deadlines.retain(|d| d.id != "lbpa31_subsanacion");
        machine.state.deadlines.push(Running {
            id: "lbpa31_subsanacion".to_owned(),
            title: t("procedures-complete").to_owned(),
            who: Party::Applicant,
            meets: "subsanar".to_owned(),
            from: now,
            due,
            expires,
            met_at: None,
        });
        let mut plan = self.plan(&row, &procedure, machine, actor, None).await?;
        plan.notes.push(("correction.asked", json!({"what": what, "due": due.to_string()})));
        plan.task_states.push((token, "waiting"));
        let institution = self.institution_name(&row.institution);
        let warning = words::warning(due);
        let said = args! {"institution" => institution, "what" => what.as_str(), "warning" => warning};
        let body = ta("procedures-correction-body", &said);
        let (this, plan) = (self.clone(), Arc::new(plan));
        self.parts()
            .db
            .write(move |tx| {
                let row = this.commit(tx, &plan)?;
                this.parts().notifications.notify(
                    tx,
                    &Notice {
                        institution: row.institution.clone(),
                        recipient: row.person.clone(),
                        email: email(&row),
                        case: row.iuie.clone(),
                        procedure_code: plan.procedure.definition.catalog.cpat.clone(),
                        kind: NoticeKind::Notification,
                        subject: t("procedures-correction-subject").to_owned(),
                        body: body.clone(),
                        attachments: Vec::new(),
                    },
                )?;
                Ok(())
            })
            .await
    }

    /// Ends a task. An outcome that signs needs the official's one-time code.
    ///
    /// # Errors
    /// Not found, conflict, or what the signature says (`codigo_incorrecto`, `codigo_en_pausa`).
    pub async fn resolve(&self, actor: &Actor, iuie: &str, resolve: &Resolve) -> Result<Sent> {
        let (row, _) = self.held(actor, iuie, resolve.token).await?;
        let hand = Hand { actor, otp: resolve.otp.trim() };
        self.complete(&row, actor, resolve.token, (&resolve.outcome, Some(&resolve.posted)), Some(hand)).await
    }

    /// Asks again the holders that never answered: the official steps in (their answers go into the log).
    ///
    /// # Errors
    /// Not found, or the official does not hold the task.
    pub async fn ask_again(&self, actor: &Actor, iuie: &str, token: u32) -> Result<()> {
        let (row, _) = self.held(actor, iuie, token).await?;
        let procedure = self.procedure_of(&row)?;
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, actor));
        let asks = machine.silent()?;
        let answers = self.ask_all(&procedure, asks, &machine).await;
        machine.take_answers(answers);
        let plan = self.plan(&row, &procedure, machine, actor, None).await?;
        self.carry(plan).await.map(|_| ())
    }

    /// Declares the person withdrawn: the correction's term is over without an answer, and a resolution says so. It is
    /// never automatic (LBPA 31).
    ///
    /// # Errors
    /// Conflict before the term is over; what the signature says.
    pub async fn withdraw(&self, actor: &Actor, iuie: &str, facts: &str, otp: &str) -> Result<()> {
        let (_, hat) = official(actor)?;
        let (row, tasks) = self.at_desk(actor, iuie).await?;
        let owed = row.state.correction.clone().filter(|c| c.answered_at.is_none());
        let owed =
            owed.ok_or_else(|| Error::conflict("paso_no_disponible", "No hay una corrección pendiente."))?;
        if !tasks.iter().any(|t| t.token == owed.token && t.assignee == Some(hat.official)) {
            return Err(Error::forbidden("Este caso lo tiene otra persona."));
        }
        let procedure = self.procedure_of(&row)?;
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, actor));
        if machine.facts.now < owed.request.expires {
            return Err(Error::conflict(
                "plazo_vigente",
                "La persona aún está dentro de plazo para responder.",
            ));
        }
        let document = super::withdrawal::document()?;
        let parts = super::withdrawal::parts(&procedure.definition, &owed, facts);
        let values = self.fill_in(&row, &machine.facts, &document, serde_json::Map::new(), Some(parts))?;
        let hand = Hand { actor, otp: otp.trim() };
        let ready = self
            .make(&machine.facts, (&row.procedure, super::withdrawal::ID, &document), &values, Some(hand))
            .await?;
        machine.state.done_by.insert(owed.node.clone(), machine.facts.actor.run.clone());
        machine.legal(LegalEvent::Desistir)?;
        machine.legal(LegalEvent::Notificar)?;
        machine.close();
        let mut plan = self.plan(&row, &procedure, machine, actor, None).await?;
        plan.ready.insert(0, super::prepare::Ready::Document(Box::new(ready)));
        let (this, plan) = (self.clone(), Arc::new(plan));
        self.parts()
            .db
            .write(move |tx| {
                let row = this.commit(tx, &plan)?;
                let issued = row.state.issued.get(super::withdrawal::ID);
                let iuie = row.iuie.clone().unwrap_or_default();
                let attachments = issued.map(|i| copihue_notifications::Attachment {
                    title: i.title.clone(),
                    href: format!("/mi/expedientes/{}:{iuie}/documentos/{}", row.institution, i.n),
                    sha256: i.sha256.clone(),
                });
                this.parts().notifications.notify(
                    tx,
                    &Notice {
                        institution: row.institution.clone(),
                        recipient: row.person.clone(),
                        email: email(&row),
                        case: row.iuie.clone(),
                        procedure_code: plan.procedure.definition.catalog.cpat.clone(),
                        kind: NoticeKind::Notification,
                        subject: t("procedures-withdrawal-subject").to_owned(),
                        body: t("procedures-withdrawal-body").to_owned(),
                        attachments: attachments.into_iter().collect(),
                    },
                )?;
                Ok(())
            })
            .await
    }

    /// The case of a task that this official holds.
    async fn held(&self, actor: &Actor, iuie: &str, token: u32) -> Result<(CaseRow, TaskRow)> {
        let (_, hat) = official(actor)?;
        let (row, tasks) = self.at_desk(actor, iuie).await?;
        let over = || Error::conflict("tarea_ya_completada", "Este paso ya se completó.");
        let task = tasks.into_iter().find(|t| t.token == token && t.doer == "official").ok_or_else(over)?;
        if task.state == "waiting" {
            return Err(Error::conflict(
                "paso_no_disponible",
                "La persona aún no responde la corrección que se le pidió.",
            ));
        }
        match task.assignee {
            Some(id) if id == hat.official => Ok((row, task)),
            Some(_) => Err(taken(task.assignee_name)),
            None => {
                Err(Error::new(Kind::Conflict, "tarea_sin_tomar", "Tome el caso antes de trabajar en él."))
            }
        }
    }
}

fn official(actor: &Actor) -> Result<(PersonRef, Hat)> {
    match (actor.person(), &actor.hat) {
        (Some(person), Some(hat)) => Ok((person.clone(), hat.clone())),
        _ => Err(Error::not_found()),
    }
}

fn taken(holder: Option<String>) -> Error {
    let name = holder.unwrap_or_else(|| "otra persona".to_owned());
    Error::conflict("tarea_tomada", format!("Este caso lo tiene {name}."))
}
