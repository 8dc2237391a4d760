//! A login becomes a code: one transaction for session, browser, consent, grant, history and evidence.

use copihue_core::{Acr, Error, Id, Result, Timestamp};
use copihue_db::{Conn, Tx};

use super::Happened;
use super::login::Counted;
use super::pushed::Coming;
use crate::Identity;
use crate::cookies::Token;
use crate::model::authorize::{Answer, AuthorizeRequest, Prompt};
use crate::model::client::{Auth, Client};
use crate::model::event::EventKind;
use crate::model::gate::{Ask, Denied, Use, may_issue};
use crate::model::grant::{Grant, GrantKey, Purpose};
use crate::model::level::{Authenticator, level};
use crate::model::mandate::{Acting, Asked, Mandate};
use crate::model::oauth::AuthorizeError;
use crate::model::person::Person;
use crate::model::profile::{Face, Reach};
use crate::model::redirect::RedirectUri;
use crate::store::{self, Consent, SsoSession};

/// How long the provider's own session lives at most; each application says how long it may answer in its place.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3_600;
/// How long a browser is known: 13 months.
pub(crate) const DEVICE_SECONDS: i64 = 396 * 86_400;

/// How long a person may take over a question that follows their login.
const ANSWER_SECONDS: i64 = 600;

/// A person who has just proved who they are.
#[derive(Clone)]
pub(crate) struct Fresh {
    pub(crate) person: Person,
    /// What the try had raised, where it was not taken back before.
    pub(crate) counted: Option<Counted>,
    pub(crate) used: Authenticator,
}

/// The browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// Its cookie, when it has one.
    pub(crate) device: Option<String>,
    /// Its session's cookie.
    pub(crate) session: Option<String>,
    /// Browser and system, in words.
    pub(crate) label: String,
    pub(crate) trace: String,
    /// Its network address, where there is a browser.
    pub(crate) peer: Option<std::net::IpAddr>,
}

/// What goes to the application, and the cookies that the browser gets.
pub(crate) struct Completed {
    /// None: the person has yet to say for whom they act.
    pub(crate) answer: Option<Answer>,
    pub(crate) session: Option<String>,
    pub(crate) device: Option<String>,
}

/// A session of the provider, with its person.
pub(crate) type Known = (SsoSession, Person);

/// Whether the browser's session may answer in the person's place.
pub(crate) enum Standing {
    /// It may not, or there is none.
    Nobody,
    /// It may, once the person has agreed to what the application learns.
    Consent(Box<Known>),
    /// It was a weaker login than is asked for.
    Level,
    /// It may, once the person has said for whom they act: never without a word (§3.7).
    Acting(Box<Known>),
    /// It may.
    Answers(Box<Known>),
}

/// For whom a person acts, in their own word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum For {
    /// Themself.
    Oneself,
    /// By this mandate.
    Mandate(Id),
}

impl Identity {
    /// What the session of this browser is worth for this request.
    pub(crate) async fn look_at(
        &self,
        client: &Client,
        request: &AuthorizeRequest,
        browser: &Browser,
        coming: Coming,
    ) -> Result<Standing> {
        let token = browser.session.as_deref().and_then(Token::parse);
        let may = request.prompt != Prompt::Login || coming == Coming::Back;
        let (Some(token), true) = (token, may) else { return Ok(Standing::Nobody) };
        let (identity, now, client_id, acting) =
            (self.clone(), self.now(), client.id.clone(), request.acting);
        let found = self.0.db.read(move |conn| {
            let Some(session) = store::session(conn, token.bucket(), &token.hash(), now)? else {
                return Ok(None);
            };
            let Some(person) = identity.person_in(conn, session.person)? else { return Ok(None) };
            let consent = store::consent(conn, person.id, &client_id)?;
            let asks = identity.asks_whom(conn, acting, person.id)?;
            Ok(Some((session, person, consent, asks)))
        });
        let Some((session, person, consent, asks)) = found.await? else { return Ok(Standing::Nobody) };
        // Whoever answers a question of ours has just logged in, whatever the application's time for it is.
        let asked_now = coming == Coming::Back && within(ANSWER_SECONDS, session.auth_time, now);
        if !asked_now && (request.prompt == Prompt::Login || !fresh_enough(client, request, &session, now)) {
            return Ok(Standing::Nobody);
        }
        match may_issue(&ask(&person, client, (session.acr, &session.amr), now)) {
            Ok(()) if request.wish.met_by(session.acr) => {}
            Ok(()) | Err(Denied::Level) => return Ok(Standing::Level),
            Err(_) => return Ok(Standing::Nobody),
        }
        let known = Box::new((session, person));
        if asks {
            return Ok(Standing::Acting(known));
        }
        Ok(match agreed(client, request, consent.as_ref()) {
            true => Standing::Answers(known),
            false => Standing::Consent(known),
        })
    }

    /// Gives a code on the strength of the browser's session.
    pub(crate) async fn answer_again(
        &self,
        client: &Client,
        request: &AuthorizeRequest,
        (session, person): Known,
        browser: &Browser,
        whom: For,
    ) -> Result<Completed> {
        let (identity, client, request, browser) =
            (self.clone(), client.clone(), request.clone(), browser.clone());
        let write = move |tx: &mut Tx<'_>| {
            store::touch_session(tx, person.id, session.sid, identity.now())?;
            identity.agree(tx, &client, &request, &person)?;
            let mandate = identity.acting(tx, &client, &request, (&person, &session), whom)?;
            let by = mandate.as_ref().map(|mandate| mandate.id);
            let answer = identity.issue(tx, &client, &request, &person, &session, by)?;
            identity.note_login(tx, &client, &request, browser.peer)?;
            let what = happened(EventKind::Reuse, &person, &client, session.acr, &browser);
            identity.happened_to_both(tx, mandate.as_ref(), what)?;
            Ok(Completed { answer: Some(answer), session: None, device: None })
        };
        self.0.db.write(write).await
    }

    /// Gives a code to the application of a person who has just logged in; or says that the login was too weak for it.
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
            if let Some(counted) = &fresh.counted {
                identity.forgive(tx, counted)?;
            }
            // Read again under the lock: a person suspended while the hash ran gets nothing.
            let person = identity.person_in(tx, fresh.person.id)?.ok_or_else(Error::not_found)?;
            let acr = level(person.proofing, fresh.used, identity.0.config.levels());
            let amr: Vec<String> = fresh.used.methods().iter().map(|method| (*method).to_owned()).collect();
            let fits = Ask { epoch: fresh.person.epoch, ..ask(&person, &client, (acr, &amr), now) };
            let enough = match may_issue(&fits) {
                Ok(()) => request.wish.takes(acr),
                Err(Denied::Level) => false,
                Err(_) => return Err(Error::forbidden("La cuenta no puede usarse.")),
            };
            if let Some(hash) = fresh.counted.as_ref().and_then(|counted| counted.rehash.as_ref()) {
                identity.set_password_hash(tx, person.id, hash)?;
            }
            let (session, cookie) = identity.new_session(tx, &person, (acr, amr.clone()), &browser, now)?;
            let device = identity.remember(tx, &person, &client, &browser, now)?;
            let what = happened(EventKind::Login, &person, &client, session.acr, &browser);
            identity.happened(tx, Happened { amr: &session.amr, ..what })?;
            let answer = if !enough {
                Some(identity.too_weak(&client, &request))
            } else if identity.asks_whom(tx, request.acting, person.id)? {
                None
            } else {
                identity.agree(tx, &client, &request, &person)?;
                identity.note_login(tx, &client, &request, browser.peer)?;
                Some(identity.issue(tx, &client, &request, &person, &session, None)?)
            };
            Ok(Completed { answer, session: Some(cookie), device: Some(device) })
        };
        self.0.db.write(write).await
    }

    /// Whether the person has to say for whom they act: there must be somebody to choose, unless the application wants it.
    fn asks_whom(&self, conn: &mut Conn<'_>, acting: Asked, person: Id) -> Result<bool> {
        let now = self.now();
        Ok(match acting {
            Asked::None => false,
            Asked::Required => true,
            Asked::Allowed => store::held(conn, person)?.iter().any(|m| m.validity.allows(person, now)),
        })
    }

    /// The mandate that the person chose, if the gate lets them act by it here (K1).
    fn acting(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        request: &AuthorizeRequest,
        (person, session): (&Person, &SsoSession),
        whom: For,
    ) -> Result<Option<Mandate>> {
        let refused = || Error::forbidden("No puede actuar en nombre de quien eligió.");
        let id = match (whom, request.acting) {
            (For::Oneself, Asked::Required) => return Err(refused()),
            (For::Oneself, _) => return Ok(None),
            (For::Mandate(_), Asked::None) => return Err(refused()),
            (For::Mandate(id), _) => id,
        };
        let mandate = self.mandate_in(tx, person.id, id)?.ok_or_else(refused)?;
        let acting = Acting::By(Some(&mandate.validity));
        let asked = Ask { acting, ..ask(person, client, (session.acr, &session.amr), self.now()) };
        may_issue(&asked).map_err(|_| refused())?;
        Ok(Some(mandate))
    }

    /// The national contract has no word for it.
    fn too_weak(&self, client: &Client, request: &AuthorizeRequest) -> Answer {
        let error = match client.settings.profile.face() {
            Face::National => AuthorizeError::AccessDenied,
            Face::Open => AuthorizeError::UnmetAuthentication,
        };
        Answer::error(request.target.clone(), error, self.iss(client))
    }

    /// The form said what the application would learn: who went on has agreed.
    fn agree(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        request: &AuthorizeRequest,
        person: &Person,
    ) -> Result<()> {
        let before = store::consent(tx, person.id, &client.id)?;
        if before.as_ref().is_some_and(|c| covers(c, request)) && request.prompt != Prompt::Consent {
            return Ok(());
        }
        self.agree_to(tx, person.id, client, &request.scope)
    }

    /// A session with a new secret, in place of the browser's former one.
    fn new_session(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        (acr, amr): (Acr, Vec<String>),
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
            acr,
            amr,
            auth_time: now,
            expires: now.plus_seconds(SESSION_SECONDS),
            last_seen: now,
            label: browser.label.clone(),
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
        mandate: Option<Id>,
    ) -> Result<Answer> {
        if let Some(id) = &request.pushed
            && !store::spend_pushed(tx, id, self.now())?
        {
            return Err(Error::conflict("solicitud_usada", "Este ingreso ya se completó en otra ventana."));
        }
        let grant = Grant {
            redirect_uri: request.target.redirect_uri.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.clone(),
            jkt: request.jkt.clone(),
            mandate,
            ..self.new_grant(client, person, session, &request.scope.join(" "), request.reach())
        };
        store::insert_grant(tx, &grant)?;
        let code = self.0.tokens.mint(&grant, Purpose::Code, client.settings.profile);
        Ok(Answer::code(request.target.clone(), code, self.iss(client)))
    }

    /// A grant from this session, of which nothing has been redeemed.
    pub(super) fn new_grant(
        &self,
        client: &Client,
        person: &Person,
        session: &SsoSession,
        scope: &str,
        reach: Reach,
    ) -> Grant {
        let now = self.now();
        let end = now.plus_seconds(client.lifetimes(reach).grant);
        let with_session = client.settings.profile.face() == Face::Open && reach == Reach::Session;
        Grant {
            key: GrantKey::new(person.id.bucket(), &*self.0.random),
            sid: session.sid,
            person: person.id,
            epoch: person.epoch,
            client_id: client.id.clone(),
            redirect_uri: RedirectUri::stored(String::new()),
            scope: scope.to_owned(),
            nonce: None,
            challenge: None,
            acr: session.acr,
            amr: session.amr.clone(),
            auth_time: session.auth_time,
            created: now,
            code_used: None,
            generation: 0,
            generation_at: now,
            expires: if with_session { end.min(session.expires) } else { end },
            revoked: None,
            jkt: None,
            reach,
            mandate: None,
        }
    }
}

/// Whether an instant lies at most so many seconds back.
const fn within(seconds: i64, at: Timestamp, now: Timestamp) -> bool {
    (now.millis() - at.millis()) / 1000 < seconds
}

/// Whether the login lies near enough, and the session has not lain idle, for this application and request.
fn fresh_enough(client: &Client, request: &AuthorizeRequest, session: &SsoSession, now: Timestamp) -> bool {
    within(i64::from(client.settings.sso_seconds), session.auth_time, now)
        && within(i64::from(client.settings.sso_idle_seconds), session.last_seen, now)
        && request.max_age.is_none_or(|max| within(max + 1, session.auth_time, now))
}

/// In the national contract the session of a minute answers without a word; in ours the person agrees once to what each application
/// learns.
fn agreed(client: &Client, request: &AuthorizeRequest, consent: Option<&Consent>) -> bool {
    client.settings.profile.face() == Face::National
        || (request.prompt != Prompt::Consent
            && proves_itself(client, request)
            && consent.is_some_and(|c| covers(c, request)))
}

/// Whether an answer without a word can only reach the application itself. Any program of the same machine may name a
/// public one and listen there (RFC 8252 §8.6).
fn proves_itself(client: &Client, request: &AuthorizeRequest) -> bool {
    client.settings.auth != Auth::Public || request.target.redirect_uri.as_str().starts_with("https://")
}

fn covers(consent: &Consent, request: &AuthorizeRequest) -> bool {
    request.scope.iter().all(|s| consent.scope.iter().any(|given| given == s))
}

/// A code, now, for a person who logged in at this level.
pub(super) const fn ask<'a>(
    person: &'a Person,
    client: &'a Client,
    (level, amr): (Acr, &'a [String]),
    now: Timestamp,
) -> Ask<'a> {
    Ask { person, client, how: Use::Code, epoch: person.epoch, level, amr, acting: Acting::Self_, now }
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
