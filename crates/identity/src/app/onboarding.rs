//! The way of an integration to production: each step by the side that may take it, with what it does to the term that runs and to the
//! applications at the provider.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;

use super::integration::{Dossier, another, fresh, stage_client};
use super::standing::who;
use crate::model::checklist::Outcome;
use crate::model::client::ClientState;
use crate::model::clock::RunningTerm;
use crate::model::integration::Stage;
use crate::model::phase::{Phase, Side, Step, Term};
use crate::ports::Body;
use crate::store::{self, Integration};
use crate::{Identity, NewClient};

/// Characters of a reason that says something.
const REASON: std::ops::RangeInclusive<usize> = 10..=1_000;

impl Identity {
    /// Takes a step.
    ///
    /// # Errors
    /// `paso_imposible` where it can't be taken; `motivo_corto`; `declaraciones_incompletas`; `integracion_cambio` when it changed since it
    /// was read.
    pub(crate) async fn take_step(
        &self,
        actor: &Actor,
        (id, version): (Id, i64),
        step: Step,
        reason: &str,
    ) -> Result<()> {
        let (identity, actor, reason) = (self.clone(), actor.clone(), reason.trim().to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let dossier = identity.dossier(tx, &actor, step.side(), id)?;
            let next = dossier.integration.phase.after(step).ok_or_else(impossible)?;
            check(&dossier, step, &reason)?;
            let note = match step {
                Step::Certify => format!("{reason}\n{}", evidence(&dossier)).trim().to_owned(),
                _ => reason.clone(),
            };
            let by = who(&actor);
            let i = fresh(dossier.integration, version)?;
            let asked_by = match step.side() {
                Side::Institution => actor.person().map(|person| person.id),
                Side::Operator => {
                    another(&actor, i.asked_by)?;
                    i.asked_by
                }
            };
            let sent = if step == Step::Send { Some(identity.now()) } else { i.sent };
            let clock = identity.clock_after(&i, next)?;
            let i = Integration { phase: next, clock, sent, asked_by, ..i };
            identity.save(tx, &i)?;
            identity.effects(tx, &i, step, &by)?;
            identity.watch_term(tx, &i)?;
            identity.done(tx, &i, step.code(), &by, &note)?;
            if step.side() == Side::Operator {
                identity.write_to(tx, &i, step.code(), &reason)?;
            }
            Ok(())
        };
        self.0.db.write(write).await
    }

    pub(super) fn body(&self, code: &str) -> Result<Body> {
        let unknown = || Error::conflict("institucion_desconocida", "Su institución no está en el registro.");
        self.0.bodies.body(code).ok_or_else(unknown)
    }

    /// The term that runs in the next phase.
    fn clock_after(&self, i: &Integration, next: Phase) -> Result<Option<RunningTerm>> {
        let calendar = (self.0.calendar)();
        Ok(match (next.term(), i.clock.clone()) {
            (Term::None, _) => None,
            (Term::Stops, clock) => clock.map(|clock| clock.stop(self.now())),
            (Term::Runs(_), Some(clock)) if clock.stopped.is_some() => {
                Some(clock.resume(&calendar, self.now(), "respuesta de la institución")?)
            }
            (Term::Runs(code), _) => {
                Some(RunningTerm::start(&calendar, &self.body(&i.institution)?, code, self.now())?)
            }
        })
    }

    /// What a step does to the applications at the provider.
    fn effects(&self, tx: &mut Tx<'_>, i: &Integration, step: Step, by: &str) -> Result<()> {
        const TESTS: [Stage; 2] = [Stage::Sandbox, Stage::Qa];
        match (step, i.phase) {
            // Test people only can enter there: nobody has to be waited for.
            (Step::Send | Step::Reconsider, _) | (Step::Answer, Phase::Requested) => {
                TESTS.into_iter().try_for_each(|stage| self.put_stage(tx, i, stage, ClientState::Active, by))
            }
            (Step::Withdraw, Phase::Draft) | (Step::Reject, _) => TESTS
                .into_iter()
                .try_for_each(|stage| self.move_stage(tx, i, stage, ClientState::Suspended, by)),
            (Step::Approve, _) => self.put_stage(tx, i, Stage::Production, ClientState::Approved, by),
            (Step::Launch | Step::Resume, _) => {
                self.move_stage(tx, i, Stage::Production, ClientState::Active, by)
            }
            (Step::Suspend, _) => self.move_stage(tx, i, Stage::Production, ClientState::Suspended, by),
            (Step::Revoke, _) => Stage::ALL
                .into_iter()
                .try_for_each(|stage| self.move_stage(tx, i, stage, ClientState::Revoked, by)),
            _ => Ok(()),
        }
    }

    /// Writes its application at a stage as the request says.
    pub(super) fn put_stage(
        &self,
        tx: &mut Tx<'_>,
        i: &Integration,
        stage: Stage,
        state: ClientState,
        by: &str,
    ) -> Result<()> {
        let known = stage_client(tx, i.id, stage).ok();
        if let Some(id) = &known {
            // Refused for one that whoever runs the machine has ended.
            self.set_state(tx, id, state, by)?;
        }
        let (request, place) = (&i.request, i.request.at(stage));
        let new = NewClient {
            id: known.clone(),
            secret: None,
            name: request.name.clone(),
            institution: self.body(&i.institution)?.name,
            environment: stage.environment(),
            state,
            scopes: request.scopes(),
            redirect_uris: vec![place.redirect.clone()],
            logout_uris: place.logout.clone().into_iter().collect(),
            settings: request.settings(stage),
        };
        let id = self.put_client(tx, &new)?;
        if known.is_none() {
            store::put_stage_client(tx, i.id, stage, &id)?;
            self.client_changed(tx, "aplicacion_registrada", &id, by)?;
        }
        Ok(())
    }

    fn move_stage(
        &self,
        tx: &mut Tx<'_>,
        i: &Integration,
        stage: Stage,
        state: ClientState,
        by: &str,
    ) -> Result<()> {
        let id = stage_client(tx, i.id, stage)?;
        // Whoever runs the machine may have ended it already.
        if store::client(tx, &id)?.is_some_and(|c| c.state == ClientState::Revoked)
            && state == ClientState::Revoked
        {
            return Ok(());
        }
        self.set_state(tx, &id, state, by)
    }
}

/// What has to be so before a step.
fn check(dossier: &Dossier, step: Step, reason: &str) -> Result<()> {
    if step == Step::AskCertification && dossier.undeclared().next().is_some() {
        let text = "Antes de pedir la certificación, declare todo lo que falta en la lista.";
        return Err(Error::conflict("declaraciones_incompletas", text));
    }
    let open = dossier.checks().iter().any(|(_, outcome)| *outcome != Outcome::Good);
    let needed = step.needs_reason() || (step == Step::AskCertification && open);
    if !needed || REASON.contains(&reason.chars().count()) {
        return Ok(());
    }
    let text = match step {
        Step::AskCertification => "Hay comprobaciones sin ver. Explique por qué, entre 10 y 1.000 letras.",
        _ => "Escriba el motivo, entre 10 y 1.000 letras: la otra parte lo leerá.",
    };
    Err(Error::invalid("motivo_corto", text).field("motivo", text))
}

/// How the checks came out, to be kept with the certification.
fn evidence(dossier: &Dossier) -> String {
    let word = |outcome| match outcome {
        Outcome::Good => "visto",
        Outcome::Missing => "no visto",
        Outcome::Bad => "mal",
    };
    let all = dossier.checks();
    all.iter()
        .map(|(check, outcome)| format!("{}: {}", check.code(), word(*outcome)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn impossible() -> Error {
    let text = "Eso no se puede hacer en el estado en que está la integración. Revísela otra vez.";
    Error::conflict("paso_imposible", text)
}
