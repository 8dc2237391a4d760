//! How an account stands: stopped, opened again, closed. Whatever is done, everything given before ends at once (F7).

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;

use super::Happened;
use crate::Identity;
use crate::model::event::EventKind;
use crate::model::person::{PersonState, Vital};
use crate::store;

/// A change of how an account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Stopped: by suspicion, or because the person asked.
    Suspend,
    /// Opened again.
    Reopen,
    /// The person has died.
    Deceased,
    /// Closed for ever: a duplicate, a RUN that was corrected.
    Close,
}

impl Standing {
    const fn state(self) -> PersonState {
        match self {
            Self::Suspend => PersonState::Suspended,
            Self::Reopen => PersonState::Active,
            Self::Deceased | Self::Close => PersonState::Closed,
        }
    }

    const fn event(self) -> EventKind {
        match self {
            Self::Suspend => EventKind::Suspended,
            Self::Reopen => EventKind::Reopened,
            Self::Deceased | Self::Close => EventKind::Closed,
        }
    }
}

impl Identity {
    /// Changes how an account stands. Sessions, codes and tokens are dead when this answers, whichever way it changed. `actor` is a
    /// job or an official; the reason is what the person reads in their history.
    ///
    /// # Errors
    /// Not found; `motivo_vacio` without a reason; a closed account never opens again.
    pub async fn set_standing(
        &self,
        actor: &Actor,
        person: Id,
        standing: Standing,
        reason: &str,
    ) -> Result<()> {
        if reason.trim().is_empty() {
            return Err(Error::invalid("motivo_vacio", "Escriba el motivo: la persona lo leerá."));
        }
        let (identity, note) = (self.clone(), format!("{} ({})", reason.trim(), who(actor)));
        self.0.db.write(move |tx| identity.stand(tx, person, standing, &note)).await
    }

    fn stand(&self, tx: &mut Tx<'_>, id: Id, standing: Standing, note: &str) -> Result<()> {
        let person = self.person_in(tx, id)?.ok_or_else(Error::not_found)?;
        if person.state == PersonState::Closed {
            return Err(Error::conflict("cuenta_cerrada", "Una cuenta cerrada no se vuelve a abrir."));
        }
        let vital = if standing == Standing::Deceased { Vital::Deceased } else { person.vital };
        store::set_standing(tx, id, standing.state(), vital)?;
        self.end_everything(tx, id)?;
        if standing == Standing::Reopen {
            self.close_cases(tx, id, "administración")?;
        }
        self.happened(tx, Happened { note, ..Happened::of(id, standing.event()) })
    }

    /// Ends every session, here and in our own pages, and every code and token of a person, and a change of address under way; the applications that
    /// had one are told.
    pub(crate) fn end_everything(&self, tx: &mut Tx<'_>, person: Id) -> Result<()> {
        let now = self.now();
        store::end_all(tx, person, now)?;
        for ((client_id, mandate), sid) in store::revoke_all(tx, person, now)? {
            self.tell_of_logout(tx, person, &client_id, Some((sid, mandate)))?;
        }
        self.0.web.sessions().end_of(tx, person, copihue_web::Which::All)?;
        self.void_contact(tx, person)
    }
}

/// Who acted, in words: never a RUN.
pub(super) fn who(actor: &Actor) -> String {
    match (&actor.hat, &actor.subject) {
        (Some(hat), _) => format!("{}, {}", hat.post, hat.institution),
        (None, copihue_core::Subject::Person(person)) => person.name.clone(),
        (None, copihue_core::Subject::Client(id)) => id.clone(),
        (None, _) => "administración".to_owned(),
    }
}
