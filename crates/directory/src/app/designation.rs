//! Designations: made, replaced, ended.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use jiff::civil::Date;

use super::{text, unknown};
use crate::Directory;
use crate::journal::Change;
use crate::model::designation::{Act, Designation, Ending, Quality, bounded, check_new};
use crate::model::official::MembershipState;
use crate::model::period::Period;
use crate::model::policy::{Action, ResourceRef};
use crate::store::{self, Recorded};

/// Somebody to be named.
#[derive(Clone, Debug)]
pub struct NewDesignation {
    /// The body.
    pub institution: String,
    /// Role code.
    pub role: String,
    /// The unit that bounds it; none means the whole body.
    pub unit: Option<Id>,
    /// The official, a member of the body.
    pub official: Id,
    /// Quality.
    pub quality: Quality,
    /// The post's name, as stamped.
    pub post_text: String,
    /// The act.
    pub act: Option<Act>,
    /// When. Office roles end after 12 months by themselves (DIR-03).
    pub period: Period,
    /// The designation that it replaces, ended on the day on which this one begins.
    pub replaces: Option<Id>,
}

impl Directory {
    /// Names somebody for a role. A retroactive act is allowed: it adds a row, and what was known before stays known.
    ///
    /// # Errors
    /// `acto_faltante`, `titular_vigente`, `maximo_superado`, `rol_incompatible`, `referencia_desconocida`;
    /// 403 for naming oneself, or the actor may not.
    pub fn add_designation(&self, tx: &mut Tx<'_>, actor: &Actor, new: NewDesignation) -> Result<Id> {
        if actor.hat.as_ref().is_some_and(|hat| hat.official == new.official) {
            return Err(Error::forbidden("Nadie puede designarse a sí mismo."));
        }
        let role = *self.0.roles.get(new.role.as_str()).ok_or_else(|| unknown("role", "ese rol"))?;
        let recorded =
            self.begin(tx, actor, Action::Create, &ResourceRef::new("designation", &new.institution))?;
        if let Some(former) = new.replaces {
            self.end_row(tx, former, new.period.from(), Ending::Replaced, &recorded)?;
        }
        let bucket = self.bucket(&new.institution);
        let members = store::memberships_of(tx, bucket, &new.institution)?;
        let belongs = |m: &&_| is_member(m, new.official, &new.period);
        members.iter().find(belongs).ok_or_else(|| unknown("official", "esa persona"))?;
        let made = Designation {
            id: Id::new(recorded.at, bucket, &*self.0.random),
            role: new.role,
            unit: new.unit,
            official: new.official,
            quality: new.quality,
            post_text: text(&new.post_text, "post_text", 250)?,
            act: new.act,
            period: bounded(new.period, &role),
            ending: None,
            recorded_at: recorded.at,
            institution: new.institution,
        };
        let others = store::designations(tx, bucket, &made.institution, recorded.at)?;
        check_new(&made, &role, &others.iter().collect::<Vec<_>>())?;
        store::insert_designation(tx, &made, &recorded)?;
        self.tell_designation(tx, &recorded, "designation.started", &made)?;
        Ok(made.id)
    }

    /// Ends a designation on a day.
    ///
    /// # Errors
    /// 404, `periodo_invalido` when it ended before, or the actor may not.
    pub fn end_designation(&self, tx: &mut Tx<'_>, actor: &Actor, designation: Id, day: Date) -> Result<()> {
        let found = store::designation(tx, designation)?.ok_or_else(Error::not_found)?;
        let recorded =
            self.begin(tx, actor, Action::Change, &ResourceRef::new("designation", &found.institution))?;
        self.end_row(tx, designation, day, Ending::Revoked, &recorded)
    }

    fn end_row(&self, tx: &mut Tx<'_>, id: Id, day: Date, ending: Ending, recorded: &Recorded) -> Result<()> {
        let mut found = store::designation(tx, id)?.ok_or_else(Error::not_found)?;
        if found.period.to().is_some_and(|to| to < day) {
            return Err(Error::invalid(
                "periodo_invalido",
                "La designación ya había terminado en esa fecha.",
            ));
        }
        found.period = found.period.until(day).ok_or_else(|| {
            Error::invalid("periodo_invalido", "La designación no puede terminar antes de comenzar.")
        })?;
        found.ending = Some(ending);
        store::insert_designation(tx, &found, recorded)?;
        self.tell_designation(tx, recorded, "designation.ended", &found)
    }

    /// Ends all that an official holds in a body, because they left it.
    pub(super) fn end_all_of(
        &self,
        tx: &mut Tx<'_>,
        official: Id,
        institution: &str,
        day: Date,
        recorded: &Recorded,
    ) -> Result<()> {
        let held = store::designations(tx, self.bucket(institution), institution, recorded.at)?;
        for mut d in held.into_iter().filter(|d| d.official == official) {
            if d.ending == Some(Ending::Annulled) || d.period.to().is_some_and(|to| to <= day) {
                continue;
            }
            match d.period.until(day) {
                Some(period) => (d.period, d.ending) = (period, Some(Ending::Revoked)),
                None => d.ending = Some(Ending::Annulled),
            }
            store::insert_designation(tx, &d, recorded)?;
            self.tell_designation(tx, recorded, "designation.ended", &d)?;
        }
        Ok(())
    }

    fn tell_designation(
        &self,
        tx: &mut Tx<'_>,
        recorded: &Recorded,
        kind: &'static str,
        d: &Designation,
    ) -> Result<()> {
        let change = Change::of(kind, d.id.to_string(), &d.institution);
        self.tell(tx, recorded, Change { official: Some(d.official), role: Some(&d.role), ..change })
    }
}

fn is_member(m: &crate::model::official::Membership, official: Id, period: &Period) -> bool {
    m.official == official && m.state != MembershipState::Ended && m.period.overlaps(period)
}
