//! Sessions: who is logged in, kept in the database and answered from memory.

mod store;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use copihue_core::{Acr, Clock, Hat, Id, PersonRef, Random, Result, Timestamp};
use copihue_db::{Conn, Db, Tx};
use http::HeaderValue;
use moka::sync::Cache;

use crate::config::SessionTimes;
use crate::cookies;
use crate::csrf::By;
pub(crate) use token::Token;

/// After this, a process asks which sessions others have ended: a revoked session is gone in less than a second.
const SYNC_MS: i64 = 700;
/// Overlap of those questions: a transaction may commit later than the instant it carries.
const SYNC_OVERLAP_MS: i64 = 10_000;
/// How often the last use is written down.
const TOUCH_MS: i64 = 60_000;

/// A login to be turned into a session.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Who.
    pub person: PersonRef,
    /// At which level.
    pub acr: Acr,
    /// By which methods: `pwd`, `otp`, `hwk`.
    pub amr: Vec<String>,
    /// The identity provider's own session, to end both together.
    pub sid: Option<String>,
}

/// A session, as a request sees it.
#[derive(Debug)]
pub struct Session {
    pub(crate) key: Key,
    /// Its public id, the same over changes of hat.
    pub id: Id,
    /// Who.
    pub person: PersonRef,
    /// Level of the login.
    pub acr: Acr,
    /// Methods of the login.
    pub amr: Vec<String>,
    /// The identity provider's own session.
    pub sid: Option<String>,
    /// When the session began.
    pub created: Timestamp,
    /// When the person gave their password, or what stands for it: earlier than the session, where the identity provider's own
    /// answered in their place. None where nobody knows, which is never a fresh login.
    pub authenticated: Option<Timestamp>,
    /// When it ends in any case.
    pub expires: Timestamp,
    /// The institution's code and the official's id of the hat chosen.
    pub(crate) hat: Option<(String, Id)>,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) last_seen: AtomicI64,
    pub(crate) touched: AtomicI64,
}

impl Session {
    /// The last request.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        Timestamp::from_millis(self.last_seen.load(Ordering::Relaxed))
    }

    fn alive(&self, now: Timestamp, times: SessionTimes) -> bool {
        self.ended.is_none() && now < self.expires && now < self.last_seen().plus_millis(times.idle_ms)
    }

    pub(crate) fn token_for(&self) -> By {
        By { binding: self.key.hash, person: Some(self.person.id) }
    }

    pub(crate) fn wears(&self, hat: &Hat) -> bool {
        self.hat.as_ref().is_some_and(|(i, o)| *i == hat.institution && *o == hat.official)
    }
}

/// Where a session lies: the person's bucket and the hash of the token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key {
    pub(crate) bucket: copihue_core::Bucket,
    pub(crate) hash: [u8; 32],
}

/// A new session's token on its way to the browser. Put it into an answer with [`crate::Cx::logged_in`].
#[must_use]
pub struct SessionCookie(pub(crate) HeaderValue);

/// What a cookie turned out to be.
pub(crate) enum Found {
    Alive(Arc<Session>),
    /// It was one: whose, is known.
    Ended(Arc<Session>),
    Unknown,
}

/// Ends every session there is: after a backup was restored, in which those that were ended since are alive again.
///
/// # Errors
/// When the database refuses.
pub fn end_every_session(tx: &mut Tx<'_>, at: Timestamp) -> Result<u64> {
    store::end_all(tx, at)
}

/// All sessions of the deployment.
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    names: cookies::Names,
    times: SessionTimes,
    cache: Cache<[u8; 32], Arc<Session>>,
    synced: AtomicI64,
    syncing: tokio::sync::Mutex<()>,
}

impl Sessions {
    pub(crate) fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        names: cookies::Names,
        times: SessionTimes,
    ) -> Self {
        let cache = Cache::builder().max_capacity(50_000).build();
        let synced = AtomicI64::new(clock.now().millis());
        Self(Arc::new(Inner {
            db,
            clock,
            random,
            names,
            times,
            cache,
            synced,
            syncing: tokio::sync::Mutex::default(),
        }))
    }

    /// Starts a session. Always a new token, so that one fixed beforehand is worth nothing. The browser's former session ends, and
    /// where it is the same person's they go on by the post they had chosen.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn start(
        &self,
        tx: &mut Tx<'_>,
        new: &NewSession,
        authenticated: Option<Timestamp>,
        before: Option<&Session>,
    ) -> Result<SessionCookie> {
        let now = self.0.clock.now();
        let same = before.filter(|before| before.person.id == new.person.id);
        let id = Id::new(now, new.person.id.bucket(), &*self.0.random);
        let token = Token::new(new.person.id.bucket(), &*self.0.random);
        let session = Session {
            key: token.key(),
            id,
            person: new.person.clone(),
            acr: new.acr,
            amr: new.amr.clone(),
            sid: new.sid.clone(),
            created: now,
            authenticated,
            expires: now.plus_millis(self.0.times.absolute_ms),
            hat: same.and_then(|before| before.hat.clone()),
            ended: None,
            last_seen: AtomicI64::new(now.millis()),
            touched: AtomicI64::new(now.millis()),
        };
        store::insert(tx, &session)?;
        if let Some(before) = before {
            self.end(tx, before)?;
        }
        self.cookie(&token)
    }

    /// Replaces the token and sets the hat: what a stolen token could do ends with the change.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn change_hat(&self, tx: &mut Tx<'_>, session: &Session, hat: Option<&Hat>) -> Result<SessionCookie> {
        let now = self.0.clock.now();
        let token = Token::new(session.key.bucket, &*self.0.random);
        let next = Session {
            key: token.key(),
            id: session.id,
            person: session.person.clone(),
            acr: session.acr,
            amr: session.amr.clone(),
            sid: session.sid.clone(),
            created: session.created,
            authenticated: session.authenticated,
            expires: session.expires,
            hat: hat.map(|h| (h.institution.clone(), h.official)),
            ended: None,
            last_seen: AtomicI64::new(now.millis()),
            touched: AtomicI64::new(now.millis()),
        };
        store::insert(tx, &next)?;
        self.end(tx, session)?;
        self.cookie(&token)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end(&self, tx: &mut Tx<'_>, session: &Session) -> Result<()> {
        store::end(tx, session.key, self.0.clock.now())?;
        let (cache, hash) = (self.0.cache.clone(), session.key.hash);
        tx.on_commit(move || cache.invalidate(&hash));
        Ok(())
    }

    /// Ends sessions of a person: those of one id, of one `sid`, or all. Answers how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end_of(&self, tx: &mut Tx<'_>, person: Id, which: Which<'_>) -> Result<usize> {
        let mut ended = 0;
        for session in store::of_person(tx, person)? {
            if which.matches(&session) {
                self.end(tx, &session)?;
                ended += 1;
            }
        }
        Ok(ended)
    }

    /// The living sessions of a person, the latest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn list(&self, conn: &mut Conn<'_>, person: Id) -> Result<Vec<Session>> {
        let now = self.0.clock.now();
        let mut all = store::of_person(conn, person)?;
        all.retain(|s| s.alive(now, self.0.times));
        all.sort_by_key(|s| std::cmp::Reverse(s.last_seen()));
        Ok(all)
    }

    fn cookie(&self, token: &Token) -> Result<SessionCookie> {
        let value = self.0.names.set(self.0.names.session, &token.text(), None);
        value.map(SessionCookie).ok_or_else(|| copihue_core::Error::internal("session cookie"))
    }

    /// The session behind a cookie, from memory where possible.
    pub(crate) async fn find(&self, cookie: &str) -> Result<Found> {
        let Some(token) = Token::parse(cookie) else { return Ok(Found::Unknown) };
        self.sync().await?;
        let key = token.key();
        let now = self.0.clock.now();
        if let Some(session) = self.0.cache.get(&key.hash)
            && session.alive(now, self.0.times)
        {
            self.touch(&session, now);
            return Ok(Found::Alive(session));
        }
        // Not in memory, or idle here while perhaps in use at another process.
        let Some(session) = self.0.db.read(move |conn| store::by_key(conn, key)).await? else {
            return Ok(Found::Unknown);
        };
        let session = Arc::new(session);
        if !session.alive(now, self.0.times) {
            self.0.cache.invalidate(&key.hash);
            return Ok(Found::Ended(session));
        }
        self.0.cache.insert(key.hash, Arc::clone(&session));
        self.touch(&session, now);
        Ok(Found::Alive(session))
    }

    /// Remembers the use, and writes it down once a minute without making the request wait.
    fn touch(&self, session: &Session, now: Timestamp) {
        session.last_seen.fetch_max(now.millis(), Ordering::Relaxed);
        let touched = session.touched.load(Ordering::Relaxed);
        let due = now.millis() - touched >= TOUCH_MS;
        let won = due
            && session
                .touched
                .compare_exchange(touched, now.millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if won {
            let (db, key) = (self.0.db.clone(), session.key);
            tokio::spawn(async move {
                if let Err(e) = db.write(move |tx| store::touch(tx, key, now)).await {
                    tracing::warn!(error = %e, "the last use of a session was not written");
                }
            });
        }
    }

    /// Forgets the sessions that any process has ended since the last look.
    async fn sync(&self) -> Result<()> {
        let stale = |now: i64| now - self.0.synced.load(Ordering::Acquire) >= SYNC_MS;
        if !stale(self.0.clock.now().millis()) {
            return Ok(());
        }
        let _one = self.0.syncing.lock().await;
        let now = self.0.clock.now().millis();
        if !stale(now) {
            return Ok(());
        }
        let since = Timestamp::from_millis(self.0.synced.load(Ordering::Acquire) - SYNC_OVERLAP_MS);
        for hash in self.0.db.read(move |conn| store::ended_since(conn, since)).await? {
            self.0.cache.invalidate(&hash);
        }
        self.0.synced.store(now, Ordering::Release);
        Ok(())
    }
}

/// Which of a person's sessions.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All.
    All,
    /// The one with this public id.
    Id(Id),
    /// All but the one with this public id.
    Except(Id),
    /// Those of the identity provider's session.
    Sid(&'a str),
}

impl Which<'_> {
    fn matches(self, session: &Session) -> bool {
        match self {
            Self::All => true,
            Self::Id(id) => session.id == id,
            Self::Except(id) => session.id != id,
            Self::Sid(sid) => session.sid.as_deref() == Some(sid),
        }
    }
}
