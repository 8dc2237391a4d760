//! Another address for codes and notices (I6). The person proves who they are and that they read the new one; then it waits, and whoever
//! reads the old one is told and can take the change back without logging in. Until its day nothing is sent to the new address.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, enqueue};
use copihue_web::{Session, format};
use serde::{Deserialize, Serialize};

use super::factor::{By, Kept, Step};
use super::{Browser, Happened, Purpose};
use crate::Identity;
use crate::cookies::Token;
use crate::mailer::Letter;
use crate::model::event::EventKind;
use crate::model::mailed::masked;
use crate::model::person::Person;
use crate::model::throttle::Verdict;
use crate::store::{self, ContactRow};

/// The job that puts a new address into use on its day.
pub(super) const JOB: &str = "identity.contact";
/// Where the link of the notice leads.
pub(crate) const CANCEL: &str = "/ingresar/correo/anular";

/// What became of the wish for another address.
pub(crate) enum Wished {
    /// A code went there; this belongs into the form that asks for it.
    Sent(String),
    /// It is the one that is in use.
    Same,
    /// Not permitted in this session, or no more.
    Forged,
    /// Too many codes were sent.
    Wait,
}

/// What became of the code that went there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Confirmed {
    Done,
    Wrong,
    Forged,
    Wait,
}

/// A change under way, as pages show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Change {
    /// The new address, masked: the page may be looked at by somebody who stole the session.
    pub(crate) masked: String,
    pub(crate) effective: Timestamp,
}

/// What the form carries while the code is on its way.
#[derive(Serialize, Deserialize)]
struct Begun {
    step: Step,
    address: String,
}

#[derive(Serialize, Deserialize)]
struct Work {
    person: Id,
}

fn form_context(session: &Session) -> Vec<u8> {
    format!("form.correo.{}", session.id).into_bytes()
}

fn context(person: Id) -> Vec<u8> {
    [b"identity_contact_change.email.", person.as_bytes().as_slice()].concat()
}

fn under_way() -> Error {
    Error::conflict("cambio_pendiente", "Ya hay un cambio de correo en curso. Anúlelo antes de pedir otro.")
}

impl Identity {
    /// The change that a person has under way.
    pub(crate) async fn contact_change(&self, person: Id) -> Result<Option<Change>> {
        let identity = self.clone();
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            store::contact_change(conn, person)?.map(|row| identity.shown(&row)).transpose()
        };
        self.0.db.read(read).await
    }

    fn shown(&self, row: &ContactRow) -> Result<Change> {
        Ok(Change { masked: masked(&self.address_of(row)?), effective: row.effective })
    }

    fn address_of(&self, row: &ContactRow) -> Result<String> {
        let plain = self.0.sealer.open(&context(row.person), &row.email_sealed)?;
        String::from_utf8(plain).map_err(|_| Error::internal("a sealed address is not text"))
    }

    /// Who has just proved who they are wants another address: a code goes there.
    pub(crate) async fn wish_contact(
        &self,
        session: &Session,
        permit: &str,
        address: &str,
    ) -> Result<Wished> {
        if !self.permitted(session, permit) {
            return Ok(Wished::Forged);
        }
        let person = self.person(session.person.id).await?.ok_or_else(Error::not_found)?;
        if person.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(address)) {
            return Ok(Wished::Same);
        }
        if self.contact_change(person.id).await?.is_some() {
            return Err(under_way());
        }
        let step = self.step(&person, By::Mail);
        if self.send_code(Purpose::Contact, &step, Some(address), "").await?.is_some() {
            return Ok(Wished::Wait);
        }
        let plain = serde_json::to_vec(&Begun { step, address: address.to_owned() })?;
        Ok(Wished::Sent(hex::encode(self.0.sealer.seal(&*self.0.random, &form_context(session), &plain)?)))
    }

    /// The code that went to the new address: from now on it waits, and the old one is told.
    pub(crate) async fn confirm_contact(
        &self,
        session: &Session,
        sealed: &str,
        code: &str,
        browser: &Browser,
    ) -> Result<Confirmed> {
        let Some(Begun { step, address }) = self.begun_contact(session, sealed) else {
            return Ok(Confirmed::Forged);
        };
        if self.count_step("contact", &step).await? != Verdict::Go {
            return Ok(Confirmed::Wait);
        }
        let person = self.person(step.person).await?.filter(|person| person.epoch == step.epoch);
        let Some(person) = person else { return Ok(Confirmed::Forged) };
        if !self.is_mailed_code(Purpose::Contact, &step, code)
            || !self.spend_mailed(Purpose::Contact, &step).await?
        {
            return Ok(Confirmed::Wrong);
        }
        let (identity, browser, kept) = (self.clone(), browser.clone(), Kept::of(session));
        let write = move |tx: &mut Tx<'_>| {
            identity.end_others(tx, person.id, &kept)?;
            identity.hold_contact(tx, &person, &address, &browser)
        };
        self.0.db.write(write).await?;
        Ok(Confirmed::Done)
    }

    /// What was begun in this session, in time.
    fn begun_contact(&self, session: &Session, sealed: &str) -> Option<Begun> {
        let plain = self.0.sealer.open(&form_context(session), &hex::decode(sealed).ok()?).ok()?;
        let begun: Begun = serde_json::from_slice(&plain).ok()?;
        (self.now().millis() < begun.step.ends() * 1000 - 1000).then_some(begun)
    }

    fn hold_contact(&self, tx: &mut Tx<'_>, person: &Person, address: &str, browser: &Browser) -> Result<()> {
        let now = self.now();
        let effective = now.plus_seconds(self.0.config.contact_hold.seconds());
        let link = Token::new(person.id.bucket(), &*self.0.random);
        let email_sealed = self.0.sealer.seal(&*self.0.random, &context(person.id), address.as_bytes())?;
        let row = ContactRow { person: person.id, email_sealed, created: now, effective };
        if !store::insert_contact_change(tx, &row, &link.hash())? {
            return Err(under_way());
        }
        let payload = serde_json::to_value(Work { person: person.id })?;
        enqueue(tx, &NewJob { kind: JOB, key: None, payload, run_at: effective })?;
        let change = Change { masked: masked(address), effective };
        if let Some(old) = &person.email {
            self.0.mail.send(tx, &self.contact_notice(old, &change, &link))?;
        }
        let note = format!("{}, desde el {}", change.masked, format::datetime(effective));
        let (device, trace) = (browser.label.as_str(), browser.trace.as_str());
        let what = Happened { device, trace, note: &note, ..Happened::of(person.id, EventKind::ContactHeld) };
        self.happened(tx, what)
    }

    /// To the old address: what will happen, and how to take it back.
    fn contact_notice(&self, old: &str, change: &Change, link: &Token) -> Letter {
        let (pages, brand) = (&self.0.web.config().base_url, &self.0.config.brand);
        let (masked, day, link) = (&change.masked, format::datetime(change.effective), link.text());
        let text = format!(
            "Desde su cuenta se pidió usar otro correo: {masked}.\n\nHasta el {day} todo sigue llegando a este correo. Después \
             llegará al nuevo.\n\nSi no fue usted, anule el cambio antes de ese día en esta página (no necesita ingresar, y el \
             enlace sirve una vez):\n\n    {pages}{CANCEL}?cambio={link}\n\nDespués cambie su clave: alguien la conoce.\n\n{brand}"
        );
        Letter { to: old.to_owned(), subject: "Pidió cambiar el correo de su cuenta".to_owned(), text }
    }

    /// The change that a link of the notice takes back.
    pub(crate) async fn change_of_link(&self, link: &str) -> Result<Option<Change>> {
        let Some(link) = Token::parse(link) else { return Ok(None) };
        let identity = self.clone();
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let row = store::contact_change_by_link(conn, link.bucket(), &link.hash())?;
            row.map(|row| identity.shown(&row)).transpose()
        };
        self.0.db.read(read).await
    }

    /// Whoever reads the old address takes the change back. Everything given ends: somebody had come in. Answers whether there was a change.
    pub(crate) async fn cancel_by_link(&self, link: &str, browser: &Browser) -> Result<bool> {
        let Some(link) = Token::parse(link) else { return Ok(false) };
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let Some(row) = store::contact_change_by_link(tx, link.bucket(), &link.hash())? else {
                return Ok(false);
            };
            let note = "Con el enlace que enviamos al correo anterior; se cerraron todas las sesiones";
            let gone = identity.drop_contact(tx, row.person, note, &browser)?;
            identity.end_everything(tx, row.person)?;
            store::raise_epoch(tx, row.person)?;
            Ok(gone)
        };
        self.0.db.write(write).await
    }

    /// The person takes it back on their own page.
    pub(crate) async fn cancel_contact(&self, person: Id, browser: &Browser) -> Result<()> {
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| identity.drop_contact(tx, person, "", &browser);
        self.0.db.write(write).await.map(|_| ())
    }

    /// Ends a change under way, if there is one, and writes why into the history.
    fn drop_contact(&self, tx: &mut Tx<'_>, person: Id, note: &str, browser: &Browser) -> Result<bool> {
        if !store::drop_contact_change(tx, person)? {
            return Ok(false);
        }
        let (device, trace) = (browser.label.as_str(), browser.trace.as_str());
        let what = Happened { device, trace, note, ..Happened::of(person, EventKind::ContactCancelled) };
        self.happened(tx, what)?;
        Ok(true)
    }

    /// Whatever ends all that was given ends a change of address too: it may have been a thief's.
    pub(super) fn void_contact(&self, tx: &mut Tx<'_>, person: Id) -> Result<()> {
        let note = "Anulado junto con todo lo que estaba abierto en la cuenta";
        self.drop_contact(tx, person, note, &Browser::default()).map(|_| ())
    }

    /// The day of a new address has come. An earlier job finds a later change: that one waits for its own.
    pub(super) async fn use_contact(&self, job: &Job) -> Result<()> {
        let Work { person } = job.parse()?;
        let identity = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let due = store::contact_change(tx, person)?.filter(|row| row.effective <= identity.now());
            let (Some(row), Some(known)) = (due, identity.person_in(tx, person)?) else { return Ok(()) };
            let address = identity.address_of(&row)?;
            store::drop_contact_change(tx, person)?;
            store::set_email(tx, person, &identity.seal_email(person, &address)?)?;
            let what = "El correo de su cuenta cambió: los códigos y avisos llegan ahora al nuevo.";
            for to in known.email.iter().chain([&address]) {
                identity.tell(tx, Some(to), "Cambió el correo de su cuenta", what)?;
            }
            let note = masked(&address);
            identity.happened(tx, Happened { note: &note, ..Happened::of(person, EventKind::ContactChanged) })
        };
        self.0.db.write(write).await
    }
}
