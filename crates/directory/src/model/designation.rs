//! Designations: who holds a role, by which act, from when to when.

use copihue_core::{Error, Id, Result, Timestamp};
use jiff::ToSpan;
use jiff::civil::Date;

use super::period::Period;
use super::role::RoleDef;

codes! {
    /// In which quality the role is held.
    Quality {
        /// The holder.
        Holder = "titular",
        /// The deputy, named beforehand.
        Deputy = "suplente",
        /// Who stands in by the order of subrogancia.
        StandIn = "subrogante",
    }
}

codes! {
    /// Why it ended before its day.
    Ending {
        /// Revoked by the body.
        Revoked = "revocada",
        /// Another holder followed.
        Replaced = "reemplazada",
        /// It never took effect: its official left before its first day.
        Annulled = "anulada",
    }
}

codes! {
    /// Where a designation stands on a day.
    DesignationState {
        /// Its act takes effect later.
        Proposed = "propuesta",
        /// In force.
        InForce = "vigente",
        /// In force, ending within 60 days.
        Ending = "por_vencer",
        /// Its day came.
        Expired = "vencida",
        /// Ended by the body.
        Revoked = "revocada",
        /// Another holder followed.
        Replaced = "reemplazada",
    }
}

/// The act (decree, resolution, official communication) that names somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// `decreto`, `resolución`, `oficio`…
    pub kind: String,
    /// Number, as printed.
    pub number: String,
    /// Date.
    pub date: Date,
}

/// One role held by one official.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Designation {
    /// Id: what a signature stores as the power it relied on (SIG-12).
    pub id: Id,
    /// Code of the body.
    pub institution: String,
    /// Role code.
    pub role: String,
    /// The unit that bounds it; none means the whole body.
    pub unit: Option<Id>,
    /// The official.
    pub official: Id,
    /// Quality.
    pub quality: Quality,
    /// The post's name, as stamped.
    pub post_text: String,
    /// The act.
    pub act: Option<Act>,
    /// When.
    pub period: Period,
    /// Why it ended early, if it did.
    pub ending: Option<Ending>,
    /// When this was recorded.
    pub recorded_at: Timestamp,
}

impl Designation {
    /// Whether it counts on a day.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.ending != Some(Ending::Annulled) && self.period.contains(day)
    }

    /// Where it stands on a day.
    #[must_use]
    pub fn state(&self, today: Date) -> DesignationState {
        if self.ending == Some(Ending::Annulled) {
            return DesignationState::Revoked;
        }
        if today < self.period.from() {
            return DesignationState::Proposed;
        }
        match (self.period.to(), self.ending) {
            (Some(to), Some(Ending::Revoked)) if to <= today => DesignationState::Revoked,
            (Some(to), Some(Ending::Replaced)) if to <= today => DesignationState::Replaced,
            (Some(to), None) if to <= today => DesignationState::Expired,
            (Some(to), _) if to <= today.saturating_add(60.days()) => DesignationState::Ending,
            _ => DesignationState::InForce,
        }
    }
}

/// DIR-03: a profile lasts as long as its role allows (12 months for office roles), or until its own end, whichever is first.
#[must_use]
pub fn bounded(period: Period, role: &RoleDef) -> Period {
    let Some(months) = role.max_months else { return period };
    period.until(period.from().saturating_add(i64::from(months).months())).unwrap_or(period)
}

/// Whether one more holder fits beside those already there.
///
/// # Errors
/// `acto_faltante`, `titular_vigente`, `maximo_superado`, `rol_incompatible`.
pub fn check_new(new: &Designation, role: &RoleDef, others: &[&Designation]) -> Result<()> {
    if role.act == super::role::NeedsAct::Yes && new.act.is_none() {
        return Err(Error::invalid("acto_faltante", "Indique el acto que hace la designación.")
            .field("acto", "Ingrese el tipo, el número y la fecha del acto."));
    }
    let same_time = |d: &&&Designation| {
        d.id != new.id && d.ending != Some(Ending::Annulled) && d.period.overlaps(&new.period)
    };
    let clash = others
        .iter()
        .filter(same_time)
        .any(|d| d.official == new.official && role.incompatible.iter().any(|code| *code == d.role));
    if clash {
        return Err(Error::invalid(
            "rol_incompatible",
            "La persona tiene otro rol que no puede combinarse con este.",
        ));
    }
    let holders = others
        .iter()
        .filter(same_time)
        .filter(|d| d.role == new.role && d.unit == new.unit && d.quality == new.quality)
        .count();
    match role.max {
        Some(1) if holders >= 1 => Err(Error::conflict(
            "titular_vigente",
            "Ya hay una persona designada en ese período. Termine primero esa designación.",
        )),
        Some(max) if holders >= usize::from(max) => {
            Err(Error::conflict("maximo_superado", "Ya está designado el máximo de personas para este rol."))
        }
        _ => Ok(()),
    }
}
