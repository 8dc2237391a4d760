//! Passkeys: made on the person's pages, used in place of RUN, password and code. Challenges are kept by nobody: each is sealed in its form,
//! for one browser and one purpose, and counts once.

use copihue_core::{Error, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_web::Session;
use serde_json::Value;

use super::Browser;
use super::factor::{Changed, Kept};
use crate::Identity;
use crate::model::event::{EventKind, Outcome};
use crate::model::level::Authenticator;
use crate::model::passkey::{Assertion, Bad, Creation, RelyingParty, creation_options, request_options};
use crate::model::person::Person;
use crate::model::totp;
use crate::store::{self, Passkey};

/// Seconds in which a challenge is answered.
const SECONDS: i64 = 10 * 60;
/// Most passkeys of a person.
const MOST: usize = 20;
/// Longest name of a passkey, in characters.
const NAME: usize = 60;

/// What a form carries for our script and for us.
pub(crate) struct Challenge {
    /// For the browser.
    pub(crate) options: Value,
    /// For us, when it comes back.
    pub(crate) sealed: String,
}

/// A challenge that came back in time.
struct Open {
    bytes: [u8; 32],
    /// Seconds since the epoch.
    expires: i64,
}

impl Identity {
    /// Whether this deployment lies under a name that keys can be made for: an address of numbers is none.
    pub(crate) fn offers_passkeys(&self) -> bool {
        self.0.rp.is_some()
    }

    /// A challenge that any passkey of the person answers, bound to this browser and purpose.
    pub(crate) fn challenge(&self, bound: &str) -> Result<Option<Challenge>> {
        let Some(rp) = &self.0.rp else { return Ok(None) };
        let bytes: [u8; 32] = copihue_core::random::bytes(&*self.0.random);
        Ok(Some(Challenge { options: request_options(rp, &bytes), sealed: self.seal(&bytes, bound)? }))
    }

    /// What a new passkey of this person is made with. Only for who has just proved who they are.
    pub(crate) async fn creation(&self, session: &Session, person: &Person) -> Result<Challenge> {
        let rp = self.0.rp.as_ref().ok_or_else(Error::not_found)?;
        let id = person.id;
        let known = self.0.db.read(move |conn| store::passkeys(conn, id)).await?;
        if known.len() >= MOST {
            return Err(Error::conflict(
                "muchas_llaves",
                "Ya tiene 20 llaves de acceso. Quite alguna antes de crear otra.",
            ));
        }
        let bytes: [u8; 32] = copihue_core::random::bytes(&*self.0.random);
        let known: Vec<Vec<u8>> = known.into_iter().map(|key| key.id).collect();
        // The name stays in the person's own devices, which show it to them.
        let user = (self.0.config.brand.as_str(), id.as_bytes().as_slice(), person.full_name());
        let options = creation_options(rp, (user.0, user.1, &user.2), &bytes, &known);
        Ok(Challenge { options, sealed: self.seal(&bytes, &making(session))? })
    }

    fn seal(&self, challenge: &[u8; 32], bound: &str) -> Result<String> {
        let plain = [self.now().millis().to_be_bytes().as_slice(), challenge].concat();
        Ok(hex::encode(self.0.sealer.seal(&*self.0.random, context(bound).as_bytes(), &plain)?))
    }

    fn open_challenge(&self, sealed: &str, bound: &str) -> Option<Open> {
        let plain = self.0.sealer.open(context(bound).as_bytes(), &hex::decode(sealed).ok()?).ok()?;
        let (at, challenge) = plain.split_first_chunk::<8>()?;
        let end = Timestamp::from_millis(i64::from_be_bytes(*at)).plus_seconds(SECONDS);
        let bytes = challenge.try_into().ok()?;
        (self.now() < end).then_some(Open { bytes, expires: end.millis().div_euclid(1000) + 1 })
    }

    /// Whose passkey answered, and how it counts. With an owner, only theirs will do.
    pub(crate) async fn by_passkey(
        &self,
        (answer, sealed, bound): (&str, &str, &str),
        owner: Option<Id>,
        browser: &Browser,
    ) -> Result<Option<(Person, Authenticator)>> {
        let (Some(rp), Some(said), Some(open)) =
            (&self.0.rp, Assertion::parse(answer), self.open_challenge(sealed, bound))
        else {
            return Ok(None);
        };
        let Some(person) = owner_of(&said, owner) else { return Ok(None) };
        let Some((person, key)) = self.passkey_of(person, &said.id).await? else { return Ok(None) };
        let counter = match said.check(rp, &open.bytes, &key.known()) {
            Ok(counter) => counter,
            Err(why) => {
                tracing::warn!(?why, trace = browser.trace, "a passkey was refused");
                if why == Bad::Counter {
                    self.went_back(person.id, &key, browser).await?;
                }
                return Ok(None);
            }
        };
        if !self.once("passkey", &[&hex::encode(open.bytes)], open.expires).await? {
            return Ok(None);
        }
        let (id, now, used) = (person.id, self.now(), Authenticator::Passkey(key.home));
        let counted = self.0.db.write(move |tx| store::use_passkey(tx, id, &key.id, counter, now)).await?;
        Ok(counted.then_some((person, used)))
    }

    async fn passkey_of(&self, person: Id, id: &[u8]) -> Result<Option<(Person, Passkey)>> {
        let (identity, id) = (self.clone(), id.to_owned());
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let Some(key) = store::passkey(conn, person, &id)? else { return Ok(None) };
            Ok(identity.person_in(conn, person)?.map(|person| (person, key)))
        };
        self.0.db.read(read).await
    }

    /// The signature was right and the counter was not: there are two of this key. Its owner reads it.
    async fn went_back(&self, person: Id, key: &Passkey, browser: &Browser) -> Result<()> {
        let (identity, browser, note) = (self.clone(), browser.clone(), named(&key.name));
        let write = move |tx: &mut Tx<'_>| {
            let what = super::Happened {
                outcome: Outcome::Blocked,
                device: &browser.label,
                note: &note,
                trace: &browser.trace,
                ..super::Happened::of(person, EventKind::Factor)
            };
            identity.happened(tx, what)
        };
        self.0.db.write(write).await
    }

    /// Keeps a passkey that was just made. None: it can't be believed. Else the codes on paper, when the person had none.
    pub(crate) async fn add_passkey(
        &self,
        session: &Session,
        (answer, sealed, name): (&str, &str, &str),
        browser: &Browser,
    ) -> Result<Option<Vec<String>>> {
        let (Some(rp), Some(said), Some(open)) =
            (&self.0.rp, Creation::parse(answer), self.open_challenge(sealed, &making(session)))
        else {
            return Ok(None);
        };
        let made = match said.check(rp, &open.bytes) {
            Ok(made) => made,
            Err(why) => {
                tracing::warn!(?why, trace = browser.trace, "a new passkey was refused");
                return Ok(None);
            }
        };
        if !self.once("passkey", &[&hex::encode(open.bytes)], open.expires).await? {
            return Ok(None);
        }
        let person = session.person.id;
        let name: String = match name.trim() {
            "" => browser.label.clone(),
            name => name.chars().filter(|c| !c.is_control()).take(NAME).collect(),
        };
        let (codes, hashes) = self.paper(person).await?;
        let (identity, browser, kept) = (self.clone(), browser.clone(), Kept::of(session));
        let write = move |tx: &mut Tx<'_>| {
            if !store::insert_passkey(tx, person, &made, &name, identity.now())? {
                return Err(Error::conflict("llave_conocida", "Esa llave de acceso ya está registrada."));
            }
            identity.factor_changed(tx, person, &kept, Changed::Added(&named(&name)), &browser)?;
            identity.put_paper(tx, person, &hashes)
        };
        self.0.db.write(write).await?;
        Ok(Some(codes.iter().map(|code| totp::printed(code)).collect()))
    }

    /// Takes a passkey away, for who has just proved who they are.
    pub(crate) async fn remove_passkey(&self, session: &Session, id: &[u8], browser: &Browser) -> Result<()> {
        let (identity, browser, kept) = (self.clone(), browser.clone(), Kept::of(session));
        let (person, id) = (session.person.id, id.to_owned());
        let write = move |tx: &mut Tx<'_>| {
            let key = store::passkey(tx, person, &id)?.ok_or_else(Error::not_found)?;
            store::drop_passkey(tx, person, &id)?;
            identity.factor_changed(tx, person, &kept, Changed::Removed(&named(&key.name)), &browser)
        };
        self.0.db.write(write).await
    }
}

/// Who the key says it belongs to, if nobody else is asked for. A person is named by 16 bytes that say nothing of them.
fn owner_of(said: &Assertion, owner: Option<Id>) -> Option<Id> {
    let handle = Id::from_slice(&said.user_handle);
    match owner {
        Some(owner) if said.user_handle.is_empty() || handle == Some(owner) => Some(owner),
        Some(_) => None,
        None => handle,
    }
}

fn named(name: &str) -> String {
    format!("Llave de acceso «{name}»")
}

fn making(session: &Session) -> String {
    format!("nueva.{}", session.id)
}

fn context(bound: &str) -> String {
    format!("form.llave.{bound}")
}

/// The domain and origins of a deployment, where keys can be made for it.
pub(crate) fn relying_party(issuer: &str, pages: &str) -> Option<RelyingParty> {
    let host = match url::Url::parse(issuer).ok()?.host()? {
        url::Host::Domain(name) => name.to_owned(),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => return None,
    };
    let mut origins: Vec<String> =
        [issuer, pages].iter().filter_map(|url| crate::model::redirect::origin(url)).collect();
    origins.dedup();
    Some(RelyingParty { id: host, origins })
}
