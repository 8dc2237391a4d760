//! Codes by mail: the lowest second factor, and one half of a recovery. None is kept: each follows from the step that waits for it, which its
//! own browser carries sealed.

use copihue_core::secret::constant_time_eq;
use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;

use super::Happened;
use super::factor::Step;
use crate::Identity;
use crate::mailer::Letter;
use crate::model::event::EventKind;
use crate::model::mailed;
use crate::model::throttle::{Limit, Verdict};

/// Codes that are sent to a person: three, then one in ten minutes.
const SENDS: Limit = Limit { free: 3, first_wait: 600, max_wait: 600, forget: 600 };

/// What a code is for. A code for one thing is worth nothing for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    Login,
    Recovery,
    /// Goes to an address that is not the person's yet.
    Contact,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Login => "ingreso",
            Self::Recovery => "recuperación de la clave",
            Self::Contact => "cambio de correo",
        }
    }

    /// What whoever did not ask for it should think.
    const fn unasked(self) -> &'static str {
        match self {
            Self::Login | Self::Recovery => {
                "Si no lo pidió usted, alguien conoce su clave o su RUN: cambie su clave."
            }
            Self::Contact => "Si no lo pidió usted, alguien escribió su dirección por error: no haga nada.",
        }
    }
}

impl Identity {
    /// The code that belongs to a step. It dies with whatever raises the person's epoch.
    fn mailed_code(&self, purpose: Purpose, step: &Step) -> String {
        let (person, nonce, epoch) = (step.person, &step.nonce, step.epoch.to_be_bytes());
        let input = [
            b"mailed:",
            purpose.name().as_bytes(),
            b":",
            person.as_bytes().as_slice(),
            nonce.as_slice(),
            epoch.as_slice(),
        ];
        mailed::code(&self.0.sealer.hash(&input.concat()))
    }

    /// Whether one more code for this may be sent to this person. Strangers who ask for a recovery stop no login.
    pub(super) fn may_send(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        person: Id,
    ) -> Result<Option<Timestamp>> {
        let subject = (person.bucket(), self.subject(&format!("mail {}", purpose.name()), person.as_bytes()));
        Ok(match self.take(tx, subject, SENDS, self.now())?.0 {
            Verdict::Go => None,
            Verdict::Wait(until) => Some(until),
        })
    }

    /// Sends the code of a step; nothing to nobody's address. Answers until when to wait, when too many were sent.
    pub(crate) async fn send_code(
        &self,
        purpose: Purpose,
        step: &Step,
        address: Option<&str>,
        app: &str,
    ) -> Result<Option<Timestamp>> {
        let code = self.mailed_code(purpose, step);
        let letter = address.map(|address| self.code_letter(purpose, address, &code, app));
        let (identity, person) = (self.clone(), step.person);
        let send = move |tx: &mut Tx<'_>| {
            let wait = identity.may_send(tx, purpose, person)?;
            if let (None, Some(letter)) = (wait, &letter) {
                identity.0.mail.send(tx, letter)?;
                identity.happened(
                    tx,
                    Happened {
                        note: "Código enviado por correo", ..Happened::of(person, EventKind::Factor)
                    },
                )?;
            }
            Ok(wait)
        };
        self.0.db.write(send).await
    }

    /// The letter that carries the code of a step.
    pub(super) fn letter_of(&self, purpose: Purpose, step: &Step, address: &str) -> Letter {
        self.code_letter(purpose, address, &self.mailed_code(purpose, step), "")
    }

    fn code_letter(&self, purpose: Purpose, address: &str, code: &str, app: &str) -> Letter {
        let (what, unasked, brand) = (purpose.name(), purpose.unasked(), &self.0.config.brand);
        let place = if app.is_empty() { String::new() } else { format!(" en «{app}»") };
        // The code stands in the text alone: a subject shows on locked telephones.
        let text = format!(
            "Su código de {what}{place} es:\n\n    {code}\n\nSirve durante diez minutos y una sola vez, en la página donde \
             lo pidió. No lo entregue a nadie: ninguna institución se lo pedirá por teléfono ni por mensaje.\n\n\
             {unasked}\n\n{brand}"
        );
        Letter { to: address.to_owned(), subject: format!("Código de {what}"), text }
    }

    /// Whether this is the code of the step.
    pub(super) fn is_mailed_code(&self, purpose: Purpose, step: &Step, text: &str) -> bool {
        let code = self.mailed_code(purpose, step);
        mailed::typed(text).is_some_and(|typed| constant_time_eq(typed.as_bytes(), code.as_bytes()))
    }

    /// Spends the code of the step. Answers whether this call did: each is right once.
    pub(super) async fn spend_mailed(&self, purpose: Purpose, step: &Step) -> Result<bool> {
        self.once("mailed", &[purpose.name(), &hex::encode(step.nonce)], step.ends()).await
    }

    /// Tells a person of something that happened to their account, at this address.
    pub(crate) fn tell(
        &self,
        tx: &mut Tx<'_>,
        address: Option<&str>,
        subject: &str,
        what: &str,
    ) -> Result<()> {
        let Some(to) = address else { return Ok(()) };
        let (pages, brand) = (&self.0.web.config().base_url, &self.0.config.brand);
        let text = format!(
            "{what}\n\nSi no fue usted, entre a {pages}/mi/ingresos y elija «No fui yo», o acérquese con su cédula de identidad a \
             una oficina de su municipalidad.\n\n{brand}"
        );
        self.0.mail.send(tx, &Letter { to: to.to_owned(), subject: subject.to_owned(), text })
    }
}
