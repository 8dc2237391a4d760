//! Before anything changes that a login stands on, the person proves once more who they are, with the strongest that they have: a session that
//! somebody stole changes nothing (F3, J2).

use std::net::IpAddr;

use copihue_core::{Error, Result};
use copihue_web::Session;

use super::{Attempt, Authenticated, Browser, Paid, Tried};
use crate::Identity;
use crate::cookies::Token;
use crate::model::person::Person;

/// What somebody showed.
pub(crate) struct Shown<'a> {
    pub(crate) password: &'a str,
    pub(crate) code: &'a str,
    /// A passkey's answer and its challenge.
    pub(crate) key: Option<(&'a str, &'a str)>,
}

/// What became of it.
pub(crate) enum Proved {
    /// It is this person.
    Yes(Box<Person>),
    /// The password is not theirs.
    Password,
    /// The code is not, or no more.
    Code,
    /// The passkey is not.
    Key,
    /// Nobody looked.
    Wait,
}

impl Identity {
    /// Whether what was shown is the person's of this session.
    pub(crate) async fn prove(
        &self,
        session: &Session,
        shown: &Shown<'_>,
        peer: IpAddr,
        browser: &Browser,
    ) -> Result<Proved> {
        let person = session.person.id;
        if let Some((answer, sealed)) = shown.key {
            let found = self.by_passkey((answer, sealed, &proving(session)), Some(person), browser).await?;
            return Ok(found.map_or(Proved::Key, |(person, _)| Proved::Yes(Box::new(person))));
        }
        if shown.password.is_empty() || shown.password.len() > crate::hash::MAX_PASSWORD {
            return Ok(Proved::Password);
        }
        let device = browser.device.as_deref().and_then(Token::parse).map(|token| token.hash());
        let (label, trace) = (browser.label.as_str(), browser.trace.as_str());
        let attempt = Attempt {
            run: session.person.run,
            password: shown.password,
            device,
            peer,
            label,
            trace,
            paid: &Paid::Exempt,
        };
        let own = self.client(crate::OWN_CLIENT).await?.ok_or_else(Error::not_found)?;
        let known = match self.authenticate(&own, &attempt).await? {
            Authenticated::Yes(known, counted) if known.id == person => {
                self.forgive_now(person, counted).await?;
                known
            }
            Authenticated::Wait(_) => return Ok(Proved::Wait),
            _ => return Ok(Proved::Password),
        };
        if !self.has_factor(person).await? {
            return Ok(Proved::Yes(known));
        }
        Ok(match self.try_code(&self.own_step(session), shown.code, browser).await? {
            Tried::Right => Proved::Yes(known),
            Tried::Wrong => Proved::Code,
            Tried::Wait(_) => Proved::Wait,
        })
    }
}

/// What a passkey's challenge on these pages is bound to.
pub(crate) fn proving(session: &Session) -> String {
    format!("prueba.{}", session.id)
}
