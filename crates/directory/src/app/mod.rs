//! Use cases: authorise, load, apply a rule, add the row, tell the journal.

mod designation;
mod institution;
mod official;
mod substitution;
mod unit;

use copihue_core::{Actor, Error, Result, Subject};
use copihue_db::Tx;

pub use self::designation::NewDesignation;
pub use self::institution::{InstitutionFacts, NewInstitution};
pub(crate) use self::official::sealed_context;
pub use self::official::{NewMembership, NewOfficial};
pub use self::substitution::NewSubstitution;
pub use self::unit::{NewPost, NewUnit};

use crate::Directory;
use crate::journal::Change;
use crate::model::policy::{Action, ResourceRef};
use crate::store::{self, Recorded};

impl Directory {
    /// Begins a change: asks whether the actor may, and takes the place in the queue of writers.
    pub(crate) fn begin(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        action: Action,
        thing: &ResourceRef<'_>,
    ) -> Result<Recorded> {
        let at = self.0.clock.now();
        if !matches!(actor.subject, Subject::Job(_)) {
            self.decide(actor, action, thing, at).ok()?;
        }
        store::begin_change(tx)?;
        Ok(Recorded { at, by: signature(actor) })
    }

    pub(crate) fn tell(&self, tx: &mut Tx<'_>, recorded: &Recorded, change: Change<'_>) -> Result<()> {
        let change = Change { by: &recorded.by, at: recorded.at, ..change };
        self.0.journal.changed(tx, &change)
    }
}

/// How the row names who recorded it: never by RUN.
fn signature(actor: &Actor) -> String {
    match (&actor.hat, &actor.subject) {
        (Some(hat), _) => format!("fun_{}", hat.official),
        (None, Subject::Person(person)) => format!("per_{}", person.id),
        (None, Subject::Client(id)) => format!("client:{id}"),
        (None, Subject::Job(name)) => format!("job:{name}"),
    }
}

fn unknown(pointer: &str, what: &str) -> Error {
    Error::invalid("referencia_desconocida", format!("No existe {what} en esta institución."))
        .field(pointer, "Elija un valor de la lista.")
}

/// A text that people will read: trimmed, not empty, at most `max` characters, without control characters.
fn text(value: &str, pointer: &str, max: usize) -> Result<String> {
    let value = value.trim();
    let length = value.chars().count();
    if (1..=max).contains(&length) && !value.chars().any(char::is_control) {
        return Ok(value.to_owned());
    }
    Err(Error::invalid("texto_invalido", "Revise los datos ingresados.")
        .field(pointer, format!("Ingrese entre 1 y {max} caracteres.")))
}
