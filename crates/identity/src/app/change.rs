//! Changes after approval: those of the test environments rule at once, those of production and of the name wait for the operator.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use serde_json::{Value, json};

use super::integration::{another, stage_client, visible};
use super::standing::who;
use crate::Identity;
use crate::model::clock::{ADDRESS_TERM, NAME_TERM, RunningTerm};
use crate::model::integration::{Addresses, Stage};
use crate::model::phase::Side;
use crate::store::{self, Change, Integration};

/// What is to be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// Where the application runs at a stage.
    Address(Stage, Addresses),
    /// What people read at the login.
    Name(String),
}

/// The operator's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It rules from now on.
    Accept,
    /// It doesn't.
    Refuse,
}

impl Wanted {
    /// The kind under which it waits.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Address(..) => "direccion",
            Self::Name(_) => "nombre",
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Address(stage, to) => json!({"etapa": stage, "direcciones": to}),
            Self::Name(name) => json!({"nombre": name}),
        }
    }

    /// As it was stored.
    pub(crate) fn of(change: &Change) -> Result<Self> {
        let part = |name: &str| change.wanted[name].clone();
        Ok(match change.kind.as_str() {
            "nombre" => Self::Name(serde_json::from_value(part("nombre"))?),
            _ => Self::Address(
                serde_json::from_value(part("etapa"))?,
                serde_json::from_value(part("direcciones"))?,
            ),
        })
    }

    /// In words, for the history.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Address(stage, to) => {
                let logout = to.logout.as_deref().map(|l| format!(", {l}")).unwrap_or_default();
                format!("{}: {}{logout}", stage.code(), to.redirect)
            }
        }
    }

    fn apply(self, i: &mut Integration) {
        match self {
            Self::Address(stage, to) => i.request.move_to(stage, to),
            Self::Name(name) => i.request.name = name,
        }
    }
}

impl Identity {
    /// Changes something, or asks for it: what touches people waits for the operator (three business days).
    ///
    /// # Errors
    /// `integracion_sin_aplicaciones` before it was approved: then the request itself is changed.
    pub(crate) async fn ask_change(&self, actor: &Actor, id: Id, wanted: Wanted) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            if !i.phase.is_accepted() {
                let text = "Todavía no hay nada que cambiar así: corrija la solicitud misma.";
                return Err(Error::conflict("integracion_sin_aplicaciones", text));
            }
            let by = who(&actor);
            match &wanted {
                Wanted::Address(stage, _) if *stage != Stage::Production => {
                    identity.apply(tx, i, wanted.clone(), &by)
                }
                _ => identity.wait_for(tx, &i, &wanted, &actor),
            }
        };
        self.0.db.write(write).await
    }

    fn wait_for(&self, tx: &mut Tx<'_>, i: &Integration, wanted: &Wanted, actor: &Actor) -> Result<()> {
        let by = who(actor);
        let term = if wanted.kind() == "nombre" { NAME_TERM } else { ADDRESS_TERM };
        let (calendar, body, at) = ((self.0.calendar)(), self.body(&i.institution)?, self.now());
        let clock = RunningTerm::start(&calendar, &body, term, at)?;
        let expires = clock.deadline.expires;
        let change = Change {
            kind: wanted.kind().to_owned(),
            wanted: wanted.to_value(),
            clock,
            doer: by.clone(),
            asked_by: actor.person().map(|person| person.id),
            at,
        };
        store::put_change(tx, i.id, &change)?;
        self.look_at_term(tx, i.id, Some(change.kind), expires)?;
        self.done(tx, i, "cambio_pedido", &by, &wanted.text())
    }

    /// Writes a change into the request and into the applications that it concerns.
    fn apply(&self, tx: &mut Tx<'_>, mut i: Integration, wanted: Wanted, by: &str) -> Result<()> {
        let text = wanted.text();
        let concerned: Vec<Stage> = match &wanted {
            Wanted::Address(stage, _) => vec![*stage],
            Wanted::Name(_) => Stage::ALL.to_vec(),
        };
        wanted.apply(&mut i);
        self.save(tx, &i)?;
        for stage in concerned {
            let client_id = stage_client(tx, i.id, stage)?;
            let client = store::client(tx, &client_id)?.ok_or_else(Error::not_found)?;
            self.put_stage(tx, &i, stage, client.state, by)?;
        }
        self.done(tx, &i, "cambio_hecho", by, &text)
    }

    /// Takes back a change that waits.
    ///
    /// # Errors
    /// Not found, when it does not wait any more.
    pub(crate) async fn take_change_back(&self, actor: &Actor, id: Id, kind: &str) -> Result<()> {
        let (identity, actor, kind) = (self.clone(), actor.clone(), kind.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            if !store::drop_change(tx, id, &kind)? {
                return Err(Error::not_found());
            }
            identity.done(tx, &i, "cambio_retirado", &who(&actor), &kind)
        };
        self.0.db.write(write).await
    }

    /// Decides about a change that waits. `asked` is the instant at which the one was asked for that was looked at.
    ///
    /// # Errors
    /// Not found, when it was taken back or asked for anew; `motivo_corto` for a refusal without a reason.
    pub(crate) async fn decide_change(
        &self,
        actor: &Actor,
        id: Id,
        (kind, asked): (&str, i64),
        verdict: Verdict,
        reason: &str,
    ) -> Result<()> {
        let reason = reason.trim().to_owned();
        if verdict == Verdict::Refuse && !(10..=1_000).contains(&reason.chars().count()) {
            let text = "Escriba el motivo, entre 10 y 1.000 letras: la institución lo leerá.";
            return Err(Error::invalid("motivo_corto", text).field("motivo", text));
        }
        let (identity, actor, kind) = (self.clone(), actor.clone(), kind.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Operator, id)?;
            let waiting = store::changes(tx, id)?;
            let change = waiting.iter().find(|c| c.kind == kind && c.at.millis() == asked);
            let change = change.ok_or_else(Error::not_found)?;
            another(&actor, change.asked_by)?;
            let wanted = Wanted::of(change)?;
            store::drop_change(tx, id, &kind)?;
            let (by, told) = (who(&actor), i.clone());
            match verdict {
                Verdict::Accept => {
                    identity.apply(tx, i, wanted, &by)?;
                    identity.write_to(tx, &told, "cambio_aceptado", &reason)
                }
                Verdict::Refuse => {
                    identity.done(tx, &i, "cambio_rechazado", &by, &reason)?;
                    identity.write_to(tx, &i, "cambio_rechazado", &reason)
                }
            }
        };
        self.0.db.write(write).await
    }

    pub(super) fn change_passed(&self, tx: &mut Tx<'_>, id: Id, kind: &str) -> Result<()> {
        let Some(i) = store::integration(tx, id)? else { return Ok(()) };
        let waiting = store::changes(tx, id)?.into_iter().find(|c| c.kind == kind);
        let passed = waiting.filter(|c| !c.clock.told && c.clock.is_overdue(self.now()));
        let Some(mut change) = passed else { return Ok(()) };
        change.clock.told = true;
        store::put_change(tx, id, &change)?;
        self.overdue(tx, &i, &Wanted::of(&change)?.text())
    }

    /// What the operator sees: the integrations that were sent, and the changes that wait, with the name of their body.
    pub(crate) async fn review(&self) -> Result<(Vec<Integration>, Vec<(Integration, Change)>)> {
        let read = self.0.db.read(|conn| {
            let mut waiting = Vec::new();
            for (id, change) in store::changes_waiting(conn)? {
                if let Some(i) = store::integration(conn, id)? {
                    waiting.push((i, change));
                }
            }
            Ok((store::integrations_sent(conn)?, waiting))
        });
        read.await
    }

    /// The name of a body, or its code where the registry does not know it.
    pub(crate) fn body_name(&self, code: &str) -> String {
        self.0.bodies.body(code).map_or_else(|| code.to_owned(), |body| body.name)
    }
}
