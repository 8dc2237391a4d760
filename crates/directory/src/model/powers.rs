//! Who may act for a body: hats, holders, powers, superiors. All of it follows from the rows, nothing is stored.

use std::sync::Arc;

use copihue_core::{Hat, Id, Timestamp};
use jiff::civil::Date;

use super::designation::{Designation, Quality};
use super::institution::InstitutionState;
use super::official::{Membership, Official};
use super::snapshot::Snapshot;
use super::substitution::Substitution;
use super::unit::MAX_DEPTH;

/// Who holds a role, and what they rely on.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who acts: the holder, or the substitute.
    pub official: Arc<Official>,
    /// The designation, whose holder it may be or not.
    pub designation: Arc<Designation>,
    /// The substitution by which they act, when the holder is out.
    pub substitution: Option<Arc<Substitution>>,
}

/// One role that an official may exercise.
#[derive(Clone, Debug)]
pub struct Power {
    /// The designation it rests on.
    pub designation: Arc<Designation>,
    /// The substitution by which it came, if it is another's.
    pub substitution: Option<Arc<Substitution>>,
}

impl Snapshot {
    /// The titular of a role at an instant, out of office or not (else the deputy, else who stands in by order).
    #[must_use]
    pub fn holder(&self, institution: &str, role: &str, at: Timestamp) -> Option<Holder> {
        let day = self.day(institution, at);
        let designation = first_in_order(self.designations_in(institution), role, day)?;
        let official = self.official(designation.official)?.clone();
        Some(Holder { official, designation: designation.clone(), substitution: None })
    }

    /// Who exercises a role at an instant: the titular, or whoever stands in for them.
    #[must_use]
    pub fn acting(&self, institution: &str, role: &str, at: Timestamp) -> Option<Holder> {
        let holder = self.holder(institution, role, at)?;
        let code = &holder.designation.institution;
        let day = self.day(code, at);
        let Some(substitution) = self.substitution(code, holder.official.id, day) else {
            return Some(holder);
        };
        if self.is_personal(role) {
            return Some(holder);
        }
        let official = self.official(substitution.substitute)?.clone();
        Some(Holder { official, substitution: Some(substitution.clone()), ..holder })
    }

    /// Everybody who is named for a role in a body at an instant, by id, in whichever quality.
    #[must_use]
    pub fn holders(&self, institution: &str, role: &str, at: Timestamp) -> Vec<Id> {
        let day = self.day(institution, at);
        let named = self.designations_in(institution).iter().filter(|d| d.role == role && d.in_force(day));
        let mut all: Vec<Id> = named.map(|d| d.official).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The name of the post of a membership at an instant.
    #[must_use]
    pub fn post_name(&self, membership: &Membership, at: Timestamp) -> Option<String> {
        let day = self.day(&membership.institution, at);
        self.post_on(membership.post, day).map(|post| post.name.clone())
    }

    /// Every role that an official may exercise at an instant, in any body.
    #[must_use]
    pub fn powers(&self, official: Id, at: Timestamp) -> Vec<Power> {
        let mut all = Vec::new();
        for membership in self.memberships(official, at) {
            let (code, day) = (&membership.institution, self.day(&membership.institution, at));
            if self.substitution(code, official, day).is_none() {
                let own = self.exercised(official, code, day).cloned();
                all.extend(own.map(|designation| Power { designation, substitution: None }));
            }
            all.extend(self.powers_of_others(official, code, day));
        }
        all
    }

    fn powers_of_others(&self, official: Id, code: &str, day: Date) -> Vec<Power> {
        let active = |s: &&Arc<Substitution>| s.institution == code && s.period.contains(day);
        let mut all = Vec::new();
        for substitution in self.standing_in(official).iter().filter(active) {
            let theirs =
                self.exercised(substitution.holder, code, day).filter(|d| !self.is_personal(&d.role));
            all.extend(theirs.map(|designation| Power {
                designation: designation.clone(),
                substitution: Some(substitution.clone()),
            }));
        }
        all
    }

    /// The designations of one official in one body that count on a day: a deputy's only while there is no titular at hand.
    fn exercised(&self, official: Id, code: &str, day: Date) -> impl Iterator<Item = &Arc<Designation>> {
        self.designations_of(official).iter().filter(move |d| {
            d.institution == code
                && d.in_force(day)
                && (d.quality == Quality::Holder || self.titular_away(d, day))
        })
    }

    fn titular_away(&self, deputy: &Designation, day: Date) -> bool {
        let same = |d: &&Arc<Designation>| {
            d.role == deputy.role && d.unit == deputy.unit && d.quality == Quality::Holder && d.in_force(day)
        };
        let titular = self.designations_in(&deputy.institution).iter().find(same);
        titular.is_none_or(|d| self.substitution(&d.institution, d.official, day).is_some())
    }

    /// The hats of the person with this hash of their RUN: one for each body that they belong to at an instant.
    #[must_use]
    pub fn hats(&self, run_hash: &[u8; 32], at: Timestamp) -> Vec<Hat> {
        let Some(official) = self.official_by_run(run_hash) else { return Vec::new() };
        let powers = self.powers(official, at);
        let mut hats: Vec<_> =
            self.memberships(official, at).filter_map(|m| self.hat(m, &powers, at)).collect();
        hats.sort_by(|a, b| (&a.institution, &a.unit).cmp(&(&b.institution, &b.unit)));
        hats
    }

    fn hat(&self, membership: &Membership, powers: &[Power], at: Timestamp) -> Option<Hat> {
        let body = self.institution(&membership.institution, at)?;
        if body.state == InstitutionState::Draft {
            return None;
        }
        let day = self.day(&body.code, at);
        let here = powers.iter().filter(|p| p.designation.institution == membership.institution);
        let mut roles: Vec<_> = here.map(|p| p.designation.role.clone()).collect();
        roles.sort_unstable();
        roles.dedup();
        Some(Hat {
            institution: body.code.clone(),
            official: membership.official,
            unit: self.unit_on(membership.unit, day)?.code.clone(),
            post: self.post_on(membership.post, day)?.name.clone(),
            roles,
        })
    }

    /// Who resolves above an official: the superior post of their own post, then of their unit and the units above,
    /// each through its substitute; at the end the head of the body. `None` only for the head, or when the head's post is vacant.
    #[must_use]
    pub fn superior_of(&self, institution: &str, official: Id, at: Timestamp) -> Option<Arc<Official>> {
        let code = self.resolve(institution);
        let day = self.day(code, at);
        let found = self.memberships(official, at).find(|m| m.institution == code).and_then(|membership| {
            let post = self.post_on(membership.post, day)?;
            let above = post.superior_post.and_then(|p| self.who_holds(p, code, official, day));
            above.or_else(|| self.up_the_tree(membership.unit, code, official, day))
        });
        found.or_else(|| {
            let head = self.acting(code, "jefe_superior", at)?.official;
            (head.id != official).then_some(head)
        })
    }

    fn up_the_tree(&self, unit: Id, code: &str, official: Id, day: Date) -> Option<Arc<Official>> {
        let mut next = Some(unit);
        for _ in 0..MAX_DEPTH {
            let unit = self.unit_on(next?, day)?;
            let superior = unit.superior_post.and_then(|p| self.who_holds(p, code, official, day));
            if superior.is_some() {
                return superior;
            }
            next = unit.parent;
        }
        None
    }

    /// Who is in a post on a day, or stands in, but never the one whose superior is sought.
    fn who_holds(&self, post: Id, code: &str, not: Id, day: Date) -> Option<Arc<Official>> {
        self.members_of_post(post, day)
            .filter(|m| m.official != not)
            .map(|m| self.substitution(code, m.official, day).map_or(m.official, |s| s.substitute))
            .find(|who| *who != not)
            .and_then(|who| self.official(who).cloned())
    }
}

/// Among the designations of a role in force on a day: the titular, else the deputy, else who stands in by order; the earliest first.
pub(crate) fn first_in_order<'a>(
    all: &'a [Arc<Designation>],
    role: &str,
    day: Date,
) -> Option<&'a Arc<Designation>> {
    let rank = |d: &Designation| match d.quality {
        Quality::Holder => 0,
        Quality::Deputy => 1,
        Quality::StandIn => 2,
    };
    all.iter().filter(|d| d.role == role && d.in_force(day)).min_by_key(|d| (rank(d), d.period.from(), d.id))
}
