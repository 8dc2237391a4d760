//! A password is changed, or given back to who forgot it. A recovery never raises a level and never skips a factor: mail alone gives back a
//! login by password, and with a factor both are asked for (I4). Nobody is signed in by it.

use std::net::IpAddr;

use copihue_core::{Error, Id, Result, Run, Secret, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, enqueue};
use copihue_web::Session;
use serde::{Deserialize, Serialize};

use super::factor::{By, Kept, Step};
use super::{Browser, Happened, Purpose, Tried};
use crate::Identity;
use crate::model::event::EventKind;
use crate::model::level::PasswordBy;
use crate::model::password::{self, Weak};
use crate::model::person::{Person, PersonState, Vital};
use crate::model::throttle::{NETWORK, Verdict};
use crate::store;

/// The job that sends a recovery's code. Whether there is anybody to send it to is found out there: asking takes as long for a RUN that
/// nobody has (H1).
pub(super) const JOB: &str = "identity.recovery";
/// Seconds in which a new password is chosen after the proof.
const PERMIT_SECONDS: i64 = 10 * 60;

/// What became of the wish to recover a password.
pub(crate) enum Begun {
    /// A code is on its way, if there is anybody to send it to.
    Sent(String),
    /// Nobody looked.
    Wait,
}

/// What somebody brings to get their password back.
pub(crate) struct Claimed<'a> {
    pub(crate) sealed: &'a str,
    pub(crate) bound: &'a str,
    /// From their mail.
    pub(crate) code: &'a str,
    /// From their authenticator or their paper, where they have one.
    pub(crate) factor: &'a str,
    pub(crate) password: &'a str,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Recovered {
    Done,
    /// Another browser's, or too old.
    Forged,
    Code,
    Factor,
    Weak(Weak),
    Wait,
}

#[derive(Serialize, Deserialize)]
struct Work {
    person: Id,
    nonce: [u8; 16],
    at: i64,
}

impl Identity {
    /// Somebody forgot the password of this RUN.
    pub(crate) async fn begin_recovery(&self, run: Run, peer: IpAddr, bound: &str) -> Result<Begun> {
        let person = match self.person_by_run(run).await? {
            Some(person) => person.id,
            None => self.nobody(run)?,
        };
        // Nothing in it tells whether anybody is there.
        let nonce = copihue_core::random::bytes(&*self.0.random);
        let step = Step { person, epoch: 0, at: self.now().millis(), nonce, by: By::Mail };
        let work = Work { person: step.person, nonce: step.nonce, at: step.at };
        let (identity, payload) = (self.clone(), serde_json::to_value(&work)?);
        let begin = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            if let Verdict::Wait(until) =
                identity.take(tx, identity.prefix("recovery", peer), NETWORK, now)?.0
            {
                return Ok(Some(until));
            }
            if let Some(until) = identity.may_send(tx, Purpose::Recovery, work.person)? {
                return Ok(Some(until));
            }
            enqueue(tx, &NewJob { kind: JOB, key: None, payload: payload.clone(), run_at: now })?;
            Ok(None)
        };
        match self.0.db.write(begin).await? {
            Some(_) => Ok(Begun::Wait),
            None => Ok(Begun::Sent(self.seal_step(&step, bound)?)),
        }
    }

    /// An id that stands for a RUN that nobody has: the same each time.
    pub(super) fn nobody(&self, run: Run) -> Result<Id> {
        let hash = self.0.sealer.hash(format!("nobody:{}", run.number()).as_bytes());
        Id::from_slice(&hash[..16]).ok_or_else(|| Error::internal("sixteen bytes are an id"))
    }

    pub(super) async fn send_recovery(&self, job: &Job) -> Result<()> {
        let Work { person, nonce, at } = job.parse()?;
        let Some(person) = self.person(person).await?.filter(recoverable) else { return Ok(()) };
        let step = Step { person: person.id, epoch: person.epoch, at, nonce, by: By::Mail };
        let letter = self.letter_of(Purpose::Recovery, &step, person.email.as_deref().unwrap_or_default());
        let identity = self.clone();
        let send = move |tx: &mut Tx<'_>| {
            identity.0.mail.send(tx, &letter)?;
            let note = "Alguien pidió recuperar su clave: le enviamos un código por correo";
            identity.happened(tx, Happened { note, ..Happened::of(person.id, EventKind::Factor) })
        };
        self.0.db.write(send).await
    }

    /// A new password for who reads the person's mail and, where they have one, holds their factor.
    pub(crate) async fn recover(&self, given: &Claimed<'_>, browser: &Browser) -> Result<Recovered> {
        let Some(step) = self.open_step(given.sealed, given.bound) else { return Ok(Recovered::Forged) };
        // By step alone: strangers who guess must not use up the owner's day.
        if self.count_step("recovery", &step).await? != Verdict::Go {
            return Ok(Recovered::Wait);
        }
        let Some(person) = self.person(step.person).await?.filter(recoverable) else {
            return Ok(Recovered::Code);
        };
        let step = Step { epoch: person.epoch, ..step };
        if !self.is_mailed_code(Purpose::Recovery, &step, given.code) {
            return Ok(Recovered::Code);
        }
        if let Some(weak) = self.weakness(given.password, &person).await? {
            return Ok(Recovered::Weak(weak));
        }
        let by = match self.has_factor(person.id).await? {
            true => {
                match self.try_code(&Step { by: By::Factor, ..step.clone() }, given.factor, browser).await? {
                    Tried::Right => PasswordBy::Owner,
                    Tried::Wrong => return Ok(Recovered::Factor),
                    Tried::Wait(_) => return Ok(Recovered::Wait),
                }
            }
            false => PasswordBy::Mail,
        };
        if !self.spend_mailed(Purpose::Recovery, &step).await? {
            return Ok(Recovered::Code);
        }
        self.set_password(&person, given.password, (by, EventKind::Recovered), None, browser).await?;
        Ok(Recovered::Done)
    }

    /// A new password for who has just proved who they are.
    pub(crate) async fn change_password(
        &self,
        session: &Session,
        permit: &str,
        password: &str,
        browser: &Browser,
    ) -> Result<Recovered> {
        if !self.permitted(session, permit) {
            return Ok(Recovered::Forged);
        }
        let person = self.person(session.person.id).await?.ok_or_else(Error::not_found)?;
        if let Some(weak) = self.weakness(password, &person).await? {
            return Ok(Recovered::Weak(weak));
        }
        let by = if self.has_factor(person.id).await? { PasswordBy::Owner } else { person.password_by };
        let kept = Kept::of(session);
        self.set_password(&person, password, (by, EventKind::PasswordChanged), Some(kept), browser).await?;
        Ok(Recovered::Done)
    }

    /// Why a person may not have this password, if so.
    pub(super) async fn weakness(&self, password: &str, person: &Person) -> Result<Option<Weak>> {
        match password::check(password, person, &self.0.config.brand) {
            Err(weak) => Ok(Some(weak)),
            Ok(()) => Ok(self.is_breached(password).await?.then_some(Weak::Breached)),
        }
    }

    /// Whether a password is on the deployment's list of breached ones, where it has one.
    pub(super) async fn is_breached(&self, password: &str) -> Result<bool> {
        let Some(list) = self.0.breached.clone() else { return Ok(false) };
        let password = Secret::new(password);
        let look = move || list.has(std::str::from_utf8(password.expose()).unwrap_or_default());
        tokio::task::spawn_blocking(look)
            .await
            .map_err(|e| Error::internal(format_args!("list of passwords: {e}")))?
    }

    /// Everything given under the old one ends, save the session in use; and the person is told.
    async fn set_password(
        &self,
        person: &Person,
        password: &str,
        (by, kind): (PasswordBy, EventKind),
        kept: Option<Kept>,
        browser: &Browser,
    ) -> Result<()> {
        let hash = self.0.hasher.make(password, &*self.0.random).await?;
        let (identity, person, browser) = (self.clone(), person.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            identity.set_password_hash(tx, person.id, &hash)?;
            store::set_password_by(tx, person.id, by)?;
            store::raise_epoch(tx, person.id)?;
            match &kept {
                Some(kept) => identity.end_others(tx, person.id, kept)?,
                None => identity.end_everything(tx, person.id)?,
            }
            identity.tell(
                tx,
                person.email.as_deref(),
                "Cambió la clave de su cuenta",
                "La clave de su cuenta cambió.",
            )?;
            let (device, trace) = (browser.label.as_str(), browser.trace.as_str());
            identity.happened(tx, Happened { device, trace, ..Happened::of(person.id, kind) })
        };
        self.0.db.write(write).await
    }

    /// Leave to change password or address in this session, for ten minutes.
    pub(crate) fn permit(&self, session: &Session) -> Result<String> {
        let at = self.now().millis().to_be_bytes();
        Ok(hex::encode(self.0.sealer.seal(&*self.0.random, permit_context(session).as_bytes(), &at)?))
    }

    pub(super) fn permitted(&self, session: &Session, permit: &str) -> bool {
        let open = |bytes: Vec<u8>| self.0.sealer.open(permit_context(session).as_bytes(), &bytes).ok();
        let at =
            hex::decode(permit).ok().and_then(open).and_then(|at| at.try_into().ok()).map(i64::from_be_bytes);
        at.is_some_and(|at| self.now() < Timestamp::from_millis(at).plus_seconds(PERMIT_SECONDS))
    }
}

/// A suspended account is opened again by who shows their card, not by who reads their mail.
fn recoverable(person: &Person) -> bool {
    person.state == PersonState::Active && person.vital == Vital::Alive && person.email.is_some()
}

fn permit_context(session: &Session) -> String {
    format!("form.permiso.{}", session.id)
}
