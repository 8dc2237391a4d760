//! Log-out: of the provider's own session.

use copihue_core::{Id, Result};
use copihue_db::Tx;

use super::{Browser, Happened};
use crate::Identity;
use crate::cookies::Token;
use crate::model::event::EventKind;
use crate::model::redirect::origin;
use crate::store;

impl Identity {
    /// Ends the session of this browser, if it has one.
    pub(crate) async fn end_browser_session(&self, browser: &Browser) -> Result<()> {
        let Some(token) = browser.session.as_deref().and_then(Token::parse) else { return Ok(()) };
        let (identity, browser) = (self.clone(), browser.clone());
        let end = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            let Some(session) = store::session(tx, token.bucket(), &token.hash(), now)? else {
                return Ok(());
            };
            store::end_session(tx, token.bucket(), &token.hash(), now)?;
            identity.happened(tx, logged_out(session.person, &browser))
        };
        self.0.db.write(end).await
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
            store::end_by_sid(tx, person, sid, self.now())?;
        }
        self.happened(tx, logged_out(person, browser))
    }

    /// Where a browser may go after log-out: the address asked for, if its scheme, host and port are registered.
    pub(crate) async fn after_logout(&self, redirect: &str) -> Result<Option<String>> {
        let clean = redirect.len() <= 2_048 && redirect.bytes().all(|b| b.is_ascii_graphic());
        let Some(authority) = origin(redirect).filter(|_| clean) else { return Ok(None) };
        let allowed = self.0.db.read(move |conn| store::logout_allowed(conn, &authority)).await?;
        Ok(allowed.then(|| redirect.to_owned()))
    }
}

fn logged_out(person: Id, browser: &Browser) -> Happened<'_> {
    Happened { device: &browser.label, trace: &browser.trace, ..Happened::of(person, EventKind::Logout) }
}
