//! A case changes: state, who answers for it, who processes it, what an act undoes.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::Tx;
use serde_json::json;

use super::Casefiles;
use crate::model::case::{CaseRef, CaseState, Responsible, transition_refused};
use crate::model::chain::EntryClass;
use crate::model::codes::{AccessLevel, ActorRelation};
use crate::model::document::Author;
use crate::model::metadata;
use crate::store;
use crate::store::case::{OFFICIAL, UNIT};

/// Who processes a case (EXP-29).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Assignee {
    /// Every official of a unit, by its code.
    Unit(String),
    /// One official, by the directory's id.
    Official(Id),
}

/// Why a document is not open to all parties: a legal ground is mandatory (§7).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restriction {
    /// The new level.
    pub level: AccessLevel,
    /// Law and article.
    pub ground: String,
    /// Persons and officials who may read it all the same.
    pub granted: Vec<Id>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

impl Casefiles {
    /// Moves a case to another state; to the one it is in: nothing.
    ///
    /// # Errors
    /// Conflict `transicion_desconocida`.
    pub fn set_state(&self, tx: &mut Tx<'_>, case: &CaseRef, state: CaseState, by: &Author) -> Result<()> {
        let mut row = self.load(tx, case)?;
        if row.state == state {
            return Ok(());
        }
        if !row.state.may_become(state) {
            return Err(transition_refused(row.state, state));
        }
        row.state = state;
        self.trace(tx, &mut row, "estado", state.as_str(), by)?;
        self.save(tx, &mut row)?;
        let parties: Vec<Id> = store::case::parties(tx, case.id)?.iter().map(|p| p.person.id).collect();
        for party in &parties {
            store::case::set_listed_state(tx, *party, &row)?;
        }
        let record = format!("{}/{}", case.exp(), row.trace_n);
        self.testify_to(tx, ("casefile.state", record), &parties, &[("state", json!(state.as_str()))])
    }

    /// Says who answers for a case, as every party may know (EXP-16). The metadata get a version (EXP-42).
    ///
    /// # Errors
    /// When the case isn't there.
    pub fn set_responsible(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRef,
        who: &Responsible,
        by: &Author,
    ) -> Result<()> {
        let mut row = self.load(tx, case)?;
        if row.responsible == *who {
            return Ok(());
        }
        row.responsible = who.clone();
        self.trace(tx, &mut row, "responsable", &format!("{}, {}", who.name, who.post), by)?;
        self.save(tx, &mut row)?;
        self.revise(tx, &row, by, "cambio de responsable", |json| {
            let others = json["MGDEE52"].as_array().cloned().unwrap_or_default();
            let others = others.into_iter().filter(|a| a["MGDEE52_1"] != ActorRelation::Responsible.code());
            json["MGDEE52"] = std::iter::once(metadata::responsible(who)).chain(others).collect();
        })
    }

    /// Lets a unit or an official process the case.
    ///
    /// # Errors
    /// When the case isn't there.
    pub fn assign(&self, tx: &mut Tx<'_>, case: &CaseRef, who: &Assignee, by: &Author) -> Result<()> {
        let mut row = self.load(tx, case)?;
        let (kind, code) = match who {
            Assignee::Unit(code) => (UNIT, code.clone()),
            Assignee::Official(id) => (OFFICIAL, id.to_string()),
        };
        store::case::assign(tx, case.id, kind, &code, self.now())?;
        self.trace(tx, &mut row, "asignar", if kind == UNIT { &code } else { "funcionario" }, by)?;
        self.save(tx, &mut row)
    }

    /// Adds a line to what parties see happened. `action` is the key of a text of the caller's locale
    /// (`procedures-trace-claimed`); the detail holds ids and dates, never personal content.
    ///
    /// # Errors
    /// When the case isn't there.
    pub fn note(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRef,
        action: &'static str,
        detail: &str,
        by: &Author,
    ) -> Result<()> {
        let mut row = self.load(tx, case)?;
        self.trace(tx, &mut row, action, detail, by)?;
        self.save(tx, &mut row)
    }

    /// Annuls entry `n` by the act filed as entry `act`: both stay, the bytes are no longer given.
    ///
    /// # Errors
    /// `NotFound` when either isn't a standing document of the case.
    pub fn annul(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRef,
        n: i64,
        act: i64,
        reason: &str,
        by: &Author,
    ) -> Result<()> {
        let mut row = self.load(tx, case)?;
        if n == act || act > row.n || !store::index::annul(tx, case.id, n)? {
            return Err(Error::not_found());
        }
        let detail = json!({ "acto": act, "anula": n, "motivo": reason });
        let now = self.now();
        self.add_entry(tx, &mut row, EntryClass::Anulacion, &n.to_string(), now, &detail)?;
        self.trace(tx, &mut row, "anular", &n.to_string(), by)?;
        self.save(tx, &mut row)
    }

    /// Restricts a document, or opens it again.
    ///
    /// # Errors
    /// `metadato_condicional` without a legal ground; `NotFound` when it isn't a document of the case.
    pub fn restrict(
        &self,
        tx: &mut Tx<'_>,
        case: &CaseRef,
        n: i64,
        to: &Restriction,
        by: &Author,
    ) -> Result<()> {
        if to.level != AccessLevel::Public && to.ground.trim().is_empty() {
            return Err(metadata::conditional("MGDDE7_3"));
        }
        let mut row = self.load(tx, case)?;
        if !store::index::restrict(tx, case.id, n, to.level, &to.granted, to.until)? {
            return Err(Error::not_found());
        }
        self.trace(tx, &mut row, "restringir", &format!("{n}: {}", to.ground.trim()), by)?;
        self.save(tx, &mut row)
    }
}
