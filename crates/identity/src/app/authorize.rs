//! A login becomes a code: one transaction for session, browser, grant, history and evidence.

use copihue_core::{Acr, Error, Id, Result, Timestamp};
use copihue_db::Tx;

use super::Happened;
use super::login::Counted;
use crate::Identity;
use crate::cookies::Token;
use crate::model::authorize::{AuthorizeRequest, Prompt};
use crate::model::client::Client;
use crate::model::event::EventKind;
use crate::model::gate::{Ask, Use, may_issue};
use crate::model::grant::{GRANT_SECONDS, Grant, GrantKey, Purpose};
use crate::model::mandate::Acting;
use crate::model::person::Person;
use crate::store::{self, SsoSession};

/// How long the provider's own session lives at most; each application says how long it may answer in its place.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3_600;
/// How long a browser is known: 13 months.
pub(crate) const DEVICE_SECONDS: i64 = 396 * 86_400;

/// A person who has just typed their password.
pub(crate) struct Fresh {
    pub(crate) person: Person,
    pub(crate) counted: Counted,
}

/// The browser.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Its cookie, when it has one.
    pub(crate) device: Option<String>,
    /// Its session's cookie.
    pub(crate) session: Option<String>,
    /// Browser and system, in words.
    pub(crate) label: String,
    pub(crate) trace: String,
}

/// Where the browser goes, and the cookies it gets.
pub(crate) struct Completed {
    pub(crate) location: String,
    pub(crate) session: Option<String>,
    pub(crate) device: Option<String>,
}

impl Identity {
    /// The session of this browser, if it may answer this application in place of the person.
    pub(crate) async fn reusable(
        &self,
        client: &Client,
        request: &AuthorizeRequest,
        browser: &Browser,
    ) -> Result<Option<(SsoSession, Person)>> {
        let token = browser.session.as_deref().and_then(Token::parse);
        let (Some(token), true) = (token, request.prompt != Prompt::Login) else { return Ok(None) };
        let (identity, now) = (self.clone(), self.now());
        let found = self.0.db.read(move |conn| {
            let Some(session) = store::session(conn, token.bucket(), &token.hash(), now)? else {
                return Ok(None);
            };
            Ok(identity.person_in(conn, session.person)?.map(|person| (session, person)))
        });
        let age = |session: &SsoSession| (now.millis() - session.auth_time.millis()) / 1000;
        let may = |(session, person): &(SsoSession, Person)| {
            age(session) < i64::from(client.settings.sso_seconds)
                && request.max_age.is_none_or(|max| age(session) <= max)
                && may_issue(&ask(person, client, session.acr, now)).is_ok()
        };
        Ok(found.await?.filter(may))
    }

    /// Gives a code on the strength of the browser's session.
    pub(crate) async fn answer_again(
        &self,
        client: &Client,
        request: &AuthorizeRequest,
        (session, person): (SsoSession, Person),
        browser: &Browser,
    ) -> Result<Completed> {
        let (identity, client, request, browser) =
            (self.clone(), client.clone(), request.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let code = identity.issue(tx, &client, &request, &person, &session)?;
            identity.happened(tx, happened(EventKind::Reuse, &person, &client, session.acr, &browser))?;
            Ok(Completed {
                location: identity.location(&client, &request, &code),
                session: None,
                device: None,
            })
        };
        self.0.db.write(write).await
    }

    /// Gives a code to the application of a person who has just logged in.
    pub(crate) async fn complete(
        &self,
        client: &Client,
        request: &AuthorizeRequest,
        fresh: Fresh,
        browser: &Browser,
    ) -> Result<Completed> {
        let (identity, client, request, browser) =
            (self.clone(), client.clone(), request.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            identity.forgive(tx, &fresh.counted)?;
            // Read again under the lock: a person suspended while the hash ran gets nothing.
            let person = identity.person_in(tx, fresh.person.id)?.ok_or_else(Error::not_found)?;
            let fits = Ask { epoch: fresh.person.epoch, ..ask(&person, &client, Acr::Low, now) };
            if may_issue(&fits).is_err() {
                return Err(Error::forbidden("La cuenta no puede usarse."));
            }
            if let Some(hash) = &fresh.counted.rehash {
                identity.set_password_hash(tx, person.id, hash)?;
            }
            let (session, cookie) = identity.new_session(tx, &person, &browser, now)?;
            let device = identity.remember(tx, &person, &client, &browser, now)?;
            identity.happened(tx, happened(EventKind::Login, &person, &client, session.acr, &browser))?;
            let code = identity.issue(tx, &client, &request, &person, &session)?;
            let location = identity.location(&client, &request, &code);
            Ok(Completed { location, session: Some(cookie), device: Some(device) })
        };
        self.0.db.write(write).await
    }

    /// A session with a new secret, in place of the browser's former one.
    fn new_session(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<(SsoSession, String)> {
        if let Some(old) = browser.session.as_deref().and_then(Token::parse) {
            store::end_session(tx, old.bucket(), &old.hash(), now)?;
        }
        let token = Token::new(person.id.bucket(), &*self.0.random);
        let session = SsoSession {
            sid: Id::new(now, person.id.bucket(), &*self.0.random),
            person: person.id,
            acr: Acr::Low,
            amr: vec!["pwd".to_owned()],
            auth_time: now,
            expires: now.plus_seconds(SESSION_SECONDS),
        };
        store::insert_session(tx, &token.hash(), &session)?;
        Ok((session, token.text()))
    }

    /// Remembers the browser; one that is new for the person shows in their history.
    fn remember(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        client: &Client,
        browser: &Browser,
        now: Timestamp,
    ) -> Result<String> {
        let token = browser.device.as_deref().and_then(Token::parse);
        let token = token.unwrap_or_else(|| Token::new(copihue_core::Bucket::new(0), &*self.0.random));
        let known = store::knows(tx, person.id.bucket(), person.id, &token.hash(), now)?;
        let expires = now.plus_seconds(DEVICE_SECONDS);
        store::remember(tx, person.id, &token.hash(), &browser.label, now, expires)?;
        if !known {
            self.happened(tx, happened(EventKind::NewDevice, person, client, Acr::Low, browser))?;
        }
        Ok(token.text())
    }

    fn issue(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        request: &AuthorizeRequest,
        person: &Person,
        session: &SsoSession,
    ) -> Result<String> {
        let now = self.now();
        let grant = Grant {
            key: GrantKey::new(person.id.bucket(), &*self.0.random),
            sid: session.sid,
            person: person.id,
            epoch: person.epoch,
            client_id: client.id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            scope: request.scope.join(" "),
            nonce: request.nonce.clone(),
            challenge: request.challenge.clone(),
            acr: session.acr,
            amr: session.amr.clone(),
            auth_time: session.auth_time,
            created: now,
            code_used: None,
            generation: 0,
            generation_at: now,
            expires: now.plus_seconds(GRANT_SECONDS),
            revoked: None,
        };
        store::insert_grant(tx, &grant)?;
        Ok(self.0.tokens.mint(&grant, Purpose::Code))
    }

    fn location(&self, client: &Client, request: &AuthorizeRequest, code: &str) -> String {
        let mut pairs = vec![("code", code)];
        if client.settings.iss {
            pairs.push(("iss", &self.0.config.issuer));
        }
        request.redirect_uri.with(&pairs, request.state.as_deref())
    }
}

/// A code, now, for a person who logged in at this level.
pub(super) const fn ask<'a>(person: &'a Person, client: &'a Client, level: Acr, now: Timestamp) -> Ask<'a> {
    Ask { person, client, how: Use::Code, epoch: person.epoch, level, acting: Acting::Self_, now }
}

fn happened<'a>(
    kind: EventKind,
    person: &Person,
    client: &'a Client,
    acr: Acr,
    browser: &'a Browser,
) -> Happened<'a> {
    Happened {
        client: Some(client),
        acr: Some(acr),
        device: &browser.label,
        trace: &browser.trace,
        ..Happened::of(person.id, kind)
    }
}
