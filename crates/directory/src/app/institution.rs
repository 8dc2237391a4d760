//! Bodies: creation, renames, closing, former codes.

use copihue_core::calendar::Zone;
use copihue_core::territory::CommuneCode;
use copihue_core::{Actor, Error, Result, Run};
use copihue_db::Tx;
use jiff::civil::Date;

use super::text;
use crate::Directory;
use crate::journal::Change;
use crate::model::designation::Ending;
use crate::model::institution::{
    Authority, Family, Group, Institution, InstitutionKind, InstitutionState, check_code, check_domain,
};
use crate::model::period::Period;
use crate::model::policy::{Action, ResourceRef};
use crate::store;

/// A body to add.
#[derive(Clone, Debug)]
pub struct NewInstitution {
    /// Letter code such as `PE-MUN-00345`.
    pub code: String,
    /// Exact name.
    pub name: String,
    /// Short name.
    pub sigla: String,
    /// Kind.
    pub kind: InstitutionKind,
    /// Who heads it.
    pub authority: Authority,
    /// Tax number.
    pub rut: Option<Run>,
    /// `entidadCodificadorId`.
    pub gescode_id: Option<i64>,
    /// Adoption group.
    pub group: Option<Group>,
    /// Seat.
    pub commune: Option<CommuneCode>,
    /// The body above.
    pub parent: Option<String>,
    /// Whether it heads a family.
    pub family: Family,
    /// Registered domains.
    pub domains: Vec<String>,
    /// First day.
    pub from: Date,
}

/// What a body says of itself, and may be corrected.
#[derive(Clone, Debug)]
pub struct InstitutionFacts {
    /// Exact name.
    pub name: String,
    /// Short name.
    pub sigla: String,
    /// Tax number.
    pub rut: Option<Run>,
    /// Seat; its zone follows from it.
    pub commune: Option<CommuneCode>,
    /// The body above.
    pub parent: Option<String>,
}

impl NewInstitution {
    /// A body with the least that must be known of it.
    #[must_use]
    pub fn new(code: &str, name: &str, sigla: &str, kind: InstitutionKind, from: Date) -> Self {
        let authority = match kind {
            InstitutionKind::Municipality => Authority::Mayor,
            InstitutionKind::Ministry => Authority::Minister,
            _ => Authority::Other,
        };
        Self {
            code: code.to_owned(),
            name: name.to_owned(),
            sigla: sigla.to_owned(),
            kind,
            authority,
            rut: None,
            gescode_id: None,
            group: None,
            commune: None,
            parent: None,
            family: Family::Member,
            domains: Vec::new(),
            from,
        }
    }
}

impl Directory {
    /// Adds a body, active from its first day on. Its zone is that of its commune.
    ///
    /// # Errors
    /// `codigo_invalido`, `codigo_usado`, `dominio_no_registrado`, or the actor may not.
    pub fn add_institution(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        new: NewInstitution,
    ) -> Result<Institution> {
        check_code(&new.code)?;
        new.domains.iter().try_for_each(|domain| check_domain(domain))?;
        let recorded = self.begin(tx, actor, Action::Create, &ResourceRef::new("institution", &new.code))?;
        let bucket = self.bucket(&new.code);
        if store::institution_exists(tx, bucket, &new.code)? {
            return Err(Error::conflict("codigo_usado", "Ya existe una institución con ese código."));
        }
        let body = Institution {
            zone: new.commune.map_or(Zone::Santiago, Zone::of),
            name: text(&new.name, "name", 250)?,
            sigla: text(&new.sigla, "sigla", 40)?,
            code: new.code,
            gescode_id: new.gescode_id,
            rut: new.rut,
            kind: new.kind,
            group: new.group,
            commune: new.commune,
            parent: new.parent,
            family: new.family,
            domains: new.domains,
            authority: new.authority,
            state: InstitutionState::Active,
            period: Period::starting(new.from),
        };
        store::insert_institution(tx, bucket, &body, &recorded)?;
        self.tell(tx, &recorded, Change::institution(&body.code))?;
        Ok(body)
    }

    /// Renames a body from a day on. What was signed before keeps the historic name.
    ///
    /// # Errors
    /// 404 for an unknown body, or the actor may not.
    pub fn rename_institution(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        code: &str,
        name: &str,
        from: Date,
    ) -> Result<()> {
        let name = text(name, "name", 250)?;
        self.change_institution(tx, actor, code, from, |body| body.name = name)
    }

    /// Corrects what a body says of itself from a day on. What was signed before keeps what it said then.
    ///
    /// # Errors
    /// 404 for an unknown body, a text that doesn't fit, or the actor may not.
    pub fn correct_institution(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        code: &str,
        facts: InstitutionFacts,
        from: Date,
    ) -> Result<()> {
        let (name, sigla) = (text(&facts.name, "name", 250)?, text(&facts.sigla, "sigla", 40)?);
        self.change_institution(tx, actor, code, from, |body| {
            body.name = name;
            body.sigla = sigla;
            body.rut = facts.rut;
            body.commune = facts.commune;
            body.zone = facts.commune.map_or(Zone::Santiago, Zone::of);
            body.parent = facts.parent;
        })
    }

    /// Changes a body's state from a day on.
    ///
    /// # Errors
    /// `transicion_invalida`, `designaciones_vigentes` when it would close with people in charge, 404, or the actor may not.
    pub fn set_institution_state(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        code: &str,
        state: InstitutionState,
        from: Date,
    ) -> Result<()> {
        if state == InstitutionState::Closed {
            let live = store::designations(tx, self.bucket(code), code, self.0.clock.now())?;
            if live
                .iter()
                .any(|d| d.ending != Some(Ending::Annulled) && d.period.to().is_none_or(|to| from < to))
            {
                return Err(Error::conflict(
                    "designaciones_vigentes",
                    "Termine primero las designaciones vigentes de la institución.",
                ));
            }
        }
        let rows = store::institution(tx, self.bucket(code), code)?;
        let now = rows.last().ok_or_else(Error::not_found)?.state;
        if !now.may_become(state) {
            return Err(Error::conflict(
                "transicion_invalida",
                "La institución no puede pasar a ese estado.",
            ));
        }
        self.change_institution(tx, actor, code, from, |body| body.state = state)
    }

    fn change_institution(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        code: &str,
        from: Date,
        change: impl FnOnce(&mut Institution),
    ) -> Result<()> {
        let recorded = self.begin(tx, actor, Action::Change, &ResourceRef::new("institution", code))?;
        let bucket = self.bucket(code);
        let mut body = store::institution(tx, bucket, code)?.pop().ok_or_else(Error::not_found)?;
        change(&mut body);
        body.period = Period::new(from, body.period.to())?;
        store::insert_institution(tx, bucket, &body, &recorded)?;
        self.tell(tx, &recorded, Change::institution(code))
    }

    /// Lets a former or foreign code (`6`) stand for a body.
    ///
    /// # Errors
    /// `codigo_usado`, 404 for an unknown body, or the actor may not.
    pub fn add_alias(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        kind: &str,
        value: &str,
        code: &str,
    ) -> Result<()> {
        let recorded = self.begin(tx, actor, Action::Change, &ResourceRef::new("institution", code))?;
        let value = text(value, "value", 40)?;
        if store::institution_exists(tx, self.bucket(&value), &value)? {
            return Err(Error::conflict("codigo_usado", "El código ya fue usado."));
        }
        if store::institution(tx, self.bucket(code), code)?.is_empty() {
            return Err(Error::not_found());
        }
        store::insert_alias(tx, kind, &value, code, &recorded)?;
        self.tell(tx, &recorded, Change::institution(code))
    }
}
