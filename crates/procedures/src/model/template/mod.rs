//! The wording of a document: versions of a template, written by one official and put in force by another.

mod cell;
mod edit;
mod fields;
mod kind;
pub(crate) mod table;
mod whole;

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_documents::Template;
use serde_json::{Map, Value};

pub(crate) use edit::{Change, Head, apply};
pub(crate) use fields::{filled, read, read_head};
pub(crate) use kind::Kind;
pub(crate) use whole::{Line, Says, head, print, whole};

/// Which document of which procedure, of which institution.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key {
    pub(crate) institution: String,
    pub(crate) procedure: String,
    pub(crate) document: String,
}

/// Where a version stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Being written.
    Draft,
    /// Waits for the second person.
    Proposed,
    /// What documents are made from now.
    InForce,
    /// Was in force, or was given up.
    Past,
}

impl State {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Draft => "borrador",
            Self::Proposed => "propuesta",
            Self::InForce => "vigente",
            Self::Past => "anterior",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Draft, Self::Proposed, Self::InForce, Self::Past].into_iter().find(|s| s.code() == code)
    }
}

/// One version.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Version {
    pub(crate) key: Key,
    /// From 1.
    pub(crate) number: u32,
    pub(crate) state: State,
    pub(crate) template: Template,
    /// Data to look at it with, by path; what is not here is made up.
    pub(crate) sample: Map<String, Value>,
    /// Steps of its writing that can be taken back.
    pub(crate) step: u32,
    /// Grows with whatever is done to it, undoing too: whoever acts says which one they saw.
    pub(crate) revision: u32,
    /// Officials who wrote some of it.
    pub(crate) writers: Vec<Id>,
    /// Who wrote last, and when.
    pub(crate) saved_by: String,
    pub(crate) saved_at: Timestamp,
    /// Who decided last, when, and why.
    pub(crate) decision: Option<Decision>,
}

/// What the second person said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decision {
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    pub(crate) reason: String,
}

impl Version {
    /// # Errors
    /// `plantilla_cerrada` when it no longer is a draft; `plantilla_cambio` when something was done to it since `revision`.
    pub(crate) fn may_write(&self, revision: u32) -> Result<()> {
        self.expect(State::Draft, "Este texto ya no es un borrador: no se puede cambiar.")?;
        self.unchanged(
            revision,
            "Alguien cambió el borrador mientras tanto. Revise cómo quedó y haga su cambio de nuevo.",
        )
    }

    /// Taking back a proposal, to write it again.
    ///
    /// # Errors
    /// `plantilla_cerrada` when nobody waits for a decision; `plantilla_cambio` as [`may_write`](Self::may_write).
    pub(crate) fn may_take_back(&self, revision: u32) -> Result<()> {
        self.expect(State::Proposed, "Este texto no espera una decisión.")?;
        self.unchanged(revision, "El texto cambió mientras tanto. Léalo de nuevo antes de seguir.")
    }

    /// Four eyes: who wrote some of it does not put it in force, and nobody decides on a text that they have not read.
    ///
    /// # Errors
    /// As [`may_take_back`](Self::may_take_back); `misma_persona`.
    pub(crate) fn may_decide(&self, official: Id, revision: u32) -> Result<()> {
        self.may_take_back(revision)?;
        if self.writers.contains(&official) {
            return Err(Error::conflict(
                "misma_persona",
                "Usted escribió parte de este texto: otra persona debe aprobarlo.",
            ));
        }
        Ok(())
    }

    fn expect(&self, state: State, otherwise: &'static str) -> Result<()> {
        if self.state == state { Ok(()) } else { Err(Error::conflict("plantilla_cerrada", otherwise)) }
    }

    fn unchanged(&self, revision: u32, otherwise: &'static str) -> Result<()> {
        if self.revision == revision { Ok(()) } else { Err(Error::conflict("plantilla_cambio", otherwise)) }
    }
}

/// The reason of a rejection.
///
/// # Errors
/// `motivo_invalido` when it is empty or longer than 500 characters.
pub(crate) fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    if (1..=500).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let error = Error::invalid("motivo_invalido", "Escriba el motivo, en 500 caracteres o menos.");
    Err(error.field("motivo", "Escriba el motivo, en 500 caracteres o menos."))
}
