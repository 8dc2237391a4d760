//! Substitutions: on and off.

use copihue_core::{Actor, Error, Id, Result};
use copihue_db::Tx;
use jiff::civil::Date;

use super::unknown;
use crate::Directory;
use crate::journal::Change;
use crate::model::designation::Act;
use crate::model::official::MembershipState;
use crate::model::period::Period;
use crate::model::policy::{Action, ResourceRef};
use crate::model::substitution::{Substitution, check_new};
use crate::store;

/// Somebody to stand in.
#[derive(Clone, Debug)]
pub struct NewSubstitution {
    /// The body.
    pub institution: String,
    /// Who is out.
    pub holder: Id,
    /// Who stands in: a member of the same body.
    pub substitute: Id,
    /// The act that orders it.
    pub act: Option<Act>,
    /// When.
    pub period: Period,
}

impl Directory {
    /// Puts somebody in for a holder. From the next question on the substitute has the holder's roles, and the holder none.
    ///
    /// # Errors
    /// `sustituto_invalido`, `sustitucion_vigente`, `sustituto_ausente`, `referencia_desconocida`, or the actor may not.
    pub fn add_substitution(&self, tx: &mut Tx<'_>, actor: &Actor, new: NewSubstitution) -> Result<Id> {
        let thing = ResourceRef::new("substitution", &new.institution).owner(new.holder);
        let recorded = self.begin(tx, actor, Action::Create, &thing)?;
        let bucket = self.bucket(&new.institution);
        let members = store::memberships_of(tx, bucket, &new.institution)?;
        for (pointer, official) in [("holder", new.holder), ("substitute", new.substitute)] {
            let belongs = members.iter().any(|m| {
                m.official == official && m.state == MembershipState::Active && m.period.overlaps(&new.period)
            });
            if !belongs {
                return Err(unknown(pointer, "esa persona"));
            }
        }
        let made = Substitution {
            id: Id::new(recorded.at, bucket, &*self.0.random),
            institution: new.institution,
            holder: new.holder,
            substitute: new.substitute,
            act: new.act,
            period: new.period,
        };
        let others = store::substitutions(tx, bucket, &made.institution)?;
        check_new(&made, &others.iter().collect::<Vec<_>>())?;
        store::insert_substitution(tx, &made, &recorded)?;
        let change = Change::of("substitution.on", made.id.to_string(), &made.institution);
        self.tell(tx, &recorded, Change { official: Some(made.holder), ..change })?;
        Ok(made.id)
    }

    /// Ends a substitution on a day: the holder is back.
    ///
    /// # Errors
    /// 404, `periodo_invalido`, or the actor may not.
    pub fn end_substitution(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        substitution: Id,
        day: Date,
    ) -> Result<()> {
        let mut found = store::substitution(tx, substitution)?.ok_or_else(Error::not_found)?;
        let institution = found.institution.clone();
        let thing = ResourceRef::new("substitution", &institution).owner(found.holder);
        let recorded = self.begin(tx, actor, Action::Change, &thing)?;
        found.period = found.period.until(day).ok_or_else(|| {
            Error::invalid("periodo_invalido", "La subrogancia no puede terminar antes de comenzar.")
        })?;
        store::insert_substitution(tx, &found, &recorded)?;
        let change = Change::of("substitution.off", found.id.to_string(), &institution);
        self.tell(tx, &recorded, Change { official: Some(found.holder), ..change })
    }
}
