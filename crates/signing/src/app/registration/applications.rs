//! Applications: an institution registers one, the administrator of the platform admits it, and its keys follow.

use copihue_core::{Actor, Error, Id, Result, random};
use copihue_db::{Conn, Tx};
use copihue_directory::Action;

use super::keys::{in_environment, new_secret};
use super::{APPLICATIONS, Extra, NewAct, Registration, hat_of};
use crate::app::setup::new_id;
use crate::model::act::{ActKind, RegistrationAct};
use crate::model::application::ApplicationState;
use crate::model::registered::{Environment, Phase, PhaseStep, Registered};
use crate::policy::APPLICATION;
use crate::store::registered::{self as store, Key};
use crate::store::{act, application};

/// Business days of the administrator to answer.
const TERM: (&str, u16) = ("firma_aplicacion", 3);
/// Applications of a body at most, that were not revoked or refused.
const MOST: i64 = 100;

/// What an institution says of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRegistered {
    /// What holders read when they are asked to let it sign.
    pub name: String,
    /// What it signs, and why.
    pub description: String,
    /// Who answers for it: a mail address.
    pub contact: String,
}

/// All that both sides see of an application.
pub(crate) struct Folder {
    pub(crate) registered: Registered,
    pub(crate) keys: Vec<Key>,
    pub(crate) acts: Vec<RegistrationAct>,
    /// The address that sets up an authenticator for the test signer who signs with codes. It opens nothing that counts.
    pub(crate) test_codes: Option<String>,
}

/// A secret to be shown once.
pub(crate) struct NewSecret {
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Registration {
    /// The applications of the actor's body.
    ///
    /// # Errors
    /// The actor may not.
    pub async fn applications(&self, actor: &Actor) -> Result<Vec<Registered>> {
        let institution = self.owns(actor, Action::Read)?;
        let bucket = self.signing().bucket(&institution);
        self.signing().db().read(move |conn| store::of_institution(conn, bucket, &institution)).await
    }

    /// Every body's in a phase, for the administrator of the platform.
    pub(crate) async fn applications_in(&self, actor: &Actor, phase: Phase) -> Result<Vec<Registered>> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, Action::Decide, (APPLICATION, &institution), None)?;
        self.signing().db().read(move |conn| store::in_phase(conn, phase)).await
    }

    fn owns(&self, actor: &Actor, action: Action) -> Result<String> {
        let institution = hat_of(actor)?.institution.clone();
        self.decide(actor, action, (APPLICATION, &institution), None)?;
        Ok(institution)
    }

    /// One of them, whole, for whoever may see it.
    pub(crate) async fn folder(&self, actor: &Actor, id: Id) -> Result<Folder> {
        let read = move |conn: &mut Conn<'_>| {
            let registered = store::get(conn, id)?.ok_or_else(Error::not_found)?;
            let (keys, acts) = (store::keys(conn, id)?, act::of_request(conn, id)?);
            Ok(Folder { registered, keys, acts, test_codes: None })
        };
        let folder = self.signing().db().read(read).await?;
        self.decide(actor, Action::Read, (APPLICATION, &folder.registered.institution), None)?;
        let test_codes = match folder.keys.is_empty() {
            true => None,
            false => self.signing().test_codes(&folder.registered.institution).await?,
        };
        Ok(Folder { test_codes, ..folder })
    }

    /// Asks for an application to be admitted.
    ///
    /// # Errors
    /// `demasiadas_aplicaciones`; the actor may not.
    pub async fn register_application(&self, actor: &Actor, new: NewRegistered) -> Result<Id> {
        let institution = self.owns(actor, Action::Create)?;
        let body = self.directory().institution(&institution).ok_or_else(Error::not_found)?;
        let (at, due) = (self.now(), self.due(&body, TERM)?);
        let registered = Registered {
            id: new_id(self.signing(), &institution, at),
            institution,
            name: new.name,
            description: new.description,
            contact: new.contact,
            phase: Phase::Requested,
            before: None,
            asked_at: at,
            due: Some(due),
            production_asked_at: None,
            reason: None,
        };
        let (registration, actor, id) = (self.clone(), actor.clone(), registered.id);
        let write = move |tx: &mut Tx<'_>| {
            if store::count_living(tx, id.bucket(), &registered.institution)? >= MOST {
                let text = "Su institución tiene demasiadas aplicaciones registradas.";
                return Err(Error::conflict("demasiadas_aplicaciones", text));
            }
            store::add(tx, &registered)?;
            registration.record_about(tx, &actor, &registered, ActKind::ApplicationAsked, "")
        };
        self.signing().db().write(write).await?;
        Ok(id)
    }

    /// Asks for production, once the tests are done.
    ///
    /// # Errors
    /// Not found; `paso_imposible`.
    pub(crate) async fn ask_production(&self, actor: &Actor, id: Id) -> Result<()> {
        let folder = self.own_folder(actor, id).await?;
        let body =
            self.directory().institution(&folder.registered.institution).ok_or_else(Error::not_found)?;
        let (registration, actor, due) = (self.clone(), actor.clone(), self.due(&body, TERM)?);
        let write = move |tx: &mut Tx<'_>| {
            let mut one = store::get(tx, id)?.ok_or_else(Error::not_found)?;
            if !one.may_ask_production() {
                return Err(Error::conflict(
                    "paso_imposible",
                    "La aplicación cambió de estado. Revísela otra vez.",
                ));
            }
            (one.production_asked_at, one.due) = (Some(registration.now()), Some(due));
            store::save(tx, &one)?;
            registration.record_about(tx, &actor, &one, ActKind::ProductionAsked, "")
        };
        self.signing().db().write(write).await
    }

    pub(super) async fn own_folder(&self, actor: &Actor, id: Id) -> Result<Folder> {
        let folder = self.folder(actor, id).await?;
        self.decide(actor, Action::Change, (APPLICATION, &folder.registered.institution), None)?;
        Ok(folder)
    }

    /// The administrator admits, promotes, stops or ends an application; its keys follow.
    ///
    /// # Errors
    /// Not found; `paso_imposible`, `motivo_faltante`, and as [`Self::check_extra`].
    pub(crate) async fn take_phase_step(
        &self,
        actor: &Actor,
        id: Id,
        (step, reason): (PhaseStep, &str),
        extra: Extra<'_>,
    ) -> Result<()> {
        let registered = self.folder(actor, id).await?.registered;
        self.decide(actor, Action::Decide, (APPLICATION, &registered.institution), None)?;
        let home = self.directory().institution(&registered.institution).ok_or_else(Error::not_found)?;
        let due = self.due(&home, TERM)?;
        registered.clone().take(step, reason, due)?;
        self.check_extra(actor, extra).await?;
        if step == PhaseStep::Admit {
            self.signing().ensure_test_signers(&home.code, &home.name).await?;
        }
        let key = hex::encode(random::bytes::<16>(self.signing().random()));
        let secret = self.signing().sealed_secret(&key, &new_secret(self.signing().random()))?;
        let (registration, actor, reason) = (self.clone(), actor.clone(), reason.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let mut one = store::get(tx, id)?.ok_or_else(Error::not_found)?;
            one.take(step, &reason, due)?;
            store::save(tx, &one)?;
            let environment = match step {
                PhaseStep::Admit => Some(Environment::Test),
                PhaseStep::Promote => Some(Environment::Production),
                _ => None,
            };
            if let Some(environment) = environment {
                let application = in_environment(&one, &key, environment);
                application::add(tx, &application, &secret, registration.now())?;
                store::tie(tx, &key, id, &application.bounds)?;
                application::add_entity(tx, &home.name, &home.code)?;
            }
            for own in store::keys(tx, id)? {
                let state = match one.signs_in(own.environment) {
                    true => ApplicationState::Active,
                    false => ApplicationState::Suspended,
                };
                store::set_key_state(tx, &own.key, state)?;
            }
            registration.record_about(tx, &actor, &one, kind_of(step), &reason)?;
            registration.tell_contact(tx, &one, step, &reason)
        };
        self.signing().db().write(write).await
    }

    fn tell_contact(&self, tx: &mut Tx<'_>, one: &Registered, step: PhaseStep, reason: &str) -> Result<()> {
        let what = match step {
            PhaseStep::Admit => "ya puede firmar en el ambiente de prueba. Cree su secreto para comenzar",
            PhaseStep::Promote => {
                "ya puede firmar en producción. Cree su secreto de producción para comenzar"
            }
            PhaseStep::Suspend => "fue suspendida: no puede firmar",
            PhaseStep::Resume => "puede firmar otra vez",
            PhaseStep::Revoke => "fue revocada: no puede firmar, y no vuelve",
        };
        let why = if step.needs_reason() { format!("\n\nMotivo: {reason}") } else { String::new() };
        let text = format!("La aplicación «{}» {what}.{why}", one.name);
        self.write_to(tx, Some(&one.contact), "Su aplicación de firma", &text, APPLICATIONS)
    }

    pub(super) fn record_about(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        one: &Registered,
        kind: ActKind,
        note: &str,
    ) -> Result<()> {
        let doer = Some(hat_of(actor)?.official);
        let note = Some(note).filter(|n| !n.is_empty());
        self.record(tx, &one.institution, NewAct { kind, official: None, request: Some(one.id), doer, note })
    }
}

const fn kind_of(step: PhaseStep) -> ActKind {
    match step {
        PhaseStep::Admit => ActKind::ApplicationAdmitted,
        PhaseStep::Promote => ActKind::ApplicationPromoted,
        PhaseStep::Suspend => ActKind::ApplicationSuspended,
        PhaseStep::Resume => ActKind::ApplicationResumed,
        PhaseStep::Revoke => ActKind::ApplicationRevoked,
    }
}
