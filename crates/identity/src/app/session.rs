//! A person's open sessions, and «no fui yo».

use copihue_core::{Error, Id, Result};
use copihue_db::Tx;
use copihue_web::Which;

use super::login::Counted;
use super::{Browser, Happened};
use crate::Identity;
use crate::model::event::{Event, EventKind};
use crate::model::person::PersonState;
use crate::store::{self, SsoSession};

impl Identity {
    /// The open sessions of a person, the latest first.
    pub(crate) async fn open_sessions(&self, person: Id) -> Result<Vec<SsoSession>> {
        let now = self.now();
        self.0.db.read(move |conn| store::sessions_of(conn, person, now)).await
    }

    /// Ends one of them with what was given in it.
    pub(crate) async fn end_one_session(&self, person: Id, sid: Id, browser: &Browser) -> Result<()> {
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let known = store::sessions_of(tx, person, identity.now())?;
            if !known.iter().any(|session| session.sid == sid) {
                return Err(Error::not_found());
            }
            identity.end_sid(tx, person, sid)?;
            identity.0.web.sessions().end_of(tx, person, Which::Sid(&sid.to_string()))?;
            identity.session_ended(tx, person, &browser)
        };
        self.0.db.write(write).await
    }

    /// Ends all of them, here and at the applications.
    pub(crate) async fn end_all_sessions(&self, person: Id, browser: &Browser) -> Result<()> {
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            for session in store::sessions_of(tx, person, identity.now())? {
                identity.end_sid(tx, person, session.sid)?;
            }
            identity.0.web.sessions().end_of(tx, person, Which::All)?;
            identity.session_ended(tx, person, &browser)
        };
        self.0.db.write(write).await
    }

    fn session_ended(&self, tx: &mut Tx<'_>, person: Id, browser: &Browser) -> Result<()> {
        let what = Happened {
            device: &browser.label,
            trace: &browser.trace,
            ..Happened::of(person, EventKind::SessionEnded)
        };
        self.happened(tx, what)
    }

    /// One event of a person's own history.
    pub(crate) async fn event_of(&self, person: Id, id: Id) -> Result<Option<Event>> {
        self.0.db.read(move |conn| store::event(conn, person, id)).await
    }

    /// «No fui yo»: the account is locked with everything that was given, until somebody proves again whose it is, and the support
    /// desk has a case. Answers its number.
    pub(crate) async fn dispute(&self, person: Id, event: &Event, browser: &Browser) -> Result<String> {
        let (identity, browser) = (self.clone(), browser.clone());
        let disputed = event.at;
        let write = move |tx: &mut Tx<'_>| {
            let known = identity.person_in(tx, person)?.ok_or_else(Error::not_found)?;
            if known.state != PersonState::Closed {
                store::set_standing(tx, person, PersonState::Suspended, known.vital)?;
            }
            identity.end_everything(tx, person)?;
            let number = identity.open_case(tx, person, disputed)?;
            let text = format!(
                "Bloqueamos su cuenta porque avisó que no fue usted. Su caso en la mesa de ayuda es {number}."
            );
            identity.tell(tx, known.email.as_deref(), "Bloqueamos su cuenta", &text)?;
            let note = format!("{disputed} (caso {number})");
            let what = Happened {
                device: &browser.label,
                note: &note,
                trace: &browser.trace,
                ..Happened::of(person, EventKind::Disputed)
            };
            identity.happened(tx, what)?;
            Ok(number)
        };
        self.0.db.write(write).await
    }

    /// A password was right, and nothing is completed with it yet.
    pub(crate) async fn forgive_now(&self, person: Id, counted: Counted) -> Result<()> {
        let identity = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            identity.forgive(tx, &counted)?;
            match &counted.rehash {
                Some(hash) => identity.set_password_hash(tx, person, hash),
                None => Ok(()),
            }
        };
        self.0.db.write(write).await
    }
}
