//! Works a command out and commits it; then goes on with the platform's own part until it stands still.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use copihue_core::{Actor, Error, Id, Kind, Result};
use futures_util::future::join_all;
use serde_json::Value;

use super::Procedures;
use super::commit::Plan;
use super::prepare::Hand;
use crate::model::definition::Answer;
use crate::model::legal::LegalEvent;
use crate::model::machine::{Ask, Blocked, Effect, Machine, MachineError, Procedure};
use crate::queries::{Query, Reply};
use crate::store::case::CaseRow;

/// The most commands that one request drives: a case that needs more goes on in its job.
const MAX_TURNS: usize = 8;

impl Procedures {
    /// Works out what follows of a machine's command.
    pub(super) async fn plan(
        &self,
        row: &CaseRow,
        procedure: &Arc<Procedure>,
        mut machine: Machine<'_>,
        actor: &Actor,
        hand: Option<Hand<'_>>,
    ) -> Result<Plan> {
        // A rule that fails later must not undo what the person just did: it stops there, and the job says so.
        let blocked = machine.advance()?;
        drop(blocked);
        let effects = machine.take_effects();
        let files = effects.iter().any(|e| matches!(e, Effect::Legal { event: LegalEvent::Presentar, .. }));
        let d = &procedure.definition;
        let (papers, found) = match files {
            true => (
                self.papers(d, &machine.state, &machine.facts).await?,
                self.found_in(d, &machine.state).await?,
            ),
            false => Default::default(),
        };
        let ready = self.prepare((row, &machine.facts), procedure, effects, hand).await?;
        Ok(Plan {
            case: row.id,
            rev: row.rev,
            new: None,
            procedure: Arc::clone(procedure),
            state: machine.state,
            facts: machine.facts,
            actor: actor.clone(),
            ready,
            papers,
            found,
            notes: Vec::new(),
            task_states: Vec::new(),
            paid: None,
        })
    }

    /// Commits a plan and goes on with what it left to the platform.
    pub(super) async fn carry(&self, plan: Plan) -> Result<CaseRow> {
        let (this, plan) = (self.clone(), Arc::new(plan));
        let row = self.parts().db.write(move |tx| this.commit(tx, &plan)).await?;
        self.drive(row).await
    }

    /// Runs the platform's part of a case until it stands still. What was asked for is committed: whatever fails here is
    /// tried again by its job, and losing a race is fine, for the winner goes on.
    pub(super) async fn drive(&self, row: CaseRow) -> Result<CaseRow> {
        let id = row.id;
        match self.run(row).await {
            Ok(row) => Ok(row),
            Err(e) => {
                if e.kind() != Kind::Stale {
                    tracing::error!(case = %id, error = %e, "the case stands still");
                }
                self.load(id).await
            }
        }
    }

    async fn run(&self, mut row: CaseRow) -> Result<CaseRow> {
        for _ in 0..MAX_TURNS {
            match self.turn(&row).await? {
                Some(next) => row = next,
                None => break,
            }
        }
        Ok(row)
    }

    /// One turn of the platform: `None` when it has nothing to do.
    async fn turn(&self, row: &CaseRow) -> Result<Option<CaseRow>> {
        if row.state.services.is_empty() {
            return Ok(None);
        }
        let procedure = self.procedure_of(row)?;
        let actor = Actor::job("procedures");
        let mut machine =
            Machine::resume(&procedure, row.state.clone(), self.facts(row, &self.applicant(row)));
        let before = machine.state.clone();
        if let Blocked::Queries { token, asks } = machine.advance()? {
            let answers = self.ask_all(&procedure, asks, &machine).await;
            machine.answers(token, answers)?;
        }
        if machine.state == before && machine.effects().is_empty() {
            return Ok(None);
        }
        machine.facts.actor_kind = "platform";
        let plan = self.plan(row, &procedure, machine, &actor, None).await?;
        let (this, plan) = (self.clone(), Arc::new(plan));
        Ok(Some(self.parts().db.write(move |tx| this.commit(tx, &plan)).await?))
    }

    /// Rules of services run as the person who asks: what they see does not depend on who pressed the button.
    fn applicant(&self, row: &CaseRow) -> Actor {
        Actor { subject: copihue_core::Subject::Person(row.person.clone()), ..Actor::job("procedures") }
    }

    pub(super) async fn ask_all(
        &self,
        procedure: &Procedure,
        asks: Vec<Ask>,
        machine: &Machine<'_>,
    ) -> BTreeMap<String, Answer> {
        let at = machine.facts.now.to_string();
        let asked = asks.into_iter().map(|ask| async move {
            let timeout = Duration::from_millis(u64::from(ask.timeout_ms));
            let query = Query { service: ask.service, input: ask.input, timeout };
            (ask.query, self.parts().gateway.ask(&query).await)
        });
        let replies = join_all(asked).await;
        replies.into_iter().map(|(id, reply)| (id.clone(), answer(procedure, &id, reply, &at))).collect()
    }

    /// The job: asks again, or finishes what a crash cut short.
    pub(super) async fn run_advance(&self, payload: &Value) -> Result<()> {
        let Some(id) = case_of(payload) else { return Ok(()) };
        match self.load(id).await {
            Ok(row) => self.run(row).await.map(|_| ()),
            Err(e) if e.kind() == Kind::NotFound => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// The job: a day came.
    pub(super) async fn run_timer(&self, payload: &Value) -> Result<()> {
        let token = payload.get("token").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let (Some(id), Some(token)) = (case_of(payload), token) else { return Ok(()) };
        let row = match self.load(id).await {
            Err(e) if e.kind() == Kind::NotFound => return Ok(()),
            other => other?,
        };
        let procedure = self.procedure_of(&row)?;
        let actor = Actor::job("procedures");
        let mut machine = Machine::resume(&procedure, row.state.clone(), self.facts(&row, &actor));
        match machine.timer(token) {
            // It fired before: the job ran twice.
            Err(MachineError::NoTask) => return Ok(()),
            other => other?,
        }
        let plan = self.plan(&row, &procedure, machine, &actor, None).await?;
        match self.carry(plan).await {
            Err(e) if e.kind() == Kind::Stale => {
                Err(Error::unavailable("the case moved: the timer tries again"))
            }
            other => other.map(|_| ()),
        }
    }
}

fn case_of(payload: &Value) -> Option<Id> {
    payload.get("case")?.as_str()?.parse().ok()
}

fn answer(procedure: &Procedure, id: &str, reply: Reply, at: &str) -> Answer {
    let source = procedure.definition.queries.get(id).map_or("", |q| q.source.es()).to_owned();
    let plain = |status: &str| Answer {
        status: status.to_owned(),
        at: at.to_owned(),
        source: source.clone(),
        data: None,
    };
    match reply {
        Reply::Data { source: said, data } => {
            Answer { source: said.unwrap_or_else(|| source.clone()), data: Some(data), ..plain("ok") }
        }
        Reply::NotFound => plain("not_found"),
        Reply::Denied => plain("denied"),
        Reply::Failed(reason) => {
            tracing::warn!(query = id, reason, "a holder did not answer well");
            plain("error")
        }
    }
}
