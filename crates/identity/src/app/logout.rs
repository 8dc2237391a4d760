//! Log-out: of the provider's own session, and of what the applications were given in it.

use copihue_core::{Id, Result};
use copihue_db::Tx;
use serde_json::Value;

use super::{Browser, Happened};
use crate::Identity;
use crate::cookies::Token;
use crate::model::checklist::Sign;
use crate::model::client::{Client, ClientState};
use crate::model::event::EventKind;
use crate::model::redirect::origin;
use crate::store::{self, SsoSession};

/// Where somebody who wants to log out comes from and goes to (OpenID Connect RP-Initiated Logout).
pub(crate) struct Leaving {
    /// The application, when one is named and known.
    pub(crate) client: Option<Client>,
    /// Where the browser goes afterwards.
    pub(crate) to: Option<String>,
    /// Whether it was proved that the application speaks of the session of this very browser.
    pub(crate) proved: bool,
}

/// Why a request to log out is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BadLeaving {
    /// `id_token_hint` is none of ours, or another application's.
    Hint,
    /// The address to go to is not registered.
    Address,
}

impl Identity {
    /// The living session of this browser.
    pub(crate) async fn session_of(&self, browser: &Browser) -> Result<Option<SsoSession>> {
        let Some(token) = browser.session.as_deref().and_then(Token::parse) else { return Ok(None) };
        let now = self.now();
        self.0.db.read(move |conn| store::session(conn, token.bucket(), &token.hash(), now)).await
    }

    /// Ends the session of this browser, if it has one.
    pub(crate) async fn end_browser_session(&self, browser: &Browser) -> Result<()> {
        let Some(session) = self.session_of(browser).await? else { return Ok(()) };
        let (identity, browser) = (self.clone(), browser.clone());
        let end = move |tx: &mut Tx<'_>| {
            identity.end_sid(tx, session.person, session.sid)?;
            identity.happened(tx, logged_out(session.person, &browser))
        };
        self.0.db.write(end).await
    }

    /// Ends a session with what was given in it, and tells the applications that want to know.
    pub(crate) fn end_sid(&self, tx: &mut Tx<'_>, person: Id, sid: Id) -> Result<()> {
        let now = self.now();
        store::end_by_sid(tx, person, sid, now)?;
        for (client_id, mandate) in store::revoke_with_session(tx, person, sid, now)? {
            self.tell_of_logout(tx, person, &client_id, Some((sid, mandate)))?;
        }
        Ok(())
    }

    /// Ends the provider's session behind a session of our pages.
    pub(crate) fn end_behind(
        &self,
        tx: &mut Tx<'_>,
        person: Id,
        sid: Option<&str>,
        browser: &Browser,
    ) -> Result<()> {
        if let Some(sid) = sid.and_then(|sid| sid.parse().ok()) {
            self.end_sid(tx, person, sid)?;
        }
        self.happened(tx, logged_out(person, browser))
    }

    /// Where a browser may go after log-out: the address asked for, if its scheme, host and port are registered.
    pub(crate) async fn after_logout(&self, redirect: &str) -> Result<Option<String>> {
        let clean = redirect.len() <= 2_048 && redirect.bytes().all(|b| b.is_ascii_graphic());
        let Some(authority) = origin(redirect).filter(|_| clean) else { return Ok(None) };
        let owners = self.0.db.read(move |conn| store::logout_owners(conn, &authority)).await?;
        for client in &owners {
            self.note(client, &[(Sign::Logout, "")]).await?;
        }
        Ok((!owners.is_empty()).then(|| redirect.to_owned()))
    }

    /// Reads a request to log out: whose it is, and where it leads. An expired hint is taken: it only says who is leaving.
    pub(crate) async fn leaving(
        &self,
        hint: Option<&str>,
        client_id: Option<&str>,
        to: Option<&str>,
        browser: &Browser,
    ) -> Result<std::result::Result<Leaving, BadLeaving>> {
        let claims = hint.map(|hint| self.0.keys.load().read("JWT", hint));
        let claims = match claims {
            Some(None) => return Ok(Err(BadLeaving::Hint)),
            Some(claims) => claims,
            None => None,
        };
        let named = claims.as_ref().and_then(|c| c["aud"].as_str());
        if client_id.is_some() && named.is_some() && client_id != named {
            return Ok(Err(BadLeaving::Hint));
        }
        let client = match named.or(client_id) {
            Some(id) => self.client(id).await?.filter(|client| client.state == ClientState::Active),
            None => None,
        };
        if let Some(client) = &client {
            self.note(client, &[(Sign::Logout, "")]).await?;
        }
        let allowed = |to: &&str| {
            client.as_ref().is_some_and(|c| c.settings.post_logout_uris.iter().any(|uri| uri == to))
        };
        if to.is_some_and(|to| !allowed(&to)) {
            return Ok(Err(BadLeaving::Address));
        }
        let session = self.session_of(browser).await?;
        let sid = claims.as_ref().map(|c| &c["sid"]).and_then(Value::as_str);
        let proved =
            claims.is_some() && session.as_ref().is_none_or(|s| sid.is_some_and(|sid| is_of(sid, s.sid)));
        Ok(Ok(Leaving { client, to: to.map(str::to_owned), proved }))
    }
}

/// Whether an application's session is one of the provider's, whomever the person acts for in it.
fn is_of(sid: &str, own: Id) -> bool {
    sid.split('.').next() == Some(own.to_string().as_str())
}

fn logged_out(person: Id, browser: &Browser) -> Happened<'_> {
    Happened { device: &browser.label, trace: &browser.trace, ..Happened::of(person, EventKind::Logout) }
}
