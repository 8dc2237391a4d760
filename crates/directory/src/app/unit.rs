//! Units and posts.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;

use super::{text, unknown};
use crate::Directory;
use crate::journal::Change;
use crate::model::institution::Authority;
use crate::model::period::Period;
use crate::model::policy::{Action, ResourceRef};
use crate::model::unit::{MAX_DEPTH, Post, Seats, Unit};
use crate::store;

/// A unit to add.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// The body.
    pub institution: String,
    /// Short code, unique in the body.
    pub code: String,
    /// Name.
    pub name: String,
    /// The unit above.
    pub parent: Option<Id>,
    /// When.
    pub period: Period,
}

/// A post to add.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// The body.
    pub institution: String,
    /// The unit.
    pub unit: Id,
    /// Name, as stamped.
    pub name: String,
    /// The authority that it is.
    pub authority: Authority,
    /// How many may hold it.
    pub seats: Seats,
    /// The post that resolves above it, when it isn't the unit's superior.
    pub superior_post: Option<Id>,
    /// When.
    pub period: Period,
}

impl Directory {
    /// Adds a unit.
    ///
    /// # Errors
    /// `codigo_usado`, `ciclo_de_unidades` (too deep), `referencia_desconocida`, or the actor may not.
    pub fn add_unit(&self, tx: &mut Tx<'_>, actor: &Actor, new: NewUnit) -> Result<Id> {
        let recorded = self.begin(tx, actor, Action::Create, &ResourceRef::new("unit", &new.institution))?;
        let bucket = self.bucket(&new.institution);
        if store::institution(tx, bucket, &new.institution)?.is_empty() {
            return Err(Error::not_found());
        }
        let others = store::units(tx, bucket, &new.institution)?;
        let code = text(&new.code, "code", 40)?;
        if others.iter().any(|unit| unit.code == code) {
            return Err(Error::conflict("codigo_usado", "Ya existe una unidad con ese código."));
        }
        check_place(&others, new.parent)?;
        let unit = Unit {
            id: Id::new(recorded.at, bucket, &*self.0.random),
            code,
            parent: new.parent,
            name: text(&new.name, "name", 250)?,
            superior_post: None,
            institution: new.institution,
            period: new.period,
        };
        store::insert_unit(tx, bucket, &unit, &recorded)?;
        self.tell(tx, &recorded, Change::institution(&unit.institution))?;
        Ok(unit.id)
    }

    /// Adds a post to a unit.
    ///
    /// # Errors
    /// `referencia_desconocida`, or the actor may not.
    pub fn add_post(&self, tx: &mut Tx<'_>, actor: &Actor, new: NewPost) -> Result<Id> {
        let recorded = self.begin(tx, actor, Action::Create, &ResourceRef::new("unit", &new.institution))?;
        let bucket = self.bucket(&new.institution);
        store::unit(tx, bucket, &new.institution, new.unit)?.ok_or_else(|| unknown("unit", "esa unidad"))?;
        if let Some(superior) = new.superior_post {
            let found = store::post(tx, bucket, &new.institution, superior)?;
            found.ok_or_else(|| unknown("superior_post", "ese cargo"))?;
        }
        let post = Post {
            id: Id::new(recorded.at, bucket, &*self.0.random),
            unit: new.unit,
            name: text(&new.name, "name", 250)?,
            authority: new.authority,
            seats: new.seats,
            superior_post: new.superior_post,
            institution: new.institution,
            period: new.period,
        };
        store::insert_post(tx, bucket, &post, &recorded)?;
        self.tell(tx, &recorded, Change::institution(&post.institution))?;
        Ok(post.id)
    }

    /// Puts a post at the head of a unit, for as long as the unit's present row lasts.
    ///
    /// # Errors
    /// `referencia_desconocida`, or the actor may not.
    pub fn set_unit_superior(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        institution: &str,
        unit: Id,
        post: Id,
    ) -> Result<()> {
        let recorded = self.begin(tx, actor, Action::Change, &ResourceRef::new("unit", institution))?;
        let bucket = self.bucket(institution);
        let found = store::unit(tx, bucket, institution, unit)?;
        let mut unit = found.ok_or_else(|| unknown("unit", "esa unidad"))?;
        store::post(tx, bucket, institution, post)?.ok_or_else(|| unknown("post", "ese cargo"))?;
        unit.superior_post = Some(post);
        store::insert_unit(tx, bucket, &unit, &recorded)?;
        self.tell(tx, &recorded, Change::institution(institution))
    }

    /// Moves a unit below another one, or to the top.
    ///
    /// # Errors
    /// `ciclo_de_unidades`, `referencia_desconocida`, or the actor may not.
    pub fn move_unit(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        institution: &str,
        unit: Id,
        parent: Option<Id>,
    ) -> Result<()> {
        let recorded = self.begin(tx, actor, Action::Change, &ResourceRef::new("unit", institution))?;
        let bucket = self.bucket(institution);
        let mut others = store::units(tx, bucket, institution)?;
        let at = others.iter().rposition(|u| u.id == unit).ok_or_else(|| unknown("unit", "esa unidad"))?;
        others[at].parent = parent;
        check_place(&others, Some(unit))?;
        store::insert_unit(tx, bucket, &others[at], &recorded)?;
        self.tell(tx, &recorded, Change::institution(institution))
    }
}

/// Whether the way up from `unit` ends within the allowed depth.
fn check_place(units: &[Unit], unit: Option<Id>) -> Result<()> {
    let mut next = unit;
    for _ in 0..MAX_DEPTH {
        let Some(id) = next else { return Ok(()) };
        let found = units.iter().rfind(|u| u.id == id).ok_or_else(|| unknown("parent", "esa unidad"))?;
        next = found.parent;
    }
    Err(Error::conflict(
        "ciclo_de_unidades",
        "Una unidad no puede depender de sí misma ni de más de 12 niveles.",
    ))
}
