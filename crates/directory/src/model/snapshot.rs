//! Everything the directory knows, in memory: what a decision needs is never more than a few look-ups away.

use std::collections::HashMap;
use std::sync::Arc;

use copihue_core::calendar::Zone;
use copihue_core::{Id, Timestamp};
use jiff::civil::Date;

use super::designation::Designation;
use super::institution::Institution;
use super::official::{Membership, MembershipState, Official};
use super::period::{Dated, Period, on};
use super::policy::Tree;
use super::role::RoleDef;
use super::substitution::Substitution;
use super::unit::{MAX_DEPTH, Post, Unit};

macro_rules! dated {
    ($($t:ty),+) => { $(impl Dated for $t { fn period(&self) -> Period { self.period } })+ };
}
dated!(Institution, Unit, Post);

/// The rows of the store, as known at one instant: the last version of each.
#[derive(Default, Debug)]
pub struct Rows {
    /// Bodies.
    pub institutions: Vec<Institution>,
    /// Former codes and the code that each stands for today.
    pub aliases: Vec<(String, String)>,
    /// Units.
    pub units: Vec<Unit>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Officials.
    pub officials: Vec<Official>,
    /// Memberships.
    pub memberships: Vec<Membership>,
    /// Designations.
    pub designations: Vec<Designation>,
    /// Substitutions.
    pub substitutions: Vec<Substitution>,
}

/// The rows with the indexes that questions need.
#[derive(Default, Debug)]
pub struct Snapshot {
    pub(crate) version: i64,
    institutions: HashMap<String, Vec<Arc<Institution>>>,
    aliases: HashMap<String, String>,
    units: HashMap<Id, Vec<Arc<Unit>>>,
    unit_codes: HashMap<String, HashMap<String, Id>>,
    posts: HashMap<Id, Vec<Arc<Post>>>,
    officials: HashMap<Id, Arc<Official>>,
    by_run: HashMap<[u8; 32], Id>,
    memberships: HashMap<Id, Vec<Arc<Membership>>>,
    post_members: HashMap<Id, Vec<Arc<Membership>>>,
    designations: HashMap<String, Vec<Arc<Designation>>>,
    held: HashMap<Id, Vec<Arc<Designation>>>,
    substitutions: HashMap<Id, Vec<Arc<Substitution>>>,
    substituting: HashMap<Id, Vec<Arc<Substitution>>>,
    personal_roles: Vec<&'static str>,
}

fn segments<K: std::hash::Hash + Eq, T: Dated>(
    rows: Vec<T>,
    key: impl Fn(&T) -> K,
) -> HashMap<K, Vec<Arc<T>>> {
    let mut map: HashMap<K, Vec<Arc<T>>> = HashMap::new();
    for row in rows {
        map.entry(key(&row)).or_default().push(Arc::new(row));
    }
    map.values_mut().for_each(|rows| rows.sort_by_key(|row| row.period().from()));
    map
}

fn group<K: std::hash::Hash + Eq, T>(rows: &[Arc<T>], key: impl Fn(&T) -> K) -> HashMap<K, Vec<Arc<T>>> {
    let mut map: HashMap<K, Vec<Arc<T>>> = HashMap::new();
    for row in rows {
        map.entry(key(row)).or_default().push(row.clone());
    }
    map
}

fn shared<T>(rows: Vec<T>) -> Vec<Arc<T>> {
    rows.into_iter().map(Arc::new).collect()
}

impl Snapshot {
    /// Indexes the rows.
    #[must_use]
    pub fn build(version: i64, rows: Rows, roles: &[RoleDef]) -> Self {
        let mut unit_codes: HashMap<String, HashMap<String, Id>> = HashMap::new();
        for unit in &rows.units {
            unit_codes.entry(unit.institution.clone()).or_default().insert(unit.code.clone(), unit.id);
        }
        let memberships = shared(rows.memberships);
        let designations = shared(rows.designations);
        let substitutions = shared(rows.substitutions);
        Self {
            version,
            institutions: segments(rows.institutions, |i| i.code.clone()),
            aliases: rows.aliases.into_iter().collect(),
            units: segments(rows.units, |u| u.id),
            unit_codes,
            posts: segments(rows.posts, |p| p.id),
            by_run: rows.officials.iter().map(|o| (o.run_hash, o.id)).collect(),
            officials: rows.officials.into_iter().map(|o| (o.id, Arc::new(o))).collect(),
            post_members: group(&memberships, |m| m.post),
            memberships: group(&memberships, |m| m.official),
            held: group(&designations, |d| d.official),
            designations: group(&designations, |d| d.institution.clone()),
            substituting: group(&substitutions, |s| s.substitute),
            substitutions: group(&substitutions, |s| s.holder),
            personal_roles: roles
                .iter()
                .filter(|r| r.substitutable == super::role::Substitutable::No)
                .map(|r| r.code)
                .collect(),
        }
    }

    /// The code in use today for a code or alias.
    #[must_use]
    pub fn resolve<'a>(&'a self, code: &'a str) -> &'a str {
        self.aliases.get(code).map_or(code, String::as_str)
    }

    /// A body at an instant, by its code or one of its aliases.
    #[must_use]
    pub fn institution(&self, code: &str, at: Timestamp) -> Option<&Arc<Institution>> {
        let rows = self.institutions.get(self.resolve(code))?;
        on(rows, rows.last()?.zone.date(at))
    }

    /// Every body that exists at an instant, by code.
    #[must_use]
    pub fn institutions(&self, at: Timestamp) -> Vec<Arc<Institution>> {
        let mut all: Vec<_> =
            self.institutions.keys().filter_map(|code| self.institution(code, at)).cloned().collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    /// The day in the body's own zone. A body that is unknown has the capital's.
    #[must_use]
    pub fn day(&self, institution: &str, at: Timestamp) -> Date {
        let rows = self.institutions.get(self.resolve(institution));
        rows.and_then(|r| r.last()).map_or(Zone::Santiago, |i| i.zone).date(at)
    }

    /// A unit by its code.
    #[must_use]
    pub fn unit(&self, institution: &str, code: &str, at: Timestamp) -> Option<&Arc<Unit>> {
        let id = self.unit_codes.get(self.resolve(institution))?.get(code)?;
        on(self.units.get(id)?, self.day(institution, at))
    }

    /// The units of a body, by code.
    #[must_use]
    pub fn units(&self, institution: &str, at: Timestamp) -> Vec<Arc<Unit>> {
        let Some(codes) = self.unit_codes.get(self.resolve(institution)) else { return Vec::new() };
        let mut all: Vec<_> = codes.keys().filter_map(|c| self.unit(institution, c, at)).cloned().collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    pub(crate) fn unit_on(&self, id: Id, day: Date) -> Option<&Arc<Unit>> {
        on(self.units.get(&id)?, day)
    }

    pub(crate) fn post_on(&self, id: Id, day: Date) -> Option<&Arc<Post>> {
        on(self.posts.get(&id)?, day)
    }

    /// An official.
    #[must_use]
    pub fn official(&self, id: Id) -> Option<&Arc<Official>> {
        self.officials.get(&id)
    }

    /// The official with this hash of their RUN.
    #[must_use]
    pub fn official_by_run(&self, run_hash: &[u8; 32]) -> Option<Id> {
        self.by_run.get(run_hash).copied()
    }

    /// The memberships in force of an official.
    pub fn memberships(&self, official: Id, at: Timestamp) -> impl Iterator<Item = &Arc<Membership>> {
        self.memberships.get(&official).into_iter().flatten().filter(move |m| {
            m.state == MembershipState::Active && m.period.contains(self.day(&m.institution, at))
        })
    }

    pub(crate) fn members_of_post(&self, post: Id, day: Date) -> impl Iterator<Item = &Arc<Membership>> {
        self.post_members
            .get(&post)
            .into_iter()
            .flatten()
            .filter(move |m| m.state == MembershipState::Active && m.period.contains(day))
    }

    pub(crate) fn designations_in(&self, institution: &str) -> &[Arc<Designation>] {
        self.designations.get(self.resolve(institution)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn designations_of(&self, official: Id) -> &[Arc<Designation>] {
        self.held.get(&official).map_or(&[], Vec::as_slice)
    }

    /// The substitution in force of a holder who is out.
    #[must_use]
    pub fn substitution(&self, institution: &str, holder: Id, day: Date) -> Option<&Arc<Substitution>> {
        let mut all = self.substitutions.get(&holder)?.iter();
        all.find(|s| s.institution == institution && s.period.contains(day))
    }

    pub(crate) fn standing_in(&self, substitute: Id) -> &[Arc<Substitution>] {
        self.substituting.get(&substitute).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_personal(&self, role: &str) -> bool {
        self.personal_roles.contains(&role)
    }
}

/// The bodies and units as they stand at an instant.
#[derive(Debug)]
pub struct View<'a> {
    /// What is known.
    pub snapshot: &'a Snapshot,
    /// The instant.
    pub at: Timestamp,
}

impl Tree for View<'_> {
    fn unit_within(&self, institution: &str, unit: &str, above: &str) -> bool {
        if unit == above {
            return true;
        }
        let day = self.snapshot.day(institution, self.at);
        let mut next = self.snapshot.unit(institution, unit, self.at).and_then(|u| u.parent);
        for _ in 0..MAX_DEPTH {
            let Some(parent) = next.and_then(|id| self.snapshot.unit_on(id, day)) else { return false };
            if parent.code == above {
                return true;
            }
            next = parent.parent;
        }
        false
    }

    fn in_family(&self, institution: &str, principal: &str) -> bool {
        if institution == principal {
            return true;
        }
        let mut code = institution.to_owned();
        for _ in 0..MAX_DEPTH {
            let Some(body) = self.snapshot.institution(&code, self.at) else { return false };
            if body.family == super::institution::Family::Principal {
                return false;
            }
            match &body.parent {
                Some(parent) if parent == principal => return true,
                Some(parent) => code.clone_from(parent),
                None => return false,
            }
        }
        false
    }
}
