//! The case file and its states.

use copihue_core::calendar::Zone;
use copihue_core::territory::CommuneCode;
use copihue_core::{Error, Id, PersonRef, Result, Timestamp};

use super::codes::{AccessLevel, ActorKind, Sensitivity};

/// A case that exists.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CaseRef {
    /// Its id, in the institution's bucket.
    pub id: Id,
    /// Letter code of the institution.
    pub institution: String,
    /// The institutional number, `EXP-AAAAMMDD-NNNNNN`.
    pub iuie: String,
}

impl CaseRef {
    /// The name outside of the institution: `<institution>/<IUIe>`.
    #[must_use]
    pub fn exp(&self) -> String {
        format!("{}/{}", self.institution, self.iuie)
    }
}

/// A person or a company in the case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    /// Who.
    pub person: PersonRef,
    /// What kind of actor (L6).
    pub kind: ActorKind,
}

/// What a case begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCase {
    /// Letter code of the institution.
    pub institution: String,
    /// Its name.
    pub institution_name: String,
    /// Its numeric code in the Gestor de Códigos, where known.
    pub institution_number: Option<i64>,
    /// Territorial code of the commune where it acts (EXP-11).
    pub commune: Option<CommuneCode>,
    /// The zone in which its days begin.
    pub zone: Zone,
    /// Code of the procedure in CPAT.
    pub procedure_code: String,
    /// Its name.
    pub procedure_name: String,
    /// Title of the case (`MGDEE1_5`), up to 300 characters.
    pub title: String,
    /// Subject (`MGDEE2_2`).
    pub subject: String,
    /// The interested parties; empty for a case begun ex officio.
    pub parties: Vec<Party>,
    /// The official or unit that answers for it.
    pub responsible: Responsible,
    /// Roles whose holders process it whatever their unit (EXP-29).
    pub roles: Vec<String>,
    /// How access to it is restricted.
    pub level: AccessLevel,
    /// Whether it holds sensitive data from the start.
    pub sensitivity: Sensitivity,
    /// When it began.
    pub at: Timestamp,
}

/// Who answers for a case, as every party may know (EXP-16).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Responsible {
    /// The official's id in the directory; `None` while a unit answers.
    pub official: Option<Id>,
    /// The official's RUN, for the metadata; `None` while a unit answers.
    pub run: Option<copihue_core::Run>,
    /// The official's name, or the unit's.
    pub name: String,
    /// The post, as shown.
    pub post: String,
    /// The unit's code.
    pub unit: String,
}

/// Where a case stands (§2). Names on the wire are the law's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CaseState {
    /// `recibido`: something came in.
    Received,
    /// `abierto`: it has its number.
    Open,
    /// `en_tramite`.
    InProgress,
    /// `suspendido`, by an act that suspends the procedure.
    Suspended,
    /// `resuelto`.
    Resolved,
    /// `ejecutoriado`.
    Enforceable,
    /// `cerrado`.
    Closed,
    /// `conservado`.
    Kept,
    /// `acumulado`: it lives inside another.
    Merged,
}

impl CaseState {
    /// The stored and published name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "recibido",
            Self::Open => "abierto",
            Self::InProgress => "en_tramite",
            Self::Suspended => "suspendido",
            Self::Resolved => "resuelto",
            Self::Enforceable => "ejecutoriado",
            Self::Closed => "cerrado",
            Self::Kept => "conservado",
            Self::Merged => "acumulado",
        }
    }

    /// From the stored name.
    ///
    /// # Errors
    /// Internal: only stored names are read.
    pub fn parse(text: &str) -> Result<Self> {
        [
            Self::Received,
            Self::Open,
            Self::InProgress,
            Self::Suspended,
            Self::Resolved,
            Self::Enforceable,
            Self::Closed,
            Self::Kept,
            Self::Merged,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| Error::internal(format_args!("case state {text}")))
    }

    /// Whether `next` may follow.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use CaseState as S;
        matches!(
            (self, next),
            (S::Received, S::Open)
                | (S::Open, S::InProgress | S::Suspended | S::Resolved | S::Merged)
                | (S::InProgress, S::Suspended | S::Resolved | S::Merged)
                | (S::Suspended, S::InProgress | S::Resolved)
                // An appeal, or an invalidation, brings a resolved case back.
                | (S::Resolved, S::InProgress | S::Enforceable)
                | (S::Enforceable, S::Closed)
                // Reopening needs an act: extraordinary review, court order, invalidation.
                | (S::Closed, S::Kept | S::InProgress)
                | (S::Kept | S::Merged, S::InProgress)
        )
    }

    /// Whether documents may be added by officials and systems.
    #[must_use]
    pub const fn takes_documents(self) -> bool {
        !matches!(self, Self::Closed | Self::Kept | Self::Merged)
    }
}

/// A transition that this module does not know.
#[must_use]
pub(crate) fn transition_refused(from: CaseState, to: CaseState) -> Error {
    Error::conflict("transicion_desconocida", "El expediente no puede pasar a ese estado.")
        .context(format_args!("{} to {}", from.as_str(), to.as_str()))
}

/// Documents were offered to a closed case.
#[must_use]
pub(crate) fn case_closed() -> Error {
    Error::conflict(
        "expediente_cerrado",
        "El expediente está cerrado. Para agregar documentos debe reabrirse.",
    )
}

#[cfg(test)]
mod tests {
    use super::CaseState as S;

    #[test]
    fn exp_02_the_states_go_forward_and_refuse_what_they_do_not_know() {
        for (from, to) in
            [(S::Open, S::InProgress), (S::InProgress, S::Resolved), (S::Resolved, S::Enforceable)]
        {
            assert!(from.may_become(to));
        }
        for (from, to) in
            [(S::Open, S::Closed), (S::Resolved, S::Closed), (S::Closed, S::Resolved), (S::Open, S::Open)]
        {
            assert!(!from.may_become(to), "{from:?} to {to:?}");
        }
        assert!(!S::Closed.takes_documents());
    }
}
