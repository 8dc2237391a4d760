//! Questions: all answered from memory, save what was known at an earlier instant and the sealed RUN.

use std::sync::Arc;

use copihue_core::{Actor, Bucket, Error, Hat, Id, Result, Run, Timestamp};

use crate::app::sealed_context;
use crate::model::designation::Designation;
use crate::model::institution::Institution;
use crate::model::official::Official;
use crate::model::policy::{Action, Decision, ResourceRef, Rule};
use crate::model::powers::{Holder, Power, first_in_order};
use crate::model::snapshot::{Snapshot, View};
use crate::model::unit::Unit;
use crate::{Directory, store};

impl Directory {
    pub(crate) fn bucket(&self, institution: &str) -> Bucket {
        self.0.buckets.of_institution(institution)
    }

    pub(crate) fn run_hash(&self, run: Run) -> [u8; 32] {
        self.0.sealer.hash(&run.number().to_be_bytes())
    }

    /// The picture in memory, for several questions about the same state of things.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// A body as it is today, by its code or a former one.
    #[must_use]
    pub fn institution(&self, code: &str) -> Option<Arc<Institution>> {
        self.institution_at(code, self.0.clock.now())
    }

    /// A body as it was at an instant: acts of that time keep its historic name.
    #[must_use]
    pub fn institution_at(&self, code: &str, at: Timestamp) -> Option<Arc<Institution>> {
        self.0.snapshot.load().institution(code, at).cloned()
    }

    /// Every body of today, by code.
    #[must_use]
    pub fn institutions(&self) -> Vec<Arc<Institution>> {
        self.0.snapshot.load().institutions(self.0.clock.now())
    }

    /// A unit of today by its code.
    #[must_use]
    pub fn unit(&self, institution: &str, code: &str) -> Option<Arc<Unit>> {
        self.0.snapshot.load().unit(institution, code, self.0.clock.now()).cloned()
    }

    /// The units of a body today, by code.
    #[must_use]
    pub fn units(&self, institution: &str) -> Vec<Arc<Unit>> {
        self.0.snapshot.load().units(institution, self.0.clock.now())
    }

    /// An official, by id.
    #[must_use]
    pub fn official(&self, id: Id) -> Option<Arc<Official>> {
        self.0.snapshot.load().official(id).cloned()
    }

    /// The hats of a person now: one for each body they belong to, with the roles held today, their own or another's.
    #[must_use]
    pub fn hats(&self, run: Run) -> Vec<Hat> {
        self.0.snapshot.load().hats(&self.run_hash(run), self.0.clock.now())
    }

    /// The titular of a role at an instant, as known today.
    #[must_use]
    pub fn holder(&self, institution: &str, role: &str, at: Timestamp) -> Option<Holder> {
        self.0.snapshot.load().holder(institution, role, at)
    }

    /// Who exercises a role at an instant: the titular, or whoever stands in for them.
    #[must_use]
    pub fn acting(&self, institution: &str, role: &str, at: Timestamp) -> Option<Holder> {
        self.0.snapshot.load().acting(institution, role, at)
    }

    /// The designation that gave a role at an instant, as it was known at another one.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn holder_known_at(
        &self,
        institution: &str,
        role: &str,
        at: Timestamp,
        known_at: Timestamp,
    ) -> Result<Option<Arc<Designation>>> {
        let code = self.0.snapshot.load().resolve(institution).to_owned();
        let day = self.0.snapshot.load().day(&code, at);
        let bucket = self.bucket(&code);
        let all = self.0.db.read(move |conn| store::designations(conn, bucket, &code, known_at)).await?;
        let all: Vec<_> = all.into_iter().map(Arc::new).collect();
        Ok(first_in_order(&all, role, day).cloned())
    }

    /// Every role that an official may exercise at an instant, with the designation or substitution it rests on.
    #[must_use]
    pub fn powers(&self, official: Id, at: Timestamp) -> Vec<Power> {
        self.0.snapshot.load().powers(official, at)
    }

    /// The holders in a body for whom an official stands in at an instant.
    #[must_use]
    pub fn stands_in_for(&self, institution: &str, official: Id, at: Timestamp) -> Vec<Arc<Official>> {
        let snapshot = self.0.snapshot.load();
        let code = snapshot.resolve(institution);
        let day = snapshot.day(code, at);
        let all = snapshot.standing_in(official).iter();
        let now = all.filter(|s| s.institution == code && s.period.contains(day));
        now.filter_map(|s| snapshot.official(s.holder).cloned()).collect()
    }

    /// Who resolves above an official (DIR-12). `None` only for the head, or while the head's post is vacant.
    #[must_use]
    pub fn superior_of(&self, institution: &str, official: Id, at: Timestamp) -> Option<Arc<Official>> {
        self.0.snapshot.load().superior_of(institution, official, at)
    }

    /// Whether the actor may do this to that. No row means no; another body's thing is hidden.
    #[must_use]
    pub fn decide(&self, actor: &Actor, action: Action, thing: &ResourceRef<'_>, now: Timestamp) -> Decision {
        let snapshot = self.0.snapshot.load();
        self.0.policy.decide(&View { snapshot: &snapshot, at: now }, actor, action, thing, now)
    }

    /// Every row of the decision table, for the policy test and for auditors.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.0.policy.rules()
    }

    /// The institutional mail of an official, to write to them; `None` where none is known.
    ///
    /// # Errors
    /// Internal when the sealed value doesn't open.
    pub async fn email_of(&self, official: Id) -> Result<Option<String>> {
        let sealed = self.0.db.read(move |conn| store::official_email(conn, official)).await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = self.0.sealer.open(&sealed_context("email", official), &sealed)?;
        String::from_utf8(plain).map(Some).map_err(|_| Error::internal("a sealed mail is not text"))
    }

    /// The RUN of an official, for an act that must carry it. Ask for it only where the law does.
    ///
    /// # Errors
    /// 404 for an unknown official; internal when the sealed value doesn't open.
    pub async fn run_of(&self, official: Id) -> Result<Run> {
        let sealed = self.0.db.read(move |conn| store::official_run(conn, official)).await?;
        let sealed = sealed.ok_or_else(Error::not_found)?;
        let plain = self.0.sealer.open(&sealed_context("run", official), &sealed)?;
        let text = String::from_utf8(plain).map_err(|_| Error::internal("a sealed RUN is not text"))?;
        text.parse().map_err(|_| Error::internal("a sealed RUN is not a RUN"))
    }
}
