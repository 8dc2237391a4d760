//! The one transaction of a command: state, tasks, deadlines, documents, notices, payment, log, ledger, jobs (PRC-05).

use std::sync::Arc;

use copihue_casefiles::{
    Assignee, Author, CaseRef, CaseState as FileState, Direction, DocumentKind, NewEntry, Privacy, Signer,
    Stage,
};
use copihue_core::{Actor, Clp, Error, Id, Result};
use copihue_db::Tx;
use copihue_db::jobs::{self, NewJob};
use copihue_notifications::{Attachment, Mail, Notice, NoticeKind};
use copihue_payments::{Line, NewPayment};
use copihue_signing::{IssuedDocument, Show};
use copihue_web::locale::t;
use serde_json::{Value, json};

use super::filing::{FoundIn, Paper};
use super::prepare::{Ready, ReadyDocument, duplicate};
use super::{ADVANCE, Act, Procedures, TIMER, deadlines, fulfil};
use crate::model::definition::{Sign, WaitFor, Who};
use crate::model::legal::{LegalEvent, LegalState};
use crate::model::machine::{CaseState, Effect, Facts, Issued, Procedure};
use crate::store;
use crate::store::case::CaseRow;
use crate::store::event::{LEGAL, QUERIED};
use crate::store::task::TaskRow;
use crate::words;

/// A command worked out, ready to be committed if nobody was faster.
pub(super) struct Plan {
    pub(super) case: Id,
    /// The revision that it was worked out on; -1 makes the case.
    pub(super) rev: i64,
    pub(super) new: Option<CaseRow>,
    pub(super) procedure: Arc<Procedure>,
    pub(super) state: CaseState,
    pub(super) facts: Facts,
    pub(super) actor: Actor,
    pub(super) ready: Vec<Ready>,
    pub(super) papers: Vec<Paper>,
    pub(super) found: FoundIn,
    /// Further lines of the log.
    pub(super) notes: Vec<(&'static str, Value)>,
    /// Tasks given or put on hold: token and state.
    pub(super) task_states: Vec<(u32, &'static str)>,
    /// The payment that came in: its action, and its id.
    pub(super) paid: Option<(String, Id)>,
}

impl Procedures {
    pub(super) fn commit(&self, tx: &mut Tx<'_>, plan: &Plan) -> Result<CaseRow> {
        let mut row = match &plan.new {
            Some(new) => {
                store::case::insert(tx, new)?;
                new.clone()
            }
            None => store::case::get(tx, plan.case)?.ok_or_else(Error::not_found)?,
        };
        let rev = row.rev;
        if plan.new.is_none() && rev != plan.rev {
            return Err(store::case::stale());
        }
        let changed = changes(&row.state, &plan.state);
        row.state = plan.state.clone();
        row.rev += 1;
        row.updated = plan.facts.now;
        let who = who(&plan.actor);
        for (kind, detail) in &plan.notes {
            store::event::append(tx, &mut row, (&who, kind), detail, plan.facts.now)?;
        }
        if let Some(paid) = &plan.paid {
            self.file_receipt(tx, &mut row, paid, plan.facts.now)?;
        }
        for ready in &plan.ready {
            match ready {
                Ready::Plain(effect) => self.apply(tx, plan, &mut row, effect, &changed)?,
                Ready::Document(document) => self.issue(tx, plan, &mut row, document)?,
            }
        }
        self.tell_silence(tx, plan, &row)?;
        for (token, state) in &plan.task_states {
            store::task::set_state(tx, row.id, *token, state)?;
        }
        row.status = status(&plan.procedure, &row.state);
        // Work that is due now must not depend on this process living on.
        if row.state.services.values().any(|s| s.is_due(plan.facts.now)) {
            self.enqueue_advance(tx, &row, plan.facts.now.plus_seconds(5))?;
        }
        store::case::update(tx, &row, rev)?;
        Ok(row)
    }

    pub(super) fn enqueue_advance(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        at: copihue_core::Timestamp,
    ) -> Result<()> {
        let key = Some(format!("{}:{}", row.id, row.rev));
        jobs::enqueue(tx, &NewJob { kind: ADVANCE, key, payload: json!({"case": row.id}), run_at: at })
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        plan: &Plan,
        row: &mut CaseRow,
        effect: &Effect,
        changed: &Value,
    ) -> Result<()> {
        let now = plan.facts.now;
        let log = |tx: &mut Tx<'_>, row: &mut CaseRow, kind: &str, detail: &Value| {
            store::event::append(tx, row, (&who(&plan.actor), kind), detail, now)
        };
        match effect {
            Effect::TaskOpened { token, node } => {
                self.happened(plan, row, &format!("task:{node}"))?;
                let task = self.task(plan, row, *token, node);
                if let (Some(file), false) = (casefile(row), task.unit.is_empty()) {
                    let unit = Assignee::Unit(task.unit.clone());
                    self.parts().casefiles.assign(tx, &file, &unit, &Author::System("copihue"))?;
                }
                store::task::open(tx, &task)
            }
            Effect::TaskClosed { token, node, outcome } => {
                store::task::close(tx, row.id, *token, now)?;
                store::draft::delete(tx, row.id, *token)?;
                log(tx, row, "task.completed", &json!({"node": node, "outcome": outcome, "data": changed}))
            }
            Effect::Legal { event, to } => {
                log(tx, row, LEGAL, &json!({"event": event, "to": to}))?;
                self.act(tx, plan, row, *event, *to)
            }
            Effect::Notice { id, subject, body, email } => {
                self.notify(tx, plan, row, id, (subject, body), email.clone())?;
                log(tx, row, "notice", &json!({"notice": id}))
            }
            Effect::Mail { to, subject, text } => self
                .parts()
                .notifications
                .mail(tx, &Mail { to: to.clone(), subject: subject.clone(), text: text.clone() }),
            Effect::Payment { action, description, lines, obligation, fulfil_within_s } => {
                let lines =
                    lines.iter().map(|(label, n)| Line { label: label.clone(), amount: Clp(*n) }).collect();
                let asked = self.parts().payments.create(
                    tx,
                    &NewPayment {
                        institution: row.institution.clone(),
                        payer: row.person.clone(),
                        lines,
                        description: description.clone(),
                        reference: row.id.to_string(),
                        obligation: format!("{}:{obligation}", row.institution),
                        case: row.iuie.clone(),
                        return_to: format!("/mi/tramites/{}", row.id),
                        fulfil_within_s: i64::from(*fulfil_within_s),
                    },
                )?;
                if let Some(pay) = row.state.pay.get_mut(action) {
                    pay.id = asked.id.to_string();
                    pay.start_path = asked.start_path;
                }
                log(tx, row, "payment.asked", &json!({"action": action}))
            }
            Effect::Timer { token, on } => {
                let at = self.place(&row.institution).zone.start_of_day(*on).max(now);
                let payload = json!({"case": row.id, "token": token});
                jobs::enqueue(
                    tx,
                    &NewJob { kind: TIMER, key: Some(format!("{}:{token}", row.id)), payload, run_at: at },
                )
            }
            Effect::Retry { at, .. } => self.enqueue_advance(tx, row, *at),
            Effect::Answered { query, status } => {
                log(tx, row, QUERIED, &json!({"query": query, "status": status}))?;
                self.queried(tx, plan, row, query, status)
            }
            Effect::GaveUp { query } => log(tx, row, "query.given_up", &json!({"query": query})),
            Effect::Decided { id, rows } => log(tx, row, "decision", &json!({"decision": id, "rows": rows})),
            Effect::Closed => {
                row.closed = Some(now);
                row.open_key = None;
                log(tx, row, "case.closed", &json!({}))
            }
            Effect::Document { .. } => Ok(()),
        }
    }

    fn happened(&self, plan: &Plan, row: &mut CaseRow, event: &str) -> Result<()> {
        let place = self.place(&row.institution);
        deadlines::happened(&plan.procedure.definition, &mut row.state, place, event, plan.facts.now)
    }

    /// An event before the law: filing, state of the case file, deadlines, ledger.
    fn act(
        &self,
        tx: &mut Tx<'_>,
        plan: &Plan,
        row: &mut CaseRow,
        event: LegalEvent,
        to: LegalState,
    ) -> Result<()> {
        let d = &plan.procedure.definition;
        if event == LegalEvent::Presentar {
            self.file_request(tx, row, d, (&plan.papers, &plan.found), plan.facts.now)?;
            if let Some(key) = &d.one_open_case_per {
                row.open_key = Some(
                    plan.procedure.expressions.text(key, &plan.procedure.roots(&row.state, &plan.facts))?,
                );
            }
        }
        let name = deadlines::name(event);
        self.happened(plan, row, &name)?;
        let state = match to {
            LegalState::Resuelto | LegalState::Desistido => Some(FileState::Resolved),
            LegalState::Firme => Some(FileState::Enforceable),
            LegalState::Cerrado => Some(FileState::Closed),
            _ => None,
        };
        if let (Some(state), Some(case)) = (state, casefile(row)) {
            self.parts().casefiles.set_state(tx, &case, state, &author(&plan.actor))?;
        }
        let fields = [
            ("case", json!(row.iuie)),
            ("institution", json!(row.institution)),
            ("definition", json!(row.hash)),
            ("event", json!(name)),
        ];
        let record = format!("{}/{}/{}", row.institution, row.iuie.clone().unwrap_or_default(), row.seq);
        self.parts()
            .evidence
            .append(tx, Act { kind: "procedure.act", record, subject: Some(row.person.id), fields: &fields })
    }

    /// A holder was asked for the person's data: they may know of whom, for what, and when.
    fn queried(&self, tx: &mut Tx<'_>, plan: &Plan, row: &CaseRow, query: &str, status: &str) -> Result<()> {
        let asked = plan.procedure.definition.queries.get(query);
        let holder = asked.map_or("", |asked| asked.source.es());
        let service = asked.map_or(query, |asked| asked.service.as_str());
        let fields = [("holder", json!(holder)), ("service", json!(service)), ("status", json!(status))];
        self.testify(tx, row, "procedure.query", &fields)
    }

    /// Evidence of the line that the case's log has last.
    pub(super) fn testify(
        &self,
        tx: &mut Tx<'_>,
        row: &CaseRow,
        kind: &'static str,
        fields: &[(&'static str, Value)],
    ) -> Result<()> {
        let mut all = vec![("institution", json!(row.institution)), ("case", json!(row.iuie))];
        all.extend_from_slice(fields);
        let record = format!("{}/{}", row.id, row.seq);
        self.parts().evidence.append(tx, Act { kind, record, subject: Some(row.person.id), fields: &all })
    }

    fn task(&self, plan: &Plan, row: &CaseRow, token: u32, node: &str) -> TaskRow {
        let d = &plan.procedure.definition;
        let found = d.flow.nodes.get(node);
        let (doer, unit, role) = match found.and_then(|n| n.who.as_ref()) {
            Some(Who::Official { unit, role, .. }) => ("official", unit.clone(), role.clone()),
            Some(Who::Applicant) | None => ("person", String::new(), String::new()),
        };
        let deadline = found.and_then(|n| n.deadline.as_ref());
        let running = deadline.and_then(|id| row.state.deadlines.iter().find(|r| r.id == *id));
        TaskRow {
            case: row.id,
            token,
            node: node.to_owned(),
            doer: doer.to_owned(),
            institution: row.institution.clone(),
            unit,
            role,
            state: "open".to_owned(),
            title: found.map_or("", |n| n.title.es()).to_owned(),
            procedure: d.id.clone(),
            procedure_title: d.title.es().to_owned(),
            iuie: row.iuie.clone(),
            person_name: row.person.name.clone(),
            assignee: None,
            assignee_name: None,
            opened: plan.facts.now,
            arrived: row.filed.unwrap_or(row.opened),
            due: running.map(|r| r.due),
            expires: running.map(|r| r.expires),
        }
    }

    fn issue(&self, tx: &mut Tx<'_>, plan: &Plan, row: &mut CaseRow, document: &ReadyDocument) -> Result<()> {
        let now = plan.facts.now;
        let code = document.code.to_string();
        if let Some(key) = &document.unique
            && !store::case::take_unique(tx, (&row.institution, key), row.id, &code, now)?
        {
            return Err(duplicate());
        }
        let case = casefile(row).ok_or_else(|| Error::internal("a document before its case file"))?;
        let blob = document.staged.put(tx)?;
        let mut entry = NewEntry::new(document.title.clone(), DocumentKind::new(document.kind)?, blob, now);
        entry.direction = Direction::Outgoing;
        entry.stage = Stage::Conclusion;
        entry.holders = vec![row.person.id];
        entry.privacy = Privacy::Personal;
        entry.code = Some(document.code);
        if document.sign == Sign::Official {
            entry.author = author(&plan.actor);
            entry.signers = signer(&plan.actor).into_iter().collect();
        }
        let filed = self.parts().casefiles.file(tx, &case, &entry)?;
        self.parts().signing.register_document(
            tx,
            &IssuedDocument {
                code: document.code,
                sha256: blob.sha256,
                institution: row.institution.clone(),
                institution_name: plan.facts.institution_name.clone(),
                title: document.title.clone(),
                kind: document.id.clone(),
                case: row.iuie.clone(),
                signers: vec![document.signer.clone()],
                issued_at: now,
                show: Show::Metadata,
            },
        )?;
        let sha256 = hex::encode(blob.sha256);
        let detail = json!({"document": document.id, "code": code, "sha256": sha256});
        store::event::append(tx, row, (&who(&plan.actor), "document.issued"), &detail, now)?;
        row.state.issued.insert(
            document.id.clone(),
            Issued {
                title: document.title.clone(),
                document: filed.document,
                n: filed.n as u32,
                code,
                sha256,
                at: now,
            },
        );
        Ok(())
    }

    fn notify(
        &self,
        tx: &mut Tx<'_>,
        plan: &Plan,
        row: &CaseRow,
        id: &str,
        (subject, body): (&str, &str),
        email: Option<String>,
    ) -> Result<()> {
        let d = &plan.procedure.definition;
        let attach = d.notices.get(id).map(|n| n.attach.as_slice()).unwrap_or_default();
        let iuie = row.iuie.clone().unwrap_or_default();
        // What was paid goes with the notice of what it was paid for (PAY-12).
        let receipt = plan.paid.as_ref().map(|(action, _)| fulfil::receipt_key(action));
        let attached = attach.iter().chain(&receipt).filter_map(|id| row.state.issued.get(id));
        let attachments = attached.map(|issued| Attachment {
            title: issued.title.clone(),
            href: format!("/mi/expedientes/{}:{iuie}/documentos/{}", row.institution, issued.n),
            sha256: issued.sha256.clone(),
        });
        self.parts().notifications.notify(
            tx,
            &Notice {
                institution: row.institution.clone(),
                recipient: row.person.clone(),
                email,
                case: row.iuie.clone(),
                procedure_code: d.catalog.cpat.clone(),
                kind: NoticeKind::Notification,
                subject: subject.to_owned(),
                body: body.to_owned(),
                attachments: attachments.collect(),
            },
        )?;
        Ok(())
    }
}

/// The case's file.
pub(super) fn casefile(row: &CaseRow) -> Option<CaseRef> {
    Some(CaseRef { id: row.casefile?, institution: row.institution.clone(), iuie: row.iuie.clone()? })
}

/// Who did it, for the log: ids, never names.
pub(super) fn who(actor: &Actor) -> String {
    match (&actor.hat, actor.person()) {
        (Some(hat), _) => format!("official:{}", hat.official),
        (None, Some(person)) => format!("person:{}", person.id),
        (None, None) => format!("platform:{}", actor.trace),
    }
}

fn signer(actor: &Actor) -> Option<Signer> {
    let (person, hat) = (actor.person()?, actor.hat.as_ref()?);
    Some(Signer {
        official: Some(hat.official),
        run: Some(person.run),
        name: person.name.clone(),
        post: hat.post.clone(),
    })
}

/// Who did it, for the case file.
pub(super) fn author(actor: &Actor) -> Author {
    match (signer(actor), actor.person()) {
        (Some(official), _) => Author::Official(official),
        (None, Some(person)) => Author::Party(person.clone()),
        (None, None) => Author::System("copihue"),
    }
}

/// The state of the case in words.
pub(super) fn status(procedure: &Procedure, state: &CaseState) -> String {
    if state.correction.as_ref().is_some_and(|c| c.answered_at.is_none()) {
        return words::legal_state(LegalState::EnSubsanacion).to_owned();
    }
    let nodes = &procedure.definition.flow.nodes;
    let awaited = state.flow.tokens.iter().filter_map(|t| nodes.get(&t.node)?.wait_for.as_ref());
    let given_back = |wait: &WaitFor| match wait {
        WaitFor::Payment(action) => state.pay.get(action).is_some_and(|p| p.status == "refunded"),
        WaitFor::Timer => false,
    };
    if awaited.clone().any(given_back) {
        return t("procedures-status-refunded").to_owned();
    }
    let said = state
        .flow
        .tokens
        .iter()
        .filter_map(|t| nodes.get(&t.node))
        .map(|n| n.status.es())
        .find(|s| !s.is_empty());
    let came_out = state.end.as_ref().filter(|_| state.closed).and_then(|end| nodes.get(end));
    said.or_else(|| came_out.map(|n| n.title.es()))
        .unwrap_or_else(|| words::legal_state(state.legal))
        .to_owned()
}

/// The e-mail that the request gives, wherever the definition puts it.
pub(super) fn email(row: &CaseRow) -> Option<String> {
    email_in(&row.state.data)
}

pub(super) fn email_in(data: &serde_json::Map<String, Value>) -> Option<String> {
    fn find(value: &Value) -> Option<String> {
        match value {
            Value::String(s) if s.contains('@') && !s.contains(' ') => Some(s.clone()),
            Value::Object(map) => map.values().find_map(find),
            _ => None,
        }
    }
    data.values().find_map(find)
}

/// The top-level parts of the data that changed, with their new values.
fn changes(before: &CaseState, after: &CaseState) -> Value {
    let changed = after.data.iter().filter(|(k, v)| before.data.get(*k) != Some(*v));
    Value::Object(changed.map(|(k, v)| (k.clone(), v.clone())).collect())
}
