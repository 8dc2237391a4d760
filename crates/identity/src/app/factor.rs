//! Second factors: set up, used at a login, taken away. Codes are counted by person over all sessions, and by login; what stops guessers here
//! never stops the password (H4).

use copihue_core::{Acr, Error, Id, Result, Secret, Timestamp};
use copihue_db::{Conn, Tx};
use copihue_web::{Session, Which};
use serde::{Deserialize, Serialize};

use super::mailed::Purpose;
use super::{Browser, Happened};
use crate::Identity;
use crate::hash::Verified;
use crate::model::client::Client;
use crate::model::event::{EventKind, Outcome};
use crate::model::level::{Authenticator, level};
use crate::model::person::Person;
use crate::model::throttle::{Limit, Verdict};
use crate::model::totp::{self, SEED, Typed};
use crate::model::wish::Wish;
use crate::store::{self, Passkey, TotpRow};

/// Codes of one login.
const PER_LOGIN: Limit = Limit { free: 5, first_wait: 900, max_wait: 900, forget: 900 };
/// Codes of one person in one day (UTC), over all logins. The next day counts anew: who mistypes now and then is never stopped.
const PER_DAY: Limit = Limit { free: 20, first_wait: 86_400, max_wait: 86_400, forget: 86_400 };
/// What factors are called in a person's history.
const AUTHENTICATOR: &str = "Aplicación de códigos";
const PAPER: &str = "Códigos en papel";
/// Seconds that somebody may take between password and code.
const STEP_SECONDS: i64 = 10 * 60;

/// A right password that waits for its second factor, sealed in the form.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) person: Id,
    pub(crate) epoch: i64,
    /// Milliseconds since the epoch.
    pub(super) at: i64,
    pub(super) nonce: [u8; 16],
    pub(crate) by: By,
}

/// What a step waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum By {
    /// A factor of the person.
    Factor,
    /// A code that was sent to their mail.
    Mail,
}

impl Step {
    /// Seconds since the epoch.
    pub(super) fn ends(&self) -> i64 {
        self.at.div_euclid(1000) + STEP_SECONDS + 1
    }
}

/// What became of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tried {
    /// Right, and spent.
    Right,
    /// Wrong, or spent already.
    Wrong,
    /// Nobody looked.
    Wait(Timestamp),
}

/// What a person has.
pub(crate) struct Factors {
    /// Since when codes are asked.
    pub(crate) totp: Option<Timestamp>,
    /// Their passkeys.
    pub(crate) keys: Vec<Passkey>,
    /// Codes on paper that are left.
    pub(crate) backup: usize,
}

impl Factors {
    /// Whether they have more than a password.
    pub(crate) fn strong(&self) -> bool {
        self.totp.is_some() || !self.keys.is_empty()
    }
}

/// A change of what somebody logs in with, in words for their history.
pub(crate) enum Changed<'a> {
    Added(&'a str),
    Removed(&'a str),
}

/// What a person needs to set up their authenticator.
pub(crate) struct SetUp {
    pub(crate) uri: String,
    pub(crate) key: String,
    /// The seed, for the form alone.
    pub(crate) sealed: String,
}

fn factors(conn: &mut Conn<'_>, person: Id) -> Result<Factors> {
    Ok(Factors {
        totp: store::totp(conn, person)?.map(|t| t.created),
        keys: store::passkeys(conn, person)?,
        backup: store::backup_codes_left(conn, person)?,
    })
}

fn has_one() -> Error {
    Error::conflict("ya_tiene", "Ya tiene una aplicación de códigos. Quítela antes de poner otra.")
}

fn begun_context(session: &Session) -> Vec<u8> {
    [b"form.semilla.", session.id.as_bytes().as_slice()].concat()
}

fn context(person: Id) -> Vec<u8> {
    [b"identity_factor.totp.", person.as_bytes().as_slice()].concat()
}

impl Identity {
    /// Whether a login of this person asks for more than the password.
    pub(crate) async fn has_factor(&self, person: Id) -> Result<bool> {
        Ok(self.factors(person).await?.strong())
    }

    /// What the person has.
    pub(crate) async fn factors(&self, person: Id) -> Result<Factors> {
        self.0.db.read(move |conn| factors(conn, person)).await
    }

    /// What a right password of this person still waits for at this application, if anything. Mail is asked only of who has nothing better,
    /// and only where it can help.
    pub(crate) async fn waits_for(&self, client: &Client, wish: Wish, person: &Person) -> Result<Option<By>> {
        if self.has_factor(person.id).await? {
            return Ok(Some(By::Factor));
        }
        let reached = level(person.proofing, Authenticator::Mail(person.password_by), self.0.config.levels());
        let wanted = wish.at_least.unwrap_or(Acr::Low).max(client.settings.acr_min);
        let helps = client.settings.require_2fa || (wanted > Acr::Low && reached >= wanted);
        Ok((helps && person.email.is_some()).then_some(By::Mail))
    }

    /// A new step of this person.
    pub(crate) fn step(&self, person: &Person, by: By) -> Step {
        let nonce = copihue_core::random::bytes(&*self.0.random);
        Step { person: person.id, epoch: person.epoch, at: self.now().millis(), nonce, by }
    }

    /// Seals it for this browser and request.
    pub(crate) fn seal_step(&self, step: &Step, bound: &str) -> Result<String> {
        let plain = serde_json::to_vec(step)?;
        let sealed = self.0.sealer.seal(&*self.0.random, step_context(bound).as_bytes(), &plain)?;
        Ok(hex::encode(sealed))
    }

    /// Opens it again, in time and for the same browser and request only.
    pub(crate) fn open_step(&self, sealed: &str, bound: &str) -> Option<Step> {
        let plain = self.0.sealer.open(step_context(bound).as_bytes(), &hex::decode(sealed).ok()?).ok()?;
        let step: Step = serde_json::from_slice(&plain).ok()?;
        let end = Timestamp::from_millis(step.at).plus_seconds(STEP_SECONDS);
        (self.now() < end).then_some(step)
    }

    /// Whether this is a code of the person that was not spent.
    pub(crate) async fn try_code(&self, step: &Step, text: &str, browser: &Browser) -> Result<Tried> {
        let person = step.person;
        if let Verdict::Wait(until) = self.count_code("otp", step).await? {
            self.code_failed(person, Outcome::Blocked, browser).await?;
            return Ok(Tried::Wait(until));
        }
        let right = match step.by {
            By::Factor => self.spend_code(person, text).await?,
            By::Mail => {
                self.is_mailed_code(Purpose::Login, step, text)
                    && self.spend_mailed(Purpose::Login, step).await?
            }
        };
        if right {
            self.right_code("otp", person).await?;
            return Ok(Tried::Right);
        }
        self.code_failed(person, Outcome::Failed, browser).await?;
        Ok(Tried::Wrong)
    }

    /// Counts a code of this kind: by step, and by person and day.
    async fn count_code(&self, kind: &'static str, step: &Step) -> Result<Verdict> {
        let (identity, person, nonce) = (self.clone(), step.person, step.nonce);
        let count = move |tx: &mut Tx<'_>| {
            let now = identity.now();
            let login = (person.bucket(), identity.subject(&format!("{kind} step"), &nonce));
            let one = identity.take(tx, login, PER_LOGIN, now)?.0;
            if one != Verdict::Go {
                return Ok(one);
            }
            Ok(identity.take(tx, identity.day_of(kind, person), PER_DAY, now)?.0)
        };
        self.0.db.write(count).await
    }

    /// Counts a code by its step alone.
    pub(super) async fn count_step(&self, kind: &'static str, step: &Step) -> Result<Verdict> {
        let (identity, person, nonce) = (self.clone(), step.person, step.nonce);
        let count = move |tx: &mut Tx<'_>| {
            let subject = (person.bucket(), identity.subject(&format!("{kind} step"), &nonce));
            Ok(identity.take(tx, subject, PER_LOGIN, identity.now())?.0)
        };
        self.0.db.write(count).await
    }

    /// Takes its own try back, and no other: the owner's logins make no room for a guesser.
    async fn right_code(&self, kind: &'static str, person: Id) -> Result<()> {
        let identity = self.clone();
        self.0.db.write(move |tx| identity.take_back(tx, identity.day_of(kind, person))).await
    }

    fn day_of(&self, kind: &str, person: Id) -> (copihue_core::Bucket, [u8; 32]) {
        let day = self.now().millis().div_euclid(86_400_000).to_be_bytes();
        (person.bucket(), self.subject(kind, &[person.as_bytes().as_slice(), &day].concat()))
    }

    async fn code_failed(&self, person: Id, outcome: Outcome, browser: &Browser) -> Result<()> {
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            let what = Happened {
                outcome,
                device: &browser.label,
                trace: &browser.trace,
                ..Happened::of(person, EventKind::Factor)
            };
            identity.happened(tx, what)
        };
        self.0.db.write(write).await
    }

    async fn spend_code(&self, person: Id, text: &str) -> Result<bool> {
        match totp::typed(text) {
            Some(Typed::Code(code)) => {
                let identity = self.clone();
                self.0.db.write(move |tx| identity.spend_totp(tx, person, &code)).await
            }
            Some(Typed::Backup(place, code)) => {
                let stored = self.0.db.read(move |conn| store::backup_code(conn, person, place)).await?;
                let right = self.0.hasher.verify(stored.as_deref(), &code).await? != Verified::No;
                let now = self.now();
                Ok(right
                    && self.0.db.write(move |tx| store::spend_backup_code(tx, person, place, now)).await?)
            }
            None => Ok(false),
        }
    }

    fn spend_totp(&self, tx: &mut Tx<'_>, person: Id, code: &str) -> Result<bool> {
        let Some(row) = store::totp(tx, person)? else { return Ok(false) };
        match totp::check(&self.seed(person, &row)?, code, row.last_step, self.now()) {
            Some(step) => store::spend_step(tx, person, step),
            None => Ok(false),
        }
    }

    fn seed(&self, person: Id, row: &TotpRow) -> Result<Secret> {
        Ok(Secret::new(self.0.sealer.open(&context(person), &row.sealed)?))
    }

    /// Begins to set up an authenticator. Nothing is kept but in the person's own page: its owner has not shown yet that they can
    /// use it, and whoever else has the session must not learn the seed.
    pub(crate) async fn begin_totp(&self, session: &Session, person: &Person) -> Result<SetUp> {
        let id = person.id;
        if self.0.db.read(move |conn| store::totp(conn, id)).await?.is_some() {
            return Err(has_one());
        }
        let seed = Secret::new(copihue_core::random::bytes::<SEED>(&*self.0.random));
        let at = self.now().millis().to_be_bytes();
        let plain = Secret::new([at.as_slice(), seed.expose()].concat());
        let sealed = self.0.sealer.seal(&*self.0.random, &begun_context(session), plain.expose())?;
        Ok(self.set_up(&seed, person, hex::encode(sealed)))
    }

    fn set_up(&self, seed: &Secret, person: &Person, sealed: String) -> SetUp {
        // Initials only: the picture may lie in other people's photographs.
        let initials: String =
            person.names.iter().chain(&person.surnames).filter_map(|w| w.chars().next()).collect();
        let uri = copihue_core::totp::uri(seed, &self.0.config.brand, &initials);
        SetUp { uri, key: copihue_core::totp::base32(seed.expose()), sealed }
    }

    /// What was begun in this session, in time.
    fn begun_seed(&self, session: &Session, sealed: &str) -> Option<Secret> {
        let plain = self.0.sealer.open(&begun_context(session), &hex::decode(sealed).ok()?).ok()?;
        let (at, seed) = plain.split_first_chunk::<8>()?;
        let end = Timestamp::from_millis(i64::from_be_bytes(*at)).plus_seconds(STEP_SECONDS);
        (self.now() < end).then(|| Secret::new(seed))
    }

    /// The same page again.
    pub(crate) fn begun_totp(&self, session: &Session, person: &Person, sealed: &str) -> Option<SetUp> {
        Some(self.set_up(&self.begun_seed(session, sealed)?, person, sealed.to_owned()))
    }

    /// The first right code: from now on one is asked. Answers the codes on paper, shown once; ends the person's other sessions (F3).
    pub(crate) async fn confirm_totp(
        &self,
        session: &Session,
        sealed: &str,
        code: &str,
        browser: &Browser,
    ) -> Result<Option<Vec<String>>> {
        let person = session.person.id;
        let Some(seed) = self.begun_seed(session, sealed) else { return Ok(None) };
        let Some(Typed::Code(code)) = totp::typed(code) else { return Ok(None) };
        let created = self.now();
        let Some(last_step) = totp::check(&seed, &code, 0, created) else { return Ok(None) };
        let row = TotpRow {
            sealed: self.0.sealer.seal(&*self.0.random, &context(person), seed.expose())?,
            last_step,
            created,
        };
        let (codes, hashes) = self.paper(person).await?;
        let kept = Kept::of(session);
        let (identity, browser) = (self.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            if !store::insert_totp(tx, person, &row)? {
                return Err(has_one());
            }
            identity.factor_changed(tx, person, &kept, Changed::Added(AUTHENTICATOR), &browser)?;
            identity.put_paper(tx, person, &hashes)
        };
        self.0.db.write(write).await?;
        Ok(Some(codes.iter().map(|code| totp::printed(code)).collect()))
    }

    /// New codes on paper and their hashes, for who has none; nothing for who has some.
    pub(super) async fn paper(&self, person: Id) -> Result<(Vec<String>, Vec<String>)> {
        let left = self.0.db.read(move |conn| store::backup_codes_left(conn, person)).await?;
        if left > 0 { Ok((Vec::new(), Vec::new())) } else { self.fresh_paper().await }
    }

    async fn fresh_paper(&self) -> Result<(Vec<String>, Vec<String>)> {
        let codes = totp::backup_codes(&*self.0.random);
        let mut hashes = Vec::new();
        for code in &codes {
            hashes.push(self.0.hasher.make(code, &*self.0.random).await?);
        }
        Ok((codes, hashes))
    }

    pub(super) fn put_paper(&self, tx: &mut Tx<'_>, person: Id, hashes: &[String]) -> Result<()> {
        if hashes.is_empty() { Ok(()) } else { store::put_backup_codes(tx, person, hashes) }
    }

    /// Codes on paper in place of the old ones, for who has just proved who they are.
    pub(crate) async fn new_paper(&self, session: &Session, browser: &Browser) -> Result<Vec<String>> {
        let (codes, hashes) = self.fresh_paper().await?;
        let (identity, browser, kept) = (self.clone(), browser.clone(), Kept::of(session));
        let person = session.person.id;
        let write = move |tx: &mut Tx<'_>| {
            identity.factor_changed(tx, person, &kept, Changed::Added(PAPER), &browser)?;
            identity.put_paper(tx, person, &hashes)
        };
        self.0.db.write(write).await?;
        Ok(codes.iter().map(|code| totp::printed(code)).collect())
    }

    /// Takes the authenticator away, for who has just proved who they are.
    pub(crate) async fn remove_totp(&self, session: &Session, browser: &Browser) -> Result<()> {
        let (identity, browser, kept) = (self.clone(), browser.clone(), Kept::of(session));
        let person = session.person.id;
        let write = move |tx: &mut Tx<'_>| {
            if !store::drop_totp(tx, person)? {
                return Err(Error::not_found());
            }
            identity.factor_changed(tx, person, &kept, Changed::Removed(AUTHENTICATOR), &browser)
        };
        self.0.db.write(write).await
    }

    /// A step outside of a login: the person shows a code on a page of ours.
    pub(crate) fn own_step(&self, session: &Session) -> Step {
        let mut nonce = [0; 16];
        nonce.copy_from_slice(session.id.as_bytes());
        Step { person: session.person.id, epoch: 0, at: self.now().millis(), nonce, by: By::Factor }
    }

    /// The person's other sessions end, and they read what changed (F3). Codes on paper stand in for a factor: without any they go too.
    pub(super) fn factor_changed(
        &self,
        tx: &mut Tx<'_>,
        person: Id,
        kept: &Kept,
        what: Changed<'_>,
        browser: &Browser,
    ) -> Result<()> {
        if !factors(tx, person)?.strong() {
            store::drop_backup_codes(tx, person)?;
        }
        self.end_others(tx, person, kept)?;
        let (kind, note) = match what {
            Changed::Added(note) => (EventKind::FactorAdded, note),
            Changed::Removed(note) => (EventKind::FactorRemoved, note),
        };
        let device = browser.label.as_str();
        let known = self.person_in(tx, person)?;
        let what = format!("Cambió con qué comprueba que es usted: {note}.");
        self.tell(
            tx,
            known.as_ref().and_then(|p| p.email.as_deref()),
            "Cambió la seguridad de su cuenta",
            &what,
        )?;
        self.happened(tx, Happened { device, note, trace: &browser.trace, ..Happened::of(person, kind) })
    }

    /// Ends every session of a person but the one in use.
    pub(crate) fn end_others(&self, tx: &mut Tx<'_>, person: Id, kept: &Kept) -> Result<()> {
        for session in store::sessions_of(tx, person, self.now())? {
            if Some(session.sid) != kept.sid {
                self.end_sid(tx, person, session.sid)?;
            }
        }
        self.0.web.sessions().end_of(tx, person, Which::Except(kept.own))?;
        Ok(())
    }
}

/// The session that stays.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    own: Id,
    sid: Option<Id>,
}

impl Kept {
    pub(crate) fn of(session: &Session) -> Self {
        Self { own: session.id, sid: session.sid.as_deref().and_then(|sid| sid.parse().ok()) }
    }
}

fn step_context(bound: &str) -> String {
    format!("form.paso.{bound}")
}
