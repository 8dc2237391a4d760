//! What a person lets applications know, reviewed and taken back (L5).

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx};

use super::{Browser, Happened};
use crate::Identity;
use crate::model::claims::delivered;
use crate::model::client::Client;
use crate::model::event::EventKind;
use crate::store::{self, Consent};

/// An application that knows something of the person.
pub(crate) struct Application {
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) institution: String,
    /// In the person's words.
    pub(crate) data: Vec<String>,
    pub(crate) given: Timestamp,
}

impl Identity {
    /// The applications that the person has let in.
    pub(crate) async fn applications(&self, person: Id) -> Result<Vec<Application>> {
        let read = move |conn: &mut Conn<'_>| {
            let mut all = Vec::new();
            for consent in store::consents(conn, person)? {
                let Some(client) = store::client(conn, &consent.client_id)? else { continue };
                all.push(Application {
                    client_id: client.id,
                    name: client.name,
                    institution: client.institution,
                    data: delivered(&consent.scope.join(" ")),
                    given: consent.given,
                });
            }
            Ok(all)
        };
        self.0.db.read(read).await
    }

    /// The person lets the application know this too, beside what it knew before.
    pub(super) fn agree_to(&self, tx: &mut Tx<'_>, person: Id, client: &Client, more: &[&str]) -> Result<()> {
        let before = store::consent(tx, person, &client.id)?;
        let mut scope: Vec<String> = before.map(|c| c.scope).unwrap_or_default();
        for word in more {
            if !scope.iter().any(|known| known == word) {
                scope.push((*word).to_owned());
            }
        }
        let consent = Consent { client_id: client.id.clone(), scope, given: self.now() };
        store::put_consent(tx, person, &consent)
    }

    /// Takes it back: the application's tokens are dead when this answers, and it is told.
    pub(crate) async fn withdraw(&self, person: Id, client_id: &str, browser: &Browser) -> Result<()> {
        let (identity, client_id, browser) = (self.clone(), client_id.to_owned(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let client = store::client(tx, &client_id)?.ok_or_else(Error::not_found)?;
            if !store::drop_consent(tx, person, &client_id)? {
                return Err(Error::not_found());
            }
            for session in store::revoke_of_client(tx, person, &client_id, identity.now())? {
                identity.tell_of_logout(tx, person, &client_id, Some(session))?;
            }
            let what = Happened {
                client: Some(&client),
                device: &browser.label,
                trace: &browser.trace,
                ..Happened::of(person, EventKind::Withdrawn)
            };
            identity.happened(tx, what)
        };
        self.0.db.write(write).await
    }
}
