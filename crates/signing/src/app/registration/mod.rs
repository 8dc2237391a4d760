//! The registration authority: who may hold a certificate, who certifies it, and what becomes of it. Keys stay with
//! [`Signing`], which makes them, uses them and never hands them out.

mod adopt;
mod applications;
mod approve;
mod codes;
mod extra;
mod holder;
mod issue;
mod keys;
mod log;
mod mine;
mod permission;
mod petition;
mod places;
mod request;
mod revoke;
mod roster;
mod settings;
mod stop;
mod warn;

use std::sync::Arc;

use copihue_core::calendar::{Event, EventKind, Scope, TermDef, Unit};
use copihue_core::{Actor, Error, Hat, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::Worker;
use copihue_directory::{Action, Bond, Directory, Institution, ResourceRef};

use super::otp::WRONG_CODES_JOB;
use super::setup::new_id;
use super::{Act, Courier, Letter, Signing, signing_hat};
use crate::model::act::{ActKind, RegistrationAct};
use crate::ports::Calendars;
use crate::store;

pub use applications::NewRegistered;
pub(crate) use applications::{Folder, NewSecret};
pub(crate) use codes::{Seed, Tried};
pub(crate) use extra::Extra;
pub(crate) use holder::{Dossier, HolderFacts};
pub(crate) use log::{Use, Uses, Wanted};
pub(crate) use mine::Mine;
pub(crate) use permission::accepted_text;
pub(crate) use places::{APPLICATIONS, DESK, HOLDERS, MINE, PETITIONS, PLATFORM};
pub use request::Draft;

/// What the registration authority stands on.
pub struct RegistrationParts {
    /// The keys.
    pub signing: Signing,
    /// Bodies, officials and their roles.
    pub directory: Directory,
    /// The calendar that terms run by.
    pub calendar: Calendars,
    /// Outgoing mail.
    pub courier: Arc<dyn Courier>,
}

/// The registration authority. Cheap to clone.
#[derive(Clone)]
pub struct Registration(Arc<RegistrationParts>);

/// Where an official stands in the directory today.
pub(super) struct Place {
    pub(super) body: Arc<Institution>,
    pub(super) bond: Bond,
    pub(super) name: String,
    pub(super) post: String,
}

impl Registration {
    /// Over its parts.
    #[must_use]
    pub fn new(parts: RegistrationParts) -> Self {
        parts.signing.know_members(&parts.directory);
        Self(Arc::new(parts))
    }

    /// Its jobs.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let (issuing, warning, telling) = (self.clone(), self.clone(), self.clone());
        let worker = worker.on(issue::JOB, move |job| {
            let registration = issuing.clone();
            async move { registration.issue_job(&job).await }
        });
        let worker = worker.on(WRONG_CODES_JOB, move |job| {
            let registration = telling.clone();
            async move { registration.wrong_codes_job(&job).await }
        });
        worker.on(warn::JOB, move |job| {
            let registration = warning.clone();
            async move { registration.warn_job(&job).await }
        })
    }

    pub(crate) fn signing(&self) -> &Signing {
        &self.0.signing
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.signing.now()
    }

    /// Whether the actor may do this to something of a holder's.
    pub(super) fn decide(
        &self,
        actor: &Actor,
        action: Action,
        (kind, institution): (&str, &str),
        holder: Option<Id>,
    ) -> Result<()> {
        let thing = ResourceRef::new(kind, institution);
        let thing = holder.map_or(thing, |holder| thing.owner(holder));
        self.0.directory.decide(actor, action, &thing, self.now()).ok()
    }

    /// Where an official stands in a body.
    ///
    /// # Errors
    /// `no_es_funcionario`, when the directory knows no such membership.
    pub(super) fn place(&self, institution: &str, official: Id) -> Result<Place> {
        let (directory, now) = (&self.0.directory, self.now());
        let snapshot = directory.snapshot();
        let membership = snapshot.memberships(official, now).find(|m| m.institution == institution);
        let known = membership.zip(directory.official(official)).zip(directory.institution(institution));
        let ((membership, official), body) = known.ok_or_else(stranger)?;
        let post = snapshot.post_name(membership, now).ok_or_else(stranger)?;
        Ok(Place { body, bond: membership.bond, name: official.name.clone(), post })
    }

    /// The name of whoever did something.
    pub(crate) fn name_of(&self, official: Id) -> Option<String> {
        self.0.directory.official(official).map(|o| o.name.clone())
    }

    /// The name of a body.
    pub(crate) fn body_name(&self, institution: &str) -> String {
        self.0.directory.institution(institution).map_or_else(|| institution.to_owned(), |b| b.name.clone())
    }

    /// Keeps an act, and appends it to the transparency log.
    pub(super) fn record(&self, tx: &mut Tx<'_>, institution: &str, act: NewAct<'_>) -> Result<()> {
        let signing = &self.0.signing;
        let at = self.now();
        let act = RegistrationAct {
            id: new_id(signing, institution, at),
            institution: institution.to_owned(),
            kind: act.kind,
            official: act.official,
            request: act.request,
            doer: act.doer,
            note: act.note.map(str::to_owned),
            at,
        };
        store::act::add(tx, &act)?;
        let bucket = signing.bucket(institution);
        let holder = match act.official {
            Some(official) => store::holder::get(tx, bucket, institution, official)?,
            None => None,
        };
        let concerns = holder.and_then(|h| h.person);
        signing.0.parts.evidence.append(tx, &Act::Registration { act: &act, concerns })
    }

    /// Writes to somebody, if they have an address.
    pub(super) fn write_to(
        &self,
        tx: &mut Tx<'_>,
        to: Option<&str>,
        subject: &str,
        text: &str,
        path: &str,
    ) -> Result<()> {
        let Some(to) = to else { return Ok(()) };
        let text = format!("{text}\n\nVea el detalle en {}{path}", self.0.signing.0.parts.base_url);
        self.0.courier.send(tx, &Letter { to: to.to_owned(), subject: subject.to_owned(), text })
    }

    /// The end of a service's term of so many business days (specs signing §4).
    pub(super) fn due(&self, body: &Institution, (code, days): (&'static str, u16)) -> Result<Timestamp> {
        let label = "Responder una solicitud de firma electrónica";
        let term =
            TermDef::new(code, days, Unit::Business, "Acuerdo de servicio de firma electrónica", label)?;
        let scope = body.commune.map_or(Scope::NATIONAL, Scope::commune);
        let event = Event { kind: EventKind::Filing, at: self.now(), zone: body.zone, scope };
        Ok((self.0.calendar)().deadline(&term, &event)?.expires)
    }
}

/// An act to be kept.
pub(super) struct NewAct<'a> {
    pub(super) kind: ActKind,
    pub(super) official: Option<Id>,
    pub(super) request: Option<Id>,
    pub(super) doer: Option<Id>,
    pub(super) note: Option<&'a str>,
}

impl<'a> NewAct<'a> {
    /// About a holder, by whoever acts.
    pub(super) fn of(kind: ActKind, official: Id, actor: &Actor) -> Self {
        let doer = actor.hat.as_ref().map(|hat| hat.official);
        Self { kind, official: Some(official), request: None, doer, note: None }
    }

    pub(super) fn request(self, id: Id) -> Self {
        Self { request: Some(id), ..self }
    }

    pub(super) fn note(self, note: &'a str) -> Self {
        Self { note: Some(note), ..self }
    }
}

/// The hat of the official who acts.
pub(super) fn hat_of(actor: &Actor) -> Result<&Hat> {
    Ok(signing_hat(actor)?.1)
}

fn stranger() -> Error {
    let text = "La persona no es funcionaria de esta institución en el directorio. Pida al administrador que la agregue.";
    Error::conflict("no_es_funcionario", text)
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registration")
    }
}
