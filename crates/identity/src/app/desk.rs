//! The keepers' side: an administrator reads an account with a reason that its person sees; the support desk starts, and never
//! reads (L4).

use copihue_core::{Actor, Error, Id, Result, Run};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record};

use super::standing::who;
use super::{Factors, Happened, Standing};
use crate::Identity;
use crate::model::case::Case;
use crate::model::event::{Event, EventKind};
use crate::model::person::{Person, PersonState};
use crate::store;

/// Characters of a reason that says something.
const REASON: std::ops::RangeInclusive<usize> = 10..=300;
/// Rows of the history that are shown.
const ROWS: usize = 50;

/// An account, as an administrator sees it.
pub(crate) struct Account {
    pub(crate) person: Person,
    pub(crate) factors: Factors,
    pub(crate) events: Vec<Event>,
    /// What the person disputed.
    pub(crate) cases: Vec<Case>,
}

/// A reason that the person can make sense of.
pub(super) fn checked(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if REASON.contains(&reason.chars().count()) {
        return Ok(reason);
    }
    let text = "Escriba el motivo, entre 10 y 300 letras: la persona lo leerá.";
    Err(Error::invalid("motivo_corto", text).field("motivo", text))
}

impl Identity {
    /// Reads an account. That it was read, by whom and why, stands in the person's history before anything is shown.
    ///
    /// # Errors
    /// `motivo_corto`; not found when nobody has this RUN.
    pub(crate) async fn consult(&self, actor: &Actor, run: Run, reason: &str) -> Result<Account> {
        let reason = checked(reason)?;
        let person = self.person_by_run(run).await?.ok_or_else(unknown)?;
        let (identity, note, id) = (self.clone(), format!("{reason} ({})", who(actor)), person.id);
        let institution = actor.hat.as_ref().map(|hat| hat.institution.clone()).unwrap_or_default();
        let write = move |tx: &mut Tx<'_>| {
            identity.happened(tx, Happened { note: &note, ..Happened::of(id, EventKind::Consulted) })?;
            identity.0.evidence.append(tx, identity.reading(id, &institution, &note))
        };
        self.0.db.write(write).await?;
        let events = self.history(id, None, ROWS).await?.events;
        let cases = self.0.db.read(move |conn| store::cases_of(conn, id)).await?;
        Ok(Account { factors: self.factors(id).await?, person, events, cases })
    }

    /// The reading, for the log of readings.
    fn reading(&self, person: Id, institution: &str, note: &str) -> Record {
        let at = self.now();
        Record {
            family: Family::Access,
            kind: "access.identity",
            record_id: Id::new(at, person.bucket(), &*self.0.random).to_string(),
            subject: Some(person),
            fields: vec![
                Field::plain("ts", at.to_string()),
                Field::plain("institution", institution),
                Field::personal("reason", note),
            ],
        }
    }

    /// Stops an account on the word of the support desk, which learns nothing of it: not even whether there is one.
    ///
    /// # Errors
    /// `motivo_corto`.
    pub(crate) async fn stop_unseen(&self, actor: &Actor, run: Run, reason: &str) -> Result<()> {
        let reason = checked(reason)?;
        match self.person_by_run(run).await? {
            Some(person) if person.state == PersonState::Active => {
                self.set_standing(actor, person.id, Standing::Suspend, reason).await
            }
            _ => Ok(()),
        }
    }

    /// Changes how an account stands, on an administrator's word.
    ///
    /// # Errors
    /// `motivo_corto`; as [`Identity::set_standing`].
    pub(crate) async fn stand_by_desk(
        &self,
        actor: &Actor,
        person: Id,
        to: Standing,
        reason: &str,
    ) -> Result<()> {
        self.set_standing(actor, person, to, checked(reason)?).await
    }
}

fn unknown() -> Error {
    let text = "Nadie tiene ese RUN en este sistema. Revíselo.";
    Error::new(copihue_core::Kind::NotFound, "persona_desconocida", text).field("run", text)
}
